import { describe, expect, it } from 'vitest';
import { bigQueryColumn } from '../../../lib/plan/bigquery-columns';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { gcpMachines } from '../../../lib/plan/machines/gcp-machines';
import { PARITY } from '../../../lib/plan/parity/parity-table';
import { CLOUDS } from '../../../lib/spec/clouds';
import { ONCE } from '../../../lib/spec/once';
import { platformSchema } from '../../../lib/spec/platform';
import { synthGcpPlatform } from '../../support/examples-gcp';
import { customJobs, renderedPipeline } from '../../support/pipeline-document';
import { EVERY_KIND, ON_CLUSTER, WITH_CLUSTER } from '../../support/pipeline-spec';
import { problemsOf } from '../../support/problems';

const AWS = { aws: { account: '111111111111', region: 'eu-central-1' } };
const GCP = { gcp: { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' } };

const load = (spec: object) => () => loadPlatformSpec({ name: 'fraud', owner: 'ml@example.com', ...spec });
const taken = (spec: object): void => {
  expect(load(spec)).not.toThrow();
};
/** A spec is refused for one option, whose path ends so. */
const refused = (spec: object, end: string): void => {
  expect(problemsOf(load(spec)).map(({ path }) => path)).toEqual([expect.stringMatching(`\\.${end}$`)]);
};

/** What Google Cloud makes of a spec that no rule has judged. */
const rendered = (spec: object) =>
  synthGcpPlatform(platformSchema.parse({ name: 'fraud', owner: 'ml@example.com', ...GCP, ...spec }, ONCE));

const datasetIn = (zone: string) => ({ zone, columns: { id: 'string' } });
const datasetsIn = (zone: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`d${index}`, datasetIn(zone)]));

