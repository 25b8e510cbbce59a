import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Aws, Tags } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { MlopsPlatform } from '../../../lib/aws/platform/mlops-platform';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { leastDefinition } from '../../../lib/plan/pipeline/aws-document-size';
import { runParameters } from '../../../lib/plan/pipeline/run-parameters';
import { synthPlatform } from '../../support/examples';
import { workloadPermissions } from '../../support/iam';
import {
  type DeployedPipeline,
  deployedPipeline,
  LARGE_ON_CLUSTER,
  LARGE_PIPELINE,
  ON_AWS_ALONE,
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
import { problemsOf } from '../../support/problems';

/** Without an account, so that buckets are known only once they are deployed. */
const NOWHERE = { aws: { region: 'eu-central-1' }, ...ON_AWS_ALONE };
const small = deployedPipeline(loadedPipeline(EVERY_KIND, NOWHERE));
const large = deployedPipeline(loadedPipeline(LARGE_PIPELINE, NOWHERE));

/** The parameter by which a run says whose it is. */
const TIE = /^document-[0-9a-f]{16}$/;

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
    const ofRun = runParameters(plannedPipeline(LARGE_PIPELINE, ON_AWS_ALONE)).map(({ name }) => name);
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
      expect.stringMatching(TIE),
    ]);
    expect(Object.keys(small.given)).toEqual([expect.stringMatching(TIE)]);
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
      workloadPermissions(synthPlatform(loadedPipeline(pipeline, ON_AWS_ALONE))).map(({ path, permissions }) => ({
        path,
        permissions,
      }));
    expect(of(LARGE_PIPELINE)).toEqual(of({ ...EVERY_KIND, gate: LARGE_PIPELINE.gate }));
  });

  it('has the tags that somebody gives late', () => {
    const { app, platform } = platformOf(LARGE_PIPELINE, ON_AWS_ALONE);
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
    const { document, file, given, template } = deployedPipeline(
      loadedPipeline(LARGE_ON_CLUSTER, { ...ON_AWS_ALONE, training, aws }),
    );
    expect(file?.text).not.toMatch(/\$\{|Token\[|"Ref"|"Fn::/);
    expect(document.Steps.find(({ Name }) => Name === 'train')).toMatchObject({ Type: 'Callback', SqsQueueUrl: url });
    expect(document.Steps.find(({ Name }) => Name === 'train')?.Arguments.definition).toEqual({
      Get: 'Parameters.deployed-job-definition-1',
    });
    const resources = Object.entries(
      (template as { Resources: Record<string, { Type: string; Properties: object; DependsOn?: string[] }> }).Resources,
    );
    const queue = resources.find(([, { Properties }]) => url.endsWith(`/${(Properties as Named)?.QueueName}`));
    expect(queue?.[1].Type).toBe('AWS::SQS::Queue');
    const ran = resources.find(([, { Type }]) => Type === 'AWS::Batch::JobDefinition');
    expect(given['deployed-job-definition-1']).toBe(ran?.[0]);
    const pipeline = resources.find(([, { Type }]) => Type === 'AWS::SageMaker::Pipeline');
    expect(pipeline?.[1].DependsOn).toContain(queue?.[0]);
  });

  it('asks for an account where none is given, in the spec if its words alone are too many', () => {
    const fix = 'write aws.account beside aws.region, which the address of the queue is made of';
    const path = 'models.detector.pipeline.steps';
    const without = { ...WITH_CLUSTER, ...NOWHERE };
    expect(problemsOf(() => loadedPipeline(LARGE_ON_CLUSTER, without))).toMatchObject([
      { path, fix, line: 1, received: expect.stringMatching(/^at least \d{6} characters$/) },
    ]);
    const some = Object.fromEntries(Object.entries(LARGE_ON_CLUSTER.steps).slice(0, 24));
    const spec = loadedPipeline({ ...LARGE_ON_CLUSTER, steps: some }, without);
    expect(problemsOf(() => deployedPipeline(spec))).toMatchObject([
      { path, fix, received: expect.stringMatching(/^\d{6} characters$/) },
    ]);
  });
});

describe('what cannot be', () => {
  const refused = (pipeline: unknown, change: (platform: MlopsPlatform) => void = () => {}): string => {
    const { app, platform } = platformOf(pipeline, ON_AWS_ALONE);
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

  /** The large pipeline with steps that are given as many lines of quotes as make so many characters each. */
  const ofQuotes = (length: number) => {
    const command = Array(10).fill('"'.repeat(length));
    const steps = Object.entries(LARGE_PIPELINE.steps).map(([name, step]) => [
      name,
      name.startsWith('a') ? { ...step, command, parameters: quoted(step, length) } : step,
    ]);
    return { ...LARGE_PIPELINE, steps: Object.fromEntries(steps) };
  };

  it('is one of more than a mebibyte, from a file too', () => {
    const said = { path: 'models.detector.pipeline.steps', allowed: 'on AWS: 1048576 characters' };
    expect(problemsOf(() => platformOf(ofQuotes(256), ON_AWS_ALONE))).toMatchObject([
      { ...said, received: expect.stringMatching(/^at least 1\d{6} characters$/) },
    ]);
    const { app } = platformOf(ofQuotes(225), ON_AWS_ALONE);
    expect(problemsOf(() => app.synth())).toMatchObject([
      { ...said, received: expect.stringMatching(/^1\d{6} characters$/) },
    ]);
  });

  it('is reckoned by the plan to be no longer than it is', () => {
    const [some] = definitionsOf(platformOf(ofQuotes(100), ON_AWS_ALONE).app);
    const { length = 0 } = some ?? {};
    const least = leastDefinition(plannedPipeline(ofQuotes(100), ON_AWS_ALONE));
    expect(least).toBeLessThan(length);
    expect(least).toBeGreaterThan(length / 2);
  });

  it('is a run with more than two hundred parameters', () => {
    const read = (count: number, steps: object) => {
      const datasets = Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`d${i}`, { zone: 'curated', columns: { id: 'string' } }]),
      );
      const readers = Array.from({ length: 10 }, (_, i) => {
        const inputs = Object.keys(datasets).slice(10 * i, 10 * i + 10);
        return [`s${i}`, { kind: 'prediction', inputs: Object.fromEntries(inputs.map((name) => [name, name])) }];
      });
      const pipeline = { image: 'a-1', steps: { ...Object.fromEntries(readers), ...steps } };
      return loadedPipeline(pipeline, { ...ON_AWS_ALONE, dataLake: { zones: { curated: {} }, datasets } });
    };
    const said = { path: 'models.detector.pipeline.steps', allowed: 'on AWS: 200' };
    expect(problemsOf(() => read(98, {}))).toMatchObject([{ ...said, line: 1, received: '202 parameters' }]);
    const long = Object.values(LARGE_PIPELINE.steps).slice(-1)[0];
    const large = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`a${i}`, { ...long, inputs: { data: 'd0' } }]),
    );
    expect(problemsOf(() => synthPlatform(read(97, large)))).toMatchObject([{ ...said, received: '206 parameters' }]);
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

const quoted = (step: object, length: number): object =>
  'parameters' in step
    ? Object.fromEntries(Object.keys(step.parameters as object).map((name) => [name, '"'.repeat(length)]))
    : {};

function platformOf(pipeline: unknown, more: object = {}) {
  const app = new App({ analyticsReporting: false });
  const spec = loadPlatformSpec(pipelinePlatform(pipeline, more));
  return { app, platform: new MlopsPlatform(app, 'Platform', { spec }) };
}

/** Definitions that are files, as they are uploaded. */
function definitionsOf(app: App): readonly string[] {
  const { directory } = app.synth();
  return readdirSync(directory)
    .filter((name) => /^asset\.[0-9a-f]{64}\.json$/.test(name))
    .map((name) => readFileSync(join(directory, name), 'utf8'));
}
