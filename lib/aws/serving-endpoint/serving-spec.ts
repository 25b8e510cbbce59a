import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type EndpointPlan, planEndpoint as planOf, type WrittenEndpoint } from '../../plan/endpoint-plan';
import { awsMachines } from '../../plan/machines/aws-machines';

/**
 * Completes how a model serves, and decides what it runs on in the region of a stack; anywhere while that is not known.
 *
 * @throws SpecError with everything that is wrong, paths starting at `serving` and `monitoring`.
 */
export function planEndpoint(scope: Construct, model: string, written: WrittenEndpoint): EndpointPlan {
  const { region } = Stack.of(scope);
  return planOf(model, written, {
    cloud: 'aws',
    catalog: awsMachines,
    file: scope.node.path,
    ...(Token.isUnresolved(region) ? {} : { region }),
  });
}
