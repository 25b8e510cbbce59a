import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutReference } from '../../lib/plan/drift/lineage';
import { emptyTable } from '../../lib/plan/pipeline/no-data';
import { AslJudge, callNames } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge, judgePython } from '../support/describe-judge';
import { DRIFT, QUALITY } from '../support/watched-spec';
import {
  captureKey,
  KEY,
  left,
  PACKAGE,
  plannedDrift,
  referenceKey,
  result,
  type Situation,
  start,
  watchMachine,
  zipped,
} from './drift-machine';

const DENIED = { code: 'AccessDeniedException', message: 'not yours' };
const WITHOUT = `Version 7${withoutReference([`s3://${watchMachine().bucket}/pipelines/detector/`])}`;
/** As a job leaves it that could make no sense of the data; figures beside it would be a mistake of the job, and start nothing. */
const UNTOLD = result({ status: 'UNMEASURED', reasons: ['None of 900 records can be read.'] });
const WITH_REFERENCE = { drift: { ...DRIFT, reference: 'baseline' }, quality: QUALITY };

/** A line of SageMaker's data capture: a CSV request and a JSON answer. */
const captured = (id: string, at: string, row: string, score: number): string =>
  JSON.stringify({
    captureData: {
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: row, encoding: 'CSV' },
      endpointOutput: {
        observedContentType: 'application/json',
        mode: 'OUTPUT',
        data: JSON.stringify({ predictions: [[1 - score, score]] }),
        encoding: 'JSON',
      },
    },
    eventMetadata: { eventId: `event-${id}`, inferenceId: id, inferenceTime: at },
    eventVersion: '0',
  });

const many = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

describe('what watches drift', () => {
  test.each([undefined, { drift: DRIFT }, WITH_REFERENCE])('is a machine that the linter accepts', (monitoring) => {
    expect(lintAsl(watchMachine(monitoring).definition)).toEqual([]);
  });
});

