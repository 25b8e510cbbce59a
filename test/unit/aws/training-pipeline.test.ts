import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthPlatform } from '../../support/examples';
import { workloadPermissions } from '../../support/iam';
import { nagFindings } from '../../support/nag';
import { EVERY_KIND, loadedPipeline, UNCHECKED } from '../../support/pipeline-spec';
import { problemsOf } from '../../support/problems';

const synthesised = synthPlatform(loadedPipeline());
const stack = synthesised.platform.models.detector;
if (stack?.pipeline === undefined) throw new Error('the pipeline was lost');
const { pipeline } = stack;
const template = Template.fromStack(stack);
const permissions = workloadPermissions(synthesised);
const of = (workload: string) =>
  permissions
    .filter(({ access }) => access.some((edge) => edge.workload === workload))
    .flatMap(({ permissions: p }) => p);

describe('TrainingPipeline', () => {
  it('is a pipeline with its definition inline, as roles that only SageMaker of this account assumes', () => {
    template.hasResourceProperties('AWS::SageMaker::Pipeline', {
      PipelineName: 'fraud-detector-pipeline',
      PipelineDefinition: { PipelineDefinitionBody: Match.anyValue() },
    });
    const trust = Object.entries(template.findResources('AWS::IAM::Role'))
      .filter(([id]) => id.startsWith('Pipeline'))
      .flatMap(([, { Properties }]) => Properties.AssumeRolePolicyDocument.Statement)
      .filter(({ Principal }) => Principal.Service === 'sagemaker.amazonaws.com');
    expect(trust.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'aws:SourceAccount': '111111111111' } },
      { StringEquals: { 'aws:SourceAccount': '111111111111' } },
    ]);
  });

  it('hands over nothing but the role of its steps, and to SageMaker alone', () => {
    const passed = of('pipeline/detector').filter(({ action }) => action === 'iam:PassRole');
    expect(passed).toMatchObject([
      {
        resource: expect.stringMatching(/\/Pipeline\/Steps\/Role\/Resource>$/),
        condition: '{StringEquals: {iam:PassedToService: sagemaker.amazonaws.com}}',
      },
    ]);
  });

  it('lets steps read frozen snapshots and nothing of the lake, and neither register nor approve', () => {
    const actions = of('pipeline-step/detector').map(({ action, resource }) => `${action} ${resource}`);
    expect(actions.filter((text) => /snapshots\/transactions/.test(text)).length).toBeGreaterThan(0);
    expect(actions.filter((text) => /^(glue|athena|sagemaker):|lake/.test(text))).toEqual([]);
    expect(of('pipeline/detector').map(({ action }) => action)).toContain('sagemaker:CreateModelPackage');
    expect(of('pipeline/detector').map(({ action }) => action)).not.toContain('sagemaker:UpdateModelPackage');
  });

  it('keeps the rules of what it checks as an asset of its own, and says whose are missing', () => {
    const assets = pipeline.node.findAll().filter(({ node }) => node.id === 'Staging');
    expect(assets.map(({ node }) => node.path.split('/').at(-2)).sort()).toEqual(['Code', 'Rules-transactions']);
  });

  it('gives its machines one another to talk to only where a step has several', () => {
    const rules = (spec: unknown) => {
      const { platform } = synthPlatform(loadedPipeline(spec));
      const { detector } = platform.models;
      if (detector === undefined) throw new Error('the stack was lost');
      return Object.keys(Template.fromStack(detector).findResources('AWS::EC2::SecurityGroupIngress'));
    };
    const { train } = UNCHECKED.steps;
    expect(rules(UNCHECKED)).toEqual([]);
    expect(rules({ ...UNCHECKED, steps: { ...UNCHECKED.steps, train: { ...train, nodes: 2 } } })).not.toEqual([]);
  });

  it('leaves nothing unacknowledged that AwsSolutions, NIST 800-53 R5, HIPAA and PCI find', () => {
    expect(nagFindings(synthesised.app)).toEqual([]);
  });
});

describe('what SageMaker takes of steps', () => {
  const { prepare, train } = EVERY_KIND.steps;
  const many = (count: number, of: (i: number) => unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, of(i)]));
  const load = (steps: object, more?: object) =>
    loadedPipeline({ ...EVERY_KIND, steps: { ...EVERY_KIND.steps, ...steps } }, more);
  const said = (steps: object) =>
    problemsOf(() => load(steps)).map(
      ({ path, received }) => `${path.replace('models.detector.pipeline.', '')}: ${received}`,
    );
  const predictions = (count: number) => many(count, () => ({ kind: 'prediction', inputs: { data: 'prepare.test' } }));

  it.each<[string, object, string]>([
    [
      'eleven inputs',
      { prepare: { ...prepare, inputs: many(11, () => 'transactions') } },
      'steps.prepare.inputs: 11 inputs',
    ],
    [
      'twenty-one channels',
      { train: { ...train, inputs: many(21, () => 'prepare.train') } },
      'steps.train.inputs: 21 inputs',
    ],
    [
      'more than a hundred arguments',
      { train: { ...train, parameters: many(49, (i) => i) } },
      'steps.train.parameters: 104 words: two for each input, output and parameter',
    ],
    ['more than fifty steps', predictions(42), 'steps: 51 with conditions, gate and registration'],
  ])('is not %s', (_what, steps, problem) => {
    expect(said(steps)).toEqual([problem]);
    expect(load(steps, { aws: undefined }).models).toHaveProperty('detector');
  });

  it('is as many as it has room for', () => {
    expect(load(predictions(40)).models).toHaveProperty('detector');
    expect(load({ prepare: { ...prepare, inputs: many(10, () => 'transactions') } }).models).toHaveProperty('detector');
  });
});
