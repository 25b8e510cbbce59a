import { type ReceiversSpec, receiverCount } from '../spec/alerts';
import type { PlatformSpec } from '../spec/platform';
import type { Path } from '../spec/problem';

type Alerted = Pick<PlatformSpec, 'owner' | 'alerts'>;

/** A channel that alerts go through: that of the platform, or one of its routes. */
export interface PlannedChannel {
  /** Name of the route; undefined for the channel of the platform. */
  readonly route: string | undefined;
  /** Where the spec says who hears of it. */
  readonly path: Path;
  readonly receivers: ReceiversSpec;
}

/** Who hears of alerts. A platform that names nobody tells its owner: an alert without a receiver is a silent one. */
export function alertReceivers({ owner, alerts: { routes: _, ...receivers } }: Alerted): ReceiversSpec {
  return receiverCount(receivers) === 0 ? { ...receivers, email: [owner] } : receivers;
}

/** Every channel of a platform, its own first. */
export function alertChannels(spec: Alerted): readonly PlannedChannel[] {
  return [
    { route: undefined, path: ['alerts'], receivers: alertReceivers(spec) },
    ...Object.entries(spec.alerts.routes).map(([route, receivers]) => ({
      route,
      path: ['alerts', 'routes', route],
      receivers,
    })),
  ];
}

/** Every webhook of every channel of a platform. */
export const alertWebhooks = (spec: Alerted) =>
  alertChannels(spec).flatMap(({ route, receivers }) =>
    Object.entries(receivers.webhooks).map(([name, webhook]) => ({ route, name, webhook })),
  );

/** Every Slack channel of every channel of a platform. */
export const alertSlacks = (spec: Alerted) =>
  alertChannels(spec).flatMap(({ route, receivers }) => Object.keys(receivers.slack).map((name) => ({ route, name })));

/** What a receiver is called in the whole platform: `pager`, or `on-call--pager` on a route. No entry has two hyphens. */
export const receiverName = (name: string, route?: string): string =>
  route === undefined ? name : `${route}--${name}`;

/** Says of a receiver or a channel which route it is of; nothing of those of the platform itself. */
export const ofRoute = (route: string | undefined): string => (route === undefined ? '' : ` of the route ${route}`);
