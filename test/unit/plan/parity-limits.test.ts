import { describe, expect, it } from 'vitest';
import { UNCLUSTERED_TYPES } from '../../../lib/plan/bigquery-clustering';
import { bigQueryColumn } from '../../../lib/plan/bigquery-columns';
import { RESERVED_COLUMNS } from '../../../lib/plan/gcp-lake-checks';
import { gcpMachines } from '../../../lib/plan/machines/gcp-machines';
import { cloudOfOption, MACHINES } from '../../../lib/plan/parity/parity';
import { PARITY } from '../../../lib/plan/parity/parity-table';
import { MOST_TRAINING_ACCOUNTS } from '../../../lib/plan/vertex-accounts';
import { CLOUDS, type Cloud } from '../../../lib/spec/clouds';
import { ONCE } from '../../../lib/spec/once';
import { platformSchema } from '../../../lib/spec/platform';
import { ACCOUNT_LIMITS } from '../../support/account-limits';
import { synthGcpPlatform } from '../../support/examples-gcp';
import { numbersIn, type Proof, refused, type Shown, seen, shapeOf, shownBy, taken } from '../../support/limit-proofs';
import { AWS, awsIn, cluster, drifting, GCP, gcpIn, many, table, trained } from '../../support/limit-specs';
import { customJobs, renderedPipeline } from '../../support/pipeline-document';
import { PIPELINE_LIMITS } from '../../support/pipeline-limits';
import { EVERY_KIND } from '../../support/pipeline-spec';
import { refusalsOf, refusalsOn } from '../../support/refusals';
import { BUDGET, REFUSED_EVERYWHERE, REFUSED_OTHERWISE, SLACK } from '../../support/refused-specs';
import { writtenRefusals } from '../../support/written-refusals';

/** What Google Cloud makes of a spec that no rule has judged. */
const rendered = (spec: object) =>
  synthGcpPlatform(platformSchema.parse({ name: 'fraud', owner: 'ml@example.com', ...GCP, ...spec }, ONCE));

const datasetIn = (zone: string) => ({ zone, columns: { id: 'string' } });
const datasetsIn = (zone: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`d${index}`, datasetIn(zone)]));

