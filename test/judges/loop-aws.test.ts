import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PipelineDocument } from '../../lib/aws/training-pipeline/document/pipeline-document';
import { AslJudge } from '../support/asl-judge';
import { type DeployedModel, deployedModel } from '../support/deployed-model';
import { describeJudge } from '../support/describe-judge';
import { sagemakerGraph } from '../support/sagemaker-graph';
import { Loop, loopSpec, MODEL, type Ran, type Waiting } from './loop-aws';
import { artifacts, ask, behave, below, commit, firstWorld, generated } from './loop-aws-world';

const DRIFT_ALARM = `fraud-${MODEL}-drift`;
const FIVE_THOUSANDTHS = 0.005;
const kinds = (ran: readonly Ran[]) => ran.map(({ kind }) => kind);
const outputs = (ran: readonly Ran[]) => ran.map(({ run }) => run.output);

const firstOf = (waiting: readonly Waiting[]): Waiting => {
  const [first] = waiting;
  if (first === undefined) throw new Error('nothing waits');
  return first;
};

interface Approval {
  readonly ModelApprovalStatus?: string;
}

interface Metrics {
  readonly ModelQuality: { readonly Statistics: { readonly S3Uri: string } };
}

// Each test goes on from where the one before it left the world, as a model's life does.
describeJudge('example', 'the loop on AWS', () => {
  describeJudge('asl', 'from captured requests to what serves', () => {
    let judge: AslJudge;
    let work: string;
    let stack: DeployedModel;
    let loop: Loop;
    /** Drift was found, and version 2 waits for what happens to versions. */
    let registered: Loop;
    let after: Awaited<ReturnType<typeof generated>>;

    beforeAll(async () => {
      judge = await AslJudge.start();
      work = mkdtempSync(join(tmpdir(), 'loop-'));
      const spec = loopSpec();
      stack = deployedModel(spec, MODEL);
      loop = new Loop(judge, stack, firstWorld(stack, spec, '2026-04-01T01:00:00Z'));
      await loop.pass(1);
      await loop.settle();
      const before = await generated(join(work, 'before'));
      after = await generated(join(work, 'after'), '--end', '2026-06-29', '--drift');
      await commit(loop, 'chargebacks', '70', before.chargebacks);
      await commit(loop, 'transactions', '5000000000000000001', before.transactions);
    });
    afterAll(async () => {
      await judge?.close();
      rmSync(work, { recursive: true });
    });

    const version = (of: Loop, number: number) => {
      const [arn = '', found] =
        Object.entries(of.state.sagemaker.packages).find(([name]) => name.endsWith(`/${number}`)) ?? [];
      return { arn, ...found } as {
        readonly arn: string;
        readonly CustomerMetadataProperties: Readonly<Record<string, string>>;
        readonly MetadataProperties: Readonly<Record<string, string>>;
        readonly ModelMetrics: Metrics;
      };
    };
    /** What a version was measured at, from the file that it names. */
    const auc = (of: Loop, number: number): number => {
      const [file] = Object.values(below(of, version(of, number).ModelMetrics.ModelQuality.Statistics.S3Uri));
      return (JSON.parse(String(file)) as { auc: number }).auc;
    };
    const lastRun = (of: Loop) => {
      const run = of.runs.at(-1);
      if (run === undefined) throw new Error('nothing ran');
      return run;
    };

    test('the first data makes the first version, which serves', async () => {
      expect(kinds(await loop.settle())).toEqual(['start', 'approve', 'rollout']);
      expect(loop.serving).toEqual({ traffic: { 1: 100 }, champion: '1' });
      expect(version(loop, 1).CustomerMetadataProperties).toMatchObject({
        'mlops-reason': 'new-data',
        'mlops-trigger': 'fresh',
        'mlops-snapshot-transactions': '5000000000000000001',
      });
      expect(auc(loop, 1)).toBeGreaterThan(0.8);
      expect(loop.told).toEqual(['run-registered', 'promoted']);
    });

    test('bad branch: the gate closes to a model that is no better than the one that serves', async () => {
      await loop.until('2026-06-30T01:00:00Z');
      await loop.settle();
      const run = await loop.schedule('nightly');
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'gate-failed' } });
      expect(Number(lastRun(loop).parameters['gate-floor'])).toBeCloseTo(auc(loop, 1) + FIVE_THOUSANDTHS, 10);
      const { steps } = lastRun(loop).run;
      expect(steps).toContainEqual({ name: 'Gate', metadata: { Condition: { Outcome: 'False' } } });
      // What runs beside the gate is done all the same.
      expect(steps.map(({ name }) => name)).toContain('score');
      expect(loop.told.at(-1)).toBe('run-gate-failed');
      expect(kinds(await loop.settle())).toEqual([]);
      expect(Object.keys(loop.state.sagemaker.versions)).toHaveLength(1);
      expect(loop.serving).toEqual({ traffic: { 1: 100 }, champion: '1' });
    });

    test('bad branch: new data starts no run before the cooldown is over', async () => {
      await loop.pass(1800);
      await commit(loop, 'chargebacks', '71', after.chargebacks);
      await commit(loop, 'transactions', '5000000000000000002', after.transactions);
      const ran = await loop.settle();
      expect(kinds(ran)).toEqual(['start']);
      expect(outputs(ran)).toMatchObject([{ outcome: 'refused', detail: expect.stringContaining('21600 seconds') }]);
      expect(loop.runs).toHaveLength(2);
    });

    test('requests that are not what the model was trained on raise the alarm', async () => {
      expect(await ask(loop, after.folder, work)).toBeGreaterThan(100);
      const run = await loop.schedule('"run":"drift"');
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'measured', status: 'DRIFT' } });
      const jobs = Object.values(loop.state.sagemaker.processing);
      expect(jobs).toMatchObject([{ status: 'Completed' }]);
      const { MetricData = [] } = loop.state.cloudwatch.published.at(-1) ?? {};
      const share = MetricData.find(({ MetricName }) => MetricName === 'DriftShare')?.Value ?? 0;
      expect(share).toBeGreaterThan(Number(stack.alarms[DRIFT_ALARM]?.Threshold));
      expect(loop.state.cloudwatch.alarms[DRIFT_ALARM]?.state).toBe('OK');
      await loop.pass(3600);
      expect(loop.state.cloudwatch.alarms[DRIFT_ALARM]?.state).toBe('ALARM');
      expect(loop.waiting).toMatchObject([
        { event: { detail: { alarmName: DRIFT_ALARM, state: { value: 'ALARM' } } } },
      ]);
    });

    test('which starts one run, however often it is told and whatever becomes of who started it', async () => {
      const alarm = firstOf(loop.waiting);
      const [cut] = await loop.deliver({ name: 'alarm', faults: [{ crashBeforeState: 'LookAtRun' }] });
      expect(cut?.run.status).toBe('CRASHED');
      expect(outputs(await loop.send(alarm))).toMatchObject([
        { outcome: 'refused', detail: expect.stringContaining('is under way') },
      ]);
      expect(outputs(await loop.send(alarm, { name: 'alarm' }))).toMatchObject([
        { outcome: 'registered', version: version(loop, 2).arn },
      ]);
      expect(loop.runs).toHaveLength(3);
      registered = loop.fork();
    });

    test('its steps ran in the order of the definition and read what it says', () => {
      const { parameters, run } = lastRun(registered);
      const { before } = sagemakerGraph(stack.pipeline.definition as PipelineDocument);
      const order = run.steps.map(({ name }) => name).filter((name) => name in before);
      expect([...order].sort()).toEqual(['Register', 'check', 'evaluate', 'prepare', 'score', 'train']);
      for (const [at, name] of order.entries())
        expect(order.slice(0, at), name).toEqual(expect.arrayContaining([...(before[name] ?? [])]));
      const folder = `s3://${artifacts(stack)}/pipelines/${MODEL}/${parameters['run-id']}`;
      const ran = (step: string) => run.ran.find((one) => one.step === step);
      const snapshots = [parameters['snapshot-transactions'], parameters['snapshot-chargebacks']];
      expect(ran('check')?.inputs).toContain(snapshots[0]);
      expect(ran('prepare')).toMatchObject({
        inputs: snapshots,
        outputs: [`${folder}/prepare/train`, `${folder}/prepare/test`],
        command: expect.arrayContaining(['--transactions', '/opt/ml/processing/input/transactions']),
      });
      expect(ran('train')?.inputs).toEqual([`${folder}/prepare/train/`]);
      expect(ran('evaluate')?.inputs[0]).toMatch(/\/train\/pipelines-[0-9a-f]{12}-train\/output\/model\/$/);
    });

    test('what it registered says what it is made of, and is better than what serves', () => {
      const { parameters } = lastRun(registered);
      const { CustomerMetadataProperties: fields, MetadataProperties: more } = version(registered, 2);
      expect(fields).toEqual({
        'mlops-run': parameters['run-id'],
        'mlops-reason': 'signal',
        'mlops-trigger': 'drifted',
        'mlops-revision': 'fraud-1.4.0',
        'mlops-snapshot-transactions': '5000000000000000002',
        'mlops-snapshot-chargebacks': '71',
        'mlops-reference': `s3://${artifacts(stack)}/pipelines/${MODEL}/${parameters['run-id']}/prepare/train/`,
      });
      expect(Object.keys(below(registered, fields['mlops-reference'] ?? ''))).toContain('part-00000.parquet');
      expect(more).toMatchObject({
        CommitId: 'fraud-1.4.0',
        Repository: expect.stringMatching(/^fraud-1.4.0=sha256:/),
      });
      expect(auc(registered, 2)).toBeGreaterThanOrEqual(auc(registered, 1) + FIVE_THOUSANDTHS);
      expect(registered.serving.champion).toBe('1');
    });

    test('bad branch: a canary that errs is taken back, and the old version keeps serving', async () => {
      const unwell = registered.fork();
      behave(unwell, '2', { errors: 0.5 });
      expect(kinds(await unwell.settle())).toEqual(['approve', 'rollout']);
      expect(unwell.state.sagemaker.versions[version(unwell, 2).arn]).toBe('Approved');
      expect(unwell.serving).toEqual({ traffic: { 1: 100 }, champion: '1' });
      expect(unwell.told.at(-1)).toBe('rolled-back');
    });

    test('approved, it takes over from the old version, and the same event once more changes nothing', async () => {
      const decided = await loop.settle(
        ({ event: { detail } }) => (detail as Approval).ModelApprovalStatus === 'Approved',
      );
      expect(kinds(decided)).toEqual(['approve']);
      const approved = firstOf(loop.waiting);
      expect(kinds(await loop.settle())).toEqual(['rollout']);
      expect(loop.serving).toEqual({ traffic: { 2: 100 }, champion: '2' });
      expect(loop.told.slice(-2)).toEqual(['run-registered', 'promoted']);
      await loop.send(approved);
      expect(loop.serving).toEqual({ traffic: { 2: 100 }, champion: '2' });
    });

    test('bad branch: the nightly run is refused in the cooldown of the one that drift has started', async () => {
      expect(await loop.schedule('nightly')).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'refused', detail: expect.stringContaining('21600 seconds') },
      });
      expect(loop.runs).toHaveLength(3);
    });

    test('bad branch: data that breaks a rule of its dataset stops the run, and what serves keeps serving', async () => {
      await loop.pass(8 * 3600);
      await loop.settle();
      const [first, ...others] = after.transactions;
      await commit(loop, 'transactions', '5000000000000000003', [{ ...first, amount: '-5.00' }, ...others]);
      const ran = await loop.settle();
      expect(kinds(ran)).toEqual(['start']);
      expect(ran[0]?.run).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'data-invalid', detail: expect.stringContaining('amount') },
      });
      expect(lastRun(loop).run.ran.map(({ step }) => step)).toEqual(['check']);
      expect(loop.told.at(-1)).toBe('run-data-invalid');
      expect(loop.serving).toEqual({ traffic: { 2: 100 }, champion: '2' });
    });
  });
});