describeJudge('asl', 'what watches drift, executed', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());
  const run = (situation?: Situation, input?: object) => judge.run(start(situation, input));

  test('publishes what the job found, and says nothing: the alarms do', async () => {
    const done = await run();
    expect(done).toMatchObject({
      status: 'SUCCEEDED',
      output: {
        outcome: 'measured',
        status: 'DRIFT',
        run: 'drift',
        start: '2026-01-02T02:00:00.000Z',
        end: '2026-01-03T02:00:00.000Z',
      },
    });
    const { metrics, announced } = left(done);
    expect(metrics).toEqual({
      DriftShare: 2 / 3,
      DriftedColumns: 2,
      PredictionDrift: 0.4,
      PredictionDrifted: 1,
      MissingShare: 0.01,
      RowsCurrent: 800,
      DriftStatus: 1,
    });
    expect(announced).toEqual([]);
  });

  test('tells the job what the plan says, the version that serves and the window', async () => {
    const { config, jobs } = left(await run());
    expect(config).toEqual({
      ...plannedDrift().runs[0]?.config,
      model: { name: 'detector', version: '7' },
      window: { start: '2026-01-02T02:00:00.000Z', end: '2026-01-03T02:00:00.000Z' },
      format: 'sagemaker-capture',
    });
    const [job] = jobs as readonly Record<string, never>[];
    expect(job).toMatchObject({
      NetworkConfig: { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true },
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', VolumeSizeInGB: 100, VolumeKmsKeyId: KEY } },
      ProcessingOutputConfig: { KmsKeyId: KEY },
      StoppingCondition: { MaxRuntimeInSeconds: 7200 },
      AppSpecification: { ContainerEntrypoint: ['python3', expect.stringMatching(/code\/[0-9a-f]{64}\.zip$/)] },
    });
    const inputs = (job as unknown as { ProcessingInputs: { InputName: string }[] }).ProcessingInputs;
    expect(inputs.map(({ InputName }) => InputName)).toEqual(['code', 'config', 'reference', 'current-0']);
  });

  describe('of what another version answered before', () => {
    const since = (at: string, kind: string) =>
      run(
        {
          champion: JSON.stringify({ version: '7', packageArn: PACKAGE, at }),
          objects: { [captureKey('2026/01/02/01')]: { text: '{}' } },
        },
        { run: kind },
      );

    test.each([
      ['drift', '2026-01-02T10:20:30Z', '2026-01-03T02:00:00.000Z'],
      ['quality', '2026-01-01T10:20:30Z', '2026-01-02T02:00:00.000Z'],
    ])('measures nothing: %s', async (kind, at, end) => {
      const done = await since(at, kind);
      expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'measured' } });
      expect(left(done).config).toMatchObject({ window: { start: at.replace('Z', '.000Z'), end } });
      expect(done.output).toMatchObject({ start: at.replace('Z', '.000Z'), end });
    });

    test.each([
      ['drift', '2026-01-03T02:00:00Z'],
      ['quality', '2026-01-02T02:00:00Z'],
    ])('ends well where that is all, and publishes that no row was measured: %s', async (kind, at) => {
      const done = await since(at, kind);
      expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'serves-since-then' } });
      expect(left(done)).toMatchObject({ announced: [], jobs: [] });
      expect(left(done).metrics).toEqual(kind === 'drift' ? { RowsCurrent: 0 } : { LabelledRows: 0 });
    });

    test('looks at the whole window where the version has served for longer', async () => {
      const done = await since('2025-12-01T00:00:00Z', 'drift');
      expect(left(done).config).toMatchObject({ window: { start: '2026-01-02T02:00:00.000Z' } });
    });
  });

  test('measures quality by frozen labels, of requests as old as labels take', async () => {
    const done = await run({ objects: { [captureKey('2026/01/01/10')]: { text: '{}' } } }, { run: 'quality' });
    expect(done).toMatchObject({
      status: 'SUCCEEDED',
      output: { outcome: 'measured', start: '2025-12-31T02:00:00.000Z', end: '2026-01-02T02:00:00.000Z' },
    });
    const { metrics, config, jobs, objects } = left(done);
    expect(metrics).toEqual({ ModelQuality: 0.75, LabelledRows: 300 });
    expect(config).toMatchObject({
      target: { name: 'is_fraud', type: 'categorical', positive: 1 },
      metric: 'auc',
      requestId: 'transaction_id',
      minRows: 40,
    });
    const [job] = jobs as unknown as readonly {
      ProcessingInputs: { InputName: string; S3Input: { S3Uri: string } }[];
      AppSpecification: { ContainerArguments: string[] };
    }[];
    const labels = job?.ProcessingInputs.find(({ InputName }) => InputName === 'labels')?.S3Input.S3Uri ?? '';
    expect(labels).toMatch(/\/snapshots\/chargebacks\/11\/[0-9a-f]{16}\/$/);
    expect(Object.keys(objects).some((key) => labels.endsWith(key.replace(/[^/]+$/, '')))).toBe(true);
    expect(job?.AppSpecification.ContainerArguments).toContain('--labels');
  });

  test('compares with a frozen dataset where the spec names one', async () => {
    const done = await run({ monitoring: WITH_REFERENCE, reference: null });
    expect(done.output).toMatchObject({ outcome: 'measured' });
    const [job] = left(done, WITH_REFERENCE).jobs as unknown as readonly {
      ProcessingInputs: { InputName: string; S3Input: { S3Uri: string } }[];
    }[];
    const reference = job?.ProcessingInputs.find(({ InputName }) => InputName === 'reference')?.S3Input.S3Uri;
    expect(reference).toMatch(/\/snapshots\/baseline\/21\//);
    expect(callNames(done)).not.toContain('sagemaker:DescribeModelPackage');
  });

  test('compares with the snapshot that the version was trained on as it is', async () => {
    const monitoring = { drift: DRIFT };
    const pipeline = {
      image: 'fraud-1',
      steps: { train: { kind: 'training', inputs: { rows: 'baseline' }, outputs: ['model'] } },
      register: { model: 'train.model' },
    };
    const { bucket } = watchMachine(monitoring, pipeline);
    const snapshot = 'snapshots/baseline/20/0123456789abcdef/';
    const reference = `s3://${bucket}/${snapshot}`;
    const there = { [`${snapshot}20260101_000000`]: { text: 'PAR1' } };
    const done = await run({ monitoring, pipeline, reference, referenceObjects: there });
    expect(done.output).toMatchObject({ outcome: 'measured' });
    const [job] = left(done).jobs as unknown as readonly {
      ProcessingInputs: { InputName: string; S3Input: { S3Uri: string } }[];
    }[];
    expect(job?.ProcessingInputs.find(({ InputName }) => InputName === 'reference')?.S3Input.S3Uri).toBe(reference);
    const other = { monitoring, pipeline, reference: reference.replace('baseline', 'chargebacks') };
    expect(left(await run(other)).said).toContain('says nothing of what it was trained on');
  });

  test.each<[string, Situation, string]>([
    ['a version that somebody registered by hand', { reference: null }, WITHOUT],
    ['a version that was trained on somebody else’s files', { reference: 's3://other/data/' }, WITHOUT],
    ['a dataset without any data', { monitoring: WITH_REFERENCE, baseline: [] }, emptyTable('baseline')],
  ])('tells of what would go unwatched: %s', async (_, situation, said) => {
    const done = await run(situation);
    expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
    expect(left(done).announced).toEqual(['detector-drift-failed']);
    expect(left(done).said).toContain(said);
    expect(left(done).jobs).toEqual([]);
  });

  describe('has nothing to measure, which is no failure', () => {
    test.each<[string, string, Situation, object?]>([
      ['nothing serves', 'nothing-serves', { champion: null }],
      ['nothing serves yet', 'nothing-serves', { champion: '{"trying":{"version":"1"}}' }],
      ['nobody asked', 'no-requests', { objects: {} }],
      ['no label has ever come', 'no-labels', { labels: null }, { run: 'quality', at: '2026-01-04T02:30:00Z' }],
    ])('%s', async (_, outcome, situation, input) => {
      const done = await run(situation, input);
      expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome } });
      expect(left(done).announced).toEqual([]);
      expect(left(done).jobs).toEqual([]);
    });

    test('and that no row was measured is a figure', async () => {
      expect(left(await run({ objects: {} })).metrics).toEqual({ RowsCurrent: 0 });
      expect(left(await run({ objects: {} }, { run: 'quality' })).metrics).toEqual({ LabelledRows: 0 });
      const unlabelled = await run({ labels: null }, { run: 'quality', at: '2026-01-04T02:30:00Z' });
      expect(left(unlabelled).metrics).toEqual({ LabelledRows: 0 });
    });

    test('as where another version alone was asked, which is being tried', async () => {
      const done = await run({ objects: { [captureKey('2026/01/02/10', 'a', '8')]: { text: '{}' } } });
      expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'no-requests' } });
    });

    test('too little data publishes how much there was, and no drift', async () => {
      const ends = [
        {
          leaves: {
            'figures.json': result({
              status: 'INSUFFICIENT_DATA',
              rows: { reference: 900, current: 3 },
              dataset: { columns: 0, drifted: 0, share: 0, threshold: 0.3 },
              prediction: { score: null, drifted: false },
            }),
          },
        },
      ];
      const done = await run({ ends });
      expect(done).toMatchObject({ status: 'SUCCEEDED', output: { status: 'INSUFFICIENT_DATA' } });
      expect(left(done).metrics).toEqual({ MissingShare: 0.01, RowsCurrent: 3 });
    });

    test('too few labels publish no quality', async () => {
      const ends = [{ leaves: { 'figures.json': result({ performance: {}, labelledRows: 3 }) } }];
      const objects = { [captureKey('2026/01/01/10')]: { text: '{}' } };
      expect(left(await run({ ends, objects }, { run: 'quality' })).metrics).toEqual({ LabelledRows: 3 });
    });
  });

  describe('takes the folders of the window', () => {
    const at = (hours: readonly string[]) =>
      Object.fromEntries(hours.map((hour) => [captureKey(hour), { text: '{}' }]));
    const current = async (monitoring: object, hours: readonly string[]) => {
      const [job] = left(await run({ monitoring, objects: at(hours) }), monitoring).jobs as unknown as readonly {
        ProcessingInputs: { InputName: string; S3Input: { S3Uri: string } }[];
      }[];
      return (job?.ProcessingInputs ?? [])
        .filter(({ InputName }) => InputName.startsWith('current-'))
        .map(({ S3Input }) => S3Input.S3Uri.replace(/^.*\/AllTraffic\/|^.*\/[^/0-9]+\/(?=20)/, ''));
    };

    test('by the day, and only those with requests', async () => {
      const monitoring = { drift: { ...DRIFT, window: '5 days' } };
      expect(await current(monitoring, ['2025/12/28/09', '2025/12/30/10', '2026/01/01/11', '2026/01/03/01'])).toEqual([
        '2025/12/30/',
        '2026/01/01/',
        '2026/01/03/',
      ]);
    });

    test.each([
      ['7 days', ['2025/12/20/10', '2025/12/28/10', '2026/01/03/01'], ['2025/12/2', '2026/01/0']],
      ['30 days', ['2025/12/04/10', '2025/12/11/10', '2025/12/30/10'], ['2025/12/0', '2025/12/1', '2025/12/3']],
    ])('by ten days, where there would be more inputs than a job may have: %s', async (window, hours, folders) => {
      expect(await current({ drift: { ...DRIFT, window } }, hours)).toEqual(folders);
    });

    test('by the month, where there still would be', async () => {
      const monitoring = { drift: { ...DRIFT, window: '90 days' } };
      expect(await current(monitoring, ['2025/09/30/10', '2025/10/30/10', '2026/01/01/11'])).toEqual([
        '2025/10/',
        '2026/01/',
      ]);
    });
  });

  describe('as slow as it can be', () => {
    /** Athena ends a query just before the last look at it. */
    const QUERY = 2500;
    /** What the job may run, and what SageMaker may take before it starts it. */
    const JOB = 7200 + 3600;
    /** For calls, and what is tried again. */
    const TO_SPARE = 1800;
    const COLUMNS = '"transaction_id", "is_fraud", "disputed_on"';

    test.each<[string, Situation, string, readonly string[]]>([
      ['without a table to freeze', { monitoring: { drift: DRIFT } }, 'drift', []],
      ['with a reference', { monitoring: { drift: WITH_REFERENCE.drift } }, 'drift', ['baseline']],
      ['with labels', {}, 'quality', ['chargebacks']],
      ['with both', { monitoring: WITH_REFERENCE }, 'quality', ['baseline', 'chargebacks']],
    ])('ends well inside its time: %s', async (_, situation, kind, tables) => {
      const asked = start(
        {
          ...situation,
          objects: { [captureKey('2026/01/02/10')]: { text: '{}' }, [captureKey('2026/01/01/10')]: { text: '{}' } },
          ends: [{ seconds: JOB, leaves: { 'figures.json': result() } }],
        },
        { run: kind },
      );
      const athena = {
        ...(asked.world.state?.athena as object),
        seconds: QUERY,
        failures: tables.map((table) => ({
          of: `UNLOAD (SELECT ${COLUMNS} FROM "fraud_curated"."${table}"`,
          reason: 'slow down',
        })),
      };
      const done = await judge.run({
        ...asked,
        world: { ...asked.world, state: { ...asked.world.state, athena } },
        // Each freeze puts a copy of its manifest, and then the manifest, which is refused twice.
        faults: tables.flatMap((_, i) =>
          [2, 3].map((put) => ({ service: 's3', operation: 'PutObject', nth: 4 * i + put, ...DENIED })),
        ),
      });
      expect(done, done.cause).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'measured' } });
      expect(done.states.filter((state) => state.endsWith('FreezeTryAgain'))).toHaveLength(tables.length);
      expect(done.states.filter((state) => state.endsWith('FreezePutAgain'))).toHaveLength(2 * tables.length);
      const took = (Date.parse(done.world.now) - Date.parse(asked.world.now ?? '')) / 1000;
      expect(took).toBeGreaterThanOrEqual(JOB + tables.length * 4 * QUERY);
      const { TimeoutSeconds } = asked.definition as { TimeoutSeconds: number };
      expect(TimeoutSeconds - took).toBeGreaterThanOrEqual(TO_SPARE);
    });
  });

  describe('when something goes wrong', () => {
    test('a call that fails once is only tried again', async () => {
      for await (const { call, run: shaken } of judge.failEachCall(start(), DENIED)) {
        expect(outcomeOf(shaken).outcome, call.operation).toBe('measured');
        expect(left(shaken).metrics.DriftShare, call.operation).toBe(2 / 3);
      }
    });

    test('a call whose answer is lost is not made twice over', async () => {
      for await (const { call, run: shaken } of judge.failEachCall(start(), { ...DENIED, afterEffect: true })) {
        expect(outcomeOf(shaken).outcome, call.operation).toBe('measured');
        expect(left(shaken).jobs, call.operation).toHaveLength(1);
      }
    });

    test('a call that is never allowed is told of: what failed, where to look, what next', async () => {
      const { calls } = await judge.run(start());
      for (const { service, operation } of calls) {
        const failed = await judge.run({ ...start(), faults: [{ service, operation, ...DENIED }] });
        expect(failed, operation).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
        const { announced, said } = left(failed);
        expect(announced, operation).toEqual(['detector-drift-failed']);
        for (const word of [
          'not yours',
          'executions/details/',
          '/aws/sagemaker/ProcessingJobs, fraud-detector-drift--',
        ])
          expect(said, operation).toContain(word);
      }
    });

    test('each call of a run for quality likewise', async () => {
      const quality = start({ objects: { [captureKey('2026/01/01/10')]: { text: '{}' } } }, { run: 'quality' });
      for await (const { call, run: shaken } of judge.failEachCall(quality, DENIED)) {
        expect(outcomeOf(shaken).outcome, `${call.state} ${call.operation}`).toBe('measured');
        expect(left(shaken).metrics, call.state).toEqual({ ModelQuality: 0.75, LabelledRows: 300 });
      }
    });

    test.each<[string, Situation, string]>([
      ['the job breaks', { ends: [{ status: 'Failed', failure: 'AlgorithmError: exit code 1' }] }, 'AlgorithmError'],
      ['somebody stops the job', { ends: [{ status: 'Stopped' }] }, 'is Stopped'],
      ['the job never ends', { ends: [{ seconds: 1_000_000 }] }, 'is InProgress'],
      ['the job leaves nothing', { ends: [{}] }, 'left nothing at s3://'],
      [
        'nothing can be told by the data',
        { ends: [{ leaves: { 'figures.json': UNTOLD } }] },
        'Unmeasured: None of 900',
      ],
      ['what it was trained on is gone', { referenceObjects: {} }, 'nothing any more at s3://'],
      ['the record is no JSON', { champion: '{"version' }, 'QueryEvaluationError'],
    ])('%s', async (_, situation, why) => {
      const failed = await run(situation);
      expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
      expect(outcomeOf(failed).detail).toContain(why);
      expect(left(failed).announced).toEqual(['detector-drift-failed']);
      expect(left(failed).metrics).toEqual({});
    });

    test('a run that there is not is told of', async () => {
      expect(outcomeOf(await run({}, { run: 'drft' })).detail).toContain('There is no run drft');
      const unwatched = await run({ monitoring: { drift: DRIFT } }, { run: 'quality' });
      expect(outcomeOf(unwatched).detail).toContain('There is no run');
    });

    test('labels that cannot be frozen are a failure', async () => {
      const request = start({ objects: { [captureKey('2026/01/01/10')]: { text: '{}' } } }, { run: 'quality' });
      const faults = [{ service: 'athena', operation: 'StartQueryExecution', ...DENIED }];
      expect(await judge.run({ ...request, faults })).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'failed' },
      });
    });

    test('a channel that cannot be reached is a failure of its own', async () => {
      const faults = [
        { service: 'cloudwatch', operation: 'PutMetricData', ...DENIED },
        { service: 'sns', operation: 'Publish', ...DENIED },
      ];
      expect(await judge.run({ ...start(), faults })).toMatchObject({ status: 'FAILED', error: 'NotAnnounced' });
    });
  });

  describeJudge('drift', 'with the job really running', () => {
    const python = () => judgePython('drift');
    const row = (i: number, amount: number) =>
      `${['de', 'fr', 'nl'][i % 3]},${amount + (i % 40)},${20 + (i % 50)},${['web', 'app'][i % 2]}`;
    const score = (i: number) => (i % 100) / 100;
    const TRAINED = `country,amount,age,device,prediction\n${many(400, (i) => `${row(i, 50)},${score(i)}`)}\n`;
    const world = (amount: number): Situation => ({
      code: zipped(watchMachine(), python()),
      referenceObjects: { [referenceKey('part-0.csv')]: { text: TRAINED } },
      objects: {
        [captureKey('2026/01/02/10')]: {
          text: many(300, (i) => captured(`t-${i}`, '2026-01-02T10:20:30Z', row(i, amount), score(i))),
        },
        // An hour of the first day that is before the window.
        [captureKey('2026/01/02/01')]: {
          text: many(50, (i) => captured(`old-${i}`, '2026-01-02T01:00:00Z', row(i, 900), 0.5)),
        },
      },
      ends: [{ python: python() }],
    });

    test('requests as the model was trained on are no drift', async () => {
      const done = await run(world(50));
      expect(done, done.cause).toMatchObject({ status: 'SUCCEEDED', output: { status: 'OK' } });
      expect(left(done).metrics).toMatchObject({ DriftShare: 0, DriftedColumns: 0, DriftStatus: 0, RowsCurrent: 300 });
    });

    test('requests that are otherwise are, and the report says which', async () => {
      const done = await run(world(500));
      expect(done, done.cause).toMatchObject({ status: 'SUCCEEDED', output: { status: 'DRIFT' } });
      const { metrics, objects } = left(done);
      expect(metrics).toMatchObject({ DriftedColumns: 1, DriftStatus: 1, RowsCurrent: 300 });
      expect(metrics.DriftShare).toBeCloseTo(1 / 3, 10);
      const report = Object.entries(objects).find(([key]) => key.endsWith('/output/report.html'))?.[1].text ?? '';
      expect(report).toContain('amount');
      expect((done.output as { report: string }).report).toMatch(/\/output\/report\.html$/);
    });

    /** Scores of 0 to 99 %, of which those from this one on are fraud. */
    const held = (fraudFrom: number) => {
      const { objects = {}, ...rest } = world(50);
      const labels = Array.from({ length: 300 }, (_, i) => ({
        transaction_id: `t-${i}`,
        is_fraud: i % 100 >= fraudFrom ? 1 : 0,
        disputed_on: '2026-01-03',
      }));
      return run({ ...rest, objects, labels }, { run: 'quality', at: '2026-01-04T02:30:00Z' });
    };

    test('answers are held against labels that came later, by the id of the request', async () => {
      const done = await held(60);
      expect(done, done.cause).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'measured' } });
      expect(left(done).metrics).toEqual({ ModelQuality: 1, LabelledRows: 300 });
    });

    test('labels by which the metric of the spec can be told in no run are a failure, and it is said why', async () => {
      const failed = await held(0);
      expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
      expect(left(failed)).toMatchObject({ announced: ['detector-drift-failed'], metrics: {} });
      expect(left(failed).said).toContain('Every label in is_fraud is 1, by which auc tells nothing');
    });

    test('requests that the job cannot read are told of, and are no drift', async () => {
      const objects = {
        [captureKey('2026/01/02/10')]: {
          text: many(300, (i) => captured(`t-${i}`, '2026-01-02T10:20:30Z', '1,2', score(i))),
        },
      };
      const failed = await run({ ...world(50), objects });
      expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
      expect(left(failed)).toMatchObject({ announced: ['detector-drift-failed'], metrics: {} });
      expect(left(failed).said).toContain('300 of 300 records of current cannot be read');
    });

    test('a job that fails says why', async () => {
      const champion = JSON.stringify({ version: '', packageArn: PACKAGE });
      const objects = { [captureKey('2026/01/02/10', 'a', '')]: { text: '{}' } };
      const failed = await run({ ...world(50), champion, objects });
      expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
      expect(left(failed)).toMatchObject({ announced: ['detector-drift-failed'], metrics: {} });
      expect(left(failed).said).toMatch(/The drift job failed\. The configuration .*model\.version: received /);
    });

    test('a reference that the job cannot read is told of', async () => {
      const broken = { ...world(50), referenceObjects: { [referenceKey('model.pkl')]: { text: 'x' } } };
      const failed = await run(broken);
      expect(outcomeOf(failed).detail).toContain('none to read');
      expect(left(failed)).toMatchObject({ announced: ['detector-drift-failed'], metrics: {} });
      expect(left(failed).said).toContain('none to read as data');
    });
  });

  test('an execution that is for an hour counts back from that, whenever it runs', async () => {
    const done = await run(
      { objects: { [captureKey('2025/12/31/10')]: { text: '{}' } } },
      { run: 'drift', at: '2026-01-01T02:30:00Z' },
    );
    expect(done.output).toMatchObject({ start: '2025-12-31T02:00:00.000Z', end: '2026-01-01T02:00:00.000Z' });
  });
});
