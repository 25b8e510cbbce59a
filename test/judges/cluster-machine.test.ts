import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STOPPED_REASON } from '../../lib/aws/training-pipeline/cluster/machine/cluster-props';
import { CARRIERS } from '../../lib/plan/pipeline/aws-cluster-carriers';
import { AslJudge, callNames, resume } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { describeJudge } from '../support/describe-judge';
import {
  BUCKET,
  clusterMachineOfTemplate,
  DEFINITION,
  FOLDER,
  INPUTS,
  left,
  request,
  STARTED,
} from './cluster-machine';

const TRY_1 = 'detector-train-26vcYbeWsZ-1';
const TRY_2 = 'detector-train-26vcYbeWsZ-2';
const BROKEN = {
  status: 'FAILED',
  statusReason: 'Essential container in task exited',
  containers: [
    { name: 'fetch', exitCode: 0 },
    { name: 'train', exitCode: 3, reason: 'OutOfMemoryError' },
    { name: 'store', exitCode: 143 },
  ],
} as const;

const LOST = {
  status: 'FAILED',
  statusReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.',
  containers: [
    { name: 'fetch', exitCode: 0 },
    { name: 'train', exitCode: 143 },
  ],
} as const;
const UNFETCHED = {
  status: 'FAILED',
  statusReason: 'Essential container in task exited',
  containers: [{ name: 'fetch', exitCode: 1 }, { name: 'train' }, { name: 'store' }],
} as const;

