import type { PlatformNames } from '../../plan/names';

/** Names of what carries a channel of alerts. All are of the plan; none of a route is one of another route. */
export function alertNames(names: PlatformNames, route?: string) {
  const relay = route === undefined ? ['alert-relay'] : ['route', route, 'relay'];
  const trigger = route === undefined ? ['alert-relay-trigger'] : ['route', route, 'trigger'];
  return {
    topic: names.of('compute', ...(route === undefined ? ['alerts'] : ['route', route])),
    relay: names.of('compute', ...relay),
    relayAccount: names.of('serviceAccount', ...relay),
    triggerAccount: names.of('serviceAccount', ...trigger),
  };
}
