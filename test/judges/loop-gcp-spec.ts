import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadPlatformSpec } from '../../lib/plan/load';
import type { PlatformSpec } from '../../lib/spec/platform';
import { EXAMPLE } from '../support/example-python';

export const MODEL = 'fraud-detector';
export const PROJECT = { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' } as const;
/** So few payments as in the loop are not the same from week to week. */
const DRIFT_THRESHOLD = 0.25;

/** The example's pipeline, small, with a check of its data, and approved by itself. */
export function loopSpec(): PlatformSpec {
  const example = parse(readFileSync(join(EXAMPLE, 'local.yaml'), 'utf8'));
  const model = example.models[MODEL];
  const { prepare, train, ...steps } = model.pipeline.steps;
  const { drift } = model.monitoring;
  const features = Object.fromEntries(
    Object.entries(drift.features).map(([name, type]) => [name, { type, threshold: DRIFT_THRESHOLD }]),
  );
  example.dataLake.datasets.transactions.rules = {
    columns: { transaction_id: { unique: true, maxNulls: '0%' }, amount: { min: 0.01 } },
  };
  const { aws: _, ...platform } = example;
  return loadPlatformSpec(
    JSON.stringify({
      ...platform,
      gcp: PROJECT,
      models: {
        [MODEL]: {
          ...model,
          pipeline: {
            ...model.pipeline,
            steps: {
              ...steps,
              check: { kind: 'validation', dataset: 'transactions' },
              prepare: { ...prepare, after: ['check'] },
              train: { ...train, parameters: { rounds: 60 } },
            },
          },
          registry: { approval: 'automatic' },
          serving: {
            ...model.serving,
            gcp: { access: 'public' },
            rollout: { strategy: 'canary', bake: '5 minutes' },
          },
          monitoring: { drift: { ...drift, features, minRows: 100 } },
        },
      },
    }),
  );
}