describeJudge('asl', 'the machine that runs steps on the batch cluster', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  test.each([
    ['of one node', {}],
    ['of several', { nodes: 2 }],
  ])('is sound, for a cluster %s', (_what, cluster) => {
    expect(lintAsl(clusterMachineOfTemplate({}, cluster))).toEqual([]);
  });

  test('submits the job of the step and says where its model is', async () => {
    const run = await judge.run(request());
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { kind: 'done', folder: FOLDER } });
    expect(left(run)).toMatchObject({ folder: FOLDER, failure: undefined, names: [TRY_1] });
    const [job] = left(run).jobs;
    expect(job?.request).toMatchObject({
      jobDefinition: DEFINITION,
      tags: { 'mlops-platform': 'fraud', 'mlops-model': 'detector' },
      ecsPropertiesOverride: { taskProperties: [{ containers: CARRIERS.map(withPlaces) }] },
    });
  });

  test('submits the job that the run began with, whatever was deployed since', async () => {
    const definition = DEFINITION.replace(/3$/, '2');
    const [job] = left(await judge.run(request({ definition }))).jobs;
    expect(job?.request).toMatchObject({ jobDefinition: definition });
    expect(JSON.stringify(clusterMachineOfTemplate())).not.toContain('job-definition');
  });

  test('tells every node of several where files are', async () => {
    const [job] = left(await judge.run(request({ cluster: { nodes: 2 } }))).jobs;
    const override = (names: readonly string[]) => ({
      ecsPropertiesOverride: { taskProperties: [{ containers: names.map(withPlaces) }] },
    });
    expect(job?.request.nodeOverrides).toMatchObject({
      nodePropertyOverrides: [
        { targetNodes: '0:0', ...override(CARRIERS) },
        { targetNodes: '1:', ...override(['fetch', 'checkpoints']) },
      ],
    });
  });

  test('a step without inputs', async () => {
    const [job] = left(await judge.run(request({ inputs: {} }))).jobs;
    expect(JSON.stringify(job?.request)).toContain('{\\"inputs\\":{},\\"outputs\\"');
  });

  describe.each([
    ['one node', {}],
    ['several', { nodes: 2 }],
  ])('on %s', (_what, cluster) => {
    test.each([
      ['its machine was taken away', LOST],
      ['its files could not be fetched', UNFETCHED],
      ['nobody says why', { status: 'FAILED' }],
    ] as const)('tries a job again of which %s, each time under a name of its own', async (_why, job) => {
      const again = await judge.run(request({ cluster, jobs: [job, {}] }));
      expect(left(again)).toMatchObject({ folder: FOLDER, names: [TRY_1, TRY_2] });
    });

    test('takes for final what the training itself ends with', async () => {
      const failed = await judge.run(request({ cluster, jobs: [BROKEN] }));
      expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { kind: 'failed' } });
      const { failure, names, runStatus } = left(failed);
      expect({ names, runStatus }).toEqual({ names: [TRY_1], runStatus: 'Failed' });
      expect(failure).toMatch(
        /^train ended with 3 \(OutOfMemoryError\); Essential container in task exited https:\/\/console\.aws\.amazon\.com\/batch\/home\?region=eu-central-1#jobs\/detail\/[0-9a-f-]{36}$/,
      );
    });
  });

  test('tries a job as often as the step says', async () => {
    const never = left(await judge.run(request({ jobs: [UNFETCHED] })));
    expect({ names: never.names.length, runStatus: never.runStatus }).toEqual({ names: 3, runStatus: 'Failed' });
    expect(never.failure).toMatch(/^Try 3: fetch ended with 1; Essential container in task exited https:/);
    expect(left(await judge.run(request({ jobs: [UNFETCHED], train: { retries: 0 } }))).names).toEqual([TRY_1]);
  });

  test('a reason is cut so that where to look has room', async () => {
    const { failure = '' } = left(
      await judge.run(request({ train: { retries: 0 }, jobs: [{ ...BROKEN, statusReason: 'x'.repeat(400) }] })),
    );
    expect(failure).toHaveLength(256);
    expect(failure).toMatch(/^train ended with 3 .*x https:\S+#jobs\/detail\/[0-9a-f-]{36}$/);
  });

  test('a job that takes longer than it may is ended, and counts as a try', async () => {
    const run = await judge.run(request({ jobs: [{ seconds: 20_000_000 }, {}] }));
    expect(left(run)).toMatchObject({ folder: FOLDER, names: [TRY_1, TRY_2] });
    expect(left(run).jobs[0]?.run.statusReason).toMatch(/^It took longer than \d+ seconds\.$/);
  });

  test('long jobs are looked at less and less often', async () => {
    const run = await judge.run(request({ jobs: [{ seconds: 6 * 3600 }], train: { maxRuntime: '5 days' } }));
    expect(Math.max(...run.waits)).toBeGreaterThan(150);
    expect(run.waits.length).toBeLessThan(250);
  });

  test('a message that comes twice runs one job', async () => {
    const first = await judge.run(request());
    const second = await judge.run({ ...resume(request(), first), execution: { name: 'twice' } });
    expect(second).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'twice' } });
    expect(callNames(second)).toEqual(['dynamodb:PutItem']);
  });

  test('no job is begun for a run that somebody stopped, who is answered elsewhere', async () => {
    const run = await judge.run(request({ runStatus: 'Stopping' }));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { kind: 'stopped' } });
    expect(left(run)).toMatchObject({ names: [], failure: undefined });
  });

  test('stopping the run ends the job and is answered once; who watched the job is done', async () => {
    const cut = await judge.run(request({ jobs: [{ seconds: 5000 }] }, { faults: [{ crashAfterCall: 6 }] }));
    expect(left(cut).names).toEqual([TRY_1]);
    const state = cut.world.state as { sagemaker: { executions: object } };
    const executions = Object.fromEntries(
      Object.entries(state.sagemaker.executions).map(([arn, one]) => [arn, { ...one, ended: 'Stopping' }]),
    );
    const stopping = {
      ...cut,
      world: { ...cut.world, state: { ...state, sagemaker: { ...state.sagemaker, executions } } },
    };
    const stop = await judge.run({
      ...resume(request({ status: 'Stopping' }), stopping, { afterSeconds: 60 }),
      execution: { name: 'stop' },
    });
    expect(stop.status).toBe('SUCCEEDED');
    expect(left(stop)).toMatchObject({ runStatus: 'Stopped', failure: expect.stringContaining('was stopped') });
    expect(left(stop).jobs[0]?.run.status).toBe('FAILED');

    const watching = await judge.run(resume(request(), stop, { afterSeconds: 60 }));
    expect(watching).toMatchObject({ status: 'SUCCEEDED', output: { kind: 'stopped' } });
    expect(left(watching).names).toEqual([TRY_1]);
  });

  test('who watches a job that another ended because its run was stopped neither tries again nor answers', async () => {
    const run = await judge.run(request({ jobs: [{ status: 'FAILED', statusReason: STOPPED_REASON }] }));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { kind: 'stopped' } });
    expect(left(run)).toMatchObject({ names: [TRY_1], failure: undefined, folder: undefined });
  });

  test.each(['status', 'Status'])('stopping a run whose job has ended answers alone, told by %s', async (key) => {
    const { input, ...rest } = request({ status: 'Stopping', runStatus: 'Stopping' });
    const stop = await judge.run({ input: JSON.parse(JSON.stringify(input).replace('status', key)), ...rest });
    expect(left(stop)).toMatchObject({ runStatus: 'Stopped', names: [] });
    expect(callNames(stop)).not.toContain('batch:TerminateJob');
  });

  test('results of an equal step are used again for as long as it says', async () => {
    const first = await judge.run(request());
    const records = Object.entries(left(first).records);
    expect(records).toEqual([
      [expect.stringMatching(/^pipelines\/detector\/cluster-steps\/train\/[0-9a-f]{64}\.json$/), expect.anything()],
    ]);
    expect(records[0]?.[1]).toMatchObject({ folder: FOLDER });

    const [[key = ''] = []] = records;
    const at = (hours: number) => new Date(Date.parse(STARTED) - hours * 3_600_000).toISOString();
    const kept = (hours: number) => ({ [key]: JSON.stringify({ folder: 's3://before/model', at: at(hours) }) });
    const recalled = await judge.run(request({ objects: kept(7 * 24 - 1) }));
    expect(left(recalled)).toMatchObject({ folder: 's3://before/model', names: [] });
    expect(left(await judge.run(request({ objects: kept(7 * 24 + 1) }))).names).toEqual([TRY_1]);

    const other = { ...INPUTS, 'input-train': `s3://${BUCKET}/other/` };
    expect(left(await judge.run(request({ objects: kept(1), inputs: other }))).names).toEqual([TRY_1]);
    const changed = DEFINITION.replace(/3$/, '4');
    expect(left(await judge.run(request({ objects: kept(1), definition: changed }))).names).toEqual([TRY_1]);
    const uncached = await judge.run(request({ objects: kept(1), train: { cache: undefined } }));
    expect(left(uncached).names).toEqual([TRY_1]);
    expect(callNames(uncached).filter((name) => name.startsWith('s3:'))).toEqual([]);

    const refused = { service: 's3', operation: 'GetObject', code: 'AccessDeniedException', message: 'no' };
    const unread = await judge.run({ ...request({ objects: kept(1) }), faults: [refused] });
    expect(unread).toMatchObject({ status: 'SUCCEEDED', output: { kind: 'failed' } });
  });

  test('an answer comes late rather than never, and one that nobody takes is no success', async () => {
    const once = { service: 'sagemaker', operation: 'SendPipelineExecutionStepSuccess', code: 'ThrottlingException' };
    const late = await judge.run({ ...request(), faults: [1, 2, 3, 4, 5, 6, 7].map((nth) => ({ ...once, nth })) });
    expect(left(late).folder).toBe(FOLDER);
    const never = await judge.run({ ...request(), faults: [once] });
    expect(never).toMatchObject({ status: 'FAILED', error: 'NotAnswered' });
    expect(never.cause).toMatch(/run run-1, which waits for it: .* Stop the run, and start another\.$/);
  });

  test('an answer that comes too late is nobody’s concern', async () => {
    const gone = await judge.run({
      ...request({ runStatus: 'Failed', status: 'Stopping' }),
      faults: [{ service: 'sagemaker', operation: 'SendPipelineExecutionStepFailure', code: 'ValidationException' }],
    });
    expect(gone.status).toBe('SUCCEEDED');
  });
});

function withPlaces(name: string) {
  return {
    name,
    environment: [
      {
        name: 'MLOPS_PLACES',
        value: JSON.stringify({
          inputs: name === 'fetch' ? { train: INPUTS['input-train'], labels: INPUTS['input-labels'] } : {},
          outputs: { model: FOLDER },
          checkpoints: `s3://${BUCKET}/training/checkpoints/detector/run-1/train`,
        }),
      },
    ],
  };
}
