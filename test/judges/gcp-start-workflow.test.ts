import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorkflow } from '../../lib/gcp/training-pipeline/workflow/start-workflow';
import { HTTP_ROUTINES } from '../../lib/gcp/workflow/http-steps';
import { LOCKS_PREFIX } from '../../lib/gcp/workflow/lock-steps';
import type { WorkflowSource } from '../../lib/gcp/workflow/syntax';
import { gateFloor, holds } from '../../lib/plan/pipeline/gate';
import { emptyTable } from '../../lib/plan/pipeline/no-data';
import { pipelineLock } from '../../lib/plan/pipeline/pipeline-access';
import { A_MANIFEST } from '../support/a-manifest';
import { describeJudge } from '../support/describe-judge';
import {
  callNames,
  resume,
  WorkflowsJudge,
  type WorkflowsRequest,
  type WorkflowsRun,
} from '../support/workflows-judge';
import { announced } from './gcp-operations-world';
import {
  ARTIFACTS,
  CHANGED,
  changeOf,
  described,
  incidentOf,
  locksOf,
  MODEL,
  NOW,
  objectsOf,
  onlyRun,
  PIPELINE,
  PROPS,
  pastRun,
  runsOf,
  SNAPSHOTS,
  startRun,
  valuesOf,
  type Written,
} from './gcp-start-world';

const NIGHTLY = { reason: 'schedule', trigger: 'nightly' };
const SAME = { 'snapshot-id-transactions': SNAPSHOTS.transactions, 'snapshot-id-chargebacks': SNAPSHOTS.chargebacks };
const CHAMPION = { version: '6', name: 'x', id: '611111' };
const LONG_AGO = '2026-05-01T00:00:00Z';
const CREATED = 'aiplatform.projects.locations.pipelineJobs.create';
const EXPORTED = 'bigquery.jobs.insert';
const CHARGEBACKS = 'fraud_prod_curated.chargebacks';
const LOCK = `${LOCKS_PREFIX}${pipelineLock('detector')}`;

/** The same workflow, where every answer to a GET takes so many seconds. */
function slowly(source: WorkflowSource, seconds: number): WorkflowSource {
  const { api_get } = HTTP_ROUTINES;
  const [send, ...give] = api_get.steps;
  if (send === undefined) throw new Error('nothing is sent');
  return {
    ...source,
    api_get: { ...api_get, steps: [send, { slow: { call: 'sys.sleep', args: { seconds } } }, ...give] },
  };
}

