import type { AlertsSpec } from '../spec/alerts';
import type { PlatformSpec } from '../spec/platform';

/** Who hears of alerts. A platform that names nobody tells its owner: an alert without a receiver is a silent one. */
export function alertReceivers(spec: Pick<PlatformSpec, 'owner' | 'alerts'>): AlertsSpec {
  const { email, slack, teams, webhooks } = spec.alerts;
  const named = email.length + Object.keys(slack).length + Object.keys(teams).length + Object.keys(webhooks).length;
  return named === 0 ? { ...spec.alerts, email: [spec.owner] } : spec.alerts;
}
