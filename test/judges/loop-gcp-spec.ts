import { loadPlatformSpec } from '../../lib/plan/load';
import type { PlatformSpec } from '../../lib/spec/platform';
import { fraudDetector } from '../support/fraud-example';

export const MODEL = 'fraud-detector';
export const PROJECT = { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' } as const;
/** So few payments as in the loop are not the same from week to week. */
const DRIFT_THRESHOLD = 0.25;

/** The example's pipeline, small, and approved by itself. */
export function loopSpec(): PlatformSpec {
  const example = fraudDetector();
  const model = example.models[MODEL];
  const { train, ...steps } = model.pipeline.steps;
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
