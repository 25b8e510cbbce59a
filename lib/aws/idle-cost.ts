import { KEYS } from '../plan/access';
import { alertWebhooks } from '../plan/alert-receivers';
import type { IdleCost } from '../plan/idle-cost';
import { networkNeeds } from '../plan/network-needs';
import type { PlatformPlan } from '../plan/platform-plan';
import { INTERFACE_NAMES } from './network/interface-names';

/** What a platform costs on AWS while nothing runs, in kind and number: prices differ by region and change. */
export function idleCost({ spec }: Pick<PlatformPlan, 'spec'>): readonly IdleCost[] {
  const { network } = spec;
  const served = Object.values(spec.models).flatMap(({ serving }) => (serving === undefined ? [] : [{ serving }]));
  const interfaces = networkNeeds(spec).flatMap(({ service }) =>
    service === 'objects' ? [] : INTERFACE_NAMES[service],
  );
  return [
    {
      what: 'interface endpoints (one network interface each)',
      count: network.mode === 'isolated' ? interfaces.length * network.zones : 0,
      per: 'hour' as const,
      why:
        network.mode === 'isolated'
          ? `${interfaces.join(', ')} in ${network.zones} zones each; mode: nat has none`
          : `the network of mode ${network.mode} has none`,
    },
    {
      what: 'NAT gateways',
      count: network.mode === 'nat' ? network.gateways : 0,
      per: 'hour' as const,
      why: 'gateways of mode: nat',
    },
    {
      what: 'instances that always run',
      count: served.reduce((sum, { serving }) => sum + serving.replicas.min, 0),
      per: 'hour' as const,
      why: 'replicas.min of every model that serves, from its first promotion on; clusters start from zero',
    },
    { what: 'customer keys', count: KEYS.length, per: 'month' as const, why: KEYS.join(', ') },
    {
      what: 'secrets of webhooks',
      count: 2 * alertWebhooks(spec).length,
      per: 'month' as const,
      why: 'yours, and the copy that EventBridge keeps',
    },
  ];
}
