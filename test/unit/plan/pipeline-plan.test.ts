import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../lib/plan/pipeline/graph';
import { runParameters, snapshotIdParameter, snapshotParameter } from '../../../lib/plan/pipeline/run-parameters';
import type { PipelineSpec } from '../../../lib/spec/pipeline';
import { stepsBefore } from '../../../lib/spec/pipeline-refs';
import { EVERY_KIND, MEASURED_OFTEN, plannedPipeline } from '../../support/pipeline-spec';

describe('the plan of a pipeline', () => {
  const plan = plannedPipeline();
  const step = (name: string) => plan.steps.find((planned) => planned.name === name);

  it('has every step after all that it depends on, with edges that say from where', () => {
    expect(plan.steps.map(({ name, after }) => [name, after])).toEqual([
      ['check', []],
      ['prepare', ['check']],
      ['train', ['prepare']],
      ['evaluate', ['prepare', 'train']],
      ['score', ['prepare', 'train', 'evaluate']],
      ['publish', ['score']],
    ]);
    expect(step('evaluate')).toMatchObject({
      inputs: [
        { argument: 'model', from: { step: 'train', output: 'model' } },
        { argument: 'test', from: { step: 'prepare', output: 'test' } },
      ],
    });
    expect(step('prepare')).toMatchObject({
      inputs: [{ from: { dataset: 'transactions' } }, { from: { dataset: 'chargebacks' } }],
    });
  });

  it('knows on which condition each step hangs', () => {
    expect(
      plan.steps.flatMap(({ name, conditionOf }) => (conditionOf === undefined ? [] : [[name, conditionOf]])),
    ).toEqual([
      ['score', 'score'],
      ['publish', 'score'],
    ]);
  });

  it('writes parameters as a command line has them', () => {
    expect(step('prepare')).toMatchObject({
      parameters: [
        { argument: 'days', value: '90' },
        { argument: 'with-weekends', value: 'true' },
        { argument: 'currency', value: 'EUR' },
      ],
    });
  });

  describe('keeps as what later requests are compared with', () => {
    const { steps } = EVERY_KIND;
    const registered = (inputs: object, more: object = {}, others: object = {}) =>
      plannedPipeline({
        ...EVERY_KIND,
        steps: { ...steps, ...others, train: { ...steps.train, inputs } },
        register: { ...EVERY_KIND.register, ...more },
      });

    it('the snapshot of a dataset that the training read first', () => {
      const { register } = registered({ raw: 'transactions', train: 'prepare.train' });
      expect(register?.reference).toEqual({ dataset: 'transactions' });
    });

    it('nothing that is a model: who goes on from one was trained on the rest', () => {
      const base = { kind: 'training', inputs: { data: 'prepare.test' }, outputs: ['model'] };
      const { register } = registered({ base: 'base.model', train: 'prepare.train' }, {}, { base });
      expect(register?.reference).toEqual({ step: 'prepare', output: 'train' });
    });

    it('what is said, which is there before the registration', () => {
      const seen = { kind: 'processing', inputs: { data: 'prepare.train' }, outputs: ['asked'] };
      const { register } = registered({ train: 'prepare.train' }, { reference: 'seen.asked' }, { seen });
      expect(register).toMatchObject({ reference: { step: 'seen', output: 'asked' } });
      expect(register?.after).toContain('seen');
    });

    it('a dataset that no step reads, which a run freezes too', () => {
      const { register, datasets } = registered({ train: 'prepare.train' }, { reference: 'asked' });
      expect(register?.reference).toEqual({ dataset: 'asked' });
      expect(datasets).toContain('asked');
    });
  });

  it('keeps what the training read from another step as what later data is compared with', () => {
    expect(plan.register).toEqual({
      model: { step: 'train', output: 'model' },
      image: 'fraud-serving-1.4.0',
      reference: { step: 'prepare', output: 'train' },
      measuredBy: 'evaluate',
      after: ['check', 'train', 'evaluate'],
    });
    expect(plan.gate).toEqual({
      of: { step: 'evaluate', metric: 'auc' },
      must: 'atLeast',
      value: 0.9,
      betterThanChampionBy: 0.005,
    });
  });

  it('registers what no gate guards with the metrics of the first step that measures the model', () => {
    const { gate: _, ...free } = EVERY_KIND;
    expect(plannedPipeline(free).register).toMatchObject({
      measuredBy: 'evaluate',
      after: ['check', 'train', 'evaluate'],
    });
    const unmeasured = {
      ...free,
      steps: { check: EVERY_KIND.steps.check, prepare: EVERY_KIND.steps.prepare, train: EVERY_KIND.steps.train },
    };
    expect(plannedPipeline(unmeasured).register).not.toHaveProperty('measuredBy');
    expect(plannedPipeline(unmeasured).register?.after).toEqual(['check', 'train']);
  });

  it('registers it with the metrics of no step that measures something else, or not in every run', () => {
    const { register, steps } = plannedPipeline(MEASURED_OFTEN);
    expect(steps.at(-1)?.name).toBe('evaluate');
    expect(register).toMatchObject({ measuredBy: 'evaluate', after: ['train', 'evaluate'] });
  });

  it('takes the tag of the image that trains as the revision unless the spec says one', () => {
    expect(plan.revision).toBe('fraud-1.4.0');
    expect(plannedPipeline({ ...EVERY_KIND, revision: '3f2a91c' }).revision).toBe('3f2a91c');
    expect(plan.images).toEqual(['fraud-1.4.0', 'fraud-serving-1.4.0']);
  });

  it('gives checkpoints to trainings that may lose their machine', () => {
    expect(step('train')).toMatchObject({
      checkpoints: true,
      machines: { role: 'training', capacity: 'spot', nodes: 1 },
    });
    expect(step('evaluate')).toMatchObject({ checkpoints: false });
  });

  it('plans every trigger with the time zone it runs in', () => {
    expect(plan.triggers).toEqual([
      { name: 'nightly', kind: 'schedule', cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
      { name: 'fresh', kind: 'new-data', dataset: 'transactions' },
    ]);
  });

  it('starts a run with the same parameters everywhere, none longer than both clouds take', () => {
    expect(runParameters(plan).map(({ name }) => name)).toEqual([
      'run-id',
      'reason',
      'trigger',
      'revision',
      'images',
      'gate-floor',
      'snapshot-chargebacks',
      'snapshot-id-chargebacks',
      'snapshot-transactions',
      'snapshot-id-transactions',
    ]);
    const [long, longer] = ['a'.repeat(63), `${'a'.repeat(63)}b`];
    for (const named of [snapshotParameter, snapshotIdParameter]) {
      expect(named(longer)).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      expect(named(longer)).not.toBe(named(long));
    }
  });
});

describe('the order of steps', () => {
  const acyclic = fc
    .array(fc.array(fc.nat(11), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
    .map((edges) =>
      Object.fromEntries(
        edges.map((before, i) => [
          `s${i}`,
          { kind: 'processing', after: [...new Set(before)].filter((j) => j < i).map((j) => `s${j}`), inputs: {} },
        ]),
      ),
    ) as fc.Arbitrary<PipelineSpec['steps']>;

  it('has every step once and after those before it, however they are written down', () => {
    fc.assert(
      fc.property(acyclic, fc.boolean(), (steps, backwards) => {
        const entries = Object.entries(steps);
        const order = inOrder(Object.fromEntries(backwards ? entries.reverse() : entries));
        expect([...order].sort()).toEqual(Object.keys(steps).sort());
        for (const [name, step] of entries)
          for (const before of stepsBefore(step)) expect(order.indexOf(before)).toBeLessThan(order.indexOf(name));
      }),
    );
  });
});
