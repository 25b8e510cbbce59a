import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { KfpJudge, type KfpRun } from '../support/kfp-judge';
import {
  course,
  GOOD_DAY,
  PipelineBuckets,
  RUN_FOLDER,
  RUNNABLE,
  runToy,
  TOY_WORLD,
  type ToyStep,
} from '../support/kfp-world';
import { ARTIFACTS_BUCKET } from '../support/pipeline-document';
import { ALIKE } from '../support/pipeline-spec';

interface Version {
  readonly labels: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
  readonly fields: Readonly<Record<string, unknown>> & { readonly versionDescription: string };
}

/** Versions in the registry by their numbers. */
const versions = ({ world }: KfpRun): Readonly<Record<string, Version>> => {
  const { models = {} } = (world.state?.aiplatform ?? {}) as {
    models?: Record<string, { versions: Record<string, Version> }>;
  };
  return models['fraud-detector']?.versions ?? {};
};

/** Names of jobs: of one that checks data, of a step on demand and of one on a spot machine. */
const CHECK = 'fraud-detector-pipeline-check';
const PREPARE = 'fraud-detector-pipeline-prepare';
const TRAIN = 'fraud-detector-pipeline-train';

/** Google that loses machines of custom jobs. */
const losing = (aiplatform: { readonly lost: readonly string[]; readonly late?: boolean }) => ({
  ...TOY_WORLD,
  state: { ...TOY_WORLD.state, aiplatform },
});

const measured = (auc: number): Readonly<Record<string, ToyStep>> => ({
  ...GOOD_DAY,
  evaluate: { writes: ['--report', '--metrics'], metrics: { auc, loss: 0.2 } },
});

