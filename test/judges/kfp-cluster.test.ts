import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { askedRun, REQUESTS, stateOf } from '../support/batch-training';
import { describeJudge } from '../support/describe-judge';
import { KfpJudge, type KfpRun } from '../support/kfp-judge';
import { course, PipelineBuckets, RUN_FOLDER, runToy, TOY_WORLD, type ToyStep } from '../support/kfp-world';
import { ARTIFACTS_BUCKET, renderedPipeline, TRAININGS_TOPIC, VERTEX_TARGET } from '../support/pipeline-document';
import { ON_CLUSTER, WITH_CLUSTER } from '../support/pipeline-spec';
import { callNames, type Json, type WorkflowsFault, WorkflowsJudge } from '../support/workflows-judge';

const { command: _, ...train } = ON_CLUSTER.steps.train;
/** Its images run their own entry points. */
const PIPELINE = { ...ON_CLUSTER, steps: { ...ON_CLUSTER.steps, train } };

const GOOD_DAY: Readonly<Record<string, ToyStep>> = {
  prepare: { writes: ['--train', '--test'] },
  train: { writes: ['--model'] },
  evaluate: { writes: ['--metrics'], metrics: { auc: 0.95 } },
};

const COURSE = ['prepare', 'train', 'evaluate', 'version--registered', 'run--outcome'];
/** How often a task asks for what is not shown. */
const ATTEMPTS = 8;

interface Launched {
  readonly trainings: Readonly<Record<string, object>>;
  readonly published: readonly object[];
}
const launched = ({ world }: Pick<KfpRun, 'world'>): Launched => world.state?.pubsub as unknown as Launched;
const trainings = (run: KfpRun): readonly string[] => Object.keys(launched(run).trainings);

