import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gateFloor, holds } from '../../lib/plan/pipeline/gate';
import { emptyTable } from '../../lib/plan/pipeline/no-data';
import { runParameters } from '../../lib/plan/pipeline/run-parameters';
import { A_MANIFEST } from '../support/a-manifest';
import { AslJudge, callNames } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import { type DeployedPipeline, deployedPipeline, LARGE_PIPELINE, ON_AWS_ALONE } from '../support/large-pipeline';
import { EVERY_KIND, loadedPipeline, plannedPipeline } from '../support/pipeline-spec';
import {
  BUCKET,
  COMMITS,
  type Commit,
  type Ending,
  IMAGES,
  left,
  NAMES,
  packageArn,
  REGISTERED,
  request,
  type Situation,
  startMachineOfTemplate,
} from './start-machine';

const NEWEST = '5000000000000000002';
const OLDEST = '5000000000000000001';
const BAD = { id: '9', committed: '2026-01-01T11:30:00.000Z', rows: [{ id: 'bad' }] };
const NIGHTLY = { reason: 'schedule', trigger: 'nightly' };
const FRESH = { reason: 'new-data', trigger: 'fresh' };
const PERSON = { reason: 'manual', trigger: 'person' };
const LAST_HOUR = '2026-01-01T11:00:00.000Z';
const YESTERDAY = '2025-12-31T11:00:00.000Z';
const SAME = { transactions: NEWEST, chargebacks: '77' };

/** A pipeline with other words about its gate. */
const withGate = (gate: object | undefined) => {
  const { gate: _, ...rest } = EVERY_KIND;
  return gate === undefined ? rest : { ...rest, gate };
};