const cluster = (kind: 'managed' | 'batch', more: object) => ({ training: { cluster: { kind, ...more } } });
const table = (columns: object, more: object = {}) => ({
  ...GCP,
  dataLake: { zones: { raw: {} }, datasets: { rows: { zone: 'raw', columns, ...more } } },
});
const trained = (step: object, more: object = {}, kind: 'training' | 'cluster-training' = 'training') => ({
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

/** Numbers of a text; those in names, as in S3 and N1, are none. */
const numbersIn = (text: string): readonly number[] => [...text.matchAll(/\b\d+\b/g)].map(Number);
const shapeOf = (text: string): string => text.replace(/\b\d+\b/g, '#');

/** Limits by their text, numbers left out, and what shows that the checks and the renderers have just these. */
const PROVEN: Readonly<Record<string, (...numbers: readonly number[]) => void>> = {
  'int is as wide as bigint, float as double; decimals have # digits before the point and # after it': (
    before = 0,
    after = 0,
  ) => {
    const typeOf = (type: string) => bigQueryColumn('a', type).type;
    expect([typeOf('int'), typeOf('float')]).toEqual([typeOf('bigint'), typeOf('double')]);
    const decimal = (precision: number, scale: number) => table({ a: `decimal(${precision},${scale})` });
    taken(decimal(before + after, after));
    refused(decimal(before + after, after - 1), 'a');
    refused(decimal(before + after, after + 1), 'a');
  },
  '# columns': (most = 0) => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);
    const partitioned = (count: number) =>
      table(Object.fromEntries(names(count).map((name) => [name, 'string'])), { partitionBy: names(count) });
    taken(partitioned(most));
    refused(partitioned(most + 1), 'partitionBy');
  },
  '# datasets of a zone': (most = 0) => {
    const read = (count: number) => ({
      dataLake: { zones: { raw: {}, other: {} }, datasets: { ...datasetsIn('raw', count), apart: datasetIn('other') } },
      training: { cluster: { kind: 'managed' }, reads: [...Object.keys(datasetsIn('raw', count)), 'apart'] },
    });
    rendered(read(most));
    refused({ ...GCP, ...read(most + 1) }, `reads\\[${most}\\]`);
    expect(() => rendered(read(most + 1))).toThrow('and they are full');
  },
  '# datasets of a pipeline': (most = 0) => {
    const read = (count: number) => {
      const inputs = Object.fromEntries(Object.keys(datasetsIn('raw', count)).map((name) => [name, name]));
      const steps = {
        prepare: { kind: 'processing', inputs, outputs: ['train'] },
        train: { kind: 'cluster-training', inputs: { train: 'prepare.train' }, outputs: ['model'] },
      };
      return {
        dataLake: { zones: { raw: {} }, datasets: datasetsIn('raw', count) },
        ...cluster('batch', {}),
        models: { ranker: { pipeline: { image: 'a-1', steps, register: { model: 'train.model' } } } },
      };
    };
    rendered(read(most));
    refused({ ...GCP, ...read(most + 1) }, 'steps');
    expect(() => rendered(read(most + 1))).toThrow('and they are full');
  },
  '# to # days': (least = 0, most = 0) => {
    const kept = (days: number) => table({ a: 'string' }, { snapshots: { maxAge: `${days} days` } });
    taken(kept(least));
    taken(kept(most));
    refused(kept(least - 1), 'maxAge');
    refused(kept(most + 1), 'maxAge');
  },
  '# days, # on A3 machines that can be had on demand': (most = 0, onA3 = 0) => {
    const runs = (days: number, machine: object) => ({
      ...GCP,
      ...cluster('batch', { ...machine, maxRuntime: `${days} days` }),
    });
    const a3 = { accelerator: { type: 'h100', count: 8 } };
    taken(runs(most, {}));
    refused(runs(most + 1, {}), 'maxRuntime');
    taken(runs(onA3, a3));
    refused(runs(onA3 + 1, a3), 'maxRuntime');
  },
  '# days': (most = 0) => {
    for (const kind of ['training', 'cluster-training'] as const) {
      taken({ ...GCP, ...trained({ maxRuntime: `${most} days` }, {}, kind) });
      refused({ ...GCP, ...trained({ maxRuntime: `${most + 1} days` }, {}, kind) }, 'maxRuntime');
    }
  },
  '# GB at least': (least = 0) => {
    const { steps } = EVERY_KIND;
    const written = (gib: number) => {
      const prepare = { ...steps.prepare, disk: `${gib} GiB` };
      return customJobs(renderedPipeline({ ...EVERY_KIND, steps: { ...steps, prepare } })).prepare;
    };
    const made = (gib: number) => ({
      jobSpec: { workerPoolSpecs: [{ diskSpec: { bootDiskSizeGb: gib } }] },
    });
    expect(written(least - 1)).toMatchObject(made(least));
    expect(written(least + 1)).toMatchObject(made(least + 1));
  },
  'spot with one node': () => {
    const spot = (nodes: number) => ({ ...AWS, ...cluster('batch', { nodes, capacity: 'spot' }) });
    taken(spot(1));
    refused(spot(2), 'capacity');
  },
  'E2, N1 and N4 machines stand anywhere in their zone': () => {
    const series = Object.values(gcpMachines.machines)
      .filter(({ compact, offers }) => compact !== true && offers.batch !== undefined)
      .map(({ name }) => name.replace(/-.*$/, '').toUpperCase());
    expect([...new Set(series)].sort()).toEqual(['E2', 'N1', 'N4']);
  },
  'days of the month or days of the week, not both': () => {
    const at = (schedule: string) => ({ ...AWS, ...trained({}, { triggers: { often: { schedule } } }) });
    taken(at('0 3 1 * *'));
    taken(at('0 3 * * 1'));
    refused(at('0 3 1 * 1'), 'schedule');
  },
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
  '# addresses': (most = 0) => {
    const told = (count: number, named = (receivers: object): object => receivers) => ({
      ...GCP,
      alerts: named({ email: Array.from({ length: count }, (_, index) => `person-${index}@example.com`) }),
    });
    const routed = (pager: object) => ({ routes: { pager } });
    taken(told(most));
    taken(told(most, routed));
    refused(told(most + 1), 'email');
    refused(told(most + 1, routed), 'email');
  },
  'letters, digits, - and _': () => {
    const kept = (secret: string) => ({
      ...GCP,
      alerts: { webhooks: { pager: { url: 'https://example.com/alerts', secret } } },
    });
    taken(kept('Pager_token-1'));
    refused(kept('pager/token'), 'secret');
  },
};

/** Limits of services and of bills, which no value of a spec is beyond. */
const BEYOND_A_SPEC: readonly string[] = [
  'what a container itself ends with is final',
  'an entry point of the image stays before it: AWS Batch has no word for one',
  'US dollars',
  'US dollars, in which that account must be billed',
  'Athena does not carry it',
  'training and processing',
];

const texts = (of: 'limits' | 'reason'): readonly string[] => [
  ...new Set(Object.values(PARITY).flatMap((row) => CLOUDS.flatMap((cloud) => row[cloud][of] ?? []))),
];

describe('the limits of the parity table', () => {
  it('are all shown to hold, but those that no spec can be beyond, which have no number', () => {
    expect([...new Set(texts('limits').map(shapeOf))].sort()).toEqual(
      [...Object.keys(PROVEN), ...BEYOND_A_SPEC].sort(),
    );
    expect(BEYOND_A_SPEC.flatMap(numbersIn)).toEqual([]);
  });

  it('are where the numbers are: a reason has none', () => {
    expect(texts('reason').flatMap(numbersIn)).toEqual([]);
  });

  it.each(texts('limits').filter((text) => shapeOf(text) in PROVEN))(
    'are those of checks and renderers: %s',
    (text) => {
      PROVEN[shapeOf(text)]?.(...numbersIn(text));
    },
  );
});

it('the disk of a managed cluster is as small on Google Cloud as that of a step', () => {
  expect(PARITY['training.cluster[managed].disk']?.gcp.limits).toBe(
    PARITY['models.*.pipeline.steps.*[training].disk']?.gcp.limits,
  );
});
