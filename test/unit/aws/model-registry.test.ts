import { type App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { ModelRegistry, type ModelRegistryProps } from '../../../lib/aws/model-registry/model-registry';
import { ALLOW_DATA_LOSS } from '../../../lib/aws/removal';
import { matchesPattern, transformInput } from '../../support/event-pattern';
import { EXECUTION_ENDS, toldOfEnd } from '../../support/execution-event';
import { nagFindings } from '../../support/nag';
import { problemsOf } from '../../support/problems';
import { synthTemplate, testStack } from '../../support/synth';

const GROUP = 'fraud-prod-fraud-detector';
const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:alerts';
const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/operations';

function channel(stack: Stack) {
  const encryptionKey = kms.Key.fromKeyArn(stack, 'OperationsKey', KEY);
  return Alerts.fromTopicArn(stack, 'Alerts', { topicArn: TOPIC, encryptionKey, platform: 'fraud-prod' });
}

const build = (stack: Stack, props: Partial<ModelRegistryProps> = {}) =>
  new ModelRegistry(stack, 'Registry', {
    model: 'fraud-detector',
    groupName: GROUP,
    alerts: channel(stack),
    ...props,
  });

const template = (props?: Partial<ModelRegistryProps>) =>
  synthTemplate((stack) => build(stack, props), { env: { region: 'eu-central-1' } });
const rulesOf = (found: Template) =>
  Object.entries(found.findResources('AWS::Events::Rule')).map(([id, { Properties }]) => ({ id, ...Properties }));

type Event = Readonly<Record<string, unknown>>;

/** An event of a version as SageMaker sends it. */
function versionEvent(detail: Event) {
  const arn = `arn:aws:sagemaker:eu-central-1:111111111111:model-package/${GROUP}/2`;
  return {
    version: '0',
    id: '844e2571-85d4-695f-b930-0153b71dcb42',
    'detail-type': 'SageMaker Model Package State Change',
    source: 'aws.sagemaker',
    account: '111111111111',
    time: '2026-02-24T17:00:14Z',
    region: 'eu-central-1',
    resources: [arn],
    detail: {
      ModelPackageGroupName: GROUP,
      ModelPackageVersion: 2,
      ModelPackageArn: arn,
      CreationTime: '2026-02-24T17:00:14Z',
      InferenceSpecification: { Containers: [{ Image: 'image', ModelDataUrl: 's3://bucket/model.tar.gz' }] },
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CertifyForMarketplace: false,
      LastModifiedTime: '2026-02-24T17:00:14Z',
      ...detail,
    },
  };
}

const edit = (ModelApprovalStatus: string, ...UpdatedModelPackageFields: readonly string[]) =>
  versionEvent({ ModelApprovalStatus, UpdatedModelPackageFields });

describe('props', () => {
  test('are refused where a spec would refuse them, all at once', () => {
    const approval = 'maybe' as 'manual';
    const problems = problemsOf(() => build(testStack(), { model: 'Bad Name!!', approval }));
    expect(problems.map(({ file, path }) => [file, path])).toEqual([
      ['Test/Registry', 'approval'],
      ['Test/Registry', 'model'],
    ]);
  });

  test('are taken as they are where they are known at deployment only', () => {
    const model = (stack: Stack) => new CfnParameter(stack, 'Model').valueAsString;
    expect(() => synthTemplate((stack) => build(stack, { model: model(stack) }))).not.toThrow();
  });

  test('that are missing are named', () => {
    const make = (props: object) => () => new ModelRegistry(testStack(), 'M', props as ModelRegistryProps);
    expect(make({ model: 'x' })).toThrow("Test/M: 'alerts' is required");
    expect(make({})).toThrow("Test/M: 'model', 'alerts' are required");
  });
});

test('the entry measures events that could not be delivered', () => {
  const stack = testStack();
  const registry = build(stack);
  const { metricStat } = registry.metricUndelivered().toMetricConfig();
  expect(metricStat).toMatchObject({
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    statistic: 'Maximum',
  });
  expect(stack.resolve(metricStat?.dimensions)).toEqual([
    { name: 'QueueName', value: stack.resolve(registry.deadLetterQueue.queueName) },
  ]);
});

describe('the group of a model', () => {
  test('has the name of the plan, stays when the stack goes, and has nothing that would replace it', () => {
    template().hasResource('AWS::SageMaker::ModelPackageGroup', {
      Properties: { ModelPackageGroupName: GROUP, ModelPackageGroupDescription: Match.absent() },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('gets a name that SageMaker takes when it is used alone', () => {
    const found = synthTemplate((stack) => {
      new ModelRegistry(stack, 'Registry', { model: 'fraud-detector', alerts: channel(stack) });
    });
    const [group] = Object.values(found.findResources('AWS::SageMaker::ModelPackageGroup'));
    expect(group?.Properties.ModelPackageGroupName).toMatch(/^[a-z0-9](-*[a-z0-9]){0,62}$/);
  });

  test('goes with its stack only by two keys', () => {
    expect(() => template({ destroyData: true })).toThrow(ALLOW_DATA_LOSS);
    const found = synthTemplate((stack) => build(stack, { destroyData: true }), {
      context: { [ALLOW_DATA_LOSS]: true },
    });
    found.hasResource('AWS::SageMaker::ModelPackageGroup', { DeletionPolicy: 'Delete' });
  });
});

describe('announcements', () => {
  const told = (event: Event, found = template()) =>
    rulesOf(found)
      .filter(({ Targets, EventPattern }) => Targets[0].Arn === TOPIC && matchesPattern(EventPattern, event))
      .map(({ Targets }) => (transformInput(Targets[0].InputTransformer, event) as Message).metadata.eventType);
  type Message = { content: { nextSteps: readonly string[] }; metadata: { eventType: string } };

  test.each([
    ['registered, waiting', versionEvent({ ModelApprovalStatus: 'PendingManualApproval' }), 'registered'],
    ['registered as rejected', versionEvent({ ModelApprovalStatus: 'Rejected' }), 'rejected'],
    ['approved', edit('Approved', 'ModelApprovalStatus', 'ApprovalDescription'), 'approved'],
    ['rejected', edit('Rejected', 'ModelApprovalStatus'), 'rejected'],
  ])('a version that was %s is told of exactly once', (_, event, signal) => {
    expect(told(event)).toEqual([`fraud-detector-${signal}`]);
    expect(told(event, template({ approval: 'automatic' }))).toEqual([`fraud-detector-${signal}`]);
  });

  test('a version that was registered as approved is approved only where versions are approved automatically', () => {
    const event = versionEvent({ ModelApprovalStatus: 'Approved' });
    expect(told(event)).toEqual(['fraud-detector-registered']);
    expect(told(event, template({ approval: 'automatic' }))).toEqual(['fraud-detector-approved']);
    const rule = rulesOf(template()).find(({ EventPattern }) => matchesPattern(EventPattern, event));
    const { content } = transformInput(rule?.Targets[0].InputTransformer, event) as Message;
    expect(content.nextSteps).toEqual([
      expect.stringContaining('Where to look: '),
      `Version: ${event.detail.ModelPackageArn}`,
      'Details: It was registered as approved, which only whoever may approve can say. Nothing is rolled out for it. ' +
        'If it should serve, set it to pending and then approve it.',
    ]);
  });

  test.each([
    ['metadata of an approved version', edit('Approved', 'CustomerMetadataProperties')],
    ['the life cycle of an approved version', edit('Approved', 'ModelLifeCycle')],
    ['metadata of a rejected version', edit('Rejected', 'CustomerMetadataProperties')],
    ['metadata of a waiting version', edit('PendingManualApproval', 'CustomerMetadataProperties')],
    ['an approval that was taken back', edit('PendingManualApproval', 'ModelApprovalStatus')],
    [
      'a version that is being deleted',
      versionEvent({ ModelApprovalStatus: 'Approved', ModelPackageStatus: 'Deleting' }),
    ],
    [
      'a version that is being made',
      versionEvent({ ModelApprovalStatus: 'PendingManualApproval', ModelPackageStatus: 'InProgress' }),
    ],
    ['a version of another model', versionEvent({ ModelApprovalStatus: 'Approved', ModelPackageGroupName: 'other' })],
    [
      'another kind of event',
      { ...versionEvent({ ModelApprovalStatus: 'Approved' }), 'detail-type': 'SageMaker Model State Change' },
    ],
  ])('nobody is told of %s', (_, event) => {
    expect(told(event)).toEqual([]);
  });

  test('say which version and where to look', () => {
    const event = versionEvent({ ModelApprovalStatus: 'PendingManualApproval' });
    const rule = rulesOf(template()).find(({ EventPattern }) => matchesPattern(EventPattern, event));
    expect((transformInput(rule?.Targets[0].InputTransformer, event) as Message).content.nextSteps).toEqual([
      `Where to look: SageMaker Studio, Models, ${GROUP}: https://console.aws.amazon.com/sagemaker/home?region=eu-central-1#/studio-landing`,
      `Version: ${event.detail.ModelPackageArn}`,
    ]);
  });

  test('that could not be delivered share one queue with one alarm', () => {
    const found = template({ approval: 'automatic' });
    const [queue] = Object.keys(found.findResources('AWS::SQS::Queue'));
    for (const { Targets } of rulesOf(found))
      expect(Targets[0].DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': [queue, 'Arn'] } });
    found.resourceCountIs('AWS::SQS::Queue', 1);
    found.resourceCountIs('AWS::CloudWatch::Alarm', 1);
  });
});

describe('approval', () => {
  test('is left to a person by default', () => {
    const found = template();
    found.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    found.resourceCountIs('AWS::IAM::Role', 0);
    found.resourceCountIs('AWS::KMS::Key', 0);
  });

  test('is started by a version that is registered and waits, and by nothing else', () => {
    const found = template({ approval: 'automatic' });
    const [machine] = Object.keys(found.findResources('AWS::StepFunctions::StateMachine'));
    const starts = rulesOf(found).filter(({ Targets }) => Targets[0].Arn.Ref === machine);
    expect(starts).toHaveLength(1);
    const started = (event: Event) => matchesPattern(starts[0]?.EventPattern, event);
    const event = versionEvent({ ModelApprovalStatus: 'PendingManualApproval' });
    expect(started(event)).toBe(true);
    expect(transformInput(starts[0]?.Targets[0].InputTransformer, event)).toEqual({
      versionArn: event.detail.ModelPackageArn,
    });
    for (const other of [
      versionEvent({ ModelApprovalStatus: 'Approved' }),
      edit('Approved', 'ModelApprovalStatus'),
      edit('PendingManualApproval', 'CustomerMetadataProperties'),
      edit('PendingManualApproval', 'ModelApprovalStatus'),
    ])
      expect(started(other)).toBe(false);
  });

  test.each(EXECUTION_ENDS)('somebody is told by a rule of an approver that %s: %j %j', (_, end, told) => {
    const heard = Object.values(toldOfEnd(template({ approval: 'automatic' }).toJSON(), end));
    expect(heard).toEqual([told ? ['fraud-detector-approval-failed'] : []]);
  });

  test('is done by workloads that may do this and nothing else', () => {
    const found = synthTemplate((stack) => {
      const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', KEY);
      build(stack, { approval: 'automatic', encryptionKey });
    });
    found.resourceCountIs('AWS::IAM::Policy', 0);
    found.resourceCountIs('AWS::KMS::Key', 0);
    const policies = Object.values(found.findResources('AWS::IAM::ManagedPolicy')).map(
      ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
    );
    const actions = policies.map((statements) => statements.flatMap(({ Action }) => Action));
    const key = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];
    expect(actions.map((all) => all.filter((action) => !/^(logs|xray):/.test(action)))).toEqual([
      ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage', 'sns:Publish', ...key],
      ['states:StartExecution', ...key],
    ]);
    const versions = policies[0]?.[0]?.Resource as { 'Fn::Join': [string, unknown[]] };
    expect(versions['Fn::Join'][1].at(-1)).toBe(`:model-package/${GROUP}/*`);
  });

  test('acts as this account only', () => {
    const roles = Object.values(template({ approval: 'automatic' }).findResources('AWS::IAM::Role'));
    expect(
      roles
        .map(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement[0])
        .map((s) => [s.Principal, s.Condition]),
    ).toEqual(
      ['states.amazonaws.com', 'events.amazonaws.com'].map((Service) => [
        { Service },
        { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      ]),
    );
  });

  test('uses a key of its own when none is given', () => {
    const found = template({ approval: 'automatic' });
    const [key] = Object.keys(found.findResources('AWS::KMS::Key'));
    found.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      EncryptionConfiguration: Match.objectLike({ KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] } }),
    });
    found.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: { 'Fn::GetAtt': [key, 'Arn'] } });
  });
});

