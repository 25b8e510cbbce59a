import { isMap, type RawMap } from '../../lib/spec/plain';
import type { Path } from '../../lib/spec/problem';
import { PIPELINE_SAMPLES } from './pipeline-samples';
import { PREPARED } from './watched-spec';

/** Two valid values of an option, and what a spec has to say beside it for the option to mean something. */
export interface OptionSample {
  readonly values: readonly [unknown, unknown];
  readonly around?: RawMap;
}

/** Written as a value: the option is left out. */
export const ABSENT = undefined;

const LAKE: RawMap = {
  dataLake: {
    zones: { raw: {}, curated: {} },
    datasets: { transactions: { zone: 'raw', columns: { id: 'string', amount: 'int', ts: 'timestamp' } } },
  },
};
const MANAGED: RawMap = { training: { cluster: { kind: 'managed' } } };
const BATCH: RawMap = { training: { cluster: { kind: 'batch' } } };
const SERVED: RawMap = { models: { ranker: { serving: {} } } };
const WITH_GPU: RawMap = { models: { ranker: { serving: { accelerator: { type: 'l4' } } } } };

const EXISTING: RawMap = {
  ...MANAGED,
  network: {
    mode: 'existing',
    aws: { vpc: 'vpc-0a1b2c3d4e5f67890', subnets: ['subnet-0a1b2c3d4e5f67890', 'subnet-0f9e8d7c6b5a43210'] },
    gcp: { network: 'shared', subnetwork: 'ml', attachment: 'ml' },
  },
};

/** Receivers of the channel of a platform, or of its route. */
const alerts = (receivers: RawMap): RawMap => ({ ...SERVED, alerts: receivers });
const route = (receivers: RawMap): RawMap => ({
  alerts: { routes: { 'on-call': { email: ['a@example.com'], ...receivers } } },
  models: { ranker: { serving: {}, monitoring: { errorRate: { route: 'on-call' } } } },
});
const SLACK: RawMap = {
  slack: { ops: { workspace: 'T0123ABCD', channel: 'C0123ABCD', gcp: { secret: 'slack-token' } } },
};
const TEAMS: RawMap = {
  teams: {
    ops: {
      tenant: '11111111-1111-4111-8111-111111111111',
      team: '22222222-2222-4222-8222-222222222222',
      channel: '19%3Aabc%40thread.tacv2',
    },
  },
};
const WEBHOOK: RawMap = { webhooks: { pager: { url: 'https://example.com/alerts', secret: 'pager-token' } } };

const receivers = (at: string, around: (one: RawMap) => RawMap): Readonly<Record<string, OptionSample>> => ({
  [`${at}.email`]: { values: [['a@example.com'], ['b@example.com']], around: around({}) },
  [`${at}.slack.*.workspace`]: { values: ['T0123ABCD', 'T0123ABCE'], around: around(SLACK) },
  [`${at}.slack.*.channel`]: { values: ['C0123ABCD', 'C0123ABCE'], around: around(SLACK) },
  [`${at}.slack.*.gcp.secret`]: { values: ['slack-token', 'other-token'], around: around(SLACK) },
  [`${at}.teams.*.tenant`]: {
    values: ['11111111-1111-4111-8111-111111111111', '33333333-3333-4333-8333-333333333333'],
    around: around(TEAMS),
  },
  [`${at}.teams.*.team`]: {
    values: ['22222222-2222-4222-8222-222222222222', '44444444-4444-4444-8444-444444444444'],
    around: around(TEAMS),
  },
  [`${at}.teams.*.channel`]: {
    values: ['19%3Aabc%40thread.tacv2', '19%3Adef%40thread.tacv2'],
    around: around(TEAMS),
  },
  [`${at}.webhooks.*.url`]: {
    values: ['https://example.com/alerts', 'https://example.com/pager'],
    around: around(WEBHOOK),
  },
  [`${at}.webhooks.*.secret`]: { values: ['pager-token', 'other-token'], around: around(WEBHOOK) },
  [`${at}.webhooks.*.header`]: { values: [ABSENT, 'X-Api-Key'], around: around(WEBHOOK) },
});