describeJudge('workflows', 'the workflow that starts runs', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const only = async (request: WorkflowsRequest) => {
    const run = await judge.run(request);
    const [execution] = run.executions;
    if (execution === undefined) throw new Error('nothing was executed');
    return { run, execution };
  };
  const started = (argument: unknown, written?: Written) => only(startRun(argument, written));

  describe('a run', () => {
    test('is begun with its reason, snapshots, images and revision, and seen to its end', async () => {
      const { run, execution } = await started(NIGHTLY);
      expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'registered', version: '1' } });
      expect(onlyRun(run)).toMatchObject({
        displayName: PIPELINE,
        serviceAccount: PROPS.account,
        encryptionSpec: { kmsKeyName: PROPS.encryptionKeyId },
        pscInterfaceConfig: { networkAttachment: PROPS.attachment },
        labels: { 'mlops-platform': 'fraud-prod', 'mlops-run': execution.id, 'mlops-reason': 'schedule' },
        runtimeConfig: {
          gcsOutputDirectory: `gs://${ARTIFACTS}/pipelines/detector/${execution.id}`,
          // No step begins any more once one failed.
          failurePolicy: 'PIPELINE_FAILURE_POLICY_FAIL_FAST',
        },
      });
      const folder = (dataset: 'transactions' | 'chargebacks') =>
        `gs://${ARTIFACTS}/snapshots/${dataset}/${SNAPSHOTS[dataset]}/${execution.id}/`;
      expect(valuesOf(onlyRun(run))).toEqual({
        'run-id': execution.id,
        reason: 'schedule',
        trigger: 'nightly',
        revision: 'fraud-1.4.0',
        images: 'fraud-1.4.0=sha256:aaaa,fraud-serving-1.4.0=sha256:bbbb',
        'gate-floor': 0.9,
        'snapshot-transactions': folder('transactions'),
        'snapshot-chargebacks': folder('chargebacks'),
        ...SAME,
      });
      expect(announced(run)).toEqual(['detector-run-registered']);
      expect(locksOf(run)).toEqual([]);
    });

    test.each([
      ['a person', null, { reason: 'manual', trigger: 'person' }],
      ['a person who says why', { reason: 'manual', trigger: 'person' }, { reason: 'manual', trigger: 'person' }],
      ['new data', changeOf('transactions'), { reason: 'new-data', trigger: 'fresh' }],
      ['a signal', incidentOf('drift'), { reason: 'signal', trigger: 'drifted' }],
    ])('is started by %s', async (_, argument, values) => {
      const { run } = await started(argument);
      expect(valuesOf(onlyRun(run))).toMatchObject(values);
    });

    test.each([
      ['a table that was only read', changeOf('transactions', { tableDataRead: {} })],
      ['a table that no trigger names', changeOf('chargebacks')],
      ['an incident that is over', incidentOf('drift', 'closed')],
      ['a signal that no trigger names', incidentOf('quality')],
    ])('is not started by %s', async (_, argument) => {
      const { run, execution } = await started(argument);
      expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'ignored' } });
      expect(run.calls).toEqual([]);
    });

    test.each([
      ['a reason that there is not', { reason: 'whim', note: 'try it' }, 'not "whim".'],
      ['a trigger that is no name', { trigger: 'Nobody & Sons' }, 'not "Nobody & Sons".'],
      ['a trigger that is no text', { trigger: { name: 'nightly' } }, 'not {"name":"nightly"}.'],
    ])('is not started by %s, which people are told', async (_, argument, said) => {
      const { run, execution } = await started(argument);
      expect(execution).toMatchObject({
        status: 'FAILED',
        error: { tags: ['RunNotStarted'], message: expect.stringContaining(said) },
      });
      expect(announced(run)).toEqual(['detector-run-start-failed']);
      expect(runsOf(run)).toEqual({});
    });
  });

  describe('refuses', () => {
    test.each(['QUEUED', 'PENDING', 'RUNNING', 'CANCELLING', 'PAUSED'])(
      'while a run is %s, also a person',
      async (state) => {
        const runs = { 'old-run': pastRun(state, LONG_AGO) };
        for (const argument of [NIGHTLY, null]) {
          const { run, execution } = await started(argument, { runs });
          expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'refused' } });
          expect(execution.result).toMatchObject({ detail: expect.stringContaining('old-run is in flight') });
          expect(Object.keys(runsOf(run))).toEqual(['old-run']);
          expect(callNames(run)).not.toContain(EXPORTED);
          expect(announced(run)).toEqual([]);
        }
      },
    );

    test('while a run is RUNNING behind newer ones that have ended', async () => {
      const newer = Array.from({ length: 12 }, (_, i) => [
        `newer-${i}`,
        pastRun(['SUCCEEDED', 'FAILED', 'CANCELLED'][i % 3] ?? '', `2026-05-02T00:00:${10 + i}Z`),
      ]);
      const runs = { 'old-run': pastRun('RUNNING', LONG_AGO), ...Object.fromEntries(newer) };
      for (const argument of [NIGHTLY, null]) {
        const { execution } = await started(argument, { runs });
        expect(execution.result).toMatchObject({
          outcome: 'refused',
          detail: expect.stringContaining('old-run is in flight'),
        });
      }
    });

    test('within the cooldown, but not a person', async () => {
      const runs = { 'old-run': pastRun('FAILED', '2026-06-01T22:00:00.000001Z') };
      const { execution } = await started(NIGHTLY, { runs });
      expect(execution.result).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('cooldown') });
      expect((await started(null, { runs })).execution.result).toMatchObject({ outcome: 'registered' });
      const earlier = { 'old-run': pastRun('FAILED', '2026-06-01T20:59:59Z') };
      expect((await started(NIGHTLY, { runs: earlier })).execution.result).toMatchObject({ outcome: 'registered' });
    });

    test('new data that the last run has read, as compaction and second events bring it', async () => {
      const runs = { 'old-run': pastRun('SUCCEEDED', LONG_AGO, SAME) };
      const { run, execution } = await started(changeOf('transactions'), { runs });
      expect(execution.result).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('the same data') });
      expect(callNames(run)).not.toContain(CREATED);
      expect((await started(NIGHTLY, { runs })).execution.result).toMatchObject({ outcome: 'registered' });
      const older = { 'old-run': pastRun('SUCCEEDED', LONG_AGO, { ...SAME, 'snapshot-id-chargebacks': '1' }) };
      expect((await started(changeOf('transactions'), { runs: older })).execution.result).toMatchObject({
        outcome: 'registered',
      });
    });

    test('the second of two that come at once', async () => {
      const start = [
        { workflow: 'start', argument: NIGHTLY },
        { workflow: 'start', argument: changeOf('transactions') },
      ];
      for (const seed of [1, 2, 3, 4, 5]) {
        const run = await judge.run({ ...startRun(null, { start }), seed });
        expect(run.executions.map(({ result }) => (result as { outcome: string }).outcome).sort()).toEqual([
          'refused',
          'registered',
        ]);
        expect(Object.keys(runsOf(run))).toHaveLength(1);
        expect(locksOf(run)).toEqual([]);
      }
    });
  });

  describe('snapshots', () => {
    test('hold what the table held, with a manifest that is written last', async () => {
      const { run, execution } = await started(NIGHTLY);
      const objects = objectsOf(run);
      const at = `snapshots/transactions/${SNAPSHOTS.transactions}`;
      expect(objects[`${at}/${execution.id}/000000000000.parquet`]).toBe('["t1"]');
      const manifest = {
        schemaVersion: 1,
        dataset: 'transactions',
        snapshot: SNAPSHOTS.transactions,
        committedAt: CHANGED.transactions,
        folder: `gs://${ARTIFACTS}/${at}/${execution.id}/`,
        format: 'parquet',
      };
      expect(JSON.parse(objects[`${at}/manifest.json`] ?? '')).toEqual(manifest);
      expect(manifest).toEqual(A_MANIFEST);
      expect(JSON.parse(objects[`${at}/${execution.id}/manifest.json`] ?? '')).toEqual(manifest);
    });

    test('are used again while their table has not changed', async () => {
      const first = await judge.run(startRun(NIGHTLY));
      const { run } = await only({ ...resume(startRun(null), first, { afterSeconds: 86_400 }) });
      expect(callNames(run)).not.toContain(EXPORTED);
      const [one, two] = Object.values(runsOf(run)).map(valuesOf);
      expect(two?.['snapshot-transactions']).toBe(one?.['snapshot-transactions']);
    });

    test('are of the moment before a change that comes while they are made', async () => {
      const tables = {
        'fraud_prod_curated.transactions': [
          ['2026-06-01T20:00:00.123Z', ['t1']],
          ['2026-06-02T03:01:30Z', ['t1', 't2']],
        ],
      };
      const { run, execution } = await started(NIGHTLY, { tables });
      const at = `snapshots/transactions/${SNAPSHOTS.transactions}`;
      expect(objectsOf(run)[`${at}/${execution.id}/000000000000.parquet`]).toBe('["t1"]');
    });

    test('wait for a table that changes right now, so that they are just what their name says', async () => {
      const now = Date.parse(NOW) - 2000;
      const tables = {
        'fraud_prod_curated.transactions': [
          [new Date(Date.parse(NOW) - 60_000).toISOString(), ['t1']],
          [new Date(now).toISOString(), ['t1', 't2']],
        ],
      };
      const { run, execution } = await started(NIGHTLY, { tables });
      expect(objectsOf(run)[`snapshots/transactions/${now}/${execution.id}/000000000000.parquet`]).toBe('["t1","t2"]');
    });

    test('wait a minute at most for a table that is written all the time, and are then of a moment', async () => {
      const at = (second: number) => new Date(Date.parse(NOW) + second * 1000).toISOString();
      const written = Array.from({ length: 1000 }, (_, i) => [at(5 * i - 3600), [`t${i}`]]);
      const { run, execution } = await started(NIGHTLY, {
        tables: { 'fraud_prod_curated.transactions': written },
      });
      expect(execution.result).toMatchObject({ outcome: 'registered' });
      const id = String(valuesOf(onlyRun(run))['snapshot-id-transactions']);
      expect(Number(id) - Date.parse(NOW)).toBeGreaterThan(0);
      // The other table was frozen before, in a minute.
      expect(Number(id) - Date.parse(NOW)).toBeLessThan(150_000);
      const [, rows] = written.filter(([when]) => Date.parse(String(when)) <= Number(id)).at(-1) ?? [];
      expect(objectsOf(run)[`snapshots/transactions/${id}/${execution.id}/000000000000.parquet`]).toBe(
        JSON.stringify(rows),
      );
      expect(JSON.parse(objectsOf(run)[`snapshots/transactions/${id}/manifest.json`] ?? '')).toMatchObject({
        snapshot: id,
        committedAt: new Date(Number(id)).toISOString(),
      });
    });

    test('are new while rows of their table are in its streaming buffer, which its last change does not say', async () => {
      const table = 'fraud_prod_curated.transactions';
      const tables = {
        [table]: [
          [CHANGED.transactions, ['t1']],
          ['2026-06-02T12:00:00Z', ['t1', 't2']],
        ],
      };
      const streamed = { [table]: ['2026-06-02T12:00:00Z', '2026-06-03T12:00:00Z'] } as const;
      const first = await judge.run(startRun(NIGHTLY, { tables, streamed }));
      const { run, execution } = await only({ ...resume(startRun(null), first, { afterSeconds: 86_400 }) });
      const [one, two] = Object.values(runsOf(run)).map(valuesOf);
      expect(one?.['snapshot-id-transactions']).toBe(SNAPSHOTS.transactions);
      const id = String(two?.['snapshot-id-transactions']);
      expect(objectsOf(run)[`snapshots/transactions/${id}/${execution.id}/000000000000.parquet`]).toBe('["t1","t2"]');
    });

    test('that cannot be made start no run, and say so', async () => {
      const { run, execution } = await started(NIGHTLY, { failing: ['Access Denied'] });
      expect(execution).toMatchObject({ status: 'FAILED', error: { tags: ['RunNotStarted'] } });
      expect(execution.error).toMatchObject({ message: expect.stringContaining('could not be frozen: Access Denied') });
      expect(announced(run)).toEqual(['detector-run-start-failed']);
      expect(Object.keys(objectsOf(run)).filter((name) => name.endsWith('manifest.json'))).toEqual([]);
      expect(runsOf(run)).toEqual({});
    });

    const EMPTY_AT_FIRST = ['2026-01-01T00:00:00Z', []];

    test.each<[string, Written]>([
      ['nothing was ever written to', { tables: { [CHARGEBACKS]: [EMPTY_AT_FIRST] } }],
      [
        'everything was deleted from',
        {
          tables: {
            [CHARGEBACKS]: [
              ['2026-01-01T00:00:00Z', ['c1']],
              [CHANGED.chargebacks, []],
            ],
          },
        },
      ],
      [
        'rows are streamed to only after the moment that is frozen',
        {
          tables: { [CHARGEBACKS]: [EMPTY_AT_FIRST, [NOW, ['c1']]] },
          streamed: { [CHARGEBACKS]: [NOW, '2026-06-03T00:00:00Z'] },
        },
      ],
    ])('of a table that %s are none: no run is started, and people are told', async (_, written) => {
      const { run, execution } = await started(NIGHTLY, written);
      expect(execution).toMatchObject({ status: 'FAILED', error: { tags: ['RunNotStarted'] } });
      expect(announced(run)).toEqual(['detector-run-start-failed']);
      expect(run.log.at(-1)?.json).toMatchObject({ reason: emptyTable('chargebacks') });
      expect(Object.keys(objectsOf(run)).filter((name) => name.startsWith('snapshots/'))).toEqual([]);
      expect([runsOf(run), locksOf(run)]).toEqual([{}, []]);
    });

    test('of a table that was empty are made once it holds something', async () => {
      const tables = { [CHARGEBACKS]: [EMPTY_AT_FIRST, ['2026-06-02T12:00:00Z', ['c1']]] };
      const refused = await judge.run(startRun(NIGHTLY, { tables }));
      const { run, execution } = await only({ ...resume(startRun(null), refused, { afterSeconds: 86_400 }) });
      expect(execution.result).toMatchObject({ outcome: 'registered' });
      expect(valuesOf(onlyRun(run))['snapshot-id-chargebacks']).toBe(String(Date.parse('2026-06-02T12:00:00Z')));
    });

    test('of rows that are all in the streaming buffer are made', async () => {
      const tables = { [CHARGEBACKS]: [EMPTY_AT_FIRST, ['2026-06-01T12:00:00Z', ['c1']]] };
      const streamed = { [CHARGEBACKS]: ['2026-06-01T12:00:00Z', '2026-06-03T12:00:00Z'] } as const;
      const { execution } = await started(NIGHTLY, { tables, streamed });
      expect(execution.result).toMatchObject({ outcome: 'registered' });
    });

    /** Status of each write of a manifest that says which folder counts, in their order. */
    const writesOf = (run: WorkflowsRun, manifest: string) =>
      run.calls
        .filter(({ method, params }) => method === 'storage.objects.insert' && params.name === manifest)
        .map(({ status }) => status);

    test('that somebody else makes at the same time are theirs, and their manifest stays', async () => {
      const at = `snapshots/transactions/${SNAPSHOTS.transactions}`;
      const manifest = `${at}/manifest.json`;
      const theirs = {
        schemaVersion: 1,
        dataset: 'transactions',
        snapshot: SNAPSHOTS.transactions,
        committedAt: CHANGED.transactions,
        folder: `gs://${ARTIFACTS}/${at}/theirs/`,
        format: 'parquet',
      };
      const { run, execution } = await started(NIGHTLY, { raced: { [manifest]: theirs } });
      expect(execution.result).toMatchObject({ outcome: 'registered' });
      expect(valuesOf(onlyRun(run))['snapshot-transactions']).toBe(theirs.folder);
      expect(JSON.parse(objectsOf(run)[manifest] ?? '')).toEqual(theirs);
      expect(writesOf(run, manifest)).toEqual([412]);
    });

    test('of two executions at once are one: the first manifest counts', async () => {
      const [first, second] = [startRun(NIGHTLY), startRun(null)];
      const start = [...first.start, ...second.start];
      const run = await judge.run({ ...startRun(null, { start }), seed: 3 });
      const manifests = Object.entries(objectsOf(run)).filter(([name]) =>
        /^snapshots\/[a-z]+\/\d+\/manifest/.test(name),
      );
      expect(manifests).toHaveLength(2);
      const begun = valuesOf(onlyRun(run));
      for (const [name, text] of manifests) {
        expect(writesOf(run, name).filter((status) => status === 200)).toHaveLength(1);
        const { dataset, folder } = JSON.parse(text) as { dataset: string; folder: string };
        expect(begun[`snapshot-${dataset}`]).toBe(folder);
      }
    });
  });

  describe('the floor of the gate', () => {
    const floor = async (written: Written) => valuesOf(onlyRun((await started(NIGHTLY, written)).run))['gate-floor'];
    const versions = (auc: number) => ({
      6: { fields: { versionDescription: described(auc) }, aliases: ['champion'] },
    });
    const tried = (auc: number) => ({ 7: { fields: { versionDescription: described(auc) } } });
    const byHand = (version: number) => ({ [version]: { fields: { versionDescription: 'by hand' } } });
    const trying = { version: '7', name: 'y', id: '711111' };
    const during = { ...CHAMPION, trying };

    test.each([
      ['the threshold where nothing serves', {}, 0.9],
      ['better than what serves by what is asked for', { champion: CHAMPION, versions: versions(0.95) }, 0.955],
      [
        'better than what is being rolled out where that is better than what serves',
        { champion: during, versions: { ...versions(0.95), ...tried(0.97) } },
        0.975,
      ],
      [
        'better than what serves where what is being rolled out is worse',
        { champion: during, versions: { ...versions(0.95), ...tried(0.91) } },
        0.955,
      ],
      [
        'better than what serves where nobody measured what is being rolled out',
        { champion: during, versions: { ...versions(0.95), ...byHand(7) } },
        0.955,
      ],
      [
        'better than what is being rolled out where nobody measured what serves',
        { champion: during, versions: { ...byHand(6), ...tried(0.97) } },
        0.975,
      ],
      [
        'better than what is being rolled out where nothing served before',
        { champion: { trying }, versions: tried(0.97) },
        0.975,
      ],
      [
        'the threshold where nobody measured what serves and what is being rolled out',
        { champion: during, versions: { ...byHand(6), ...byHand(7) } },
        0.9,
      ],
      [
        'better than what serves where another version is being taken back',
        {
          champion: { ...CHAMPION, trying: { ...trying, why: 'It errs.' } },
          versions: { ...versions(0.95), ...tried(0.97) },
        },
        0.955,
      ],
      ['better than a whole number', { champion: CHAMPION, versions: versions(1) }, 1.005],
      ['the threshold where what serves is worse', { champion: CHAMPION, versions: versions(0.5) }, 0.9],
      ['the threshold where what serves is gone', { champion: CHAMPION }, 0.9],
      ['the threshold where only a first rollout was tried', { champion: { trying: {} } }, 0.9],
      ['the threshold where what serves was registered by hand', { champion: CHAMPION, versions: byHand(6) }, 0.9],
    ])('is %s', async (_, written, wanted) => {
      expect(await floor(written)).toBeCloseTo(wanted, 9);
    });

    test.each([
      ['atLeast', 0.5, 0],
      ['atLeast', 0.5, 0.005],
      ['atMost', 1, 0],
      ['atMost', 1, 0.1],
    ] as const)('lets pass what is just as good as it has to be: %s %d and better by %d', async (must, value, by) => {
      const gate = { of: { step: 'evaluate', metric: 'auc' }, must, value, betterThanChampionBy: by };
      const props = { ...PROPS, plan: { ...PROPS.plan, gate } };
      for (const measured of [11 / 12, 0.1 + 0.2 + 0.5, 5 / 7]) {
        const asked = await floor({ props, champion: CHAMPION, versions: versions(measured) });
        expect(asked).toBe(gateFloor(gate, measured));
        const [just, worse] = must === 'atLeast' ? [measured + by, -1e-10] : [measured - by, 1e-10];
        const passes = (metric: number) => holds({ must, value: Number(asked) }, metric);
        expect([just, just + worse].map(passes), `${measured}`).toEqual([true, false]);
      }
    });

    test('is a small number where that is asked for', async () => {
      const gate = {
        of: { step: 'evaluate', metric: 'auc' },
        must: 'atMost',
        value: 5e-7,
        betterThanChampionBy: 1e-8,
      } as const;
      const props = { ...PROPS, plan: { ...PROPS.plan, gate } };
      expect(await floor({ props })).toBe(5e-7);
      expect(await floor({ props, champion: CHAMPION, versions: versions(2e-7) })).toBe(gateFloor(gate, 2e-7));
    });

    test('is a ceiling where less is better', async () => {
      const gate = {
        of: { step: 'evaluate', metric: 'auc' },
        must: 'atMost',
        value: 0.4,
        betterThanChampionBy: 0.1,
      } as const;
      const props = { ...PROPS, plan: { ...PROPS.plan, gate } };
      expect(await floor({ props, champion: CHAMPION, versions: versions(0.3) })).toBeCloseTo(0.2, 9);
      expect(await floor({ props, champion: CHAMPION, versions: versions(0.9) })).toBeCloseTo(0.4, 9);
      expect(await floor({ props })).toBe(0.4);
      for (const [one, other] of [
        [0.3, 0.35],
        [0.35, 0.3],
      ] as const)
        expect(await floor({ props, champion: during, versions: { ...versions(one), ...tried(other) } })).toBe(
          gateFloor(gate, one, other),
        );
    });
  });

  describe('tells', () => {
    test.each([
      [{ note: ' new\n labels ' }, 'new labels'],
      [{ note: 'x'.repeat(900) }, 'x'.repeat(500)],
      [{ note: ' ' }, 'None was given.'],
      [{ note: 7 }, 'None was given.'],
      [{}, 'None was given.'],
    ])('what a person said of it, %j', async (said, note) => {
      const { run } = await started({ reason: 'manual', ...said }, { quick: true });
      expect(run.log.at(-1)?.json).toMatchObject({ signal: 'detector-run-registered', note });
    });

    test('that a model did not pass the gate', async () => {
      const { run, execution } = await started(NIGHTLY, { courses: [{}] });
      expect(execution.result).toMatchObject({ outcome: 'gate-failed' });
      expect(announced(run)).toEqual(['detector-run-gate-failed']);
    });

    test('no broken rule where a check failed and the run could not say that data did', async () => {
      const { run, execution } = await started(NIGHTLY, { courses: [{ fails: { check: 'no machine' } }] });
      expect(execution.result).toMatchObject({ outcome: 'failed', detail: 'no machine' });
      expect(announced(run)).toEqual(['detector-run-failed']);
    });

    test('of a run that registered a version and in which another step failed both', async () => {
      const course = { registers: { model: MODEL }, fails: { score: 'exit code 7' } };
      const { run, execution } = await started(NIGHTLY, { courses: [course] });
      const ended = { outcome: 'registered-and-failed', detail: 'exit code 7', version: '1' };
      expect(execution).toMatchObject({ status: 'SUCCEEDED', result: ended });
      expect(run.log.at(-1)?.json).toMatchObject({
        signal: 'detector-run-registered-and-failed',
        version: '1',
        reason: 'exit code 7',
        detail: expect.stringContaining('step score'),
      });
    });

    test.each([
      [
        'registered-and-failed',
        { registers: { model: MODEL }, fails: { score: 'exit code 7' } },
        'step score',
        'It registered version 1. No rows are left.',
      ],
      ['failed', { fails: { train: 'exit code 1' } }, 'step prepare', 'No rows are left.'],
      ['data-invalid', { fails: { check: 'exit code 1' } }, 'step check', 'Column amount is empty.'],
      ['gate-failed', {}, '-', 'evaluate.auc is less than 0.9.'],
    ])('what a run says itself that ended as %s', async (outcome, course, detail, reason) => {
      const id = valuesOf(onlyRun((await started(NIGHTLY)).run))['run-id'];
      const said = { schemaVersion: 1, outcome, detail, reason };
      for (const held of [said, JSON.stringify(said)]) {
        const artifacts = { [`pipelines/detector/${id}/outcome.json`]: held };
        const { run, execution } = await started(NIGHTLY, { courses: [course], artifacts });
        expect(execution.result).toMatchObject({ outcome, detail: reason });
        expect(announced(run)).toEqual([`detector-run-${outcome}`]);
        expect(run.log.at(-1)?.json).toMatchObject({ reason, detail: expect.stringContaining(detail) });
      }
    });

    test('which step failed where the run knows of none, as a task whose machine went leaves no word', async () => {
      const id = valuesOf(onlyRun((await started(NIGHTLY)).run))['run-id'];
      const said = { schemaVersion: 1, outcome: 'failed', detail: '-', reason: 'Task run--steps failed.' };
      const { run, execution } = await started(NIGHTLY, {
        courses: [{ fails: { train: 'exit code 137' } }],
        artifacts: { [`pipelines/detector/${id}/outcome.json`]: said },
      });
      expect(execution.result).toMatchObject({ outcome: 'failed', detail: 'exit code 137' });
      expect(run.log.at(-1)?.json).toMatchObject({ detail: expect.stringContaining('step train') });
    });

    test('which step failed and why', async () => {
      const { run, execution } = await started(NIGHTLY, { courses: [{ fails: { train: 'exit code 1' } }] });
      expect(execution.result).toMatchObject({ outcome: 'failed', detail: 'exit code 1' });
      expect(run.log.at(-1)?.json).toMatchObject({
        signal: 'detector-run-failed',
        reason: 'exit code 1',
        detail: expect.stringContaining('step train'),
      });
    });

    test('that an image is not there, before anything runs', async () => {
      const { run, execution } = await started(NIGHTLY, { tags: { 'fraud-1.4.0': 'sha256:aaaa' } });
      expect(execution.error).toMatchObject({ message: expect.stringContaining('no image fraud-serving-1.4.0') });
      expect(announced(run)).toEqual(['detector-run-start-failed']);
      expect(runsOf(run)).toEqual({});
    });

    test('of a run only what it needs, without the document that it has', async () => {
      const { run } = await started(NIGHTLY);
      const asked = run.calls.filter(({ method }) => /pipelineJobs\.(create|get)$/.test(method));
      expect(asked.length).toBeGreaterThan(2);
      for (const { method, params } of asked)
        expect(params.fields, method).toMatch(/^(name|state,error,jobDetail\(taskDetails\(taskName,state,error\)\))$/);
    });

    test('the end of a run that takes weeks', async () => {
      const request = startRun(NIGHTLY);
      const state = request.world?.state as { aiplatform: object };
      const { execution } = await only({
        ...request,
        world: {
          ...request.world,
          state: { ...state, aiplatform: { ...state.aiplatform, pipelineSeconds: 25 * 86_400 } },
        },
      });
      expect(execution.result).toMatchObject({ outcome: 'registered' });
      expect(execution.steps.length).toBeLessThan(100_000);
    });
  });

  describe('faults', () => {
    test('a call that fails once, before or after its effect, changes nothing of the outcome', async () => {
      for (const afterEffect of [false, true])
        for await (const { call, run } of judge.failEachCall(startRun(NIGHTLY, { quick: true }), {
          code: 503,
          afterEffect,
        })) {
          expect(run.executions[0], call.method).toMatchObject({
            status: 'SUCCEEDED',
            result: { outcome: 'registered' },
          });
          expect(Object.keys(runsOf(run))).toHaveLength(1);
          expect(locksOf(run)).toEqual([]);
        }
    });

    test('an execution that is cut leaves nothing that keeps the next from its run', async () => {
      for await (const { call, cut } of judge.cutAfterEachCall(startRun(NIGHTLY, { quick: true }))) {
        const later = await judge.run(resume(startRun(NIGHTLY, { quick: true }), cut, { afterSeconds: 86_400 }));
        const last = later.executions[0];
        expect(last, call.method).toMatchObject({ status: 'SUCCEEDED' });
        expect(Object.values(runsOf(later)).length, call.method).toBeGreaterThanOrEqual(1);
        expect(locksOf(later), call.method).toEqual([]);
      }
    });

    test.each([
      ['as slow as calls may be keeps the lock', 420, ['SUCCEEDED', 'SUCCEEDED'], 0],
      ['slower than that loses it to another, and begins nothing', 500, ['FAILED', 'SUCCEEDED'], 1],
    ])('a start whose calls are %s', async (_, seconds, ends, winner) => {
      const workflows = { slow: slowly(startWorkflow(PROPS), seconds), other: startWorkflow(PROPS) };
      const both = (at: number) => [
        { workflow: 'slow', argument: NIGHTLY },
        { workflow: 'other', argument: NIGHTLY, at },
      ];
      const begun = (at: number) => judge.run({ ...startRun(null, { quick: true, start: both(at) }), workflows });
      // The other comes when the slow one has just taken the lock.
      const alone = await begun(86_400);
      const locked = alone.calls.find(({ params }) => params.name === LOCK)?.at ?? '';
      const run = await begun((Date.parse(locked) - Date.parse(NOW)) / 1000 + 1);
      expect(run.executions.map(({ status }) => status)).toEqual(ends);
      expect(valuesOf(onlyRun(run))['run-id']).toBe(run.executions[winner]?.id);
      expect(locksOf(run)).toEqual([]);
      if (winner === 1)
        expect(run.executions[0]?.error).toMatchObject({ message: expect.stringContaining('was lost') });
    });

    test('a call that is refused for good gives the lock back and tells', async () => {
      const { run, execution } = await started(NIGHTLY, { faults: [{ method: 'pipelineJobs.create', code: 403 }] });
      expect(execution).toMatchObject({ status: 'FAILED', error: { tags: ['RunNotStarted'] } });
      expect(announced(run)).toEqual(['detector-run-start-failed']);
      expect(locksOf(run)).toEqual([]);
    });

    test('a run whose end cannot be seen is told so, and not that it registered nothing', async () => {
      const { run, execution } = await started(NIGHTLY, { faults: [{ method: 'pipelineJobs.get', code: 403 }] });
      expect(announced(run)).toEqual(['detector-run-start-failed']);
      const id = valuesOf(onlyRun(run))['run-id'];
      expect(run.log.at(-1)?.json).toMatchObject({
        reason: expect.stringContaining('The end of the run was not seen.'),
        detail: `run ${id}`,
      });
      expect(execution).toMatchObject({ status: 'FAILED', error: { tags: ['RunNotStarted'] } });
    });
  });
});