describeJudge('kfp', 'a pipeline of Vertex AI, executed', () => {
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

  it('runs each step after those it depends on, and registers what passed the gate', async () => {
    const run = await runToy(judge, buckets, GOOD_DAY);
    expect(run.state).toBe('SUCCEEDED');
    expect(course(run).slice(0, 4)).toEqual(['check', 'prepare', 'train', 'evaluate']);
    expect(course(run).slice(4, -1).sort()).toEqual(['publish', 'score', 'version--registered']);
    expect(course(run).at(-1)).toBe('run--outcome');
    expect(outcome()).toEqual({
      schemaVersion: 1,
      run: 'run-1',
      outcome: 'registered',
      reason: 'It registered version 1.',
      detail: '-',
      version: '1',
    });
  });

  it('gives each container what the contract of steps says', async () => {
    await runToy(judge, buckets, GOOD_DAY);
    expect(buckets.given('prepare', 'train')).toEqual({
      '--transactions': ['part-0.parquet'],
      '--labels': ['part-0.parquet'],
      '--train': [],
      '--test': [],
      '--days': '90',
      '--with-weekends': 'true',
      '--currency': 'EUR',
    });
    expect(buckets.given('train', 'model')).toEqual({
      '--train': ['given.json'],
      '--model': [],
      '--rounds': '200',
      '--checkpoints': [],
    });
    expect(buckets.given('evaluate', 'report')).toEqual({
      '--model': ['given.json'],
      '--test': ['given.json'],
      '--report': [],
      '--metrics': [],
    });
    expect(buckets.given('score', 'scores')).toMatchObject({ '--model': ['given.json'], '--data': ['given.json'] });
  });

  it('registers a version that waits for approval, with all that it was made of', async () => {
    const { '1': version } = versions(await runToy(judge, buckets, GOOD_DAY));
    expect(version?.labels).toMatchObject({
      'mlops-approval': 'pending',
      'mlops-run': 'run-1',
      'mlops-reason': 'schedule',
    });
    expect(version?.aliases).toContain('run-run-1');
    const of = (path: string) => `gs://${ARTIFACTS_BUCKET}/${RUN_FOLDER}/fraud-detector-pipeline/${path}`;
    expect(version?.fields).toMatchObject({
      artifactUri: of('train/model'),
      containerSpec: {
        imageUri: expect.stringMatching(/\/training:fraud-serving-1\.4\.0$/),
        ports: [{ containerPort: 8080 }],
        healthRoute: '/ping',
        predictRoute: '/invocations',
      },
    });
    expect(JSON.parse(version?.fields.versionDescription ?? '')).toEqual({
      run: 'run-1',
      reason: 'schedule',
      trigger: 'nightly',
      revision: 'fraud-1.4.0',
      images: { 'fraud-1.4.0': 'sha256:1', 'fraud-serving-1.4.0': 'sha256:2' },
      snapshots: { transactions: '5', chargebacks: '5' },
      reference: of('prepare/train'),
      metrics: { auc: 0.95, loss: 0.2 },
    });
  });

  it('does not mistake what one step made for what another did, however alike their names are', async () => {
    const plain = { writes: [] };
    const run = await runToy(
      judge,
      buckets,
      {
        'train-base': { writes: ['--model'] },
        train: { writes: ['--base-model'] },
        prep: { writes: ['--train-test'] },
        'prep-train': { writes: ['--test'] },
        evaluate: { ...plain, metrics: { 'base-auc': 0.95 } },
        'evaluate-base': { ...plain, metrics: { auc: 0.4 } },
        score: plain,
      },
      { pipeline: ALIKE },
    );
    expect([run.state, run.skipped]).toEqual(['SUCCEEDED', ['if--score']]);
    const { '1': version } = versions(run);
    expect(version?.fields.artifactUri).toMatch(/\/train\/base-model$/);
    expect(JSON.parse(version?.fields.versionDescription ?? '')).toMatchObject({
      reference: expect.stringMatching(/\/train-base\/model$/),
      metrics: { 'base-auc': 0.95 },
    });
  });

  it('registers nothing that did not reach the floor of this run, which is no failure', async () => {
    const run = await runToy(judge, buckets, GOOD_DAY, { parameters: { 'gate-floor': 0.96 } });
    expect([run.state, run.skipped, versions(run)]).toEqual(['SUCCEEDED', ['gate--passed'], {}]);
    expect(outcome()).toMatchObject({
      outcome: 'gate-failed',
      reason: 'The model did not pass the gate: evaluate.auc is less than 0.96.',
    });
  });

  it.each([
    [0.9, 0.9, true],
    [0.8999, 0.9, false],
    [1, 1, true],
  ])('takes a metric of %d for a floor of %d: %s', async (auc, floor, passes) => {
    const run = await runToy(judge, buckets, measured(auc), { parameters: { 'gate-floor': floor } });
    expect(Object.keys(versions(run))).toEqual(passes ? ['1'] : []);
  });

  it('takes a metric of which less is better by what it may be at most', async () => {
    const pipeline = { ...RUNNABLE, gate: { metric: 'evaluate.loss', atMost: 0.3 } };
    expect(
      versions(await runToy(judge, buckets, GOOD_DAY, { pipeline, parameters: { 'gate-floor': 0.3 } })),
    ).toHaveProperty('1');
    const run = await runToy(judge, buckets, GOOD_DAY, { pipeline, run: 'run-2', parameters: { 'gate-floor': 0.1 } });
    expect(versions(run)).toEqual({});
    expect(buckets.json('pipelines/detector/run-2/outcome.json')).toMatchObject({
      reason: 'The model did not pass the gate: evaluate.loss is more than 0.1.',
    });
  });

  it('leaves out a step whose condition does not hold, and what depends on it', async () => {
    const run = await runToy(judge, buckets, measured(0.4), { parameters: { 'gate-floor': 0.3 } });
    expect(run.state).toBe('SUCCEEDED');
    expect(run.skipped).toEqual(['if--score']);
    expect(course(run)).toEqual(['check', 'prepare', 'train', 'evaluate', 'version--registered', 'run--outcome']);
  });

  it('stops where data breaks a rule, which is judged once, and says which', async () => {
    const run = await runToy(judge, buckets, GOOD_DAY, {
      files: { [`${ARTIFACTS_BUCKET}/snapshots/transactions/5/1/broken.parquet`]: 'x' },
    });
    expect([run.state, course(run)]).toEqual(['FAILED', ['check FAILED', 'check FAILED (2)', 'run--outcome']]);
    expect(run.ran.filter(({ name }) => name === CHECK)).toHaveLength(1);
    expect(run.tasks.find(({ attempt }) => attempt === 2)?.said).toContain('The task failed before, for good.');
    expect(outcome()).toMatchObject({
      outcome: 'data-invalid',
      detail: 'step check',
      reason: expect.stringContaining(
        'The snapshot 5 of transactions breaks 1 of 1 rules. rules.columns.amount.maxNulls: at most 0 % missing, and 3 of 9 rows are.',
      ),
    });
  });

  it('says of a run that registered a version and in which another step failed both', async () => {
    const score = { ...GOOD_DAY.score, fails: 9 };
    const run = await runToy(judge, buckets, { ...GOOD_DAY, score });
    expect(run.state).toBe('FAILED');
    expect(Object.keys(versions(run))).toEqual(['1']);
    expect(outcome()).toMatchObject({
      outcome: 'registered-and-failed',
      detail: 'step score',
      version: '1',
      reason: expect.stringMatching(/^It registered version 1\. The step score failed: .*score broke as it was told/s),
    });
  });

  it('does not blame data that a check could not judge', async () => {
    await runToy(judge, buckets, GOOD_DAY, {
      files: { [`${ARTIFACTS_BUCKET}/snapshots/transactions/5/1/unreadable.parquet`]: 'x' },
    });
    expect(outcome()).toMatchObject({
      outcome: 'failed',
      detail: 'step check',
      reason: expect.stringMatching(/the snapshot is no Parquet[\s\S]*It found no rule that is broken/),
    });
  });

  it.each([
    ['before it judged', false],
    ['after it had judged', true],
  ])('tries a check again whose machine was lost %s, and goes on', async (_, late) => {
    const run = await runToy(judge, buckets, GOOD_DAY, { world: losing({ lost: [CHECK], late }) });
    expect(course(run).slice(0, 3)).toEqual(['check FAILED', 'check (2)', 'prepare']);
    expect([run.state, Object.keys(versions(run))]).toEqual(['SUCCEEDED', ['1']]);
    expect(outcome()).toMatchObject({ outcome: 'registered', detail: '-' });
  });

  it('gives up a check whose machine is lost each time, and does not blame data', async () => {
    const run = await runToy(judge, buckets, GOOD_DAY, { world: losing({ lost: [CHECK, CHECK, CHECK] }) });
    expect(course(run)).toEqual(['check FAILED', 'check FAILED (2)', 'run--outcome']);
    expect(outcome()).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('was lost') });
  });

  it('tries a step again whose machine was lost, in folders that are empty', async () => {
    const run = await runToy(judge, buckets, GOOD_DAY, { world: losing({ lost: [PREPARE], late: true }) });
    expect(course(run).slice(0, 4)).toEqual(['check', 'prepare FAILED', 'prepare (2)', 'train']);
    expect(run.ran.filter(({ name }) => name === PREPARE).map(({ code }) => code)).toEqual([0, 0]);
    expect(buckets.given('prepare', 'train')).toMatchObject({ '--train': [], '--test': [] });
  });

  it('runs a step once whose machine was lost and that is not to be tried again', async () => {
    const once = { ...RUNNABLE, steps: { ...RUNNABLE.steps, prepare: { ...RUNNABLE.steps.prepare, retries: 0 } } };
    const run = await runToy(judge, buckets, GOOD_DAY, {
      pipeline: once,
      world: losing({ lost: [PREPARE], late: true }),
    });
    expect(course(run)).toEqual(['check', 'prepare FAILED', 'run--outcome']);
    expect(run.ran.filter(({ name }) => name === PREPARE)).toHaveLength(1);
    expect(outcome()).toMatchObject({ outcome: 'failed', detail: 'step prepare' });
  });

  it('leaves a spot machine that is taken to Vertex AI, which keeps checkpoints and what outputs hold', async () => {
    const train = { ...RUNNABLE.steps.train, retries: 0 };
    const run = await runToy(
      judge,
      buckets,
      { ...GOOD_DAY, train: { ...GOOD_DAY.train, restarted: true } },
      {
        pipeline: { ...RUNNABLE, steps: { ...RUNNABLE.steps, train } },
        world: losing({ lost: [TRAIN], late: true }),
      },
    );
    expect([run.state, course(run).slice(1, 4)]).toEqual(['SUCCEEDED', ['prepare', 'train', 'evaluate']]);
    expect(run.ran.filter(({ name }) => name === TRAIN)).toHaveLength(2);
    expect(buckets.given('train', 'model')).toMatchObject({
      '--model': ['given.json'],
      '--checkpoints': ['attempt-1'],
    });
  });

  it('stops at a broken rule also where the machine was lost after it was found', async () => {
    const run = await runToy(judge, buckets, GOOD_DAY, {
      world: losing({ lost: [CHECK], late: true }),
      files: { [`${ARTIFACTS_BUCKET}/snapshots/transactions/5/1/broken.parquet`]: 'x' },
    });
    expect(run.ran.filter(({ name }) => name === CHECK)).toHaveLength(1);
    expect(outcome()).toMatchObject({ outcome: 'data-invalid', detail: 'step check' });
  });

  it('names the step whose task broke by itself', async () => {
    await runToy(judge, buckets, GOOD_DAY, {
      files: { [`${ARTIFACTS_BUCKET}/snapshots/transactions/5/1/torn.parquet`]: 'x' },
    });
    expect(outcome()).toMatchObject({
      outcome: 'failed',
      detail: 'step check',
      reason: expect.stringMatching(
        /^The task of the step check broke \(JSONDecodeError: .*\)\. Its log says where\.$/,
      ),
    });
  });

  it('registers nothing before every check of data passed, also one that nothing else waits for', async () => {
    const { after: _, ...alone } = RUNNABLE.steps.prepare;
    const run = await runToy(judge, buckets, GOOD_DAY, {
      pipeline: { ...RUNNABLE, steps: { ...RUNNABLE.steps, prepare: alone } },
      files: { [`${ARTIFACTS_BUCKET}/snapshots/transactions/5/1/broken.parquet`]: 'x' },
    });
    expect(run.state).toBe('FAILED');
    expect(versions(run)).toEqual({});
    expect(outcome()).toMatchObject({ outcome: 'data-invalid' });
  });

  it('tells of broken data where another step failed beside its check', async () => {
    const { check, ...rest } = RUNNABLE.steps;
    const { after: _, ...alone } = rest.prepare;
    const run = await runToy(
      judge,
      buckets,
      { ...GOOD_DAY, verify: { writes: ['--report'] }, prepare: { ...GOOD_DAY.prepare, fails: 9 } },
      {
        pipeline: { ...RUNNABLE, steps: { ...rest, prepare: { ...alone, retries: 0 }, verify: check } },
        files: { [`${ARTIFACTS_BUCKET}/snapshots/transactions/5/1/broken.parquet`]: 'x' },
      },
    );
    expect(run.state).toBe('FAILED');
    expect(outcome()).toMatchObject({
      outcome: 'data-invalid',
      detail: 'step prepare, step verify',
      reason: expect.stringMatching(/prepare broke as it was told.*breaks 1 of 1 rules/s),
    });
  });

  it('tries a step again as often as it may, each time with empty folders', async () => {
    const run = await runToy(judge, buckets, { ...GOOD_DAY, prepare: { ...GOOD_DAY.prepare, fails: 2 } });
    expect(course(run).slice(1, 4)).toEqual(['prepare FAILED', 'prepare FAILED (2)', 'prepare (3)']);
    expect(run.slept).toEqual([60, 120]);
    expect(outcome()).toMatchObject({ outcome: 'registered', detail: '-' });
  });

  it('gives up a step that fails each time, and still says how the run ended', async () => {
    const run = await runToy(judge, buckets, { ...GOOD_DAY, prepare: { ...GOOD_DAY.prepare, fails: 9 } });
    expect(run.state).toBe('FAILED');
    expect(course(run).slice(-2)).toEqual(['prepare FAILED (3)', 'run--outcome']);
    expect(outcome()).toMatchObject({
      outcome: 'failed',
      detail: 'step prepare',
      reason: expect.stringContaining('prepare broke as it was told'),
    });
  });

  it('goes on from the checkpoints of an attempt whose machine was taken away', async () => {
    await runToy(judge, buckets, { ...GOOD_DAY, train: { ...GOOD_DAY.train, fails: 1 } });
    expect(buckets.given('train', 'model')).toMatchObject({ '--checkpoints': ['attempt-1'] });
  });

  it.each([
    ['no metrics.json', { writes: ['--report', '--metrics'] }, 'wrote no metrics.json'],
    ['text', { metrics: {}, raw: 'auc: 1' }, 'metrics.json is no JSON'],
    ['a list', { metrics: {}, raw: '[0.95]' }, 'no finite number for auc, loss'],
    ['no loss', { metrics: { auc: 0.95 } }, 'no finite number for loss'],
    ['not a number', { metrics: {}, raw: '{"auc": NaN, "loss": 1}' }, 'no finite number for auc'],
    ['a word', { metrics: {}, raw: '{"auc": "0.95", "loss": true}' }, 'no finite number for auc, loss'],
  ])('fails a step that measured %s, and says what to write', async (_, evaluate, problem) => {
    const run = await runToy(judge, buckets, { ...GOOD_DAY, evaluate });
    expect(run.state).toBe('FAILED');
    const { reason } = outcome() as { reason: string };
    expect(reason).toContain(problem);
    expect(reason).toContain('Write {"auc": 0.5, "loss": 0.5}');
  });

  it('uses results of an equal step again, and adds a version to the model that is there', async () => {
    const first = await runToy(judge, buckets, GOOD_DAY);
    const second = await runToy(judge, buckets, GOOD_DAY, { run: 'run-2', world: first.world });
    expect(second.tasks.filter(({ state }) => state === 'SKIPPED').map(({ task }) => task)).toEqual(['prepare']);
    expect(Object.keys(versions(second))).toEqual(['1', '2']);
    expect(buckets.given('train', 'model', 'run-2')).toMatchObject({ '--train': ['given.json'] });
    const { '2': version } = versions(second);
    expect(JSON.parse(version?.fields.versionDescription ?? '')).toMatchObject({
      run: 'run-2',
      reference: expect.stringContaining(`/${RUN_FOLDER}/`),
    });
  });
});
