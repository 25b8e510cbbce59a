import { AWS, cluster, GCP, many, table, trained } from './limit-specs';
import { PREPARED } from './watched-spec';

/** Who hears of alerts in a channel of Slack. */
export const SLACK = {
  slack: { ops: { workspace: 'T0123ABCD', channel: 'C0123ABCD', gcp: { secret: 'slack-token' } } },
};
const TEAMS = {
  tenant: '11111111-1111-4111-8111-111111111111',
  team: '22222222-2222-4222-8222-222222222222',
  channel: '19%3Aabc%40thread.tacv2',
};
export const BUDGET = { governance: { budget: { monthly: '100 USD' } } };
const network = (at: object) => ({
  ...cluster('managed', {}),
  network: { mode: 'existing', ...at },
});

/** What a cloud refuses otherwise: it does not do it at all, asks for what is of it alone, or has no such machine. */
export const REFUSED_OTHERWISE: readonly object[] = [
  { ...GCP, alerts: { teams: { ops: TEAMS } } },
  {
    ...GCP,
    ...network({ aws: { vpc: 'vpc-0a1b2c3d4e5f67890', subnets: ['subnet-0a1b2c3d4e5f67890', 'subnet-01234567'] } }),
  },
  { ...AWS, ...network({ gcp: { network: 'shared', subnetwork: 'ml', attachment: 'ml' } }) },
  { ...GCP, ...network({ gcp: { network: 'shared', subnetwork: 'ml' } }) },
  { ...GCP, alerts: { slack: { ops: { ...SLACK.slack.ops, gcp: undefined } } } },
  { ...GCP, ...BUDGET },
  ...[
    { ...GCP, accelerator: { type: 'trainium2', count: 16 } },
    { ...AWS, accelerator: { type: 'a100-40', count: 1 } },
  ].flatMap(({ accelerator, ...on }) => [
    { ...on, ...cluster('managed', { accelerator }) },
    { ...on, models: { ranker: { serving: { accelerator } } } },
    { ...on, ...trained({ accelerator }) },
  ]),
];

/** What both clouds refuse, though it is the plan that says it. */
export const REFUSED_EVERYWHERE: readonly object[] = [
  { ...AWS, ...cluster('batch', { nodes: 3, maxNodes: 2 }) },
  { ...table(many(4000, () => 'string')), ...AWS, gcp: undefined },
  { ...AWS, models: { fraud: { pipeline: PREPARED }, 'fraud-run': { pipeline: PREPARED } }, ...cluster('managed', {}) },
];