describe('grants', () => {
  const granted = (verb: 'read' | 'register' | 'approve', groupName = GROUP) => {
    const found = synthTemplate(
      (stack) => {
        const registry = ModelRegistry.fromNames(stack, 'Registry', { model: 'fraud-detector', groupName });
        const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
        registry.grants[verb](role);
      },
      { env: { region: 'eu-central-1', account: '111111111111' } },
    );
    const [policy] = Object.values(found.findResources('AWS::IAM::Policy'));
    return policy?.Properties.PolicyDocument.Statement as { Action: unknown; Resource: unknown; Condition?: unknown }[];
  };
  const arns = (granting: readonly { Resource: unknown }[]) =>
    JSON.stringify(granting.map(({ Resource }) => Resource)).match(/model-package[^"]*/g);

  test('reading lists and describes versions of this model', () => {
    const statements = granted('read');
    expect(statements.flatMap(({ Action }) => Action)).toEqual([
      'sagemaker:DescribeModelPackageGroup',
      'sagemaker:DescribeModelPackage',
      'sagemaker:ListModelPackages',
    ]);
    expect(new Set(arns(statements))).toEqual(new Set([`model-package-group/${GROUP}`, `model-package/${GROUP}/*`]));
  });

  test('registering does not approve, approving does not register', () => {
    expect(granted('register').flatMap(({ Action }) => Action)).not.toContain('sagemaker:UpdateModelPackage');
    expect(granted('register').flatMap(({ Action }) => Action)).toContain('sagemaker:CreateModelPackage');
    expect(granted('approve').flatMap(({ Action }) => Action)).toEqual([
      'sagemaker:DescribeModelPackage',
      'sagemaker:UpdateModelPackage',
    ]);
  });

  test('registering says of no version that it is approved', () => {
    const creating = granted('register').filter(({ Action }) =>
      [Action].flat().includes('sagemaker:CreateModelPackage'),
    );
    expect(creating.map(({ Condition }) => Condition)).toEqual([
      { StringEqualsIfExists: { 'sagemaker:ModelApprovalStatus': 'PendingManualApproval' } },
    ]);
  });

  test('know that SageMaker writes ARNs in lower case', () => {
    expect(arns(granted('approve', 'FraudDetector'))).toEqual([
      'model-package/FraudDetector/*',
      'model-package/frauddetector/*',
    ]);
  });

  test('of a registry are about its model only', () => {
    const stack = testStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    expect(() => build(stack).grantors.model?.('approve', 'churn', role)).toThrow(
      "the registry of fraud-detector, so it cannot grant 'approve' on churn",
    );
  });
});

test('models in stacks of their own share nothing but ARNs', () => {
  const first = testStack();
  const app = first.node.root as App;
  build(first, { approval: 'automatic' });
  const second = new Stack(app, 'Second');
  build(second, { approval: 'automatic', model: 'churn', groupName: 'fraud-prod-churn' });
  for (const stack of [first, second]) {
    const json = JSON.stringify(Template.fromStack(stack).toJSON());
    expect(json).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput|"Outputs"/);
  }
});

test('a registry has no finding of the policy packs', () => {
  const stack = testStack();
  build(stack, { approval: 'automatic' });
  expect(nagFindings(stack)).toEqual([]);
});
