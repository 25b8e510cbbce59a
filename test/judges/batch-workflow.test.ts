import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announcedIn, IMAGE, jobsOf, REPOSITORY, recordsOf, trainingRun } from '../support/batch-training';
import { describeJudge } from '../support/describe-judge';
import { callNames, resume, WorkflowsJudge, type WorkflowsRequest } from '../support/workflows-judge';

const SPOT = { accelerator: { type: 'l4' }, capacity: 'spot', attempts: 3 };
const ON_DEMAND = { accelerator: { type: 'l4' }, attempts: 2 };
const NODES = { accelerator: { type: 'l4' }, nodes: 2, attempts: 2 };

const named = (name: string, more: object = {}) => ({ name, ...more });
const created = 'batch.projects.locations.jobs.create';

describeJudge('workflows', 'trainings on a batch cluster', () => {
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
  const submitted = (run: { readonly calls: readonly { readonly method: string; readonly body?: unknown }[] }) =>
    run.calls
      .filter(({ method }) => method === created)
      .map(({ body }) => body as { readonly taskGroups: readonly { readonly taskSpec: object }[] });

  describe('that succeed', () => {
    test('the defaults, on spot machines, with nobody told', async () => {
      const { run, execution } = await only(trainingRun(SPOT, null));
      expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'succeeded', capacity: 'spot' } });
      expect(announcedIn(run)).toEqual([]);
      expect(recordsOf(run)).toEqual({ 'training/running': { [`t-${execution.id}-s`]: 1 } });
      expect(submitted(run)).toEqual([
        expect.objectContaining({
          labels: { platform: 'fraud', training: `t-${execution.id}` },
          logsPolicy: { destination: 'CLOUD_LOGGING' },
          allocationPolicy: {
            instances: [{ instanceTemplate: 'nodes-spot', blockProjectSshKeys: true, installGpuDrivers: true }],
            location: { allowedLocations: ['regions/europe-west4'] },
            serviceAccount: { email: 'training@fraud-prod.iam.gserviceaccount.com' },
            labels: { platform: 'fraud', training: `t-${execution.id}` },
          },
        }),
      ]);
    });

    test('what is asked for', async () => {
      const asked = {
        image: `${REPOSITORY}/trainer:7`,
        command: 'python',
        args: ['-m', 'train'],
        env: { EPOCHS: '3' },
      };
      const { run } = await only(trainingRun(ON_DEMAND, named('nightly', asked)));
      const [group] = submitted(run)[0]?.taskGroups ?? [];
      expect(group?.taskSpec).toEqual({
        runnables: [
          {
            container: {
              imageUri: `${REPOSITORY}/trainer:7`,
              entrypoint: 'python',
              commands: ['-m', 'train'],
              options: '--privileged --ipc=host',
              volumes: expect.any(Array),
            },
          },
        ],
        environment: {
          variables: {
            EPOCHS: '3',
            MLOPS_TRAINING: 'nightly',
            MLOPS_ARTIFACTS: 'gs://artifacts/training/artifacts/',
            MLOPS_CHECKPOINTS: 'gs://artifacts/training/checkpoints/',
          },
        },
        computeResource: { cpuMilli: 4000, memoryMib: 14745 },
        maxRunDuration: '7200s',
        maxRetryCount: 1,
        lifecyclePolicies: [
          { action: 'RETRY_TASK', actionCondition: { exitCodes: [50001, 50002, 50003, 50004, 50006] } },
        ],
      });
    });

    test('several nodes are one job whose tasks run side by side and know of each other', async () => {
      const { run, execution } = await only(trainingRun(NODES, named('wide')));
      expect(execution.result).toMatchObject({ outcome: 'succeeded', job: 'wide-d1' });
      expect(submitted(run)).toEqual([
        expect.objectContaining({
          taskGroups: [
            expect.objectContaining({
              taskCount: 2,
              parallelism: 2,
              taskCountPerNode: 1,
              requireHostsFile: true,
              permissiveSsh: true,
              taskSpec: expect.objectContaining({ maxRetryCount: 0 }),
            }),
          ],
          allocationPolicy: expect.objectContaining({ placement: { collocation: 'COLLOCATED' } }),
        }),
      ]);
    });

    test('a preempted training goes on within its job', async () => {
      const { run, execution } = await only(trainingRun(SPOT, named('t'), { outcomes: ['preempted', 'succeeded'] }));
      expect(execution.result).toMatchObject({ outcome: 'succeeded', capacity: 'spot' });
      expect(jobsOf(run)).toEqual({ 't-s': 'SUCCEEDED' });
    });

    test('on demand, when spot machines were taken away too often', async () => {
      const outcomes = ['preempted', 'preempted', 'preempted', 'succeeded'];
      const { run, execution } = await only(trainingRun(SPOT, named('t'), { outcomes }));
      expect(execution.result).toMatchObject({ outcome: 'succeeded', capacity: 'on-demand', job: 't-d' });
      expect(jobsOf(run)).toEqual({ 't-s': 'FAILED', 't-d': 'SUCCEEDED' });
      expect(announcedIn(run)).toEqual([]);
    });

    test.each(['queued', 'exhausted'])('on demand, when there are no spot machines: %s', async (outcome) => {
      const { run, execution } = await only(trainingRun(SPOT, named('t'), { outcomes: [outcome] }));
      expect(execution.result).toMatchObject({ outcome: 'succeeded', capacity: 'on-demand' });
      expect(jobsOf(run)).toEqual({ 't-s': outcome === 'queued' ? 'CANCELLED' : 'FAILED', 't-d': 'SUCCEEDED' });
    });
  });

  describe('that fail', () => {
    test('by their own fault, are not run again, and somebody is told', async () => {
      const { run, execution } = await only(trainingRun(SPOT, named('t'), { outcomes: ['failed'] }));
      expect(execution).toMatchObject({ status: 'FAILED', error: { tags: ['TrainingFailed'] } });
      expect(jobsOf(run)).toEqual({ 't-s': 'FAILED' });
      expect(announcedIn(run)).toEqual([expect.stringMatching(/^training-failed: .*exit code 1\.$/)]);
    });

    test('for want of machines of any kind', async () => {
      const { run, execution } = await only(trainingRun(SPOT, named('t'), { outcomes: ['exhausted', 'queued'] }));
      expect(execution).toMatchObject({ status: 'FAILED' });
      expect(jobsOf(run)).toEqual({ 't-s': 'FAILED', 't-d': 'CANCELLED' });
      expect(announcedIn(run)).toEqual(['training-failed: No attempt is left. There was no machine for it in time.']);
    });

    test('because they run too long', async () => {
      const { run } = await only(trainingRun(ON_DEMAND, named('t'), { outcomes: ['hangs'] }));
      expect(jobsOf(run)).toEqual({ 't-d': 'CANCELLED' });
      expect(announcedIn(run)).toEqual(['training-failed: It ran longer than a training may.']);
    });

    test.each([
      [named('Nightly'), 'name: it must match ^[a-z]([-a-z0-9]{0,56}[a-z0-9])?$'],
      [named('t', { image: 'docker.io/library/python:3' }), `image: it must be one of ${REPOSITORY}`],
      [named('t', { image: `${REPOSITORY}-other/x:1` }), `image: it must be one of ${REPOSITORY}`],
      [named('t', { nodes: 2 }), 'nodes: it must be from 1 to 1'],
      [named('t', { nodes: '1' }), 'nodes: it must be a number from 1 to 1'],
    ])('because they ask for what there is not: %j', async (argument, reason) => {
      const { run } = await only(trainingRun(SPOT, argument));
      expect(callNames(run)).toEqual([]);
      expect(announcedIn(run)).toEqual([`training-failed: ${reason}`]);
    });
  });

  test('a job that somebody stopped is the end of its training, and nobody is told', async () => {
    const request = trainingRun(SPOT, named('t'));
    const cut = await judge.run({ ...request, faults: [{ crashBeforeStep: 'pause' }] });
    const state = structuredClone(cut.world.state) as { batch: { jobs: Record<string, { course: unknown[] }> } };
    for (const job of Object.values(state.batch.jobs)) job.course.push([cut.world.now, 'CANCELLED', 'stopped', null]);
    const { run, execution } = await only(resume(request, { world: { ...cut.world, state } as never }));
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'cancelled' } });
    expect(announcedIn(run)).toEqual([]);
    expect(callNames(run)).not.toContain(created);
  });

  describe('again', () => {
    test('with the same name is the same training: what has ended is not run twice', async () => {
      const request = trainingRun(SPOT, named('t'));
      const first = await judge.run(request);
      const { run, execution } = await only(resume(request, first));
      expect(execution.result).toMatchObject({ outcome: 'succeeded', job: 't-s' });
      expect(callNames(run)).toEqual(['batch.projects.locations.jobs.get', 'batch.projects.locations.jobs.get']);
    });

    test('with the same name and another image is refused', async () => {
      const first = await judge.run(trainingRun(SPOT, named('t')));
      const other = trainingRun(SPOT, named('t', { image: `${REPOSITORY}/training:2` }));
      const { run } = await only(resume(other, first));
      expect(announcedIn(run)).toEqual(['training-failed: name: another training is called t, with another image']);
      expect(IMAGE).not.toContain(':2');
    });
  });

  test('two at once with one name and two images are one training, and the other is refused', async () => {
    const run = await judge.run({
      ...trainingRun(SPOT, null),
      start: ['training:2', 'training:3'].map((image) => ({
        workflow: 'train',
        argument: { name: 't', image: `${REPOSITORY}/${image}` },
      })),
    });
    expect(run.executions.map(({ status }) => status).sort()).toEqual(['FAILED', 'SUCCEEDED']);
    expect(announcedIn(run)).toEqual(['training-failed: name: another training is called t, with another image']);
  });

  describe('room', () => {
    const cluster = { ...ON_DEMAND, maxNodes: 1 };

    test('two at once never have more machines than there may be', async () => {
      const request = trainingRun(cluster, null);
      const run = await judge.run({
        ...request,
        start: ['a', 'b'].map((name) => ({ workflow: 'train', argument: { name } })),
      });
      expect(run.executions.map(({ result }) => (result as { outcome: string }).outcome)).toEqual([
        'succeeded',
        'succeeded',
      ]);
      const at = (name: string) =>
        run.calls.filter(({ method, params }) => method === created && params.jobId === name);
      const [first, second] = ['a-d', 'b-d'].flatMap(at).toSorted((x, y) => (x.at < y.at ? -1 : 1));
      expect(Date.parse(second?.at ?? '') - Date.parse(first?.at ?? '')).toBeGreaterThan(3600 * 1000);
    });

    test('is looked at anew when somebody else wrote what runs', async () => {
      const request = trainingRun(cluster, named('a'));
      const run = await judge.run({ ...request, faults: [{ method: 'objects.insert', nth: 2, code: 412 }] });
      expect(run.executions[0]?.status).toBe('SUCCEEDED');
      const written = run.calls.filter(({ params }) => params.name === 'training/running');
      expect(written.map(({ status, params }) => [status, params.ifGenerationMatch])).toEqual([
        [412, '0'],
        [200, '0'],
      ]);
      expect(recordsOf(run)).toEqual({ 'training/running': { 'a-d': 1 } });
    });

    test('a training that waits too long for room fails, and leaves none behind', async () => {
      const request = trainingRun(cluster, named('b'), { outcomes: ['hangs'], seconds: { run: 10 ** 9 } });
      const run = await judge.run({
        ...request,
        faults: [{ crashBeforeStep: 'pause', execution: 0 }],
        start: [
          { workflow: 'train', argument: { name: 'a' } },
          { workflow: 'train', argument: { name: 'b' }, at: 60 },
        ],
      });
      expect(announcedIn(run)).toEqual([
        'training-failed: There was no room among the 1 machines of the cluster for 1 more.',
      ]);
      expect(recordsOf(run)).toEqual({ 'training/running': { 'a-d': 1 } });
    });
  });
});
