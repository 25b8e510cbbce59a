import { TARGETS } from './refusals';
import { DRIFT, PREPARED } from './watched-spec';

/** What lives on one cloud. */
export const AWS = { aws: TARGETS.aws };
export const GCP = { gcp: TARGETS.gcp };
export const awsIn = (region: string) => ({ aws: { region } });
export const gcpIn = (region: string) => ({ gcp: { ...TARGETS.gcp, region } });

/** A training cluster. */
export const cluster = (kind: 'managed' | 'batch', more: object) => ({ training: { cluster: { kind, ...more } } });
/** A dataset on Google Cloud. */
export const table = (columns: object, more: object = {}) => ({
  ...GCP,
  dataLake: { zones: { raw: {} }, datasets: { rows: { zone: 'raw', columns, ...more } } },
});
/** A pipeline of one training. */
export const trained = (step: object, more: object = {}, kind: 'training' | 'cluster-training' = 'training') => ({
  ...cluster(kind === 'training' ? 'managed' : 'batch', {}),
  models: {
    ranker: {
      pipeline: {
        image: 'a-1',
        steps: { train: { kind, outputs: ['model'], ...step } },
        register: { model: 'train.model' },
        ...more,
      },
    },
  },
});

/** A model whose requests are compared. */
export const drifting = (drift: object, more: object = {}) => ({
  ...cluster('managed', {}),
  models: {
    ranker: {
      pipeline: PREPARED,
      serving: { capture: {} },
      monitoring: { drift: { features: DRIFT.features, ...drift }, ...more },
    },
  },
});

/** Characters that a text of a spec may have at most where a step is given it. */
export const LONGEST_TEXT = 256;

/** So many entries of a map, each with a name of its own. */
export const many = <T>(count: number, of: (i: number) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`a-${i}`, of(i)]));

/** So many characters in all, all the same, as parameters of a step. */
export const letters = (count: number, letter: string): Readonly<Record<string, string>> =>
  many(Math.ceil(count / LONGEST_TEXT), (i) => letter.repeat(Math.min(LONGEST_TEXT, count - i * LONGEST_TEXT)));

/** So many steps that are given so many characters in all. */
export function lettered(count: number, letter: string, steps: number) {
  const each = Math.floor(count / steps);
  return many(steps, (i) => ({
    kind: 'prediction',
    inputs: { model: 'train.model' },
    parameters: letters(i === 0 ? count - each * (steps - 1) : each, letter),
  }));
}

/** A pipeline with steps beside its training. */
export function stepsBeside(steps: object, more: object = {}, kind?: 'training' | 'cluster-training') {
  const spec = trained({}, more, kind);
  const { pipeline } = spec.models.ranker;
  return { ...spec, models: { ranker: { pipeline: { ...pipeline, steps: { ...pipeline.steps, ...steps } } } } };
}

/** A lake with so many datasets, called `d0` and so on. */
export const datasets = (count: number) => ({
  dataLake: {
    zones: { raw: {} },
    datasets: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`d${i}`, { zone: 'raw', columns: { id: 'string' } }]),
    ),
  },
});

/** A pipeline that reads so many datasets, ten in a step. */
export const reading = (count: number, more: object = {}) => ({
  ...datasets(count),
  ...stepsBeside(
    {
      ...many(Math.ceil(count / 10), (step) => ({
        kind: 'prediction',
        inputs: many(Math.min(10, count - step * 10), (i) => `d${step * 10 + i}`),
      })),
      use: { kind: 'prediction', inputs: { model: 'train.model' } },
    },
    more,
  ),
});
