import { KEYS } from '../plan/access';
import type { IdleCost } from '../plan/idle-cost';
import type { PlatformSpec } from '../spec/platform';

/** What a platform costs on Google Cloud while nothing runs, in kind and number: prices differ by region and change. */
export function idleCost({ spec }: { readonly spec: PlatformSpec }): readonly IdleCost[] {
  const { network } = spec;
  const own = network.mode !== 'existing';
  const served = Object.values(spec.models).flatMap(({ serving }) => (serving === undefined ? [] : [serving]));
  const machines = served.reduce((sum, { replicas }) => sum + replicas.min, 0);
  const addresses = served.filter(({ gcp }) => gcp?.access !== 'public').length;
  return [
    {
      what: 'Private Service Connect forwarding rules',
      count: (own ? 1 : 0) + addresses,
      per: 'hour',
      why: `${own ? 'one to Google APIs' : 'none to Google APIs: the network is somebody else’s'}, one for each private endpoint that serves`,
    },
    {
      what: 'Cloud NAT gateways',
      count: network.mode === 'nat' ? 1 : 0,
      per: 'hour',
      why: 'one of the region with mode: nat',
    },
    {
      what: 'machines that serve',
      count: machines,
      per: 'hour',
      why: 'replicas.min of each model, once its first version is promoted',
    },
    { what: 'customer-managed key versions', count: KEYS.length, per: 'month', why: KEYS.join(', ') },
  ];
}
