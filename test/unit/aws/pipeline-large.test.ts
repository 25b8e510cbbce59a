import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Aws, Tags } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { MlopsPlatform } from '../../../lib/aws/platform/mlops-platform';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { runParameters } from '../../../lib/plan/pipeline/run-parameters';
import { synthPlatform } from '../../support/examples';
import { workloadPermissions } from '../../support/iam';
import {
  type DeployedPipeline,
  deployedPipeline,
  LARGE_ON_CLUSTER,
  LARGE_PIPELINE,
  withValues,
} from '../../support/large-pipeline';
import {
  EVERY_KIND,
  loadedPipeline,
  pipelinePlatform,
  plannedPipeline,
  UNCHECKED,
  WITH_CLUSTER,
} from '../../support/pipeline-spec';

/** Without an account, so that buckets are known only once they are deployed. */
const NOWHERE = { aws: { region: 'eu-central-1' } };
const small = deployedPipeline(loadedPipeline(EVERY_KIND, NOWHERE));
const large = deployedPipeline(loadedPipeline(LARGE_PIPELINE, NOWHERE));

/** Bytes of a template that CloudFormation takes. Source: CloudFormation user guide, "Understand CloudFormation quotas". */
const LARGEST_TEMPLATE = 1_000_000;

describe('a large definition', () => {
  it('is a file by the hash of its content, and a small one is in the template', () => {
    expect(small.file).toBeUndefined();
    expect(large.file).toMatchObject({
      bucket: 'cdk-hnb659fds-assets-111111111111-eu-central-1',
      key: expect.stringMatching(/^[0-9a-f]{64}\.json$/),
    });
    expect(large.file?.text.length).toBeGreaterThan(500_000);
    expect(sizeOf(large)).toBeLessThan(200_000);
  });

  it('is the same again, whoever synthesises it', () => {
    expect(deployedPipeline(loadedPipeline(LARGE_PIPELINE, NOWHERE)).file).toEqual(large.file);
  });

  it('is uploaded from a stage too', () => {
    expect(deployedPipeline(loadedPipeline(LARGE_PIPELINE, NOWHERE), 'Prod').file?.text).toBe(large.file?.text);
  });

  it('has nothing in it that CloudFormation would fill in', () => {
    expect(large.file?.text).not.toMatch(/\$\{|Token\[|"Ref"|"Fn::/);
  });

  it('asks for what the plan gives to a run and what the start machine gives besides, and no more', () => {
    const ofRun = runParameters(plannedPipeline(LARGE_PIPELINE)).map(({ name }) => name);
    expect(large.document.Parameters.map(({ Name }) => Name)).toEqual([...ofRun, ...Object.keys(large.given)]);
    expect(Object.keys(large.given).sort()).toEqual([
      'deployed-checkpoints',
      'deployed-files',
      'deployed-key',
      'deployed-repository',
      'deployed-results',
      'deployed-security-group',
      'deployed-step-role',
      'deployed-subnet-1',
      'deployed-subnet-2',
      'deployed-validation-image',
    ]);
    expect(small.given).toEqual({});
  });

  it('comes with these values to the same steps as a small one', () => {
    const [steps, same] = [large.document.Steps, small.document.Steps].map((all) =>
      all.filter(({ Name }) => small.document.Steps.some((step) => step.Name === Name)),
    );
    expect(same).toHaveLength(small.document.Steps.length);
    expect(withValues(steps, large.given)).toEqual(withValues(same, {}));
  });

  it('asks for nothing that it does not need', () => {
    const { gate: _, register: __, ...rest } = UNCHECKED;
    const { train, prepare } = UNCHECKED.steps;
    const { evaluate } = UNCHECKED.steps;
    const score = { kind: 'prediction', inputs: { report: 'evaluate.report' } };
    const steps = { prepare, train: { ...train, capacity: 'on-demand' }, evaluate, score };
    const more = Object.entries(LARGE_PIPELINE.steps).filter(([name]) => name.startsWith('a'));
    const bare = deployedPipeline(
      loadedPipeline({ ...rest, steps: { ...steps, ...Object.fromEntries(more) } }, NOWHERE),
    );
    expect(Object.keys(bare.given)).not.toContain('deployed-checkpoints');
    expect(Object.keys(bare.given).filter((name) => /files|validation/.test(name))).toEqual([]);
    expect(Object.keys(bare.given)).toContain('deployed-step-role');
  });

  it('is read by nobody who runs: what may be done is what it is for a small one', () => {
    const of = (pipeline: unknown) =>
      workloadPermissions(synthPlatform(loadedPipeline(pipeline))).map(({ path, permissions }) => ({
        path,
        permissions,
      }));
    expect(of(LARGE_PIPELINE)).toEqual(of(EVERY_KIND));
  });

  it('has the tags that somebody gives late', () => {
    const { app, platform } = platformOf(LARGE_PIPELINE);
    Tags.of(platform).add('team', 'risk');
    const [text = ''] = definitionsOf(app);
    expect(JSON.parse(text).Steps[0].Arguments.Tags).toContainEqual({ Key: 'team', Value: 'risk' });
  });
});

interface Named {
  readonly QueueName?: string;
}

describe('a large definition with a step on the cluster', () => {
  it.each([
    ['eu-central-1', 'https://sqs.eu-central-1.amazonaws.com/111111111111/fraud-detector-cluster-step'],
    ['cn-northwest-1', 'https://sqs.cn-northwest-1.amazonaws.com.cn/111111111111/fraud-detector-cluster-step'],
  ])('names its queue of %s as it will be', (region, url) => {
    const aws = { account: '111111111111', region };
    const training = { cluster: { kind: 'batch' } };
    const { document, file, template } = deployedPipeline(loadedPipeline(LARGE_ON_CLUSTER, { training, aws }));
    expect(file?.text).not.toMatch(/\$\{|Token\[|"Ref"|"Fn::/);
    expect(document.Steps.find(({ Name }) => Name === 'train')).toMatchObject({ Type: 'Callback', SqsQueueUrl: url });
    const resources = Object.entries(
      (template as { Resources: Record<string, { Type: string; Properties: object; DependsOn?: string[] }> }).Resources,
    );
    const queue = resources.find(([, { Properties }]) => url.endsWith(`/${(Properties as Named)?.QueueName}`));
    expect(queue?.[1].Type).toBe('AWS::SQS::Queue');
    const pipeline = resources.find(([, { Type }]) => Type === 'AWS::SageMaker::Pipeline');
    expect(pipeline?.[1].DependsOn).toContain(queue?.[0]);
  });

  it('asks for an account where none is given', () => {
    expect(() => deployedPipeline(loadedPipeline(LARGE_ON_CLUSTER, { ...WITH_CLUSTER, ...NOWHERE }))).toThrow(
      'the queue of its steps on the cluster has an address only in a known account and region. Give aws.account beside aws.region.',
    );
  });
});

describe('what cannot be', () => {
  const refused = (pipeline: unknown, change: (platform: MlopsPlatform) => void = () => {}): string => {
    const { app, platform } = platformOf(pipeline);
    change(platform);
    try {
      app.synth();
    } catch (error) {
      return String(error);
    }
    return 'nothing was refused';
  };

  it('is a tag of a large one that is known only once it is deployed', () => {
    const late = ({ models }: MlopsPlatform) => Tags.of(models.detector ?? new App()).add('partition', Aws.PARTITION);
    expect(refused(LARGE_PIPELINE, late)).toMatch(
      /Steps\[0\]\.Arguments\.Tags\[\d\]\.Value of the definition of the pipeline is known only once it is deployed/,
    );
    expect(refused(EVERY_KIND, late)).toBe('nothing was refused');
  });

  it('is one of more than a mebibyte, from a file too', () => {
    const command = Array(10).fill('"'.repeat(256));
    const steps = Object.fromEntries(
      Object.entries(LARGE_PIPELINE.steps).map(([name, step]) => [
        name,
        name.startsWith('a') ? { ...step, command, parameters: quoted(step) } : step,
      ]),
    );
    expect(refused({ ...LARGE_PIPELINE, steps })).toMatch(
      /The definition of the pipeline has 1\d{6} characters, and SageMaker takes 1048576, from a file too\./,
    );
  });

  it('is a run with more than two hundred parameters', () => {
    const datasets = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`d${i}`, { zone: 'curated', columns: { id: 'string' } }]),
    );
    const steps = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [
        `s${i}`,
        {
          kind: 'prediction',
          inputs: Object.fromEntries(
            Object.keys(datasets)
              .slice(10 * i, 10 * i + 10)
              .map((name) => [name, name]),
          ),
        },
      ]),
    );
    const spec = loadedPipeline({ image: 'a-1', steps }, { dataLake: { zones: { curated: {} }, datasets } });
    expect(() => synthPlatform(spec)).toThrow(
      'runs of the pipeline have 205 parameters, and SageMaker gives them 200. Let its steps read fewer datasets.',
    );
  });

  it('is not a definition that is just small enough for the template', () => {
    const some = Object.entries(LARGE_PIPELINE.steps).slice(0, 23);
    const fits = deployedPipeline(loadedPipeline({ ...LARGE_PIPELINE, steps: Object.fromEntries(some) }, NOWHERE));
    expect(fits.file?.key).toBeUndefined();
    expect(sizeOf(fits)).toBeLessThan(LARGEST_TEMPLATE / 2);
  });
});

/** Characters of the template of its stack, as it is uploaded. */
const sizeOf = ({ template }: DeployedPipeline): number => JSON.stringify(template, undefined, 1).length;

const quoted = (step: object): object =>
  'parameters' in step
    ? Object.fromEntries(Object.keys(step.parameters as object).map((name) => [name, '"'.repeat(256)]))
    : {};

function platformOf(pipeline: unknown) {
  const app = new App({ analyticsReporting: false });
  return { app, platform: new MlopsPlatform(app, 'Platform', { spec: loadPlatformSpec(pipelinePlatform(pipeline)) }) };
}

/** Definitions that are files, as they are uploaded. */
function definitionsOf(app: App): readonly string[] {
  const { directory } = app.synth();
  return readdirSync(directory)
    .filter((name) => /^asset\.[0-9a-f]{64}\.json$/.test(name))
    .map((name) => readFileSync(join(directory, name), 'utf8'));
}
