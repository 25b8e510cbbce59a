import { loadPlatformSpec } from '../../lib/plan/load';
import { PlatformNames } from '../../lib/plan/names';
import type { PipelinePlan } from '../../lib/plan/pipeline/pipeline-plan';
import { planPipeline } from '../../lib/plan/pipeline/pipeline-plan';
import type { PlatformSpec, PlatformSpecInput } from '../../lib/spec/platform';

type ModelInput = NonNullable<PlatformSpecInput['models']>[string];
export type PipelineInput = NonNullable<NonNullable<ModelInput>['pipeline']>;

/** A pipeline with one step of each kind and everything that can be said of a pipeline. */
export const EVERY_KIND = {
  image: 'fraud-1.4.0',
  steps: {
    check: { kind: 'validation', dataset: 'transactions' },
    prepare: {
      kind: 'processing',
      after: ['check'],
      command: ['python', '-m', 'fraud.prepare'],
      inputs: { transactions: 'transactions', labels: 'chargebacks' },
      outputs: ['train', 'test'],
      parameters: { days: 90, 'with-weekends': true, currency: 'EUR' },
      machine: 'large',
      disk: '50 GiB',
      maxRuntime: '2 hours',
      retries: 2,
      cache: '7 days',
    },
    train: {
      kind: 'training',
      inputs: { train: 'prepare.train' },
      outputs: ['model'],
      parameters: { rounds: 200 },
      accelerator: { type: 'l4' },
      capacity: 'spot',
    },
    evaluate: {
      kind: 'processing',
      inputs: { model: 'train.model', test: 'prepare.test' },
      outputs: ['report'],
      metrics: ['auc', 'loss'],
    },
    score: {
      kind: 'prediction',
      inputs: { model: 'train.model', data: 'prepare.test' },
      outputs: ['scores'],
      when: { metric: 'evaluate.auc', atLeast: 0.5 },
    },
    publish: { kind: 'prediction', inputs: { scores: 'score.scores' } },
  },
  gate: { metric: 'evaluate.auc', atLeast: 0.9, betterThanChampionBy: 0.005 },
  register: { model: 'train.model', image: 'fraud-serving-1.4.0' },
  triggers: {
    nightly: { schedule: '0 3 * * *', timeZone: 'Europe/Berlin' },
    fresh: { newData: 'transactions' },
  },
} as const satisfies PipelineInput;

const { check: _check, ...unchecked } = EVERY_KIND.steps;
/** The same without a check of data. */
export const UNCHECKED = {
  ...EVERY_KIND,
  steps: { ...unchecked, prepare: { ...unchecked.prepare, after: [] } },
} satisfies PipelineInput;

/**
 * Steps and what they make, of which several are called the same where their names are put together with a hyphen; and some
 * have images of their own.
 */
export const ALIKE = {
  image: 'fraud-1.4.0',
  steps: {
    'train-base': { kind: 'processing', inputs: { raw: 'transactions' }, outputs: ['model'] },
    train: {
      kind: 'training',
      image: 'fraud-train-2',
      inputs: { base: 'train-base.model' },
      outputs: ['base-model'],
    },
    prep: { kind: 'processing', inputs: { raw: 'transactions' }, outputs: ['train-test'] },
    'prep-train': { kind: 'processing', inputs: { raw: 'prep.train-test' }, outputs: ['test'] },
    evaluate: {
      kind: 'processing',
      inputs: { model: 'train.base-model', test: 'prep-train.test' },
      metrics: ['base-auc'],
    },
    'evaluate-base': {
      kind: 'processing',
      image: 'fraud-evaluate-3',
      inputs: { model: 'train-base.model' },
      metrics: ['auc'],
    },
    score: {
      kind: 'prediction',
      inputs: { raw: 'prep.train-test', test: 'prep-train.test' },
      outputs: ['scores'],
      when: { metric: 'evaluate-base.auc', atLeast: 0.5 },
    },
  },
  gate: { metric: 'evaluate.base-auc', atLeast: 0.9 },
  register: { model: 'train.base-model' },
} as const satisfies PipelineInput;

/** A pipeline in which nothing runs beside its gate. */
export const GATE_LAST = {
  image: 'a-1',
  steps: {
    train: { kind: 'training', outputs: ['model'] },
    evaluate: { kind: 'processing', inputs: { model: 'train.model' }, metrics: ['auc'] },
  },
  gate: { metric: 'evaluate.auc', atLeast: 0.8 },
  register: { model: 'train.model' },
} as const;

