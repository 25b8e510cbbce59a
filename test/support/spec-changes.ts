import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

type Raw = Record<string, unknown>;

const {
  environments,
  gcp: _base,
  ...base
} = parse(readFileSync(join(__dirname, '../../examples/fraud-detection/platform.yaml'), 'utf8')) as Raw & {
  environments: { prod: Raw };
};
// These changes are lived through on AWS, some with what other clouds do not have.
delete environments.prod.gcp;

/** The example's production platform as one plain spec without environments, named as it is there. */
const prod = merge(base, environments.prod);

/** A changed copy of the production platform, under the names that its environment gives it. */
function changed(overlay: Raw): Raw {
  return { ...base, environments: { prod: merge(environments.prod, overlay) } };
}

function merge(below: Raw, above: Raw): Raw {
  const merged: Raw = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    merged[key] = isMap(value) && isMap(under) ? merge(under, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const columns = (prod.dataLake as { datasets: { transactions: { columns: Raw } } }).datasets.transactions.columns;

/** Nobody watches drift any more, so nothing is retrained because of it. */
export const UNWATCHED = { pipeline: { triggers: { drifted: null } } };
/** Nor does a gate compare with what serves. */
export const UNSERVED = { pipeline: { ...UNWATCHED.pipeline, gate: { betterThanChampionBy: null } } };

/** Changes that a platform lives through. Each is a spec with one environment, `prod`. */
export const SPEC_CHANGES = {
  'nothing changed': changed({}),
  'model added': changed({ models: { 'account-takeover': {} } }),
  'model removed': changed({ models: { 'merchant-risk': null } }),
  'model changed': changed({ models: { 'fraud-detector': { registry: { approval: 'automatic' } } } }),
  'model that serves added': changed({ models: { 'account-takeover': { serving: { machine: 'medium' } } } }),
  'serving changed': changed({
    models: {
      'fraud-detector': {
        serving: {
          accelerator: { type: 'a10g', count: 1 },
          replicas: { min: 4, max: 12 },
          rollout: { strategy: 'linear', size: null, step: '50%', bake: '10 minutes', guards: ['errorRate'] },
          capture: null,
        },
        monitoring: { drift: null },
        ...UNWATCHED,
      },
    },
  }),
  'monitoring changed': changed({
    models: {
      'fraud-detector': {
        monitoring: {
          latencyP95: { threshold: '90 ms', severity: 'critical', route: 'pager' },
          noTraffic: 'off',
          memory: 'off',
          disk: '50%',
        },
      },
    },
  }),
  'serving removed': changed({ models: { 'fraud-detector': { serving: null, monitoring: null, ...UNSERVED } } }),
  'all serving removed': changed({
    models: {
      'fraud-detector': { serving: null, monitoring: null, ...UNSERVED },
      'merchant-risk': { serving: null },
    },
  }),
  'retention changed': changed({ dataLake: { zones: { raw: { retention: '90 days' } } } }),
  'zone added': changed({ dataLake: { zones: { sandbox: { retention: '30 days' } } } }),
  'dataset added': changed({ dataLake: { datasets: { disputes: { zone: 'curated', columns: { id: 'string' } } } } }),
  'column added': changed({ dataLake: { datasets: { transactions: { columns: { ...columns, channel: 'string' } } } } }),
  'column widened': changed({ dataLake: { datasets: { card_features: { columns: { merchants_24h: 'bigint' } } } } }),
  'owner changed': changed({ owner: 'ml-platform@example.com', alerts: { email: ['ml-platform@example.com'] } }),
  'alerts removed': changed({
    alerts: null,
    models: { 'fraud-detector': { monitoring: { errorRate: { route: null } } } },
  }),
  'budget removed': changed({ governance: null }),
  'budget changed': changed({ governance: { budget: { monthly: '9000 USD', alertAt: ['90%'] } } }),
  'network opened by NAT': changed({ network: { mode: 'nat', gateways: 1 } }),
  'cluster made a batch queue': changed({ training: { cluster: { kind: 'batch' } } }),
  'accelerator changed': changed({ training: { cluster: { accelerator: { type: 'a10g', count: 1 } } } }),
  'pipeline removed': changed({ models: { 'fraud-detector': { pipeline: null, monitoring: { drift: null } } } }),
  'training removed': changed({
    training: null,
    models: { 'fraud-detector': { pipeline: null, monitoring: { drift: null } } },
  }),
  'data lake removed': changed({
    dataLake: null,
    training: { reads: [] },
    models: { 'fraud-detector': { pipeline: null, monitoring: { drift: null } } },
  }),
  'models removed': changed({ models: null }),
  'everything removed': changed({ alerts: null, governance: null, dataLake: null, training: null, models: null }),
} as const satisfies Record<string, Raw>;

export type SpecChange = keyof typeof SPEC_CHANGES;
