import { loadPlatformSpec } from '../../lib/plan/load';
import type { PlatformSpec } from '../../lib/spec/platform';

/** A pipeline whose versions say what they were trained on: what it prepared itself. */
export const PREPARED = {
  image: 'fraud-1',
  steps: {
    prepare: { kind: 'processing', outputs: ['rows'] },
    train: { kind: 'training', inputs: { rows: 'prepare.rows' }, outputs: ['model'] },
  },
  register: { model: 'train.model' },
} as const;

/** Everything that can be said of drift, but what to compare with. */
export const DRIFT = {
  features: {
    amount: 'numeric',
    country: { type: 'categorical', method: 'psi', threshold: 0.25 },
    age: { type: 'numeric', method: 'kolmogorov-smirnov' },
  },
  columns: ['country', 'amount', 'age', 'device'],
  prediction: { type: 'numeric', index: 1 },
  threshold: '30%',
  severity: 'critical',
  route: 'pager',
  window: '1 day',
  schedule: '30 2 * * *',
  timeZone: 'Europe/Berlin',
  minRows: 50,
  segments: ['device'],
  maxCategories: 100,
  machine: 'small',
} as const;

/** Everything that can be said of quality. */
export const QUALITY = {
  labels: { dataset: 'chargebacks', requestId: 'transaction_id', column: 'is_fraud', positive: 1 },
  metric: 'auc',
  atLeast: 0.8,
  delay: '1 day',
  window: '2 days',
  minRows: 40,
  severity: 'warning',
} as const;

/** A platform on AWS whose one model `detector` is made by a pipeline, serves and is watched, as a user writes it. */
export function watchedPlatform(monitoring: object = { drift: DRIFT, quality: QUALITY }, more: object = {}): object {
  return {
    name: 'fraud',
    owner: 'ml@example.com',
    aws: { account: '111111111111', region: 'eu-central-1' },
    alerts: { routes: { pager: { email: ['pager@example.com'] } } },
    dataLake: {
      zones: { curated: {} },
      datasets: {
        chargebacks: { zone: 'curated', columns: { transaction_id: 'string', is_fraud: 'int', disputed_on: 'date' } },
        baseline: {
          zone: 'curated',
          columns: { country: 'string', amount: 'double', age: 'int', device: 'string', prediction: 'double' },
        },
      },
    },
    training: { cluster: { kind: 'managed' } },
    models: { detector: { pipeline: PREPARED, serving: { capture: { sampling: '50%' } }, monitoring } },
    ...more,
  };
}

/** The platform, loaded. */
export const loadedWatched = (monitoring?: object, more?: object): PlatformSpec =>
  loadPlatformSpec(JSON.stringify(watchedPlatform(monitoring, more)));