/** A pipeline without a gate of which several steps measure something, and `evaluate`, the last, the model in every run. */
export const MEASURED_OFTEN = {
  image: 'fraud-1.4.0',
  steps: {
    prepare: { kind: 'processing', inputs: { transactions: 'transactions' }, outputs: ['train', 'test'] },
    profile: { kind: 'processing', inputs: { rows: 'prepare.train' }, metrics: ['auc'] },
    baseline: { kind: 'training', after: ['profile'], inputs: { train: 'prepare.train' }, outputs: ['model'] },
    'evaluate-baseline': { kind: 'processing', inputs: { model: 'baseline.model' }, metrics: ['auc'] },
    train: {
      kind: 'processing',
      after: ['evaluate-baseline'],
      inputs: { train: 'prepare.train' },
      outputs: ['model', 'rest'],
    },
    leftover: { kind: 'prediction', inputs: { rest: 'train.rest' }, metrics: ['auc'] },
    score: {
      kind: 'prediction',
      inputs: { model: 'train.model', test: 'prepare.test' },
      metrics: ['auc'],
      when: { metric: 'evaluate-baseline.auc', atLeast: 0.5 },
    },
    publish: { kind: 'prediction', after: ['score'], inputs: { model: 'train.model' }, metrics: ['auc'] },
    evaluate: { kind: 'prediction', inputs: { model: 'train.model', test: 'prepare.test' }, metrics: ['auc'] },
  },
  register: { model: 'train.model' },
} as const satisfies PipelineInput;

/** A pipeline whose training runs on the platform's batch cluster. */
export const ON_CLUSTER = {
  image: 'fraud-1.4.0',
  steps: {
    prepare: { kind: 'processing', inputs: { transactions: 'transactions' }, outputs: ['train', 'test'] },
    train: {
      kind: 'cluster-training',
      image: 'fraud-train-2',
      command: ['python', '-m', 'fraud.train'],
      inputs: { train: 'prepare.train', labels: 'chargebacks' },
      outputs: ['model'],
      parameters: { rounds: 200 },
      maxRuntime: '6 hours',
      retries: 2,
      cache: '7 days',
    },
    evaluate: {
      kind: 'processing',
      inputs: { model: 'train.model', test: 'prepare.test' },
      metrics: ['auc'],
    },
  },
  gate: { metric: 'evaluate.auc', atLeast: 0.9 },
  register: { model: 'train.model', image: 'fraud-serving-1.4.0' },
} as const satisfies PipelineInput;

/** The rest of its platform, beside which it stands: `pipelinePlatform(ON_CLUSTER, WITH_CLUSTER)`. */
export const WITH_CLUSTER = {
  training: { cluster: { kind: 'batch', accelerator: { type: 'l4' } } },
} as const satisfies Partial<PlatformSpecInput>;

/** What a model with a pipeline needs beside it: a gate that compares with the version that serves wants one to serve. */
const beside = (pipeline: unknown): object => {
  const { gate } = (pipeline ?? {}) as { gate?: { betterThanChampionBy?: unknown } };
  return gate?.betterThanChampionBy === undefined ? {} : { serving: {} };
};

/** A platform whose one model `detector` has a pipeline, as a user writes it. */
export function pipelinePlatform(pipeline: unknown = EVERY_KIND, more: object = {}): object {
  return {
    name: 'fraud',
    owner: 'ml@example.com',
    aws: { account: '111111111111', region: 'eu-central-1' },
    gcp: { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' },
    dataLake: {
      zones: { curated: {} },
      datasets: {
        transactions: { zone: 'curated', columns: { id: 'string', amount: 'double', ts: 'timestamp' } },
        chargebacks: { zone: 'curated', columns: { id: 'string', disputed_on: 'date' } },
        asked: { zone: 'curated', columns: { amount: 'double' } },
      },
    },
    training: { cluster: { kind: 'managed' } },
    models: { detector: { pipeline, ...beside(pipeline) } },
    ...more,
  };
}

/** The platform, loaded. */
export const loadedPipeline = (pipeline?: unknown, more?: object): PlatformSpec =>
  loadPlatformSpec(JSON.stringify(pipelinePlatform(pipeline, more)));

/** The plan of the pipeline of `detector`. */
export function plannedPipeline(pipeline?: unknown, more?: object): PipelinePlan {
  const { models, name } = loadedPipeline(pipeline, more);
  const spec = models.detector?.pipeline;
  if (spec === undefined) throw new Error('the pipeline was lost');
  return planPipeline('detector', spec, new PlatformNames(name));
}