function cluster(kind: 'managed' | 'batch'): Readonly<Record<string, OptionSample>> {
  const around = kind === 'managed' ? MANAGED : BATCH;
  const at = (option: string) => `training.cluster[${kind}]${option}`;
  return {
    [at('')]: { values: [{ kind }, { kind: kind === 'managed' ? 'batch' : 'managed' }] },
    [at('.accelerator.type')]: { values: ['l4', 't4'], around },
    [at('.accelerator.count')]: {
      values: [ABSENT, 4],
      around: { training: { cluster: { kind, accelerator: { type: 'l4' } } } },
    },
    [at('.machine')]: { values: [ABSENT, 'large'], around },
    [at('.nodes')]: { values: [ABSENT, 2], around },
    [at('.capacity')]: { values: [ABSENT, 'spot'], around },
    [at('.maxRuntime')]: { values: [ABSENT, '6 hours'], around },
    [at('.disk')]: { values: [ABSENT, '200 GiB'], around },
    ...(kind === 'managed'
      ? {}
      : {
          [at('.maxNodes')]: { values: [ABSENT, 8], around },
          [at('.attempts')]: { values: [ABSENT, 5], around: { training: { cluster: { kind, capacity: 'spot' } } } },
        }),
  };
}

function rollout(strategy: string, other: string, own?: string): Readonly<Record<string, OptionSample>> {
  const at = `models.*.serving.rollout[${strategy}]`;
  return {
    [at]: { values: [{ strategy }, { strategy: other }], around: SERVED },
    ...(own === undefined ? {} : { [`${at}.${own}`]: { values: [ABSENT, '50%'], around: many(strategy) } }),
    [`${at}.bake`]: { values: [ABSENT, '20 minutes'], around: many(strategy) },
    [`${at}.guards`]: { values: [ABSENT, ['errorRate']], around: many(strategy) },
  };
}
const many = (strategy: string): RawMap => ({
  models: { ranker: { serving: { replicas: { min: 10, max: 20 }, rollout: { strategy } } } },
});

const threshold = (value: unknown, around: RawMap = SERVED): OptionSample => ({ values: [ABSENT, value], around });

/** A model whose requests are compared, and its answers with labels. */
const DRIFTING: RawMap = {
  ...MANAGED,
  models: {
    ranker: {
      pipeline: PREPARED,
      serving: { capture: {} },
      monitoring: { drift: { features: { amount: 'numeric' } } },
    },
  },
};
const ANSWERED = overlaid(DRIFTING, {
  models: { ranker: { monitoring: { drift: { prediction: { type: 'numeric' } } } } },
});
const MEASURED = overlaid(overlaid(LAKE, ANSWERED), {
  dataLake: {
    datasets: {
      transactions: { columns: { other_id: 'string', truth: 'int', other_truth: 'int' } },
      payments: { zone: 'raw', columns: { id: 'string', truth: 'int' } },
    },
  },
  models: {
    ranker: {
      monitoring: {
        quality: {
          labels: { dataset: 'transactions', requestId: 'id', requestField: 'id', column: 'truth', positive: 1 },
          metric: 'auc',
          atLeast: 0.8,
        },
      },
    },
  },
});
/** The same where less is better. */
const ERRING = overlaid(MEASURED, {
  models: { ranker: { monitoring: { quality: { metric: 'logLoss', atLeast: ABSENT, atMost: 1 } } } },
});
const ON_CALL: RawMap = { alerts: { routes: { 'on-call': { email: ['a@example.com'] } } } };

function watched(
  at: 'drift' | 'quality',
  around: RawMap,
  values: Readonly<Record<string, readonly [unknown, unknown]>>,
): Readonly<Record<string, OptionSample>> {
  return Object.fromEntries(
    Object.entries(values).map(([option, pair]) => [`models.*.monitoring.${at}.${option}`, { values: pair, around }]),
  );
}

/** A dataset that a step checks, whose column `amount` is of a type. */
const checked = (amount: string): RawMap =>
  overlaid(overlaid(LAKE, MANAGED), {
    dataLake: { datasets: { transactions: { columns: { amount } } } },
    models: { ranker: { pipeline: { steps: { check: { kind: 'validation', dataset: 'transactions' } } } } },
  });

function rules(type: string, values: Readonly<Record<string, unknown>>): Readonly<Record<string, OptionSample>> {
  return Object.fromEntries(
    Object.entries(values).map(([option, value]) => [
      `dataLake.datasets.*.rules.${option}`,
      { values: [ABSENT, value], around: checked(type) },
    ]),
  );
}

