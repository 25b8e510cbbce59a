import { describe, expect, it } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { fraudDetector } from '../support/fraud-example';
import { ALIKE, EVERY_KIND, loadedPipeline, MEASURED_OFTEN, ON_CLUSTER, WITH_CLUSTER } from '../support/pipeline-spec';
import { toldOnAws } from '../support/told-on-aws';
import { toldOnGcp } from '../support/told-on-gcp';
import type { ToldPipeline } from '../support/told-pipeline';

/** A model that serves and whose drift starts runs. */
const watched = (pipeline: object) =>
  loadedPipeline(undefined, {
    models: {
      detector: { pipeline, serving: { capture: {} }, monitoring: { drift: { features: { amount: 'numeric' } } } },
    },
  });

const triggers = { ...EVERY_KIND.triggers, weekly: { schedule: '30 4 * * 1' }, drifted: { signal: 'drift' } };
const { gate: _, ...ungated } = EVERY_KIND;

const example = () =>
  loadPlatformSpec(
    JSON.stringify({
      ...fraudDetector(),
      gcp: { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' },
    }),
  );

describe.each([
  ['with a step of each kind', () => watched({ ...EVERY_KIND, triggers })],
  ['without a gate', () => watched({ ...ungated, triggers })],
  [
    'whose metrics are the better the less',
    () => watched({ ...EVERY_KIND, triggers, gate: { metric: 'evaluate.loss', atMost: 0.4 } }),
  ],
  ['of the example', example],
])('a pipeline %s', (_what, spec) => {
  const [aws, gcp] = [toldOnAws(spec()), toldOnGcp(spec())];

  it('takes the same parameters on both clouds', () => {
    expect(gcp.parameters).toEqual(aws.parameters);
    expect(Object.keys(aws.parameters)).toEqual(expect.arrayContaining(['run-id', 'reason', 'snapshot-transactions']));
  });

  it('is the same graph on both clouds', () => {
    expect(gcp.edges).toEqual(aws.edges);
    expect(aws.edges).toEqual(expect.arrayContaining(['prepare.train > train.train', 'train.model > evaluate.model']));
    expect(gcp.before).toEqual(aws.before);
    expect(aws.before.registration).toEqual(expect.arrayContaining(['prepare', 'train', 'evaluate']));
  });

  it('has the same gate and conditions on both clouds', () => {
    expect(gcp.conditions).toEqual(aws.conditions);
    expect(aws.conditions.score).toMatch(/^evaluate\.auc >= 0\.\d$/);
  });

  it.each([
    ['AWS', aws],
    ['Google Cloud', gcp],
  ])('has nothing but the registration hang on the gate, on %s', (_cloud, { conditions }) => {
    const gated = Object.keys(conditions).filter((name) => conditions[name]?.includes('run.gate-floor'));
    expect(gated).toEqual('registration' in conditions ? ['registration'] : []);
  });

  it('runs and registers the same images on both clouds', () => {
    expect(gcp.images).toEqual(aws.images);
    expect(Object.keys(aws.images)).toEqual(expect.arrayContaining(['prepare', 'train', 'evaluate', 'registration']));
  });

  it('registers with the same fields of lineage on both clouds', () => {
    expect(gcp.lineage).toEqual(aws.lineage);
    expect(aws.lineage).toMatchObject({
      run: 'run.run-id',
      reason: 'run.reason',
      trigger: 'run.trigger',
      revision: 'run.revision',
      images: 'run.images',
      'snapshot-transactions': 'run.snapshot-id-transactions',
      'snapshot-chargebacks': 'run.snapshot-id-chargebacks',
      reference: 'prepare.train',
      model: 'train',
      metrics: 'evaluate',
    });
  });

  it('is started by the same triggers on both clouds', () => {
    expect(gcp.triggers).toEqual(aws.triggers);
    expect(aws.triggers).toEqual(
      expect.arrayContaining([
        { name: 'nightly', on: '0 3 * * * in Europe/Berlin' },
        { name: 'fresh', on: 'table transactions' },
        { name: 'drifted', on: expect.stringMatching(/^signal [\w-]+-drift$/) },
      ]),
    );
  });
});

describe.each([
  [
    'a dataset that the training reads as it is',
    { steps: { ...EVERY_KIND.steps, train: { ...EVERY_KIND.steps.train, inputs: { train: 'transactions' } } } },
    'run.snapshot-transactions',
  ],
  ['what is said', { register: { ...EVERY_KIND.register, reference: 'prepare.test' } }, 'prepare.test'],
  ['a dataset that is said', { register: { ...EVERY_KIND.register, reference: 'asked' } }, 'run.snapshot-asked'],
])('the reference of a version that is %s', (_what, change, reference) => {
  const spec = watched({ ...EVERY_KIND, ...change });

  it.each([
    ['AWS', toldOnAws],
    ['Google Cloud', toldOnGcp],
  ])('is written down on %s', (_cloud, told) => {
    expect(told(spec).lineage).toMatchObject({ reference });
  });
});

describe('a version that no gate guards', () => {
  const spec = loadedPipeline(MEASURED_OFTEN);

  it.each([
    ['AWS', toldOnAws],
    ['Google Cloud', toldOnGcp],
  ])('has the metrics of the step that measures it in every run, on %s', (_cloud, told) => {
    const { lineage, before } = told(spec);
    expect(lineage).toMatchObject({ metrics: 'evaluate' });
    expect(before.registration).toEqual(expect.arrayContaining(['evaluate', 'train']));
    expect(before.registration).not.toContain('score');
  });
});

describe('a pipeline whose names are alike where they are put together', () => {
  const spec = loadedPipeline(ALIKE);
  const told = [toldOnAws(spec), toldOnGcp(spec)];

  it.each(['AWS', 'Google Cloud'])('hands on what each step made, on %s', (cloud) => {
    const { edges, conditions, images, lineage } = told[cloud === 'AWS' ? 0 : 1] as ToldPipeline;
    expect(edges).toEqual([
      'prep-train.test > evaluate.test',
      'prep-train.test > score.test',
      'prep.train-test > prep-train.raw',
      'prep.train-test > score.raw',
      'run.snapshot-transactions > prep.raw',
      'run.snapshot-transactions > train-base.raw',
      'train-base.model > evaluate-base.model',
      'train-base.model > train.base',
      'train.base-model > evaluate.model',
    ]);
    expect(conditions).toEqual({
      registration: 'evaluate.base-auc >= run.gate-floor',
      score: 'evaluate-base.auc >= 0.5',
    });
    expect(images).toEqual({
      'train-base': 'fraud-1.4.0',
      train: 'fraud-train-2',
      prep: 'fraud-1.4.0',
      'prep-train': 'fraud-1.4.0',
      evaluate: 'fraud-1.4.0',
      'evaluate-base': 'fraud-evaluate-3',
      score: 'fraud-1.4.0',
      registration: 'fraud-1.4.0',
    });
    expect(lineage).toMatchObject({ model: 'train', reference: 'train-base.model', metrics: 'evaluate' });
  });
});

describe('a pipeline that trains on the batch cluster', () => {
  const { train } = ON_CLUSTER.steps;
  const managed = { ...ON_CLUSTER, steps: { ...ON_CLUSTER.steps, train: { ...train, kind: 'training' } } };
  const spec = (pipeline: unknown) => loadedPipeline(pipeline, WITH_CLUSTER);

  it.each([
    ['AWS', toldOnAws],
    ['Google Cloud', toldOnGcp],
  ])('is the graph that it would be on the training service of %s', (_cloud, toldOn) => {
    const told = toldOn(spec(ON_CLUSTER));
    expect(told).toEqual(toldOn(spec(managed)));
    expect(told.edges).toEqual(expect.arrayContaining(['prepare.train > train.train', 'train.model > evaluate.model']));
    expect(told.images).toMatchObject({ prepare: 'fraud-1.4.0', train: 'fraud-train-2' });
    expect(told.lineage).toMatchObject({ model: 'train', reference: 'prepare.train' });
  });

  it('is the same on both clouds', () => {
    const { triggers: _a, ...aws } = toldOnAws(spec(ON_CLUSTER));
    const { triggers: _b, ...gcp } = toldOnGcp(spec(ON_CLUSTER));
    expect(gcp).toEqual(aws);
  });
});

describe('a difference between the clouds', () => {
  const aws = toldOnAws(watched({ ...EVERY_KIND, triggers }));
  const { steps } = EVERY_KIND;

  it.each<[keyof ToldPipeline, string, object]>([
    ['conditions', 'of the gate', { gate: { metric: 'evaluate.loss', atMost: 0.9 } }],
    [
      'conditions',
      'of a step',
      { steps: { ...steps, score: { ...steps.score, when: { metric: 'evaluate.auc', atLeast: 0.6 } } } },
    ],
    [
      'edges',
      'of what a step reads',
      { steps: { ...steps, evaluate: { ...steps.evaluate, inputs: { model: 'train.model', test: 'prepare.train' } } } },
    ],
    ['images', 'of what a step runs', { steps: { ...steps, score: { ...steps.score, image: 'fraud-score-3' } } }],
    ['before', 'of what a step waits for', { steps: { ...steps, prepare: { ...steps.prepare, after: [] } } }],
    [
      'lineage',
      'of what is registered',
      { steps: { ...steps, train: { ...steps.train, inputs: { train: 'prepare.test' } } } },
    ],
    ['triggers', 'of what starts a run', { triggers: { ...triggers, weekly: { schedule: '30 4 * * 2' } } }],
  ])('in %s is seen: %s', (what, _of, change) => {
    const gcp = toldOnGcp(watched({ ...EVERY_KIND, triggers, ...change }));
    expect(gcp[what]).not.toEqual(aws[what]);
  });
});
