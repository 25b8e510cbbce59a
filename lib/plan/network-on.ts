import type { Cloud } from '../spec/clouds';
import type { NetworkSpec } from '../spec/network';

type Existing = Extract<NetworkSpec, { mode: 'existing' }>;

/** A network whose place on a cloud is known, where it is somebody else's. */
export type NetworkOn<C extends Cloud> =
  | Exclude<NetworkSpec, Existing>
  | ({ readonly mode: 'existing' } & { readonly [K in C]: NonNullable<Existing[K]> });

/**
 * The network of a spec as a cloud renders it.
 * @throws Error where an existing network does not say where it is on that cloud; loading a spec reports that before.
 */
export function networkOn<C extends Cloud>(cloud: C, network: NetworkSpec): NetworkOn<C> {
  if (network.mode === 'existing' && network[cloud] === undefined)
    throw new Error(`network.${cloud} is missing: where the existing network is on this cloud`);
  return network as NetworkOn<C>;
}
