import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UNWANTED } from '../../lib/gcp/training-cluster/machine/asked-steps';
import {
  announcedIn,
  askedRun,
  jobsOf,
  REPOSITORY,
  recordsOf,
  stateOf,
  takenBack,
  takenBackAt,
  trainingRun,
} from '../support/batch-training';
import { describeJudge } from '../support/describe-judge';
import {
  callNames,
  resume,
  type WorkflowsCall,
  WorkflowsJudge,
  type WorkflowsRequest,
} from '../support/workflows-judge';

const SPOT = { accelerator: { type: 'l4' }, capacity: 'spot', attempts: 2 };
const NAME = 'train-0a1b2c';
const WANTED = {
  image: `${REPOSITORY}/training:fraud-1.4.0`,
  command: 'python',
  args: ['-m', 'fraud.train', '--train', '/gcs/artifacts/pipelines/detector/run-1/train'],
  maxRuntimeSeconds: 3600,
};
/** So short that a run has few calls, each of which is made to fail. */
const QUICK = { outcomes: ['preempted', 'preempted', 'succeeded'], seconds: { queued: 5, scheduled: 20, run: 40 } };
const DONE = { [`${NAME}-s`]: 'FAILED', [`${NAME}-d`]: 'SUCCEEDED' };

const created = 'batch.projects.locations.jobs.create';

interface Submitted {
  readonly taskGroups: readonly { readonly taskSpec: { readonly [key: string]: unknown } }[];
}
const specOf = (calls: readonly WorkflowsCall[]) =>
  (calls.find(({ method }) => method === created)?.body as Submitted | undefined)?.taskGroups[0]?.taskSpec;

