import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutReference } from '../../lib/plan/drift/lineage';
import { emptyTable } from '../../lib/plan/pipeline/no-data';
import { describeJudge, judgePython } from '../support/describe-judge';
import { DRIFT_JOB } from '../support/drift-judge';
import { callNames, WorkflowsJudge, type WorkflowsRequest } from '../support/workflows-judge';
import {
  ARTIFACTS,
  argumentsOf,
  jobsOf,
  object,
  PROPS,
  publishedBy,
  REFERENCE,
  resultOf,
  type Written,
  watchedPlan,
  watchRun,
} from './gcp-drift-world';
import { announced } from './gcp-operations-world';

const DRIFTED = {
  status: 'DRIFT',
  dataset: { columns: 2, drifted: 2, share: 1, threshold: 0.3 },
  prediction: { score: 0.4, drifted: true },
  quality: { missingShare: 0.25 },
  rows: { current: 900 },
};
const WITHOUT = `Version 6${withoutReference([`gs://${ARTIFACTS}/pipelines/detector/`])}`;
const MEASURED = { status: 'OK', performance: { auc: 0.71 }, labelledRows: 800, quality: { missingShare: 0 } };

describeJudge('workflows', 'the workflow that watches a model', () => {
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
  /** What the job writes is known by the execution, which is the same for the same request. */
  const watched = async (argument: unknown, result: object | undefined, written: Written = {}) => {
    const { execution } = await only(watchRun(argument, { ...written, ends: [{ fails: 'to learn its name' }] }));
    const kind = (argument as { kind?: string } | null)?.kind ?? 'drift';
    const ends = result === undefined ? [] : [{ writes: { [resultOf(kind, execution.id)]: result } }];
    return only(watchRun(argument, { ...written, ends: written.ends ?? ends }));
  };

  test('compares the requests of the last full day with what the champion was trained on', async () => {
    const { run, execution } = await watched(null, DRIFTED);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'measured' } });
    const [job] = jobsOf(run);
    const here = `/gcs/${ARTIFACTS}/drift/detector/drift/${execution.id}`;
    expect(argumentsOf(job)).toEqual([
      PROPS.code,
      '--config',
      `${PROPS.config}/drift.json`,
      '--config',
      `${here}/config/run.json`,
      '--reference',
      REFERENCE.replace('gs://', '/gcs/'),
      '--current',
      `${here}/current`,
      '--out',
      `${here}/output`,
    ]);
    expect(job).toMatchObject({
      displayName: `fraud-prod-detector-drift--drift-${execution.id}`,
      encryptionSpec: { kmsKeyName: PROPS.encryptionKeyId },
      jobSpec: { serviceAccount: PROPS.account, scheduling: { timeout: '7200s' } },
    });
    expect(object(run, `drift/detector/drift/${execution.id}/config/run.json`)).toEqual({
      model: { name: 'detector', version: '6' },
      window: { start: '2026-06-01T02:00:00Z', end: '2026-06-02T02:00:00Z' },
      format: 'vertex-bq-export',
    });
    expect(publishedBy(run)).toEqual({
      DriftShare: 1,
      DriftedColumns: 2,
      PredictionDrift: 0.4,
      PredictionDrifted: 1,
      MissingShare: 0.25,
      RowsCurrent: 900,
      DriftStatus: 1,
    });
    expect(announced(run)).toEqual([]);
  });

  describe('of what another version answered before', () => {
    const since = (at: string, kind: string) =>
      watched({ kind }, kind === 'drift' ? DRIFTED : MEASURED, { champion: { version: '6', name: 'x', id: '6', at } });

    test.each(['drift', 'quality'])('measures nothing: %s', async (kind) => {
      const whole = await since('2025-01-01T00:00:00Z', kind);
      const written = ({ run, execution }: typeof whole) =>
        object(run, `drift/detector/${kind}/${execution.id}/config/run.json`).window as Record<'start' | 'end', string>;
      const { start, end } = written(whole);
      const at = new Date(Date.parse(start) + 80_000).toISOString().replace('.000', '');
      const younger = await since(at, kind);
      expect(younger.execution).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'measured' } });
      expect(written(younger)).toEqual({ start: at, end });
      const { run, execution } = await since(end, kind);
      expect(execution).toMatchObject({
        status: 'SUCCEEDED',
        result: { outcome: 'idle', detail: expect.stringContaining('Version 6 serves since') },
      });
      expect([jobsOf(run), announced(run)]).toEqual([[], []]);
      expect(publishedBy(run)).toEqual(kind === 'drift' ? { RowsCurrent: 0 } : { LabelledRows: 0 });
    });

    test('or answers while it is tried, takes no part', async () => {
      const requests = ['611111', '700001', '612345', '61234'].map((deployed_model_id) => ({ deployed_model_id }));
      const tables = { 'fraud_prod_captures_detector.requests': [['2026-06-02T01:00:00Z', requests]] };
      const { run, execution } = await watched(null, DRIFTED, { tables });
      expect(object(run, `drift/detector/drift/${execution.id}/current/000000000000.parquet`)).toEqual([
        { deployed_model_id: '611111' },
        { deployed_model_id: '612345' },
      ]);
    });

    test('but what a version answered that a person deployed does', async () => {
      const requests = ['7123456789012345678', '700001'].map((deployed_model_id) => ({ deployed_model_id }));
      const tables = { 'fraud_prod_captures_detector.requests': [['2026-06-02T01:00:00Z', requests]] };
      const champion = { version: '6', name: 'by hand', id: '7123456789012345678' };
      const { run, execution } = await watched(null, DRIFTED, { champion, tables });
      expect(object(run, `drift/detector/drift/${execution.id}/current/000000000000.parquet`)).toEqual([requests[0]]);
    });
  });

  test('publishes only what too little data still says', async () => {
    const { run } = await watched(null, { ...DRIFTED, status: 'INSUFFICIENT_DATA', rows: { current: 3 } });
    expect(publishedBy(run)).toEqual({ MissingShare: 0.25, RowsCurrent: 3 });
    expect(announced(run)).toEqual([]);
  });

  test('publishes nothing where nothing can be told by the data, and says what the job says', async () => {
    const { run, execution } = await watched(null, {
      ...DRIFTED,
      status: 'UNMEASURED',
      reasons: ['Callers have to …'],
    });
    expect(execution).toMatchObject({ status: 'FAILED', error: { tags: ['NotMeasured'] } });
    expect([announced(run), publishedBy(run)]).toEqual([['detector-drift-failed'], {}]);
    expect(run.log.at(-1)?.json).toMatchObject({ reason: 'Callers have to …' });
  });

  test('measures answers by labels that are frozen, in a window that ends when labels have arrived', async () => {
    const { run, execution } = await watched({ kind: 'quality' }, MEASURED);
    expect(publishedBy(run)).toEqual({ ModelQuality: 0.71, LabelledRows: 800 });
    const [, , config, ...others] = argumentsOf(jobsOf(run)[0]);
    expect(config).toBe(`${PROPS.config}/quality.json`);
    const labels = others.at(-1);
    expect(labels).toBe(`/gcs/${ARTIFACTS}/snapshots/labels/${Date.parse('2026-06-01T01:00:00Z')}/${execution.id}/`);
    expect(object(run, `drift/detector/quality/${execution.id}/config/run.json`)).toMatchObject({
      window: { start: '2026-05-25T02:00:00Z', end: '2026-06-01T02:00:00Z' },
    });
  });

  const EMPTY = {
    'fraud_prod_captures_detector.requests': [['2026-05-20T01:00:00Z', ['r']]],
    'fraud_prod_curated.labels': [['2026-05-01T01:00:00Z', []]],
    'fraud_prod_curated.trained': [['2026-05-01T01:00:00Z', []]],
  };

  test('measures nothing where no label has come yet, which is no failure', async () => {
    const { run, execution } = await only(watchRun({ kind: 'quality' }, { tables: EMPTY }));
    expect(execution.result).toEqual({ outcome: 'idle', detail: emptyTable('labels') });
    expect([announced(run), jobsOf(run)]).toEqual([[], []]);
    expect(publishedBy(run)).toEqual({ LabelledRows: 0 });
  });

  test('fails where the dataset that it compares with holds nothing', async () => {
    const plan = watchedPlan({ drift: { features: { amount: 'numeric' }, reference: 'trained' } });
    const { run } = await only(watchRun(null, { props: { ...PROPS, plan }, tables: EMPTY }));
    expect([announced(run), jobsOf(run)]).toEqual([['detector-drift-failed'], []]);
    expect(run.log.at(-1)?.json).toMatchObject({ reason: emptyTable('trained') });
  });

  test.each<[string, Written]>([
    ['is refused', { faults: [{ method: 'bigquery.jobs.insert', nth: 2, code: 403, message: 'Access Denied' }] }],
    ['fails', { failing: ['', 'Access Denied'] }],
  ])('fails where the export of labels %s', async (_, written) => {
    const { run } = await only(watchRun({ kind: 'quality' }, written));
    expect([announced(run), jobsOf(run)]).toEqual([['detector-drift-failed'], []]);
    expect(run.log.at(-1)?.json).toMatchObject({ reason: expect.stringContaining('Access Denied') });
  });

  test('compares with a dataset where the spec says one', async () => {
    const plan = watchedPlan({ drift: { features: { amount: 'numeric' }, reference: 'trained' } });
    const { run, execution } = await watched(null, DRIFTED, { props: { ...PROPS, plan }, description: '' });
    expect(argumentsOf(jobsOf(run)[0])[6]).toBe(
      `/gcs/${ARTIFACTS}/snapshots/trained/${Date.parse('2026-05-01T01:00:00Z')}/${execution.id}/`,
    );
  });

  const UNASKED = { tables: { 'fraud_prod_curated.trained': [['2026-05-01T01:00:00Z', ['t']]] } };

  test.each<[string, Written, object]>([
    ['nothing serves', { champion: null }, {}],
    ['a first version is only tried', { champion: { trying: {} } }, {}],
    ['nothing was recorded yet', UNASKED, { RowsCurrent: 0 }],
  ])('compares nothing where %s, and that is no failure', async (_, written, published) => {
    const { run, execution } = await watched(null, undefined, written);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'idle' } });
    expect(jobsOf(run)).toEqual([]);
    expect(announced(run)).toEqual([]);
    expect(publishedBy(run)).toEqual(published);
  });

  test('freezes what it would compare with only where there is something to compare', async () => {
    const plan = watchedPlan({ drift: { features: { amount: 'numeric' }, reference: 'trained' } });
    const { run, execution } = await only(watchRun(null, { ...UNASKED, props: { ...PROPS, plan } }));
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'idle' } });
    expect(run.calls.map(({ method }) => method)).not.toContain('bigquery.jobs.insert');
  });

  test.each([
    ['the job failed', { ends: [{ fails: 'There is no reference in /gcs/…' }] }, 'There is no reference'],
    ['requests could not be copied', { failing: ['Quota exceeded'] }, 'Quota exceeded'],
    ['the job wrote nothing', { ends: [] }, 'The job ended well and wrote no gs://'],
    ['the version that serves was registered by hand', { description: 'by hand' }, WITHOUT],
    ['its lineage has no reference', { description: '{"metrics":{}}' }, WITHOUT],
    ['its reference is no address', { description: '{"reference":7}' }, WITHOUT],
    ['it was trained on somebody else’s files', { description: '{"reference":"gs://other/data/"}' }, WITHOUT],
    [
      'its reference only mentions a folder of the model',
      { description: JSON.stringify({ reference: `gs://other/${REFERENCE}` }) },
      WITHOUT,
    ],
    ['there is nothing of that kind', {}, 'The kind is none of'],
  ])('tells that %s', async (what, written, said) => {
    const argument = what.startsWith('there') ? { kind: 'weather' } : null;
    const { run, execution } = await only(watchRun(argument, written));
    expect(execution).toMatchObject({ status: 'FAILED', error: { tags: ['NotMeasured'] } });
    expect(announced(run)).toEqual(['detector-drift-failed']);
    expect(run.log.at(-1)?.json).toMatchObject({ reason: expect.stringContaining(said) });
  });

  test('a call that fails once, before or after its effect, changes nothing', async () => {
    const { execution } = await only(watchRun(null, { ends: [{ fails: 'to learn its name' }] }));
    const end = { writes: { [resultOf('drift', execution.id)]: DRIFTED } };
    for (const afterEffect of [false, true])
      for await (const { call, run } of judge.failEachCall(watchRun(null, { ends: [end, end] }), {
        code: 503,
        afterEffect,
      })) {
        expect(run.executions[0], call.method).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'measured' } });
        expect(publishedBy(run).DriftShare, call.method).toBe(1);
      }
  });

  describe('with the job itself', () => {
    let folder: string;
    let python: string;
    beforeAll(() => {
      python = judgePython('drift');
      folder = mkdtempSync(join(tmpdir(), 'drift-'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const WRITE = [
      'import json, sys, pyarrow as pa, pyarrow.parquet as pq',
      'for name, columns in json.load(open(sys.argv[1])).items(): pq.write_table(pa.table(columns), name)',
    ].join('\n');

    const code = Object.fromEntries(
      readdirSync(DRIFT_JOB)
        .filter((name) => name.endsWith('.py'))
        .map((name) => [`jobs/drift/0123/${name}`, readFileSync(join(DRIFT_JOB, name), 'utf8')]),
    );

    function write(tables: Readonly<Record<string, object>>): void {
      const spec = join(folder, 'spec');
      writeFileSync(spec, JSON.stringify(tables));
      execFileSync(python, ['-c', WRITE, spec]);
    }

    const columnsOf = (rows: readonly { readonly amount: number; readonly country: string }[]) => ({
      amount: rows.map(({ amount }) => amount),
      country: rows.map(({ country }) => country),
    });

    /** As Vertex AI records them: the number of a request is its own, and callers never learn it. */
    const requestsOf = (rows: readonly object[], scores: readonly number[], at: string) => ({
      request_id: rows.map((_, i) => 8_000_000_000_000_000 - i * 7919),
      logging_time: rows.map(() => at),
      request_payload: rows.map((row) => [JSON.stringify({ instances: [row] })]),
      response_payload: scores.map((score) => [JSON.stringify({ predictions: [score] })]),
    });

    const world = (train: string, { requests, labels }: { requests: string; labels?: string }) => ({
      artifacts: { ...code, 'pipelines/detector/run-1/prepare/train/part-0.parquet': { file: train } },
      tables: {
        'fraud_prod_captures_detector.requests': [['2026-06-01T13:00:00Z', { file: requests }]],
        ...(labels === undefined ? {} : { 'fraud_prod_curated.labels': [['2026-06-01T01:00:00Z', { file: labels }]] }),
      },
      aiplatform: { python, keep: folder },
    });

    test.each([
      ['the same', 0, 'OK', 0],
      ['others', 400, 'DRIFT', 0.5],
    ])('requests that are %s', async (_, shift, status, share) => {
      const rows = Array.from({ length: 600 }, (_unused, i) => ({
        amount: (i * 37) % 200,
        country: i % 3 ? 'NL' : 'DE',
      }));
      const [train, requests] = ['train', 'requests'].map((name) => join(folder, `${name}-${shift}`));
      if (train === undefined || requests === undefined) throw new Error('no files');
      write({
        [train]: columnsOf(rows),
        [requests]: requestsOf(
          rows.map(({ amount, country }) => ({ amount: amount + shift, country })),
          rows.map(({ amount }) => amount / 1000),
          '2026-06-01T12:00:00Z',
        ),
      });
      const { run, execution } = await only(
        watchRun(null, {
          ...world(train, { requests }),
          props: {
            ...PROPS,
            plan: watchedPlan({ drift: { features: { amount: 'numeric', country: 'categorical' }, minRows: 50 } }),
          },
        }),
      );
      expect(execution.error).toBeUndefined();
      expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { detail: expect.stringContaining(status) } });
      expect(publishedBy(run)).toMatchObject({ DriftShare: share, RowsCurrent: 600, DriftStatus: share > 0 ? 1 : 0 });
      expect(callNames(run)).toContain('monitoring.projects.timeSeries.create');
    });

    /** Amounts of 0 to 99 %, of which those from this one on are fraud. */
    async function held(fraudFrom: number) {
      const [train, requests, labels] = ['train', 'requests', 'labels'].map((name) =>
        join(folder, `${name}-quality-${fraudFrom}`),
      );
      if (train === undefined || requests === undefined || labels === undefined) throw new Error('no files');
      const rows = Array.from({ length: 600 }, (_unused, i) => ({ amount: i % 100, country: 'NL' }));
      write({
        [train]: columnsOf(rows),
        [requests]: requestsOf(
          rows.map((row, i) => ({ ...row, payment_id: `p-${i}` })),
          rows.map(({ amount }) => amount / 100),
          '2026-05-30T12:00:00Z',
        ),
        [labels]: {
          payment: rows.map((__, i) => `p-${i}`),
          fraud: rows.map(({ amount }) => (amount >= fraudFrom ? '1' : '0')),
        },
      });
      return only(watchRun({ kind: 'quality' }, { ...world(train, { requests, labels }), props: PROPS }));
    }

    test('answers are held against labels by the field of the caller, whatever number Vertex AI gives a request', async () => {
      const { run, execution } = await held(60);
      expect(execution.error).toBeUndefined();
      expect(publishedBy(run)).toEqual({ ModelQuality: 1, LabelledRows: 600 });
    });

    test('labels by which the metric of the spec can be told in no run are a failure, and it is said why', async () => {
      const { run, execution } = await held(0);
      expect(execution).toMatchObject({ status: 'FAILED', error: { tags: ['NotMeasured'] } });
      expect([announced(run), publishedBy(run)]).toEqual([['detector-drift-failed'], {}]);
      expect(run.log.at(-1)?.json).toMatchObject({
        reason: expect.stringMatching(/^Every label in fraud is 1, by which auc tells nothing/),
      });
    });
  });
});