describeJudge('asl', 'the machine that starts runs of a pipeline', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());
  const run = async (situation: Situation = {}, input: unknown = NIGHTLY, rest = {}) =>
    judge.run(request(situation, { input, ...rest }));

  test('is a machine that the linter accepts, with whatever a pipeline has and has not', () => {
    const bare = { steps: { score: { kind: 'prediction', image: 'score-1' } } };
    for (const pipeline of [EVERY_KIND, bare, withGate(undefined)])
      expect(lintAsl(startMachineOfTemplate(pipeline))).toEqual([]);
  });

  test('freezes the data, starts a run with every parameter of the document, and says what was registered', async () => {
    const done = await run();
    expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'registered', version: packageArn(8) } });
    const after = left(done);
    const [started = {}] = after.runs;
    expect(after.runs).toHaveLength(1);
    expect(Object.keys(started)).toEqual(runParameters(plannedPipeline()).map(({ name }) => name));
    expect(started).toMatchObject({
      'run-id': expect.stringMatching(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/),
      reason: 'schedule',
      trigger: 'nightly',
      revision: 'fraud-1.4.0',
      images: Object.entries(IMAGES)
        .map(([tag, digest]) => `${tag}=${digest}`)
        .join(','),
      'gate-floor': '0.9',
      'snapshot-transactions': expect.stringMatching(
        new RegExp(`^s3://${BUCKET}/snapshots/transactions/${NEWEST}/[0-9a-f]{16}/$`),
      ),
      'snapshot-id-transactions': NEWEST,
      'snapshot-id-chargebacks': '77',
    });
    expect(after.announced).toEqual(['detector-run-registered']);
    expect(after.said).toContain(`Version: ${packageArn(8)}`);
    expect(after.versions[packageArn(8)]).toBe('PendingManualApproval');
    expect(after.locks).toEqual([]);
  });

  describe('of a pipeline whose definition is a file', () => {
    const { document: definition, given: parameters } = deployedPipeline(loadedPipeline(LARGE_PIPELINE, ON_AWS_ALONE));
    const large = { pipeline: LARGE_PIPELINE, definition, parameters };

    test('gives every run what the file does not know', async () => {
      const done = await run(large);
      expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'registered' } });
      expect(left(done).runs).toEqual([expect.objectContaining(parameters)]);
      expect(Object.keys(parameters)).toContain('deployed-step-role');
    });

    test.each([
      ['less', Object.fromEntries(Object.entries(parameters).slice(1))],
      ['more', { ...parameters, 'deployed-more': 'x' }],
    ])('starts none and says so where it gives %s', async (_what, others) => {
      const done = await run({ ...large, parameters: others });
      expect(left(done).runs).toEqual([]);
      expect(left(done).announced).toEqual(['detector-run-start-failed']);
    });
  });

  describe('of a pipeline that was deployed anew', () => {
    const [before, after] = ['fraud-1.4.0', 'fraud-2.0.0'].map((image) => ({
      ...deployedPipeline(loadedPipeline({ ...EVERY_KIND, image }, ON_AWS_ALONE)),
      pipeline: { ...EVERY_KIND, image },
    })) as [DeployedPipeline & { pipeline: object }, DeployedPipeline & { pipeline: object }];
    const images = { ...IMAGES, 'fraud-2.0.0': `sha256:${'c'.repeat(64)}` };

    test('starts none where it began before, whose revision and images are no more those of the pipeline', async () => {
      const { pipeline, given } = before;
      const done = await run({ pipeline, definition: after.document, parameters: given, images });
      const { runs, announced, locks, said } = left(done);
      expect([runs, announced, locks]).toEqual([[], ['detector-run-start-failed'], []]);
      expect(said.join('\n')).toMatch(
        /document-[0-9a-f]{16}.*If the platform was deployed after this execution began.*: start another/,
      );
    });

    test('starts one where it begins after, and where nothing was', async () => {
      for (const { pipeline, document: definition, given: parameters } of [after, before]) {
        const done = await run({ pipeline, definition, parameters, images });
        expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'registered' } });
        expect(left(done).runs).toEqual([expect.objectContaining(parameters)]);
      }
    });

    test('starts none of a definition that does not say whose it is', async () => {
      const Parameters = before.document.Parameters.filter(({ Name }) => !Name.startsWith('document-'));
      const { pipeline, given: parameters } = before;
      const done = await run({ pipeline, definition: { ...before.document, Parameters }, parameters, images });
      expect([left(done).runs, left(done).announced]).toEqual([[], ['detector-run-start-failed']]);
    });
  });

  test('gives the lock back as soon as the run is started', async () => {
    const { calls } = await run();
    const names = calls.map(({ operation }) => operation);
    expect(names.indexOf('DeleteItem')).toBe(names.indexOf('StartPipelineExecution') + 1);
    expect(names.indexOf('DescribePipelineExecution')).toBeGreaterThan(names.indexOf('DeleteItem'));
  });

  test('writes a manifest that says where a snapshot is, and a copy of it beside the files', async () => {
    const { objects, keys, runs } = left(await run());
    const folder = runs[0]?.['snapshot-transactions'] ?? '';
    const manifest = objects[`snapshots/transactions/${NEWEST}/manifest.json`]?.text ?? '';
    expect(JSON.parse(manifest)).toEqual({
      schemaVersion: 1,
      dataset: 'transactions',
      snapshot: NEWEST,
      committedAt: '2026-01-01T10:00:00.000Z',
      folder,
      format: 'parquet',
    });
    expect(JSON.parse(manifest)).toEqual(A_MANIFEST);
    const inFolder = keys.filter((key) => `s3://${BUCKET}/${key}`.startsWith(folder));
    expect(inFolder).toHaveLength(2);
    expect(objects[inFolder.find((key) => key.endsWith('/manifest.json')) ?? '']?.text).toBe(manifest);
    const files = inFolder.filter((key) => !key.endsWith('.json')).map((key) => objects[key]?.base64 ?? '');
    expect(
      Buffer.from(files[0] ?? '', 'base64')
        .subarray(0, 4)
        .toString(),
    ).toBe('PAR1');
  });

  describe('refuses, and nobody is told', () => {
    test.each<[string, Situation, object, RegExp]>([
      ['a run in flight', { earlier: [{ started: LAST_HOUR, seconds: 9000 }] }, NIGHTLY, /run-earlier is under way/],
      ['a run in flight, also to a person', { earlier: [{ started: LAST_HOUR, seconds: 9000 }] }, PERSON, /under way/],
      [
        'a run that is being stopped',
        { earlier: [{ started: LAST_HOUR, seconds: 9000, stopping: 60 }] },
        PERSON,
        /run-earlier is under way/,
      ],
      [
        'a run in flight behind a newer one that has ended',
        { earlier: [{ started: LAST_HOUR }, { started: YESTERDAY, seconds: 200_000 }] },
        PERSON,
        /run-earlier-1 is under way/,
      ],
      ['the cooldown', { earlier: [{ started: LAST_HOUR }] }, NIGHTLY, /2026-01-01T11:00:00.000Z/],
      ['data that the newest run read', { earlier: [{ started: YESTERDAY, snapshots: SAME }] }, FRESH, /run-earlier/],
      [
        'data that the newest run read, as the last of many parameters',
        { earlier: [{ started: YESTERDAY, snapshots: SAME, others: 150 }] },
        FRESH,
        /run-earlier/,
      ],
      [
        'data that the newest run read, as two pages of parameters say together',
        { earlier: [{ started: YESTERDAY, snapshots: SAME, others: 99 }] },
        FRESH,
        /run-earlier/,
      ],
      [
        'data that was only compacted since',
        {
          earlier: [{ started: YESTERDAY, snapshots: SAME }],
          transactions: [...COMMITS, { id: '9', committed: '2026-01-01T11:30:00.000Z', operation: 'replace' }],
        },
        FRESH,
        /Its data is that of the newest run/,
      ],
    ])('because of %s', async (_, situation, input, detail) => {
      const refused = await run(situation, input);
      expect(refused).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'refused', detail: expect.stringMatching(detail) },
      });
      expect(left(refused)).toMatchObject({ announced: [], runs: [], locks: [] });
    });
  });

  describe('starts a run', () => {
    test.each<[string, Situation, object]>([
      ['of a person in the cooldown', { earlier: [{ started: LAST_HOUR }] }, PERSON],
      ['of a person who says nothing', { earlier: [{ started: LAST_HOUR }] }, {}],
      ['after the cooldown', { earlier: [{ started: YESTERDAY }] }, NIGHTLY],
      ['of the same data by schedule', { earlier: [{ started: YESTERDAY, snapshots: SAME }] }, NIGHTLY],
      [
        'of data that changed',
        { earlier: [{ started: YESTERDAY, snapshots: { ...SAME, transactions: '5000000000000000001' } }] },
        FRESH,
      ],
      ['of data after a run of which nothing is known', { earlier: [{ started: YESTERDAY }] }, FRESH],
    ])('%s', async (_, situation, input) => {
      const done = await run(situation, input);
      expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'registered' } });
      expect(left(done).runs).toHaveLength(1);
    });

    test('and says what the person said', async () => {
      const { said } = left(await run({}, { ...PERSON, note: 'After the\nmend of the "labels".' }));
      expect(said).toContain('After the mend of the "labels".');
      expect(said).toContain('Reason: manual, by person');
    });
  });

  test('of two at once one starts a run and the other is refused once its turn comes', async () => {
    const first = await run({}, FRESH, { faults: [{ crashAfterCall: 12 }] });
    expect(first.status).toBe('CRASHED');
    const second = await judge.run({
      ...request({}, { input: FRESH, execution: { name: 'second' } }),
      world: first.world,
    });
    // The lock of the one that crashed is free after a while; had it gone on, its run would be in flight.
    expect(second).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'registered' } });
    const whole = await run({ runs: [{ ...REGISTERED, seconds: 90_000 }] }, FRESH, {
      faults: [{ crashBeforeState: 'StartWatch' }],
    });
    const third = await judge.run({
      ...request({}, { input: FRESH, execution: { name: 'third' } }),
      world: whole.world,
    });
    expect(third).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'refused' } });
    expect(left(third).runs).toHaveLength(1);
  });

  test('waits for another that holds the lock', async () => {
    const done = await run({ lockedUntil: Date.parse('2026-01-01T12:30:00Z') / 1000 });
    expect(outcomeOf(done).outcome).toBe('registered');
    expect(done.calls.find(({ operation }) => operation === 'ListPipelineExecutions')?.at).toBe(
      '2026-01-01T12:31:00.000Z',
    );
  });

  describe('a snapshot', () => {
    test('that was frozen before is used again', async () => {
      const first = await run();
      const folder = left(first).runs[0]?.['snapshot-transactions'];
      const again = await judge.run({
        ...request({}, { input: PERSON, execution: { name: 'again' } }),
        world: first.world,
      });
      expect(left(again).runs[1]).toMatchObject({ 'snapshot-transactions': folder });
      expect(left(again).queries.filter((query) => query.startsWith('UNLOAD'))).toHaveLength(2);
    });

    test('that somebody else freezes at the same time is theirs', async () => {
      const key = `snapshots/transactions/${NEWEST}/manifest.json`;
      const theirs = {
        schemaVersion: 1,
        dataset: 'transactions',
        snapshot: NEWEST,
        committedAt: '2026-01-01T10:00:00.000Z',
        folder: `s3://${BUCKET}/snapshots/transactions/${NEWEST}/theirs/`,
        format: 'parquet',
      };
      const { schemaVersion, ...rest } = theirs;
      // Machines of before said it as `version`.
      for (const written of [theirs, { version: schemaVersion, ...rest }]) {
        const done = await run({ raced: { [key]: JSON.stringify(written) } });
        expect(left(done).runs[0]).toMatchObject({ 'snapshot-transactions': theirs.folder });
        expect(outcomeOf(done).outcome).toBe('registered');
      }
    });

    test('is the newest of data, not of a compaction', async () => {
      const compacted = [...COMMITS, { id: '9', committed: '2026-01-01T11:30:00.000Z', operation: 'replace' } as const];
      expect(left(await run({ transactions: compacted })).runs[0]).toMatchObject({
        'snapshot-id-transactions': NEWEST,
      });
    });

    test.each<[string, string, readonly Commit[], readonly string[]]>([
      [
        'one that was rolled back',
        NEWEST,
        [...COMMITS, { ...BAD, operation: 'append' }],
        [OLDEST, NEWEST, '9', NEWEST],
      ],
      ['one that is staged on another branch', NEWEST, [...COMMITS, { ...BAD, operation: 'append' }], [OLDEST, NEWEST]],
      [
        'what came before a branch that was compacted, and then merged',
        '9',
        [COMMITS[0] as Commit, { ...(COMMITS[1] as Commit), id: '8' }, { ...BAD, operation: 'replace' }],
        [OLDEST, '9'],
      ],
    ])('is not %s', async (_, id, transactions, history) => {
      expect(left(await run({ transactions, history })).runs[0]).toMatchObject({ 'snapshot-id-transactions': id });
    });

    test('is a compaction where nothing else is left of the history', async () => {
      const only = [
        { id: '9', committed: '2026-01-01T11:30:00.000Z', operation: 'replace', rows: [{ id: 'a' }] } as const,
      ];
      expect(left(await run({ transactions: only })).runs[0]).toMatchObject({ 'snapshot-id-transactions': '9' });
    });

    test('has the columns of its time, although the table has others by now', async () => {
      const columns = [{ name: 'id', type: 'string' }];
      const old = [{ ...(COMMITS[0] as (typeof COMMITS)[number]), columns }];
      const done = await run({ transactions: old });
      expect(outcomeOf(done).outcome).toBe('registered');
      expect(left(done).queries).toContainEqual(
        expect.stringMatching(/^UNLOAD \(SELECT "id" FROM "fraud_curated"."transactions"/),
      );
    });

    test('gets another folder when a query broke off, and the half of one is never read', async () => {
      const done = await run({
        failures: [{ of: 'UNLOAD (SELECT "id", "amount"', reason: 'Query exhausted resources' }],
      });
      expect(outcomeOf(done).outcome).toBe('registered');
      const { keys, runs } = left(done);
      const torn = keys.find((key) => key.endsWith('_orphan')) ?? '';
      expect(torn).not.toBe('');
      expect(`s3://${BUCKET}/${torn}`.startsWith(runs[0]?.['snapshot-transactions'] ?? 'none')).toBe(false);
    });

    test.each<[string, NonNullable<Situation['transactions']>]>([
      ['nothing was ever written to', []],
      [
        'everything was deleted from',
        [...COMMITS, { id: '9', committed: '2026-01-01T11:00:00.000Z', operation: 'delete', rows: [] }],
      ],
    ])('of a table that %s is none: no run is started, and people are told', async (_, transactions) => {
      const failed = await run({ transactions });
      expect(failed).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'start-failed', detail: expect.stringContaining(emptyTable('transactions')) },
      });
      const { said, keys, ...rest } = left(failed);
      expect(rest).toMatchObject({ announced: ['detector-run-start-failed'], runs: [], locks: [] });
      expect(said.join('\n')).toContain(emptyTable('transactions'));
      expect(keys.filter((key) => key.startsWith('snapshots/transactions/'))).toEqual([]);
    });

    test('that cannot be written is told of after two tries', async () => {
      const failed = await run({ failures: [{ of: 'UNLOAD', reason: 'Access Denied', times: 9 }] });
      expect(failed).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'start-failed', detail: expect.stringContaining('Access Denied') },
      });
      expect(left(failed)).toMatchObject({ announced: ['detector-run-start-failed'], runs: [], locks: [] });
    });
  });

  describe('the gate of a run', () => {
    const floorOf = async (situation: Situation) => Number(left(await run(situation)).runs[0]?.['gate-floor']);
    const lower = withGate({ metric: 'evaluate.loss', atMost: 0.4, betterThanChampionBy: 0.02 });

    test.each<[string, object, Situation['champion'], number | undefined]>([
      ['is the threshold where nothing serves', EVERY_KIND, undefined, undefined],
      ['is so much better than what serves', EVERY_KIND, { version: 7, metrics: { auc: 0.93, loss: 0.3 } }, 0.93],
      ['is the threshold where what serves is worse', EVERY_KIND, { version: 7, metrics: { auc: 0.7 } }, 0.7],
      ['goes down where less is better', lower, { version: 7, metrics: { loss: 0.3 } }, 0.3],
      ['is the threshold where nobody measured what serves', EVERY_KIND, { version: 7 }, undefined],
      ['is the threshold where another metric was measured', EVERY_KIND, { version: 7, metrics: { f1: 1 } }, undefined],
      [
        'is the threshold where what serves was measured elsewhere',
        EVERY_KIND,
        { version: 7, uri: 's3://somewhere-else/metrics.json' },
        undefined,
      ],
    ])('%s', async (_, pipeline, champion, measured) => {
      const { gate } = plannedPipeline(pipeline);
      if (gate === undefined) throw new Error('no gate');
      const situation = { pipeline, ...(champion === undefined ? {} : { champion }) };
      expect(await floorOf(situation)).toBeCloseTo(gateFloor(gate, measured), 12);
    });

    const during = (one: object | undefined, other: object | undefined): Situation['champion'] => ({
      version: 6,
      ...(one === undefined ? {} : { metrics: one }),
      trying: { version: 7, ...(other === undefined ? {} : { metrics: other }) },
    });
    const [serves, tried] = ['6, which serves', '7, which is being rolled out'];

    test.each<[string, object, Situation['champion'], number | undefined, readonly string[]]>([
      [
        'what serves where what is being rolled out is worse',
        EVERY_KIND,
        during({ auc: 0.92 }, { auc: 0.9 }),
        0.92,
        [`Version ${serves}, has 0.92.`, `Version ${tried}, has 0.9.`],
      ],
      [
        'what is being rolled out where that is better',
        EVERY_KIND,
        during({ auc: 0.92 }, { auc: 0.93 }),
        0.93,
        [`Version ${serves}, has 0.92.`, `Version ${tried}, has 0.93.`],
      ],
      [
        'what serves where less is better and what is being rolled out has more',
        lower,
        during({ loss: 0.3 }, { loss: 0.35 }),
        0.3,
        [`Version ${serves}, has 0.3.`, `Version ${tried}, has 0.35.`],
      ],
      [
        'what is being rolled out where less is better and that has less',
        lower,
        during({ loss: 0.3 }, { loss: 0.25 }),
        0.25,
        [`Version ${serves}, has 0.3.`, `Version ${tried}, has 0.25.`],
      ],
      [
        'what serves where nobody measured what is being rolled out',
        EVERY_KIND,
        during({ auc: 0.92 }, undefined),
        0.92,
        [`Version ${serves}, has 0.92.`, `No run of this pipeline measured version ${tried}.`],
      ],
      [
        'what serves where another metric of what is being rolled out was measured',
        EVERY_KIND,
        during({ auc: 0.92 }, { f1: 1 }),
        0.92,
        [`Version ${serves}, has 0.92.`, `Version ${tried}, has no auc.`],
      ],
      [
        'what is being rolled out where nobody measured what serves',
        EVERY_KIND,
        during(undefined, { auc: 0.93 }),
        0.93,
        [`No run of this pipeline measured version ${serves}.`, `Version ${tried}, has 0.93.`],
      ],
      [
        'neither where nobody measured them',
        EVERY_KIND,
        during(undefined, undefined),
        undefined,
        [`No run of this pipeline measured version ${serves}.`, `No run of this pipeline measured version ${tried}.`],
      ],
      [
        'what serves by now, which the record still says was rolled out',
        EVERY_KIND,
        { version: 7, metrics: { auc: 0.93 }, trying: { version: 7, metrics: { auc: 0.93 } } },
        0.93,
        ['Version 7, which serves, has 0.93.'],
      ],
      [
        'what serves where a rollout never began',
        EVERY_KIND,
        { version: 6, metrics: { auc: 0.92 }, trying: { version: 7, metrics: { auc: 0.93 }, refused: true } },
        0.92,
        [`Version ${serves}, has 0.92.`],
      ],
    ])('during a rollout is so much better than %s', async (_, pipeline, champion, measured, sentences) => {
      const { gate } = plannedPipeline(pipeline);
      if (gate === undefined || champion === undefined) throw new Error('no gate or nothing serves');
      const { runs, said } = left(await run({ pipeline, champion }));
      expect(Number(runs[0]?.['gate-floor'])).toBeCloseTo(gateFloor(gate, measured), 12);
      const asked = said[said.indexOf('Gate:') + 1] ?? '';
      expect(asked.split('that of the version that serves and of one that is being rolled out. ')[1]).toBe(
        sentences.join(' '),
      );
    });

    test.each([
      ['auc', 'atLeast', 0.5, 0],
      ['auc', 'atLeast', 0.5, 0.005],
      ['loss', 'atMost', 1, 0],
      ['loss', 'atMost', 1, 0.1],
    ] as const)(
      'lets pass what is just as good as it has to be: %s, %s %d and better by %d',
      async (name, must, value, by) => {
        const pipeline = withGate({ metric: `evaluate.${name}`, [must]: value, betterThanChampionBy: by });
        // Of these, JSONata would write more than they are, or less.
        for (const measured of [11 / 12, 0.1 + 0.2 + 0.5, 5 / 7]) {
          const floor = {
            must,
            value: await floorOf({ pipeline, champion: { version: 7, metrics: { [name]: measured } } }),
          };
          const [just, worse] = must === 'atLeast' ? [measured + by, -1e-10] : [measured - by, 1e-10];
          expect(
            [just, just + worse].map((metric) => holds(floor, metric)),
            `${measured}`,
          ).toEqual([true, false]);
        }
      },
    );

    test('is the threshold to its last digit', async () => {
      const pipeline = withGate({ metric: 'evaluate.auc', atLeast: 11 / 12, betterThanChampionBy: 0 });
      expect(await floorOf({ pipeline })).toBe(11 / 12);
      expect(await floorOf({ pipeline, champion: { version: 7, metrics: { auc: 0.7 } } })).toBe(11 / 12);
    });

    test('asks nobody where what serves does not count, and is no parameter where there is none', async () => {
      const alone = await run({
        pipeline: withGate({ metric: 'evaluate.auc', atLeast: 0.8 }),
        champion: { version: 7 },
      });
      expect(callNames(alone)).not.toContain('ssm:GetParameter');
      expect(left(alone).runs[0]).toMatchObject({ 'gate-floor': '0.8' });
      expect(left(await run({ pipeline: withGate(undefined) })).runs[0]).not.toHaveProperty('gate-floor');
    });

    test('is told to whoever hears of the run', async () => {
      const alone = left(await run({ champion: { version: 7, metrics: { auc: 0.93 } } }));
      expect(alone.said.join('\n')).toContain('Version 7, which serves, has 0.93.');
      expect(left(await run()).said.join('\n')).toContain('is being rolled out. No version serves.');
    });

    const lost = { version: 7, uri: `s3://${BUCKET}/pipelines/detector/lost/metrics.json` };
    test.each<[string, Situation['champion']]>([
      ['what serves', lost],
      ['what is being rolled out', { version: 6, metrics: { auc: 0.93 }, trying: lost }],
    ])('cannot be said where the metrics of %s are lost', async (_, champion) => {
      const failed = await run(champion === undefined ? {} : { champion });
      expect(failed).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'start-failed', detail: expect.stringContaining('nothing any more at s3://') },
      });
      expect(left(failed)).toMatchObject({ announced: ['detector-run-start-failed'], runs: [], locks: [] });
    });
  });

  describe('a run that ends otherwise is told', () => {
    const ended = (steps: Ending['steps'], rest: Partial<Ending> = {}) => ({ runs: [{ steps, ...rest }] });
    const gate = { name: 'Gate', metadata: { Condition: { Outcome: 'False' } } } as const;
    const failed = { name: 'GateFailed', status: 'Failed', metadata: { Fail: { ErrorMessage: 'no' } } } as const;
    const unmet = { name: 'When-score', metadata: { Condition: { Outcome: 'False' } } } as const;
    const check = {
      name: 'check',
      status: 'Failed',
      job: 'processing',
      reason: 'AlgorithmError: See job logs for more information',
      message: 'transactions: 9 rows in 1 file.\n  3 of 4 rules broken:',
    } as const;
    const noMachine = {
      name: 'check',
      status: 'Failed',
      job: 'processing',
      reason: 'CapacityError: no machine',
    } as const;
    const noJob = { name: 'check', status: 'Failed', reason: 'ClientError: the service limit is 0' } as const;
    const empty = { ...check, name: 'evaluate', message: 'No rows\n  are left.' } as const;
    const train = { name: 'train', status: 'Failed', job: 'training', reason: 'CapacityError: no machine' } as const;

    test.each<[string, ReturnType<typeof ended>, string, RegExp]>([
      [
        'of the gate',
        ended([{ name: 'evaluate' }, gate]),
        'gate-failed',
        /^The model did not pass the gate. auc of step evaluate has to be at least 0.9/,
      ],
      [
        'of the gate that came last',
        ended([{ name: 'evaluate' }, gate, failed]),
        'gate-failed',
        /^The model did not pass the gate. auc of step evaluate has to be at least 0.9/,
      ],
      ['of a step beside the gate', ended([gate, train]), 'failed', /Step train: CapacityError/],
      ['of a rule', ended([check]), 'data-invalid', /Step check: .*9 rows in 1 file. 3 of 4 rules broken/],
      ['of a check without a machine', ended([noMachine]), 'failed', /Step check: CapacityError/],
      ['of a check that was never begun', ended([noJob]), 'failed', /Step check: ClientError: the serv/],
      ['of a step', ended([train]), 'failed', /Step train: CapacityError/],
      ['of a step beside the gate', ended([gate, train]), 'failed', /CapacityError/],
      [
        'of a step that says why itself',
        ended([empty]),
        'failed',
        /^Step evaluate: No rows are left. AlgorithmError: See job logs for more information$/,
      ],
      [
        'of a step beside a check that judged nothing',
        ended([empty, noMachine]),
        'failed',
        /Step evaluate: No rows are left..* Step check: CapacityError/,
      ],
      ['of what led to others', ended([train, check]), 'data-invalid', /3 of 4 rules broken/],
      ['of nobody knows what', ended([], { failure: 'Broken.', status: 'Failed' as never }), 'failed', /Broken/],
      ['of somebody who stopped it', ended([], { status: 'Stopped' }), 'failed', /Somebody stopped it/],
      [
        'of somebody who stopped it, which took a while',
        ended([], { status: 'Stopped', seconds: 9000, stopping: 60 }),
        'failed',
        /Somebody stopped it/,
      ],
    ])('because %s', async (_, situation, outcome, detail) => {
      const failed = await run(situation);
      expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { outcome, detail: expect.stringMatching(detail) } });
      expect(left(failed)).toMatchObject({ announced: [`detector-run-${outcome}`], locks: [] });
      expect(Object.keys(left(failed).versions)).toEqual([]);
    });

    const registered = { name: 'Register', registers: true } as const;
    const score = { name: 'score', status: 'Failed', job: 'processing', reason: 'AlgorithmError: 7' } as const;
    test.each<[string, Ending]>([
      ['a step beside it failed', { steps: [registered, score], version: { number: 8 } }],
      ['somebody stopped the run', { steps: [registered], version: { number: 8 }, status: 'Stopped' }],
    ])('with the version that it registered before %s', async (_, ending) => {
      const failed = await run({ runs: [ending] });
      const why = ending.status === 'Stopped' ? 'Somebody stopped it.' : 'Step score: AlgorithmError: 7';
      expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'registered-and-failed', detail: why } });
      const { announced, said, versions } = left(failed);
      expect(announced).toEqual(['detector-run-registered-and-failed']);
      expect(said).toEqual(
        expect.arrayContaining([
          `Version: ${packageArn(8)}`,
          `Steps: ${ending.status === 'Stopped' ? 'none' : 'score'}`,
          why,
        ]),
      );
      expect(Object.keys(versions)).toEqual([packageArn(8)]);
    });

    test('a run that registers nothing ends well where a condition beside the gate does not hold', async () => {
      expect(outcomeOf(await run(ended([{ name: 'evaluate' }, unmet]))).outcome).toBe('done');
    });

    test('with the address of the job to look at', async () => {
      const { said } = left(await run(ended([train])));
      expect(said[0]).toMatch(
        /^Where to look: https:\/\/console.aws.amazon.com\/sagemaker\/home\?region=eu-central-1#\/jobs\/pipelines-[0-9a-f]+-train ; https:\/\/console.aws.amazon.com\/states\//,
      );
      expect(said).toContain('Steps: train');
    });

    test('also where it has more steps than fit into one answer', async () => {
      const many = Array.from({ length: 120 }, (_, i) => ({ name: `step-${i}` }));
      expect(await run(ended([...many, train]))).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'failed', detail: expect.stringContaining('train') },
      });
      const more = Array.from(
        { length: 120 },
        (_, i) => ({ name: `s${i}`, status: 'Failed', reason: 'x'.repeat(1000) }) as const,
      );
      const failed = await run(ended(more));
      expect(outcomeOf(failed).detail.length).toBeLessThan(4000);
    });

    test('and one that registers nothing is done', async () => {
      const { register: _, gate: __, ...rest } = EVERY_KIND;
      const done = await run({ pipeline: rest, runs: [{ steps: [{ name: 'score' }] }] });
      expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'done' } });
      expect(left(done).announced).toEqual(['detector-run-done']);
    });
  });

  describe('what is asked wrongly is told', () => {
    test.each([
      ['another reason', { reason: 'boredom' }, /one of schedule, new-data, signal, manual, not boredom/],
      ['a trigger that is no name', { ...NIGHTLY, trigger: 'No Name' }, /not No Name/],
    ])('%s', async (_, input, cause) => {
      const failed = await run({}, input);
      expect(failed).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'start-failed', detail: expect.stringMatching(cause) },
      });
      expect(left(failed)).toMatchObject({ announced: ['detector-run-start-failed'], runs: [], locks: [] });
    });

    test('an image that was never pushed', async () => {
      const failed = await run({ images: { 'fraud-1.4.0': IMAGES['fraud-1.4.0'] } });
      expect(failed).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'start-failed', detail: expect.stringContaining('fraud-serving-1.4.0') },
      });
      expect(left(failed)).toMatchObject({ announced: ['detector-run-start-failed'], runs: [], locks: [] });
    });
  });

  test('its world lets steps really run, by a program that is asked for them', async () => {
    const program = `
      const asked = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
      const folder = asked.parameters['snapshot-transactions'].replace('s3://${BUCKET}/', '');
      const bucket = asked.s3.buckets['${BUCKET}'];
      const files = Object.keys(bucket).filter((key) => key.startsWith(folder) && !key.endsWith('.json'));
      bucket['pipelines/detector/metrics.json'] = { text: JSON.stringify({ files: files.length }) };
      console.log(JSON.stringify({
        steps: [{ name: 'train', job: 'training' }, { name: 'register', registers: true }],
        version: { number: 3, CustomerMetadataProperties: { 'mlops-run': asked.parameters['run-id'] } },
        s3: asked.s3,
      }));`;
    const given = request();
    const state = structuredClone(given.world.state) as { sagemaker: { pipelines: Record<string, object> } };
    state.sagemaker.pipelines = {
      [NAMES.of('compute', 'detector', 'pipeline')]: { runner: [process.execPath, '-e', program] },
    };
    const done = await judge.run({ ...given, world: { ...given.world, state } });
    expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'registered', version: packageArn(3) } });
    expect(left(done).objects['pipelines/detector/metrics.json']?.text).toBe('{"files":1}');
    const { sagemaker } = done.world.state as unknown as { sagemaker: { packages: Record<string, object> } };
    expect(sagemaker.packages[packageArn(3)]).toEqual({
      CustomerMetadataProperties: { 'mlops-run': left(done).runs[0]?.['run-id'] },
    });
  });

  test('the name of the pipeline is that of the plan', () => {
    expect(JSON.stringify(startMachineOfTemplate())).toContain(`"PipelineName":"${plannedPipeline().name}"`);
    expect(plannedPipeline().name).toBe(NAMES.of('compute', 'detector', 'pipeline'));
  });
});
