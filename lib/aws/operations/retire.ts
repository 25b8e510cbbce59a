import { Aws, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { OPERATIONS_SIGNALS } from '../../plan/outcome-signals';
import { retireAccess, retireTriggerAccess, servingPath } from '../../plan/serving-access';
import type { ILocks } from '../locks/locks';
import type { Machine } from '../machine/machine';
import { KeptMachine, type OperationsMachineContext } from './kept-machine';
import { retireMachine } from './machine/retire-machine';

export interface RetireProps extends OperationsMachineContext {
  /** Locks of the endpoints, those that their rollouts hold. */
  readonly locks: ILocks;
}

/**
 * Deletes what is left of a model that served, when its shell is gone. Two events say so. That the shell's parameter was
 * deleted comes early, also where a model stays and only its serving goes, but may get lost; that the model's stack was
 * deleted comes at last and is never lost. Early matters where somebody deletes the stack itself: the endpoint's machines are
 * in its security group, which cannot go before them, and SageMaker needs its role to let go of them.
 *
 * Sources: EventBridge events reference, "Delivery level": CloudFormation durable, Systems Manager best effort; SageMaker
 * API reference, DeleteEndpoint: the execution role has to stay until the endpoint is gone.
 */
export class Retire extends Construct {
  public readonly machine: Machine;
  /** Rules that start it. */
  public readonly rules: readonly events.Rule[];

  constructor(scope: Construct, id: string, props: RetireProps) {
    super(scope, id);
    const { names, locks } = props;
    const stackPrefix = `${names.of('stack', 'model')}-`;
    const kept = new KeptMachine(this, 'Retire', {
      ...props,
      name: 'retire',
      definition: (own) => retireMachine({ ...own, stackPrefix, lockTable: locks.tableName }),
      access: retireAccess(),
      triggerAccess: retireTriggerAccess(),
      startedBy: 'events.amazonaws.com',
      failed: OPERATIONS_SIGNALS.retireFailed,
      grantors: locks.grantors,
    });
    this.machine = kept.machine;
    const start = (ruleId: string, eventPattern: events.EventPattern, input: Readonly<Record<string, string>>) => {
      const rule = new events.Rule(this, ruleId, { eventPattern });
      rule.addTarget({
        bind: () => ({
          arn: kept.machine.arn,
          role: kept.trigger.role,
          input: events.RuleTargetInput.fromObject(
            Object.fromEntries(Object.entries(input).map(([key, path]) => [key, events.EventField.fromPath(path)])),
          ),
          deadLetterConfig: { arn: props.deadLetterQueue.queueArn },
        }),
      });
      return rule;
    };
    const { account, region } = Stack.of(this);
    this.rules = [
      start(
        'ShellGone',
        {
          source: ['aws.ssm'],
          detailType: ['Parameter Store Change'],
          detail: { operation: ['Delete'], name: [{ wildcard: names.parameter(...servingPath('*')) }] },
        },
        { parameter: '$.detail.name' },
      ),
      start(
        'StackGone',
        {
          source: ['aws.cloudformation'],
          detailType: ['CloudFormation Stack Status Change'],
          detail: {
            'stack-id': [{ prefix: `arn:${Aws.PARTITION}:cloudformation:${region}:${account}:stack/${stackPrefix}` }],
            'status-details': { status: ['DELETE_COMPLETE'] },
          },
        },
        { stackId: '$.detail.stack-id' },
      ),
    ];
  }
}
