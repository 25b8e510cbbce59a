import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { describeJudge } from '../support/describe-judge';
import { EXAMPLE_CASES, exampleSpec, synthPlatform } from '../support/examples';
import { forMoto } from '../support/for-moto';
import { Moto, madeSummary, type StackReport } from '../support/moto';
import { loadedPipeline, ON_CLUSTER, WITH_CLUSTER } from '../support/pipeline-spec';
import { SPEC_CHANGES, type SpecChange } from '../support/spec-changes';

const REGION = 'eu-central-1';
const ACCOUNT = '333333333333';
const BOOTSTRAP_VERSION = '/cdk-bootstrap/hnb659fds/version';

/** Each from the unchanged platform. Those that remove, remove one capability at a time. */
const LIFE: readonly SpecChange[] = [
  'model added',
  'model that serves added',
  'model removed',
  'serving changed',
  'monitoring changed',
  'serving removed',
  'all serving removed',
  'pipeline removed',
  'retention changed',
  'column added',
  'zone added',
  'budget removed',
  'alerts removed',
  'training removed',
  'models removed',
  'data lake removed',
];

/** Whole stacks go here, or a type that moto's CloudFormation does not know. */
const UNSEEN: ReadonlySet<SpecChange> = new Set(['model removed', 'models removed', 'budget removed']);

const templatesOf = (change: SpecChange) =>
  synthPlatform(loadPlatformSpec(SPEC_CHANGES[change], { environment: 'prod' })).templates;

type Stacks = ReturnType<typeof templatesOf>;

describeJudge('templates', 'the stacks of a platform in moto', () => {
  let moto: Moto;
  const before = templatesOf('nothing changed');

  const create = async (stacks: Stacks, importExisting = false): Promise<StackReport[]> => {
    const reports: StackReport[] = [];
    for (const { name, template } of stacks)
      reports.push(await moto.createStack({ stack: name, template, importExisting }));
    return reports;
  };
  const remove = async (names: readonly string[]): Promise<void> => {
    for (const name of [...names].reverse()) await moto.deleteStack(name);
  };

  /** An account with nothing in it but what `mlops bootstrap` says to do first. */
  const emptyAccount = async (): Promise<void> => {
    await moto.reset();
    await moto.call('ssm', 'put_parameter', { Name: BOOTSTRAP_VERSION, Value: '30', Type: 'String' });
    for (const Name of ['fraud-pager-token', 'fraud-tickets-token'])
      await moto.call('secretsmanager', 'create_secret', { Name, SecretString: 'token' });
  };

  beforeAll(async () => {
    moto = await Moto.start({ region: REGION, account: ACCOUNT });
  });
  afterAll(() => moto?.stop());

  test.each(EXAMPLE_CASES)('$title is created', async (example) => {
    await emptyAccount();
    const reports = await create(synthPlatform(exampleSpec(example)).templates);
    for (const report of reports) {
      console.log(madeSummary(report));
      expect(report.status).toBe('CREATE_COMPLETE');
    }
  });

  test.each(LIFE)('%s: updated, deleted and created again', async (change) => {
    await emptyAccount();
    await create(before);
    const after = templatesOf(change);
    const known = new Set(before.map(({ name }) => name));
    // A stack that left the app goes first, as its owner deletes it: nothing may hold it back.
    await remove(before.map(({ name }) => name).filter((name) => !after.some((stack) => stack.name === name)));
    let touched = 0;
    for (const { name, template } of after) {
      const report = known.has(name)
        ? await moto.updateStack({ stack: name, template })
        : await moto.createStack({ stack: name, template });
      expect(report.status, name).toMatch(/_COMPLETE$/);
      touched +=
        report.created.length +
        report.updated.length +
        report.deleted.length +
        report.stale.length +
        report.retained.length;
    }
    if (!UNSEEN.has(change)) expect(touched, 'moto saw the change').toBeGreaterThan(0);

    await remove(after.map(({ name }) => name));
    const again = await create(after, true);
    expect(again.flatMap(({ imported }) => imported.map(({ type }) => type))).toContain('AWS::S3::Bucket');
  });

  test('a model that is trained on the batch cluster is created, leaves the cluster and goes', async () => {
    await emptyAccount();
    const [onCluster, elsewhere] = [ON_CLUSTER.steps.train.kind, 'training'].map(
      (kind) =>
        synthPlatform(
          loadedPipeline(
            { ...ON_CLUSTER, steps: { ...ON_CLUSTER.steps, train: { ...ON_CLUSTER.steps.train, kind } } },
            WITH_CLUSTER,
          ),
        ).templates,
    );
    for (const report of await create(
      (onCluster ?? []).map((stack) => ({ ...stack, template: forMoto(stack.template) })),
    ))
      expect(report.status, madeSummary(report)).toBe('CREATE_COMPLETE');
    const { jobDefinitions } = await moto.call('batch', 'describe_job_definitions');
    expect(jobDefinitions).toHaveLength(2);
    for (const { name, template } of (elsewhere ?? []).map((stack) => ({
      ...stack,
      template: forMoto(stack.template),
    })))
      expect((await moto.updateStack({ stack: name, template })).status, name).toMatch(/_COMPLETE$/);
    await remove((elsewhere ?? []).map(({ name }) => name));
  });

  test('what is retained blocks a new deployment until it is adopted', async () => {
    await emptyAccount();
    await create(before);
    await remove(before.map(({ name }) => name));
    await expect(create(before)).rejects.toThrow(/exist/i);
    await emptyAccount();
    await create(before);
    await remove(before.map(({ name }) => name));
    const adopted = await create(before, true);
    expect(adopted.every(({ status }) => /_COMPLETE$/.test(status))).toBe(true);
  });
});