describeJudge('workflows', 'a training that a program asks for', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  /** Another message of the same training, in the world that a run left. */
  const again = (request: WorkflowsRequest, run: Parameters<typeof resume>[1]) => judge.run(resume(request, run));

  test('runs what its request says, with the bucket as a folder, for as long as it may', async () => {
    const run = await judge.run(askedRun(SPOT, { [NAME]: WANTED }));
    expect(specOf(run.calls)).toMatchObject({
      runnables: [
        {
          container: {
            imageUri: WANTED.image,
            entrypoint: 'python',
            commands: WANTED.args,
            volumes: expect.arrayContaining(['/mnt/disks/artifacts:/gcs/artifacts:rw']),
          },
        },
      ],
      environment: { variables: { MLOPS_TRAINING: NAME } },
      volumes: [
        {
          gcs: { remotePath: 'artifacts' },
          mountPath: '/mnt/disks/artifacts',
          mountOptions: ['--implicit-dirs', '-o allow_other', '--file-mode=777', '--dir-mode=777'],
        },
      ],
      maxRunDuration: '3600s',
    });
    expect(stateOf(run, NAME)).toMatchObject({ ended: { outcome: 'succeeded', job: `${NAME}-s` } });
    expect(recordsOf(run)).toEqual({ 'training/running': { [`${NAME}-s`]: 1 } });
  });

  test.each([1, 2])('finds its outputs empty each time that it begins, on %i nodes', async (nodes) => {
    const asked = { ...WANTED, empties: '/gcs/artifacts/run-1/model\n/gcs/artifacts/run-1/metrics' };
    const run = await judge.run(askedRun({ accelerator: { type: 'l4' }, nodes }, { [NAME]: asked }));
    const { runnables = [], lifecyclePolicies } = (specOf(run.calls) ?? {}) as {
      runnables?: readonly { script?: { text: string }; environment?: { variables: Record<string, string> } }[];
      lifecyclePolicies?: unknown;
    };
    expect(runnables.map((one) => Object.keys(one)[0])).toEqual(
      nodes === 1 ? ['script', 'container'] : ['script', 'barrier', 'container'],
    );
    expect(lifecyclePolicies).toMatchObject([{ action: 'RETRY_TASK' }]);
    expect(stateOf(run, NAME)).toMatchObject({ ended: { outcome: 'succeeded' } });

    const node = mkdtempSync(join(tmpdir(), 'node-'));
    const folder = join(node, 'artifacts/run-1/model');
    mkdirSync(folder, { recursive: true });
    const empties = (index: number, variables = runnables[0]?.environment?.variables) => {
      writeFileSync(join(folder, 'half'), '');
      const script = runnables[0]?.script?.text.replaceAll('/mnt/disks', node) ?? '';
      return spawnSync('sh', ['-c', script], { env: { ...process.env, ...variables, BATCH_TASK_INDEX: `${index}` } });
    };
    expect([empties(1).status, readdirSync(folder)]).toEqual([0, ['half']]);
    expect([empties(0).status, readdirSync(folder)]).toEqual([0, []]);
    expect(readdirSync(join(node, 'artifacts/run-1')).sort()).toEqual(['metrics', 'model']);
    const [name = ''] = Object.keys(runnables[0]?.environment?.variables ?? {});
    for (const other of ['/gcs/artifacts/run-1/x/../model', '/etc', '/gcs/artifacts/', `$(rm -rf ${folder})`])
      expect([empties(0, { [name]: other }).status, readdirSync(folder)]).toEqual([2, ['half']]);
    rmSync(node, { recursive: true });
  });

  test('has the bucket on each of its nodes', async () => {
    const run = await judge.run(askedRun({ accelerator: { type: 'l4' }, nodes: 2 }, { [NAME]: WANTED }));
    expect(specOf(run.calls)).toMatchObject({ volumes: [{ gcs: { remotePath: 'artifacts' } }] });
    expect(stateOf(run, NAME)).toMatchObject({ ended: { outcome: 'succeeded' } });
  });

  test('says by when it will be heard of again, and is heard of by then', async () => {
    const run = await judge.run(askedRun(SPOT, { [NAME]: WANTED }, { seconds: { run: 7000 } }));
    const said = run.calls.filter(({ params }) => String(params.name).endsWith('/state.json'));
    expect(said.length).toBeGreaterThan(5);
    for (const [i, { body }] of said.slice(0, -1).entries()) {
      const { at, within } = body as { at: number; within: number };
      expect(Date.parse(said[i + 1]?.at ?? '') / 1000).toBeLessThan(at + within);
      expect(within).toBeLessThanOrEqual(600 + 1800);
    }
  });

  test('that fails says why, and nobody else is told', async () => {
    const run = await judge.run(askedRun(SPOT, { [NAME]: WANTED }, { outcomes: ['failed'] }));
    expect(run.executions[0]?.status).toBe('SUCCEEDED');
    expect(stateOf(run, NAME)).toMatchObject({
      ended: { outcome: 'failed', reason: expect.stringContaining('exit code 1'), job: `${NAME}-s` },
    });
    expect(announcedIn(run)).toEqual([]);
  });

  test.each([
    [{ ...WANTED, image: 'docker.io/library/python:3' }, `image: it must be one of ${REPOSITORY}`],
    [{ ...WANTED, maxRuntimeSeconds: 7201 }, 'maxRuntimeSeconds: it must be from 60 to 7200'],
    [{ ...WANTED, maxRuntimeSeconds: 59 }, 'maxRuntimeSeconds: it must be from 60 to 7200'],
    [{ ...WANTED, maxRuntimeSeconds: '1h' }, 'maxRuntimeSeconds: it must be a number from 60 to 7200'],
  ])('that asks for what there is not is told so: %j', async (wanted, reason) => {
    const run = await judge.run(askedRun(SPOT, { [NAME]: wanted }));
    expect(stateOf(run, NAME)).toMatchObject({ ended: { outcome: 'failed', reason } });
    expect(jobsOf(run)).toEqual({});
  });

  test('begins nothing that nobody asked for, whoever starts an execution', async () => {
    const run = await judge.run(askedRun(SPOT, { [NAME]: null }));
    expect([run.executions[0]?.status, stateOf(run, NAME)]).toEqual(['SUCCEEDED', undefined]);
    const given = await judge.run({
      ...askedRun(SPOT, { [NAME]: null }),
      start: [{ workflow: 'train', argument: { ...WANTED, name: NAME } }],
    });
    expect(given.executions[0]?.status).toBe('FAILED');
    expect([jobsOf(run), callNames(given)]).toEqual([{}, []]);
  });

  test.each(['../other/x', 'a/b', 'Train', ''])('reads nothing below another folder: %s', async (name) => {
    const run = await judge.run(askedRun(SPOT, { [name]: null }));
    expect(run.executions[0]).toMatchObject({ status: 'FAILED', error: { tags: ['RequestRefused'] } });
    expect(callNames(run)).toEqual([]);
  });

  test('twice is one training', async () => {
    const request = askedRun(SPOT, { [NAME]: WANTED });
    const first = await judge.run(request);
    const second = await again(request, first);
    expect(jobsOf(second)).toEqual({ [`${NAME}-s`]: 'SUCCEEDED' });
    expect(stateOf(second, NAME)).toEqual(stateOf(first, NAME));
    const both = await judge.run({ ...request, start: [...request.start, ...request.start] });
    expect(jobsOf(both)).toEqual({ [`${NAME}-s`]: 'SUCCEEDED' });
  });

  describe('that is taken back', () => {
    const request = askedRun(SPOT, { [NAME]: WANTED }, { outcomes: ['hangs'] });

    test('stops within ten minutes, and its state says so', async () => {
      const run = await judge.run(takenBackAt(request, NAME, 3 * 3600));
      expect(jobsOf(run)).toEqual({ [`${NAME}-s`]: 'CANCELLED' });
      const cancelled = run.calls.find(({ method }) => method.endsWith('jobs.cancel'));
      expect(Date.parse(cancelled?.at ?? '') / 1000 - Date.parse('2026-01-01T03:00:00Z') / 1000).toBeLessThan(601);
      expect(stateOf(run, NAME)).toEqual({
        ended: expect.objectContaining({ outcome: 'cancelled', reason: UNWANTED }),
      });
    });

    test('stops at once when its message comes again, also where nobody watches it any more', async () => {
      const cut = await judge.run({ ...request, faults: [{ crashBeforeStep: 'pause' }] });
      expect(jobsOf(cut)).toEqual({ [`${NAME}-s`]: 'QUEUED' });
      const run = await judge.run(resume(request, takenBack(cut, NAME), { afterSeconds: 60 }));
      expect(callNames(run).filter((name) => name.endsWith('jobs.cancel'))).toHaveLength(2);
      const later = await judge.run(resume(request, run, { afterSeconds: 600 }));
      expect(jobsOf(later)).toEqual({ [`${NAME}-s`]: 'CANCELLED' });
    });

    test('while it waits for room, begins no job', async () => {
      const wanted = { other: WANTED, [NAME]: WANTED };
      const full = askedRun({ ...SPOT, maxNodes: 1 }, wanted, { outcomes: ['hangs'] });
      const run = await judge.run(takenBackAt(full, NAME, 1000));
      expect(Object.keys(jobsOf(run))).toEqual(['other-s']);
      expect(stateOf(run, NAME)).toMatchObject({ ended: { reason: UNWANTED } });
    });

    test('is no way to stop what was not asked for here', async () => {
      const other = trainingRun(SPOT, { name: NAME }, { outcomes: ['hangs'] });
      const cut = await judge.run({ ...other, faults: [{ crashBeforeStep: 'pause' }] });
      const forged = { ...askedRun(SPOT, { [NAME]: null }), world: cut.world };
      const run = await judge.run(resume(forged, await judge.run(resume(forged, cut))));
      expect(jobsOf(run)).toEqual({ [`${NAME}-s`]: 'QUEUED' });
    });
  });

  test('passes over what does not last, at each call', async () => {
    for await (const { call, run } of judge.failEachCall(askedRun(SPOT, { [NAME]: WANTED }, QUICK), { code: 503 })) {
      expect(jobsOf(run), call.method).toEqual(DONE);
      expect(stateOf(run, NAME), call.method).toMatchObject({ ended: { outcome: 'succeeded' } });
    }
  });

  test('goes on after a crash at each call, when its message comes again', async () => {
    const request = askedRun(SPOT, { [NAME]: WANTED }, QUICK);
    for await (const { call, cut } of judge.cutAfterEachCall(request)) {
      const run = await again(request, cut);
      expect(jobsOf(run), call.method).toEqual(DONE);
      expect(stateOf(run, NAME), call.method).toMatchObject({ ended: { outcome: 'succeeded' } });
    }
  });
});
