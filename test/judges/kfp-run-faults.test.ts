import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { KfpJudge, type KfpRun } from '../support/kfp-judge';
import { course, GOOD_DAY, PipelineBuckets, RUNNABLE, runToy } from '../support/kfp-world';
import { ARTIFACTS_BUCKET, VERTEX_TARGET } from '../support/pipeline-document';
import { callNames, type WorkflowsFault } from '../support/workflows-judge';

const { score: _, publish: __, ...steps } = RUNNABLE.steps;
/** Without what hangs on a condition: each fault has fewer calls to be put into. */
const SHORT = { ...RUNNABLE, steps };

/** What is left at Vertex AI. */
interface Left {
  readonly customJobs: object;
  readonly models: Readonly<Record<string, { readonly versions: object }>>;
}

/** How often a task looks at a job that is not shown. */
const ATTEMPTS = 8;
const count = (run: KfpRun, method: string): number => callNames(run).filter((name) => name.endsWith(method)).length;

describeJudge('kfp', 'tasks of a pipeline, when Vertex AI does not answer as it should', () => {
  let judge: KfpJudge;
  let buckets: PipelineBuckets;
  beforeAll(async () => {
    judge = await KfpJudge.start();
  });
  afterAll(() => judge[Symbol.asyncDispose]());
  beforeEach(() => {
    buckets = new PipelineBuckets();
  });
  afterEach(() => buckets.remove());

  const run = (...faults: readonly WorkflowsFault[]) => runToy(judge, buckets, GOOD_DAY, { pipeline: SHORT, faults });

  it('begin one job and register one version on a good day', async () => {
    const good = await run();
    expect([count(good, 'customJobs.create'), count(good, 'models.upload')]).toEqual([4, 1]);
    expect(course(good)).toEqual(['check', 'prepare', 'train', 'evaluate', 'version--registered', 'run--outcome']);
  });

  it.each<[string, WorkflowsFault]>([
    ['the answer to a creation is lost', { method: 'customJobs.create', nth: 2, code: 503, afterEffect: true }],
    [
      'nothing comes back from a creation',
      { method: 'customJobs.create', nth: 2, code: 'ConnectionError', afterEffect: true },
    ],
    ['a creation does not happen', { method: 'customJobs.create', nth: 2, code: 503 }],
    ['a look at a job fails', { method: 'customJobs.get', nth: 3, times: 3, code: 503 }],
    ['a look at the model fails', { method: 'models.get', nth: 1, times: 2, code: 'ConnectionError' }],
    ['the answer to a registration is lost', { method: 'models.upload', nth: 1, code: 503, afterEffect: true }],
    ['a registration does not happen', { method: 'models.upload', nth: 1, code: 429 }],
  ])('go on where %s, and do nothing twice', async (_what, fault) => {
    const done = await run(fault);
    expect(done.state).toBe('SUCCEEDED');
    expect(course(done)).toEqual(['check', 'prepare', 'train', 'evaluate', 'version--registered', 'run--outcome']);
    const { customJobs = {}, models } = (done.world.state?.aiplatform ?? {}) as Partial<Left>;
    expect([Object.keys(customJobs).length, Object.keys(models?.['fraud-detector']?.versions ?? {})]).toEqual([
      4,
      ['1'],
    ]);
  });

  it('watch the job that they began before, where their own machine was replaced', async () => {
    // The first attempt of `prepare` loses sight of its job for good; the second finds it on record.
    const done = await run({ method: 'customJobs.get', nth: 4, times: ATTEMPTS, code: 503 });
    expect(course(done).slice(1, 3)).toEqual(['prepare FAILED', 'prepare (2)']);
    expect(done.state).toBe('SUCCEEDED');
    expect(count(done, 'customJobs.create')).toBe(4);
  });

  it('judge data once, also where their own machine was lost while a rule was found broken', async () => {
    const done = await runToy(judge, buckets, GOOD_DAY, {
      pipeline: SHORT,
      // The first look sees it run.
      faults: [{ method: 'customJobs.get', nth: 2, times: ATTEMPTS, code: 503 }],
      files: { [`${ARTIFACTS_BUCKET}/snapshots/transactions/5/1/broken.parquet`]: 'x' },
    });
    expect(course(done)).toEqual(['check FAILED', 'check FAILED (2)', 'run--outcome']);
    expect(count(done, 'customJobs.create')).toBe(1);
    expect(buckets.json('pipelines/detector/run-1/outcome.json')).toMatchObject({ outcome: 'data-invalid' });
  });

  it('stop the job that runs when the pipeline is cancelled', async () => {
    const job = { displayName: 'train', jobSpec: { workerPoolSpecs: [{ replicaCount: 1 }], serviceAccount: 'a@b' } };
    const { project, region } = VERTEX_TARGET;
    const args = ['job', '--project', project, '--location', region, '--root', 'gs://b/r', '--mount', '{root}'];
    const step = [
      '--step',
      'train',
      '--kind',
      'training',
      '--job',
      JSON.stringify(job),
      '--resources',
      '{root}/gcp_resources',
    ];
    const { code, calls, said } = await judge.terminate([...args, ...step], 'customJobs.get', {
      project: { id: project, number: '123456789012', region },
      state: { aiplatform: { endless: ['train'] } },
    });
    expect([code, said]).toEqual([143, '']);
    // The look that it broke off may be answered later still.
    const cancels = callNames({ calls }).filter((name) => name === 'aiplatform.projects.locations.customJobs.cancel');
    expect(cancels).toHaveLength(1);
  });

  it('say what Vertex AI refused', async () => {
    const done = await run({ method: 'customJobs.create', code: 403, message: 'Permission denied on the account.' });
    expect(done.state).toBe('FAILED');
    expect(buckets.json('pipelines/detector/run-1/outcome.json')).toMatchObject({
      outcome: 'failed',
      reason: 'Vertex AI answered 403: Permission denied on the account.',
    });
  });
});
