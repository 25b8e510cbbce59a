import type { Construct } from 'constructs';
import type { z } from 'zod';
import { type NetworkOn, networkOn } from '../../plan/network-on';
import { type NetworkSpec, network } from '../../spec/network';
import { parseProps, wrongProps } from '../props';

type Written = Exclude<z.input<typeof network>, undefined>;
type OfMode<M extends NetworkSpec['mode']> = Omit<Extract<Written, { mode?: M | undefined }>, 'mode'>;

/** A network as a spec has it: `{ mode: 'nat', gateways: 2 }`. Ids of an existing one may be tokens. */
export type NetworkInput =
  | (OfMode<'isolated'> & { readonly mode?: 'isolated' })
  | (OfMode<'nat'> & { readonly mode: 'nat' })
  | { readonly mode: 'existing'; readonly aws: { readonly vpc: string; readonly subnets: readonly string[] } };

/**
 * Completes a network from what was given, of which it takes only what belongs to its mode.
 * @throws SpecError with everything that is wrong with it.
 */
export function completeNetwork(scope: Construct, input: NetworkInput): NetworkOn<'aws'> {
  if (input.mode === 'existing') return { mode: 'existing', aws: { ...input.aws, subnets: [...input.aws.subnets] } };
  const { cidr, zones } = input;
  const written =
    input.mode === 'nat'
      ? { mode: input.mode, cidr, zones, gateways: input.gateways }
      : { mode: 'isolated', cidr, zones };
  const completed = parseProps(scope, network, written);
  if (completed.mode === 'nat' && completed.gateways > completed.zones)
    throw wrongProps(scope, [
      {
        path: ['gateways'],
        message: `${completed.gateways} NAT gateways do not fit into ${completed.zones} zones`,
        received: String(completed.gateways),
        allowed: `1 to ${completed.zones} (zones)`,
        fix: `write gateways: ${completed.zones}, or raise zones`,
      },
    ]);
  return networkOn('aws', completed);
}
