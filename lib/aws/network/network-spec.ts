import type { Construct } from 'constructs';
import type { z } from 'zod';
import { explain } from '../../spec/explain';
import { type NetworkSpec, network } from '../../spec/network';
import { type Finding, SpecError } from '../../spec/problem';
import { problemWithoutPlace } from '../../spec/text';

type Written = Exclude<z.input<typeof network>, undefined>;
type OfMode<M extends Written['mode']> = Omit<Extract<Written, { mode: M }>, 'mode'>;

/** A network as a spec has it: `{ mode: 'nat', gateways: 2 }`. Ids of an existing one may be tokens. */
export type NetworkInput =
  | (OfMode<'isolated'> & { readonly mode?: 'isolated' })
  | (OfMode<'nat'> & { readonly mode: 'nat' })
  | { readonly mode: 'existing'; readonly aws: { readonly vpc: string; readonly subnets: readonly string[] } };

/**
 * Completes a network from what was given, of which it takes only what belongs to its mode.
 * @throws SpecError with everything that is wrong with it.
 */
export function completeNetwork(scope: Construct, input: NetworkInput): NetworkSpec {
  if (input.mode === 'existing') return { mode: 'existing', aws: { ...input.aws, subnets: [...input.aws.subnets] } };
  const { cidr, zones } = input;
  const written =
    input.mode === 'nat'
      ? { mode: input.mode, cidr, zones, gateways: input.gateways }
      : { mode: 'isolated', cidr, zones };
  const result = network.safeParse(written);
  if (!result.success) throw specError(scope, explain(result.error.issues, network, written));
  if (result.data.mode === 'nat' && result.data.gateways > result.data.zones)
    throw specError(scope, [
      {
        path: ['gateways'],
        message: `${result.data.gateways} NAT gateways do not fit into ${result.data.zones} zones`,
        received: String(result.data.gateways),
        allowed: `1 to ${result.data.zones} (zones)`,
        fix: `write gateways: ${result.data.zones}, or raise zones`,
      },
    ]);
  return result.data;
}

const specError = (scope: Construct, findings: readonly Finding[]) =>
  new SpecError(findings.map((finding) => ({ ...problemWithoutPlace(finding), file: scope.node.path })));