/** Limits by their text, numbers left out, and what shows that the checks and the renderers have just these. */
const PROVEN: Readonly<Record<string, Proof>> = {
  'int is as wide as bigint, float as double': () => {
    const typeOf = (type: string) => bigQueryColumn('a', type).type;
    expect([typeOf('int'), typeOf('float')]).toEqual([typeOf('bigint'), typeOf('double')]);
  },
  'decimals have # digits before the point and # after it': (before = 0, after = 0) => {
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
  '# schedules of a pipeline': (most = 0) => {
    const often = (count: number) => ({ triggers: many(count, () => ({ schedule: '0 3 * * *' })) });
    taken({ ...GCP, ...trained({}, often(most)) });
    refused({ ...GCP, ...trained({}, often(most + 1)) }, 'triggers');
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
    const watched = (schedule: string) => ({ ...AWS, ...drifting({ schedule }) });
    taken(watched('0 3 1 * *'));
    taken(watched('0 3 * * 1'));
    refused(watched('0 3 1 * 1'), 'schedule');
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
  '# Slack channels and webhooks together': (most = 0) => {
    const webhooks = (count: number) => many(count, () => ({ url: 'https://example.com/alerts', secret: 'token' }));
    const slack = { ops: { workspace: 'T0123ABCD', channel: 'C0123ABCD', gcp: { secret: 'bot' } } };
    const told = (count: number, named = (receivers: object): object => receivers) => ({
      ...GCP,
      alerts: named({ slack, webhooks: webhooks(count - 1) }),
    });
    const routed = (pager: object) => ({ webhooks: webhooks(most), routes: { pager } });
    taken(told(most));
    taken(told(most, routed));
    refused(told(most + 1), 'alerts');
    refused(told(most + 1, routed), 'alerts.routes.pager');
  },
  '# characters of addresses together': (most = 0) => {
    const address = (length: number) => 'https://example.com/'.padEnd(length, 'a');
    const lengths = (all: number, each = 2_000): readonly number[] =>
      all <= each ? [all] : [each, ...lengths(all - each)];
    const told = (all: number) => {
      const named = lengths(all).map((length, i) => [`a-${i}`, { url: address(length), secret: 'token' }]);
      return { ...GCP, alerts: { webhooks: Object.fromEntries(named) } };
    };
    taken(told(most));
    refused(told(most + 40), 'webhooks');
  },
  'letters, digits, - and _': () => {
    const kept = (secret: string) => ({
      ...GCP,
      alerts: { webhooks: { pager: { url: 'https://example.com/alerts', secret } } },
    });
    taken(kept('Pager_token-1'));
    refused(kept('pager/token'), 'secret');
  },
  'no zone with google or a close misspelling in its name': () => {
    const zone = (name: string) => ({ ...GCP, dataLake: { zones: { [name]: {} } } });
    taken(zone('googol'));
    refused(zone('myg00gle'), 'zones.myg00gle');
  },
  'no name that begins with goog': () => {
    taken({ ...GCP, name: 'my-goog' });
    refused({ ...GCP, name: 'goog-fraud' }, 'name');
  },
  'no google or a close misspelling in it or in that of an environment': () => {
    taken({ ...GCP, name: 'my-googol' });
    refused({ ...GCP, name: 'my-google' }, 'name');
    refused({ ...GCP, environments: { google: {} } }, 'environments.google', 'google');
  },
  [`no name that begins with ${RESERVED_COLUMNS.join(', ')}`]: () => {
    taken(table({ table_of: 'string' }));
    for (const prefix of RESERVED_COLUMNS) refused(table({ [`${prefix}of`]: 'string' }), `columns.${prefix}of`);
  },
  [`never by a column of type ${[...UNCLUSTERED_TYPES].join(', ')}`]: () => {
    const by = (type: string) => table({ a: type }, { partitionBy: ['a'] });
    taken(by('string'));
    for (const type of UNCLUSTERED_TYPES) if (type !== 'binary') refused(by(type), 'partitionBy\\[0\\]');
  },
  '# or more, unless rollout.strategy is allAtOnce': (least = 0) => {
    const served = (min: number, strategy: string) => ({
      ...AWS,
      models: { ranker: { serving: { replicas: { min, max: 9 }, rollout: { strategy } } } },
    });
    taken(served(1, 'allAtOnce'));
    for (const strategy of ['canary', 'linear']) {
      taken(served(least, strategy));
      refused(served(least - 1, strategy), 'replicas.min');
    }
  },
  'never left out: Vertex AI gives requests numbers of its own': () => {
    const labelled = (field: object) => ({
      ...GCP,
      ...drifting(
        { prediction: { type: 'numeric' } },
        {
          quality: {
            labels: { dataset: 'rows', requestId: 'id', column: 'truth', positive: 1, ...field },
            metric: 'auc',
            atLeast: 0.8,
          },
        },
      ),
      dataLake: table({ id: 'string', truth: 'int' }).dataLake,
    });
    taken(labelled({ requestField: 'id' }));
    refused(labelled({}), 'requestField');
  },
  ...PIPELINE_LIMITS,
  ...ACCOUNT_LIMITS,
  'what a region lacks is refused where something needs it': () => {
    for (const spec of [
      { ...awsIn('cn-north-1'), alerts: SLACK },
      { ...awsIn('me-central-1'), ...BUDGET },
      { ...awsIn('ap-east-2'), models: { ranker: {} } },
      { ...awsIn('ap-southeast-5'), ...trained({}, {}, 'cluster-training') },
      { ...awsIn('ap-east-2'), ...drifting({}) },
      { ...gcpIn('africa-south1'), models: { ranker: {} } },
    ])
      expect(seen(spec), JSON.stringify(spec)).not.toEqual([]);
  },
};

/** A spec that lives on no cloud, which is refused for that. */
const NOWHERE = {};

/** What a construct refuses that stands alone, by what a platform refuses as an option that its cloud does not have. */
const REFUSED_OF_CONSTRUCTS = ['plan/serving-signals.ts'];

/** Limits of services and of bills, which no value of a spec is beyond. */
const BEYOND_A_SPEC: readonly string[] = [
  'what a container itself ends with is final',
  'an entry point of the image stays before it: AWS Batch has no word for one',
  'US dollars',
  'US dollars, in which that account must be billed',
  'Athena does not carry it',
  'training and processing',
  'outputs keep what was written before one was taken away',
];

/** What every row says, each once; limits one by one. */
const texts = (of: 'limits' | 'reason'): readonly string[] => [
  ...new Set(Object.values(PARITY).flatMap((row) => CLOUDS.flatMap((cloud) => row[cloud][of]?.split('; ') ?? []))),
];

const proven = new Map<string, readonly Shown[]>();

/** What is refused while a limit is shown to hold, which is shown once. */
function shownOf(limit: string): readonly Shown[] {
  const known = proven.get(limit) ?? shownBy(PROVEN[shapeOf(limit)], limit);
  proven.set(limit, known);
  return known;
}

/** Whether the row of an option tells that its cloud refuses something without a limit. */
const tellsOtherwise = (cloud: Cloud, option: string): boolean => {
  const row = PARITY[option];
  return row?.[cloud].support === 'unsupported' || row === MACHINES || cloudOfOption(option) === cloud;
};

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
    (limit) => {
      const silent = shownOf(limit).filter(
        ({ cloud, options }) => !options.some((option) => PARITY[option]?.[cloud].limits?.split('; ').includes(limit)),
      );
      expect(silent.map(({ cloud, path, options }) => `${cloud} ${path}: ${options.join(', ')}`)).toEqual([]);
    },
  );
});

