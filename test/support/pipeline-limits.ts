import { expect } from 'vitest';
import { numbersIn, type Proof, refused, refusedBeyond, taken } from './limit-proofs';
import {
  AWS,
  cluster,
  datasets,
  GCP,
  LONGEST_TEXT,
  lettered,
  letters,
  many,
  reading,
  stepsBeside,
  trained,
} from './limit-specs';
import { renderedPipeline } from './pipeline-document';
import { EVERY_KIND, ON_CLUSTER, WITH_CLUSTER } from './pipeline-spec';
import { TARGETS } from './refusals';

/** Limits of pipelines by their text, numbers left out, and what shows that they hold. */
export const PIPELINE_LIMITS: Readonly<Record<string, Proof>> = {
  'not on spot machines: folders of checkpoints differ': () => {
    const bought = (capacity: string) => ({ ...AWS, ...trained({ cache: '7 days', capacity }) });
    taken(bought('on-demand'));
    refused(bought('spot'), 'cache');
  },
  'however old they are: Vertex AI Pipelines has no age for them': () => {
    const { steps } = EVERY_KIND;
    const aged = (cache?: string) => [
      renderedPipeline({
        ...EVERY_KIND,
        steps: {
          ...steps,
          prepare: { ...steps.prepare, cache },
          train: { ...steps.train, capacity: 'on-demand', cache },
          score: { ...steps.score, cache },
        },
      }),
      renderedPipeline(
        { ...ON_CLUSTER, steps: { ...ON_CLUSTER.steps, train: { ...ON_CLUSTER.steps.train, cache } } },
        {},
        WITH_CLUSTER,
      ),
    ];
    expect(aged('1 day')).toEqual(aged('30 days'));
    expect(aged('1 day')).not.toEqual(aged());
  },
  '# inputs': (most = 0) => {
    for (const kind of ['processing', 'prediction']) {
      const reads = (count: number) => ({
        ...AWS,
        ...stepsBeside({
          more: { kind, inputs: many(count, () => 'train.model'), outputs: ['rows'] },
          use: { kind: 'prediction', inputs: { rows: 'more.rows' } },
        }),
      });
      taken(reads(most));
      refused(reads(most + 1), 'more.inputs');
    }
  },
  '# inputs of a training': (most = 0) => {
    for (const kind of ['training', 'cluster-training'] as const) {
      const reads = (count: number) => ({
        ...AWS,
        ...datasets(1),
        ...trained({ inputs: many(count, () => 'd0') }, {}, kind),
      });
      taken(reads(most));
      refused(reads(most + 1), 'train.inputs');
    }
  },
  '# words in all: two for each input, output and parameter': (most = 0) => {
    const given = (words: number) => ({ ...AWS, ...trained({ parameters: many(words / 2 - 1, () => 1) }) });
    taken(given(most));
    refused(given(most + 2), 'train.parameters');
  },
  'texts of one line': () => {
    for (const kind of ['training', 'cluster-training'] as const) {
      const given = (text: string) => ({ ...AWS, ...trained({ parameters: { text } }, {}, kind) });
      taken(given('one line'));
      refused(given('two\nlines'), 'train.parameters.text');
      refused({ ...AWS, ...trained({ command: ['python', 'two\nlines'] }, {}, kind) }, 'train.command\\[1\\]');
    }
  },
  '# steps of a pipeline with conditions, gate and registration': (most = 0) => {
    const steps = (count: number) => ({ ...AWS, ...stepsBeside(lettered(0, '', count)) });
    refusedBeyond(most, steps, most + 9, 'steps');
  },
  '# datasets behind a registered version': (most = 0) => {
    taken({ ...AWS, ...reading(most) });
    refused({ ...AWS, ...reading(most + 1) }, 'steps');
  },
  "# characters for tags and digests of a pipeline's images": (most = 0) => {
    const tagged = (count: number) => ({
      ...AWS,
      ...stepsBeside(
        many(10, (i) => ({
          kind: 'prediction',
          inputs: { model: 'train.model' },
          image: `${i}${'x'.repeat(Math.min(99, Math.max(0, count - i * 99)))}`,
        })),
      ),
    });
    refusedBeyond(most, tagged, 990, 'steps');
  },
  '# parameters of a run, two for each dataset': (most = 0) => {
    refusedBeyond(most, (count) => ({ ...AWS, ...reading(count, { register: undefined }) }), 120, 'steps');
  },
  "# characters of a pipeline's definition": (most = 0) => {
    const long = (count: number) => ({ ...AWS, ...stepsBeside(lettered(count, '"', 46)) });
    refusedBeyond(most, long, 46 * 48 * LONGEST_TEXT, 'steps');
  },
  '# characters of the definition where aws.account is not written': (most = 0) => {
    const long = (count: number, aws: object) => ({
      aws,
      ...stepsBeside(lettered(count, '"', 46), {}, 'cluster-training'),
    });
    const { region } = TARGETS.aws;
    refusedBeyond(most, (count) => long(count, { region }), 46 * 48 * LONGEST_TEXT, 'steps');
    taken(long(most, TARGETS.aws));
  },
  '# bytes of a job definition': (most = 0) => {
    const long = (count: number) => ({
      ...AWS,
      ...trained({ parameters: letters(count, 'x') }, {}, 'cluster-training'),
    });
    refusedBeyond(most, long, most, 'train.parameters');
    refused(
      {
        ...AWS,
        ...trained({ command: Array(10).fill('\u4e00'.repeat(LONGEST_TEXT)) }, {}, 'cluster-training'),
        ...cluster('batch', { nodes: 2 }),
      },
      'train.command',
    );
  },
  '# characters of addresses in all': (most = 0) => {
    const reads = (count: number) => ({
      ...AWS,
      name: 'n'.repeat(24),
      dataLake: { zones: { raw: {} }, datasets: { ['d'.repeat(64)]: { zone: 'raw', columns: { id: 'string' } } } },
      ...trained(
        {
          inputs: Object.fromEntries(
            Array.from({ length: 20 }, (_, i) => [
              `a${String(i).padStart(2, '0')}${'x'.repeat(Math.min(29, Math.max(0, count - i * 29)))}`,
              'd'.repeat(64),
            ]),
          ),
        },
        {},
        'cluster-training',
      ),
    });
    refusedBeyond(most, reads, 20 * 29, 'train.inputs');
  },
  'nodes of # CPUs or more': (least = 0) => {
    const on = (machine: string) => ({
      ...AWS,
      ...trained({}, {}, 'cluster-training'),
      ...cluster('batch', { machine }),
    });
    taken(on('medium'));
    const received = refused(on('small'), 'train.kind')?.finding.received ?? '';
    expect(Math.max(...numbersIn(received))).toBeLessThan(least);
  },
  "# bytes of a pipeline's document": (most = 0) => {
    const long = (count: number) => ({ ...GCP, ...stepsBeside(lettered(count, 'x', 30)) });
    refusedBeyond(most, long, 30 * 48 * LONGEST_TEXT, 'steps');
  },
};