describeJudge('kfp', 'a step of a pipeline on the batch cluster', () => {
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

  const outcome = () => buckets.json(`${RUN_FOLDER}/outcome.json`);
  const run = (
    more: Partial<Parameters<typeof runToy>[3]> & { readonly steps?: Readonly<Record<string, ToyStep>> } = {},
  ) => {
    const { steps = {}, ...request } = more;
    return runToy(
      judge,
      buckets,
      { ...GOOD_DAY, ...steps },
      { pipeline: PIPELINE, platform: WITH_CLUSTER, ...request },
    );
  };
  const world = (pubsub: Json) => ({
    ...TOY_WORLD,
    state: { ...TOY_WORLD.state, pubsub: { ...TOY_WORLD.state.pubsub, ...pubsub } },
  });

  it('is part of a document that Vertex AI Pipelines understands', async () => {
    expect(await judge.problems(renderedPipeline(ON_CLUSTER, {}, WITH_CLUSTER))).toEqual([]);
  });

  it('gets what the contract of steps says, and its model is registered', async () => {
    const done = await run();
    expect([done.state, course(done)]).toEqual(['SUCCEEDED', COURSE]);
    expect(buckets.given('train', 'model')).toEqual({
      '--train': ['given.json'],
      '--labels': ['part-0.parquet'],
      '--model': [],
      '--rounds': '200',
      '--checkpoints': [],
    });
    expect(outcome()).toMatchObject({ outcome: 'registered' });
    expect(callNames(done).filter((name) => name.endsWith('customJobs.create'))).toHaveLength(2);
    expect(trainings(done)).toEqual([expect.stringMatching(/^train-[0-9a-f]{16}$/)]);
  });

  it('is another training when it is tried again, with empty folders and the checkpoints of before', async () => {
    const done = await run({ steps: { train: { writes: ['--model'], fails: 1 } } });
    expect(course(done)).toEqual(['prepare', 'train FAILED', 'train (2)', ...COURSE.slice(2)]);
    expect(trainings(done)).toHaveLength(2);
    expect(buckets.given('train', 'model')).toMatchObject({ '--model': [], '--checkpoints': ['attempt-1'] });
  });

  it('fails the run for the reason that the launcher gives', async () => {
    const done = await run({ steps: { train: { writes: ['--model'], fails: 9 } } });
    expect([done.state, trainings(done).length]).toEqual(['FAILED', 3]);
    expect(outcome()).toMatchObject({
      outcome: 'failed',
      detail: 'step train',
      reason: expect.stringMatching(
        /^The step train failed: task 0 failed with exit code 3\. train broke as it was told Its log is that of the job train-[0-9a-f]{16}-d of Batch\.$/,
      ),
    });
  });

  it.each([false, true])('passes over each call that fails for once, after its effect: %s', async (afterEffect) => {
    const good = await run();
    const asked = good.calls.flatMap(({ method }, i) => (/^(storage|pubsub)\./.test(method) ? [i + 1] : []));
    expect(asked.length).toBeGreaterThan(5);
    for (const atCall of asked) {
      buckets.remove();
      buckets = new PipelineBuckets();
      const fault: WorkflowsFault = { atCall, code: 503, afterEffect };
      const done = await run({ faults: [fault] });
      expect([course(done), trainings(done).length], good.calls[atCall - 1]?.method).toEqual([COURSE, 1]);
    }
  });

  it('goes on with the training that it asked for before, where its own machine was replaced', async () => {
    const done = await run({ faults: [{ method: 'objects.get', nth: 2, times: ATTEMPTS, code: 503 }] });
    expect(course(done)).toEqual(['prepare', 'train FAILED', 'train (2)', ...COURSE.slice(2)]);
    expect(trainings(done)).toHaveLength(1);
  });

  it('tells a launcher again that says nothing', async () => {
    const done = await run({ world: world({ unheard: 2 }) });
    expect([course(done), launched(done).published.length]).toEqual([COURSE, 3]);
  });

  it('gives up a launcher that never says anything', async () => {
    const done = await run({ world: world({ unheard: 99 }) });
    expect(done.state).toBe('FAILED');
    expect(outcome()).toMatchObject({
      reason: expect.stringMatching(
        /^The launcher of the cluster says nothing of the training train-[0-9a-f]{16}\. Read its executions\.$/,
      ),
    });
  });

  it.each([
    ['topics.publish', 'Pub/Sub answered 403: Permission denied.'],
    ['objects.insert', 'Cloud Storage answered 403: Permission denied.'],
  ])('says what Google refused: %s', async (method, reason) => {
    await run({ faults: [{ method, code: 403, message: 'Permission denied.' }] });
    expect(outcome()).toMatchObject({ outcome: 'failed', detail: 'step train', reason });
  });

  it('takes its training back when the pipeline is cancelled', async () => {
    const { project, region } = VERTEX_TARGET;
    const requests = TOY_WORLD.state.pubsub.requests[TRAININGS_TOPIC] ?? '';
    const args = ['training', '--project', project, '--location', region, '--root', 'gs://b/r', '--mount', '{root}'];
    const step = ['--step', 'train', '--kind', 'cluster-training', '--resources', '{root}/gcp_resources'];
    const request = ['--request', '{"image": "i:1", "args": []}', '--requests', requests, '--topic', TRAININGS_TOPIC];
    const { code, calls } = await judge.terminate(
      [...args, ...step, ...request],
      'topics.publish',
      world({ endless: ['train'] }),
    );
    expect(code).toBe(143);
    expect(callNames({ calls }).slice(-2)).toEqual(['storage.objects.delete', 'pubsub.projects.topics.publish']);
    const [asked, taken] = [calls.find(({ method }) => method === 'storage.objects.insert'), calls.at(-2)];
    expect(taken?.params.object).toBe(asked?.params.name);
  });

  describeJudge('workflows', 'and its launcher', () => {
    it('agree on what is asked for and what is said of it', async () => {
      const done = await run();
      const [name = ''] = trainings(done);
      const storage = done.world.state?.storage as
        | { buckets: Record<string, Record<string, { text: string }>> }
        | undefined;
      const asked = storage?.buckets[ARTIFACTS_BUCKET]?.[`${REQUESTS.prefix}/${name}/request.json`]?.text ?? '';
      const repository = 'europe-west4-docker.pkg.dev/fraud-ml/fraud-training';
      await using workflows = await WorkflowsJudge.start();
      const cluster = { ...WITH_CLUSTER.training.cluster, maxRuntime: '6 hours' };
      const launch = await workflows.run(askedRun(cluster, { [name]: JSON.parse(asked) as Json }, {}, { repository }));
      expect(stateOf(launch, name)).toMatchObject({ ended: { outcome: 'succeeded', job: `${name}-d` } });
      expect(JSON.parse(asked)).toMatchObject({
        image: `${repository}/training:fraud-train-2`,
        maxRuntimeSeconds: 21_600,
      });
    });
  });
});