describe('what one cloud alone refuses', () => {
  const otherwise = REFUSED_OTHERWISE.map((spec) => [JSON.stringify(spec), spec] as const);

  it.each(otherwise)('is told by the parity table without a limit: %s', (_, spec) => {
    const found = seen(spec);
    expect(found).not.toEqual([]);
    for (const { cloud, path, options } of found)
      expect(
        options.every((option) => tellsOtherwise(cloud, option)),
        `${path}: ${options.join(', ')}`,
      ).toBe(true);
  });

  it('is not what the other one refuses as well', () => {
    for (const spec of REFUSED_EVERYWHERE) expect(refusalsOn('aws', spec)).toEqual([]);
  });

  it('is all in these tests: no check is left out, and nothing that one says', () => {
    const { places, messages } = writtenRefusals();
    const found = [
      ...texts('limits').flatMap(shownOf),
      ...REFUSED_OTHERWISE.flatMap((spec) => seen(spec)),
      ...[NOWHERE, ...REFUSED_EVERYWHERE].flatMap((spec) => refusalsOf(spec)),
    ];
    const atWork = new Set(found.flatMap((refusal) => refusal.places));
    const said = found.map(({ finding }) => finding.message);
    expect(places.length).toBeGreaterThan(30);
    expect(places.filter((place) => !atWork.has(place))).toEqual([]);
    expect(
      messages
        .filter(
          ({ at, says }) =>
            !said.some((message) => says.test(message)) && !REFUSED_OF_CONSTRUCTS.some((file) => at.startsWith(file)),
        )
        .map(({ at }) => at),
    ).toEqual([]);
  });
});

it('the disk of a managed cluster is as small on Google Cloud as that of a step', () => {
  expect(PARITY['training.cluster[managed].disk']?.gcp.limits).toBe(
    PARITY['models.*.pipeline.steps.*[training].disk']?.gcp.limits,
  );
});

it('whatever trains as an account tells of how many Vertex AI trains as', () => {
  const steps = Object.keys(PARITY).filter((option) => /\.steps\.\*\[[\w-]+\]$/.test(option));
  expect(steps.length).toBeGreaterThan(3);
  for (const option of [...steps, 'models.*.monitoring.drift.features.*', 'training.cluster[managed]'])
    expect(PARITY[option]?.gcp.limits, option).toContain(MOST_TRAINING_ACCOUNTS);
});