/** Two values for every option that a spec can have. Where the first is left out, it is the default. */
export const OPTION_SAMPLES: Readonly<Record<string, OptionSample>> = {
  name: { values: ['fraud', 'risk'] },
  owner: { values: ['a@example.com', 'b@example.com'] },
  'aws.account': { values: ['111111111111', '222222222222'] },
  'aws.region': { values: ['eu-central-1', 'eu-west-1'], around: MANAGED },
  'gcp.project': { values: ['fraud-ml', 'risk-ml'] },
  'gcp.projectNumber': { values: [123456789012, 210987654321] },
  'gcp.region': { values: ['europe-west4', 'us-central1'] },
  'gcp.state.bucket': { values: ['state-of-one', 'state-of-other'] },
  'gcp.roleGeneration': { values: [1, 2], around: SERVED },
  'gcp.billingAccount': {
    values: ['01AB23-45CD67-89EF01', '10BA32-54DC76-98FE10'],
    around: { governance: { budget: { monthly: '100 USD' } } },
  },
  'network[isolated]': { values: [{ mode: 'isolated' }, { mode: 'nat' }] },
  'network[isolated].cidr': { values: [ABSENT, '10.43.0.0/16'], around: { network: { mode: 'isolated' } } },
  'network[isolated].zones': { values: [ABSENT, 3], around: { network: { mode: 'isolated' } } },
  'network[nat]': { values: [{ mode: 'nat' }, { mode: 'isolated' }] },
  'network[nat].cidr': { values: [ABSENT, '10.43.0.0/16'], around: { network: { mode: 'nat' } } },
  'network[nat].zones': { values: [ABSENT, 3], around: { network: { mode: 'nat' } } },
  'network[nat].gateways': { values: [ABSENT, 2], around: { network: { mode: 'nat' } } },
  'network[existing]': { values: [EXISTING.network, { mode: 'isolated' }], around: MANAGED },
  'network[existing].aws.vpc': { values: ['vpc-0a1b2c3d4e5f67890', 'vpc-0f9e8d7c6b5a43210'], around: EXISTING },
  'network[existing].aws.subnets': {
    values: [
      ['subnet-0a1b2c3d4e5f67890', 'subnet-0f9e8d7c6b5a43210'],
      ['subnet-0a1b2c3d4e5f67890', 'subnet-01234567'],
    ],
    around: EXISTING,
  },
  'network[existing].gcp.network': { values: ['shared', 'other'], around: { ...EXISTING, ...SERVED } },
  'network[existing].gcp.subnetwork': { values: ['ml', 'other'], around: EXISTING },
  'network[existing].gcp.attachment': { values: ['ml', 'other'], around: EXISTING },
  'network[existing].gcp.hostProject': { values: [ABSENT, 'network-host'], around: EXISTING },
  ...receivers('alerts', alerts),
  ...receivers('alerts.routes.*', route),
  'governance.budget.monthly': { values: ['100 USD', '200 USD'] },
  'governance.budget.alertAt': {
    values: [ABSENT, ['90%']],
    around: { governance: { budget: { monthly: '100 USD' } } },
  },
  'dataLake.zones.*.retention': { values: [ABSENT, '30 days'], around: LAKE },
  'dataLake.datasets.*.zone': { values: ['raw', 'curated'], around: LAKE },
  'dataLake.datasets.*.description': { values: [ABSENT, 'One payment.'], around: LAKE },
  'dataLake.datasets.*.columns.*': { values: ['int', 'double'], around: LAKE },
  'dataLake.datasets.*.partitionBy': { values: [ABSENT, ['day(ts)']], around: LAKE },
  'dataLake.datasets.*.snapshots.keep': { values: [ABSENT, 9], around: LAKE },
  'dataLake.datasets.*.snapshots.maxAge': { values: ['3 days', '6 days'], around: LAKE },
  ...rules('int', {
    minRows: 500,
    'unique.*': ['id', 'ts'],
    'columns.*.maxNulls': '1%',
    'columns.*.min': 1,
    'columns.*.max': 9,
    'columns.*.values': [1, 2],
    'columns.*.unique': true,
  }),
  ...rules('string', { 'columns.*.pattern': '[a-z]+' }),
  ...rules('timestamp', { 'columns.*.maxAge': '1 day', ageAt: 'commit' }),
  ...cluster('managed'),
  ...cluster('batch'),
  ...PIPELINE_SAMPLES,
  'training.reads': { values: [ABSENT, ['transactions']], around: { ...LAKE, ...MANAGED } },
  'models.*.registry.approval': { values: [ABSENT, 'automatic'], around: { models: { ranker: {} } } },
  'models.*.serving.mode': { values: [ABSENT, 'realtime'], around: SERVED },
  'models.*.serving.accelerator.type': { values: ['l4', 't4'], around: SERVED },
  'models.*.serving.accelerator.count': { values: [ABSENT, 4], around: WITH_GPU },
  'models.*.serving.machine': { values: [ABSENT, 'large'], around: SERVED },
  'models.*.serving.replicas.min': { values: [ABSENT, 3], around: SERVED },
  'models.*.serving.replicas.max': { values: [ABSENT, 9], around: SERVED },
  'models.*.serving.scaling.requestsPerReplica': { values: [ABSENT, 900], around: SERVED },
  ...rollout('allAtOnce', 'canary'),
  ...rollout('canary', 'linear', 'size'),
  ...rollout('linear', 'canary', 'step'),
  'models.*.serving.capture.sampling': {
    values: ['10%', '30%'],
    around: { models: { ranker: { serving: { capture: {} } } } },
  },
  'models.*.serving.gcp.access': { values: [ABSENT, 'public'], around: SERVED },
  'models.*.serving.gcp.serviceAccount': { values: [ABSENT, 'vertex-ai'], around: SERVED },
  'models.*.monitoring.latencyP95': threshold('90 ms'),
  'models.*.monitoring.errorRate': threshold('2%'),
  'models.*.monitoring.noTraffic': threshold('2 hours'),
  'models.*.monitoring.cpu': threshold('70%'),
  'models.*.monitoring.gpu': threshold('70%', WITH_GPU),
  'models.*.monitoring.memory': threshold('70%'),
  'models.*.monitoring.disk': threshold('70%'),
  ...watched('drift', DRIFTING, {
    'features.*': ['numeric', 'categorical'],
    columns: [ABSENT, ['amount', 'age']],
    threshold: [ABSENT, '50%'],
    severity: [ABSENT, 'critical'],
    window: [ABSENT, '2 days'],
    schedule: [ABSENT, '0 5 * * *'],
    timeZone: [ABSENT, 'Europe/Berlin'],
    minRows: [ABSENT, 900],
    segments: [ABSENT, ['country']],
    maxCategories: [ABSENT, 90],
    machine: [ABSENT, 'large'],
    disk: [ABSENT, '300 GiB'],
  }),
  ...watched('drift', overlaid(DRIFTING, ON_CALL), { route: [ABSENT, 'on-call'] }),
  ...watched('drift', overlaid(DRIFTING, LAKE), { reference: [ABSENT, 'transactions'] }),
  ...watched('drift', ANSWERED, {
    'prediction.name': [ABSENT, 'score'],
    'prediction.type': ['numeric', 'categorical'],
    'prediction.method': [ABSENT, 'psi'],
    'prediction.threshold': [ABSENT, 0.5],
    'prediction.index': [ABSENT, 1],
  }),
  ...watched('quality', MEASURED, {
    'labels.dataset': ['transactions', 'payments'],
    'labels.requestId': ['id', 'other_id'],
    'labels.requestField': ['id', 'other_id'],
    'labels.column': ['truth', 'other_truth'],
    'labels.positive': [1, 2],
    metric: ['auc', 'precision'],
    atLeast: [0.8, 0.9],
    delay: [ABSENT, '3 days'],
    window: [ABSENT, '2 days'],
    minRows: [ABSENT, 900],
    severity: [ABSENT, 'critical'],
  }),
  ...watched('quality', ERRING, { atMost: [1, 2] }),
  ...watched('quality', overlaid(MEASURED, ON_CALL), { route: [ABSENT, 'on-call'] }),
};

/** Names that samples give to entries of maps, by the map. */
const ENTRIES: Readonly<Record<string, string>> = {
  slack: 'ops',
  teams: 'ops',
  webhooks: 'pager',
  routes: 'on-call',
  zones: 'raw',
  datasets: 'transactions',
  columns: 'amount',
  unique: 'pair',
  features: 'amount',
  models: 'ranker',
  steps: 'step',
  inputs: 'data',
  parameters: 'depth',
  triggers: 'nightly',
};

/** Where a spec of a sample has the option: `network[nat].gateways` is at `network.gateways`. */
export function pathOf(option: string): Path {
  const keys = option.replaceAll(/\[[\w-]+\]/g, '').split('.');
  return keys.map((key, i) => {
    if (key !== '*') return key;
    const entry = ENTRIES[keys[i - 1] ?? ''];
    if (entry === undefined) throw new Error(`no sample has a name for an entry of ${keys[i - 1]}`);
    return entry;
  });
}

/** A spec, below what is written above it. */
export function overlaid(below: RawMap, above: RawMap): RawMap {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    merged[key] = isMap(under) && isMap(value) ? overlaid(under, value) : value;
  }
  return merged;
}
