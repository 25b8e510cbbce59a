import { App, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { MAX_POLICY_CHARACTERS, policySize } from '../../../lib/aws/access/policy-size';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { ArtifactStore } from '../../../lib/aws/artifact-store/artifact-store';
import { Locks } from '../../../lib/aws/locks/locks';
import { ModelRegistry } from '../../../lib/aws/model-registry/model-registry';
import { Monitoring } from '../../../lib/aws/monitoring/monitoring';
import { Network } from '../../../lib/aws/network/network';
import { NO_RESOURCE_LEVEL } from '../../../lib/aws/policy/no-resource-level';
import { ServingEndpoint, type ServingEndpointProps } from '../../../lib/aws/serving-endpoint/serving-endpoint';
import { PlatformNames } from '../../../lib/plan/names';
import { monitoring } from '../../../lib/spec/monitoring';
import { SpecError } from '../../../lib/spec/problem';
import { serving } from '../../../lib/spec/serving';
import { type EventPattern, matchesPattern, transformInput } from '../../support/event-pattern';
import { EXECUTION_ENDS, toldOfEnd } from '../../support/execution-event';
import { nagFindings } from '../../support/nag';
import { testStack } from '../../support/synth';
import { json, type Statement, statements } from './training-cluster-stack';

const NAMES = new PlatformNames('fraud', 'prod');
const GROUP = 'fraud-prod-detector';
const ENDPOINT = 'fraud-prod-detector';

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:111111111111:${rest}`;

/** What an endpoint needs of others, as another stack would have it. */
function neighbours(stack: Stack) {
  const key = (id: string) => kms.Key.fromKeyArn(stack, id, arn('kms', `key/${id.toLowerCase()}`));
  const operations = key('Operations');
  const alerts = Alerts.fromTopicArn(stack, 'Alerts', {
    topicArn: arn('sns', 'alerts'),
    encryptionKey: operations,
    platform: 'fraud-prod',
  });
  return {
    registry: ModelRegistry.fromNames(stack, 'Registry', { model: 'detector', groupName: GROUP }),
    network: Network.fromIds(stack, 'Network', { vpcId: 'vpc-0a', subnetIds: ['subnet-0a', 'subnet-0b'] }),
    repository: ecr.Repository.fromRepositoryName(stack, 'Images', 'fraud-prod-training'),
    artifacts: ArtifactStore.fromName(stack, 'Artifacts', { bucketName: 'fraud-prod-artifacts' }),
    encryptionKey: key('ArtifactsKey'),
    alerts,
    locks: Locks.fromName(stack, 'Locks', { tableName: 'fraud-prod-locks' }),
    operationsKey: operations,
    names: NAMES,
  };
}

interface Built {
  readonly stack: Stack;
  readonly endpoint: ServingEndpoint;
  readonly template: Template;
}

function build(props: Partial<ServingEndpointProps> = {}, region: string | undefined = 'eu-central-1'): Built {
  const stack = testStack(region === undefined ? {} : { env: { region } });
  const endpoint = new ServingEndpoint(stack, 'Serving', { ...neighbours(stack), ...props });
  return { stack, endpoint, template: Template.fromStack(stack) };
}

const rulesOf = ({ template }: Built) =>
  Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);

/** The definition of the machine, with whatever only a deployment knows as text. */
const definitionOf = ({ template }: Built) => {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  return json(machine?.Properties.DefinitionString);
};

describe('an endpoint', () => {
  it('is not in the template, nor is anything that a version is made of', () => {
    const { template } = build();
    const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    expect(types.filter((type) => /^AWS::(SageMaker|ApplicationAutoScaling)::/.test(type))).toEqual([]);
    expect(types).not.toContain('AWS::IAM::Policy');
    expect(new Set(types)).toEqual(
      new Set([
        'AWS::CloudWatch::Alarm',
        'AWS::EC2::SecurityGroup',
        'AWS::Events::Rule',
        'AWS::IAM::ManagedPolicy',
        'AWS::IAM::Role',
        'AWS::Logs::LogGroup',
        'AWS::SQS::Queue',
        'AWS::SQS::QueuePolicy',
        'AWS::SSM::Parameter',
        'AWS::StepFunctions::StateMachine',
      ]),
    );
  });

  it('publishes who decides what it serves, before anything can ask for that', () => {
    const { template, endpoint } = build();
    template.hasResource('AWS::SSM::Parameter', {
      Properties: { Name: '/mlops/fraud-prod/models/detector/serving', Type: 'String' },
    });
    const [facts] = Object.entries(template.findResources('AWS::SSM::Parameter'));
    expect(json(facts?.[1].Properties.Value)).toEqual({
      model: 'detector',
      endpoint: ENDPOINT,
      variant: 'main',
      groupName: GROUP,
      machineArn: expect.stringContaining('ServingRolloutMachine'),
      champion: '/mlops/fraud-prod/models/detector/champion',
      lock: `endpoints/${ENDPOINT}`,
    });
    template.hasResource('AWS::Events::Rule', { DependsOn: Match.arrayWith([facts?.[0]]) });
    expect(endpoint.endpointName).toBe(ENDPOINT);
  });

  it('runs in the network of the platform, reaches HTTPS, and is reached by nobody there', () => {
    build().template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      VpcId: 'vpc-0a',
      SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443, IpProtocol: 'tcp' })],
      SecurityGroupIngress: Match.absent(),
    });
  });

  it('logs into a group that is encrypted and outlives it', () => {
    build().template.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: `/aws/sagemaker/Endpoints/${ENDPOINT}`, KmsKeyId: arn('kms', 'key/operations') },
      DeletionPolicy: 'Retain',
    });
  });

  it('carries the tags of the stack and its own', () => {
    const stack = testStack({ env: { region: 'eu-central-1' } });
    Tags.of(stack).add('mlops-platform', 'fraud-prod');
    const endpoint = new ServingEndpoint(stack, 'Serving', neighbours(stack));
    const text = JSON.stringify(definitionOf({ stack, endpoint, template: Template.fromStack(stack) }));
    const tags = [
      { Key: 'mlops-platform', Value: 'fraud-prod' },
      { Key: 'mlops-endpoint', Value: ENDPOINT },
      { Key: 'mlops-model', Value: 'detector' },
    ];
    // Model, configuration, endpoint, two guards, the alarm for no traffic.
    expect(text.split(`"Tags":${JSON.stringify(tags)}`)).toHaveLength(7);
  });

  it('is asked by whoever is granted that, and by nobody else', () => {
    const stack = testStack({ env: { region: 'eu-central-1' } });
    const caller = new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() });
    ServingEndpoint.fromNames(stack, 'Imported', { model: 'detector', names: NAMES }).grants.invoke(caller);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'],
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', Match.arrayWith([`:endpoint/${ENDPOINT}`])] },
          },
        ],
      },
    });
  });

  it('has metrics by their official names', () => {
    const { endpoint, stack } = build();
    expect(
      stack.resolve(endpoint.metric('ModelLatency', { statistic: 'p95' }).toMetricConfig().metricStat),
    ).toMatchObject({
      namespace: 'AWS/SageMaker',
      metricName: 'ModelLatency',
      statistic: 'p95',
      dimensions: [
        { name: 'EndpointName', value: ENDPOINT },
        { name: 'VariantName', value: 'main' },
      ],
    });
    expect(endpoint.metric('CPUUtilization').namespace).toBe('/aws/sagemaker/Endpoints');
  });
});

describe('a rollout', () => {
  /** An event of a version as SageMaker sends it. */
  const versionEvent = (detail: Readonly<Record<string, unknown>>) => ({
    version: '0',
    id: '844e2571-85d4-695f-b930-0153b71dcb42',
    'detail-type': 'SageMaker Model Package State Change',
    source: 'aws.sagemaker',
    account: '111111111111',
    time: '2026-02-24T17:00:15Z',
    region: 'eu-central-1',
    resources: [arn('sagemaker', `model-package/${GROUP}/2`)],
    detail: {
      ModelPackageGroupName: GROUP,
      ModelPackageVersion: 2,
      ModelPackageArn: arn('sagemaker', `model-package/${GROUP}/2`),
      CreationTime: '2026-02-24T17:00:14Z',
      InferenceSpecification: { Containers: [{ Image: 'image', ModelDataUrl: 's3://bucket/model.tar.gz' }] },
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CertifyForMarketplace: false,
      ModelApprovalStatus: 'Approved',
      LastModifiedTime: '2026-02-24T17:00:14Z',
      ...detail,
    },
  });
  const starts = (built: Built) =>
    rulesOf(built).filter(({ EventPattern: { source } }) => source[0] === 'aws.sagemaker');
  const edited = (...UpdatedModelPackageFields: readonly string[]) => versionEvent({ UpdatedModelPackageFields });

  it.each<[string, object, boolean]>([
    ['a version that is registered as approved', versionEvent({}), false],
    ['a version that is approved', edited('ModelApprovalStatus'), true],
    ['a version that is approved with a remark', edited('ModelApprovalStatus', 'ApprovalDescription'), true],
    ['an edit of metadata of an approved version', edited('CustomerMetadataProperties'), false],
    ['a new stage of an approved version', edited('ModelLifeCycle'), false],
    ['a version that waits', versionEvent({ ModelApprovalStatus: 'PendingManualApproval' }), false],
    [
      'a version that is rejected',
      versionEvent({ ModelApprovalStatus: 'Rejected', UpdatedModelPackageFields: ['ModelApprovalStatus'] }),
      false,
    ],
    ['a version that is being made', versionEvent({ ModelPackageStatus: 'InProgress' }), false],
    ['a version of another model', versionEvent({ ModelPackageGroupName: `${GROUP}-2` }), false],
  ])('starts once, or not at all, from %s', (_, event, started) => {
    const matching = starts(build()).filter(({ EventPattern: pattern }) =>
      matchesPattern(pattern as EventPattern, event as Readonly<Record<string, unknown>>),
    );
    expect(matching).toHaveLength(started ? 1 : 0);
  });

  it('starts from a version that is registered as approved where versions are approved automatically', () => {
    const stack = testStack({ env: { region: 'eu-central-1' } });
    const entry = { model: 'detector', groupName: GROUP, approval: 'automatic' } as const;
    const registry = ModelRegistry.fromNames(stack, 'Automatic', entry);
    const endpoint = new ServingEndpoint(stack, 'Serving', { ...neighbours(stack), registry });
    const built = { stack, endpoint, template: Template.fromStack(stack) };
    for (const event of [versionEvent({}), edited('ModelApprovalStatus')])
      expect(starts(built).map(({ EventPattern: pattern }) => matchesPattern(pattern as EventPattern, event))).toEqual([
        true,
      ]);
  });

  it('is told which version, why, and when that was decided', () => {
    const [{ Targets } = { Targets: [] }] = starts(build());
    const [target] = Targets;
    expect(transformInput(target.InputTransformer, versionEvent({}))).toEqual({
      action: 'promote',
      packageArn: arn('sagemaker', `model-package/${GROUP}/2`),
      reason: 'It was approved.',
      changedAt: '2026-02-24T17:00:14Z',
      sentAt: '2026-02-24T17:00:15Z',
    });
    const { LastModifiedTime: _, ...detail } = versionEvent({}).detail;
    expect(transformInput(target.InputTransformer, { ...versionEvent({}), detail })).toMatchObject({ changedAt: '' });
  });

  it('that cannot be started waits in a queue with an alarm, or in one that is given', () => {
    const built = build();
    const [queue] = Object.keys(built.template.findResources('AWS::SQS::Queue'));
    for (const { Targets } of rulesOf(built))
      expect(Targets[0].DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': [queue, 'Arn'] } });
    const stack = testStack({ env: { region: 'eu-central-1' } });
    const { alerts, ...others } = neighbours(stack);
    const registry = new ModelRegistry(stack, 'OwnRegistry', { model: 'detector', alerts });
    new ServingEndpoint(stack, 'Serving', { ...others, alerts, registry, deadLetterQueue: registry.deadLetterQueue });
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 1);
  });

  it.each(EXECUTION_ENDS)('that %s: %j: somebody is told by a rule: %j', (_, end, told) => {
    const heard = Object.values(toldOfEnd(build().template.toJSON(), end));
    expect(heard).toEqual([told ? ['detector-rollout-unfinished'] : []]);
  });

  it('is decided by a machine that is encrypted, traced and on record', () => {
    build().template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      EncryptionConfiguration: Match.objectLike({ KmsKeyId: arn('kms', 'key/operations') }),
      LoggingConfiguration: Match.objectLike({ Level: 'ALL' }),
      TracingConfiguration: { Enabled: true },
      StateMachineName: Match.absent(),
      StateMachineType: Match.absent(),
    });
  });
});

describe('permissions', () => {
  const actionsOn = (all: readonly Statement[], of: RegExp) =>
    all.flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => (of.test(action) ? [[action, JSON.stringify(Resource)] as const] : [])),
    );
  const rollout = (built: Built) => statements(built.template, 'ServingRolloutMachineWorkloadPolicy');
  const hosting = (built: Built) => statements(built.template, 'ServingHostingWorkloadPolicy');

  it('of what serves outlast its security group, which cannot go before the endpoint', () => {
    const { template } = build();
    const [group] = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
    const own = ['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
      Object.keys(template.findResources(type)).filter((id) => id.startsWith('ServingHosting')),
    );
    expect(own).toHaveLength(2);
    expect([...(group?.DependsOn ?? [])].sort()).toEqual(own.sort());
  });

  it('of the machine are on this endpoint, and on what has its name', () => {
    const own = {
      'sagemaker:ListModels': [/^"\*"$/],
      'sagemaker:ListTags': [/:model\/fraud-prod-detector--\*/],
      'sagemaker:AddTags': [/:endpoint\/fraud-prod-detector"/, /:endpoint-config\/.*--\*"/, /:model\/.*--\*"/],
      'sagemaker:CreateEndpoint': [/:endpoint\/fraud-prod-detector"/, /:endpoint-config\/fraud-prod-detector--\*"/],
      'sagemaker:UpdateEndpoint': [/:endpoint\/fraud-prod-detector"/, /:endpoint-config\/fraud-prod-detector--\*"/],
      'sagemaker:DeleteEndpoint': [/:endpoint\/fraud-prod-detector"/],
      'sagemaker:DeleteEndpointConfig': [/:endpoint-config\/fraud-prod-detector--\*"/],
      'sagemaker:DeleteModel': [/:model\/fraud-prod-detector--\*"/],
    };
    const granted = actionsOn(rollout(build()), /^sagemaker:/);
    for (const [action, patterns] of Object.entries(own)) {
      const resources = granted.filter(([name]) => name === action).map(([, resource]) => resource);
      expect(resources, action).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)));
    }
    for (const [action, resources] of granted)
      if (action !== 'sagemaker:ListModels') expect(resources, action).toContain(ENDPOINT);
  });

  it('of the machine on alarms and parameters name the endpoint and its record', () => {
    for (const [, resources] of actionsOn(rollout(build()), /^cloudwatch:/))
      expect(resources).toMatch(/:alarm:(fraud-prod-detector--\*|TargetTracking-endpoint\/fraud-prod-detector\/\*)/);
    const parameters = actionsOn(rollout(build()), /^ssm:/);
    expect(parameters.map(([action]) => action)).toEqual([
      'ssm:GetParameters',
      'ssm:GetParameters',
      'ssm:PutParameter',
    ]);
    expect(parameters.at(-1)?.[1]).toContain(':parameter/mlops/fraud-prod/models/detector/champion"');
    expect(parameters.at(-1)?.[1]).not.toContain('/serving');
  });

  it('of the machine pass one role on, to SageMaker, and make one service-linked role', () => {
    expect(rollout(build())).toContainEqual({
      Action: 'iam:PassRole',
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.stringContaining('ServingHostingWorkloadRole'), 'Arn'] },
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
    const [[, resources] = []] = actionsOn(rollout(build()), /^iam:CreateServiceLinkedRole$/);
    expect(resources).toContain('aws-service-role/sagemaker.application-autoscaling.amazonaws.com/');
  });

  it('of the machine use the key of disks for AWS only, and only where disks have one', () => {
    const grants = (built: Built) => rollout(built).filter(({ Action }) => Action === 'kms:CreateGrant');
    expect(grants(build())).toEqual([
      {
        Action: 'kms:CreateGrant',
        Effect: 'Allow',
        Resource: arn('kms', 'key/artifactskey'),
        Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
    ]);
    const local = build({ serving: { accelerator: { type: 'l4' } } });
    expect(grants(local)).toEqual([]);
    expect(JSON.stringify(definitionOf(local))).not.toContain('KmsKeyId');
    expect(JSON.stringify(definitionOf(build()))).toContain('"KmsKeyId":"arn:aws:kms:');
  });

  it('of what serves read models and write requests only where they are recorded', () => {
    const files = (built: Built) => actionsOn(hosting(built), /^s3:(Get|Put)Object$/);
    expect(files(build())).toEqual([
      ['s3:GetObject', expect.stringContaining('/training/artifacts/*')],
      ['s3:GetObject', expect.stringContaining('/pipelines/detector/*')],
    ]);
    const capture = files(build({ serving: { capture: {} } }));
    expect(capture).toContainEqual(['s3:PutObject', expect.stringContaining('/serving/captures/detector/*')]);
    expect(actionsOn(hosting(build()), /^(sagemaker|dynamodb|ssm|sns|states):/)).toEqual([]);
    expect(actionsOn(hosting(build()), /^cloudwatch:DescribeAlarms$/)).toEqual([
      ['cloudwatch:DescribeAlarms', expect.stringContaining(`:alarm:${ENDPOINT}--*`)],
    ]);
  });

  it('are on everything only where IAM knows no resource level', () => {
    const { template } = build();
    const all = statements(template, '');
    const wide = all.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(wide.filter((action) => !(action in NO_RESOURCE_LEVEL))).toEqual([]);
    expect(all.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('fit into what IAM takes, with names as long as they get', () => {
    const stack = testStack();
    const model = 'm'.repeat(40);
    const names = new PlatformNames('p'.repeat(32), 'production');
    const registry = ModelRegistry.fromNames(stack, 'Long', { model, groupName: names.of('modelGroup', model) });
    const endpoint = new ServingEndpoint(stack, 'Serving', {
      ...neighbours(stack),
      registry,
      names,
      serving: { capture: {} },
    });
    for (const { policy } of [endpoint.rollout.machine.workload, endpoint.hosting.workload])
      expect(policySize(policy)).toBeLessThan(MAX_POLICY_CHARACTERS);
    expect(endpoint.endpointName.length).toBeLessThanOrEqual(46);
  });

  it('of another endpoint are not to be had here', () => {
    const { endpoint, stack } = build();
    const role = new iam.Role(stack, 'Other', { assumedBy: new iam.AccountRootPrincipal() });
    expect(() => endpoint.grantors.endpoint('deploy', 'other', role)).toThrow(/grants nothing on other/);
    expect(() => endpoint.grantors.endpoint('retire', ENDPOINT, role)).toThrow(/retire/);
  });

  it('act as this account only', () => {
    for (const { Properties } of Object.values(build().template.findResources('AWS::IAM::Role'))) {
      const [statement] = Properties.AssumeRolePolicyDocument.Statement;
      expect(statement.Condition).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
    }
  });
});

describe('used alone', () => {
  const alone = (stack: Stack, props: Partial<ServingEndpointProps> = {}) => {
    const alerts = new Alerts(stack, 'Alerts');
    const artifacts = new ArtifactStore(stack, 'Artifacts');
    return new ServingEndpoint(stack, 'Serving', {
      registry: new ModelRegistry(stack, 'Registry', { model: 'churn', alerts }),
      network: new Network(stack, 'Network'),
      repository: new ecr.Repository(stack, 'Images', {
        encryption: ecr.RepositoryEncryption.KMS,
        imageScanOnPush: true,
      }),
      artifacts,
      encryptionKey: artifacts.encryptionKey,
      ...props,
    });
  };

  it('makes a key, locks and a channel of its own, and names after its place', () => {
    const stack = new Stack(new App(), 'Team', {});
    const endpoint = alone(stack);
    const template = Template.fromStack(stack);
    expect(endpoint.endpointName).toMatch(/^team-serving-[0-9a-f]{8}-churn$/);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::SNS::Topic', 2);
    template.hasResourceProperties('AWS::KMS::Key', {
      Description: 'Rollouts of an endpoint: machine, logs, locks and alerts',
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({ Sid: 'LogGroups' }), Match.objectLike({ Sid: 'FromEvents' })]),
      },
    });
  });

  it('has nothing that a policy pack finds fault with', () => {
    const stack = new Stack(new App(), 'Team', { env: { region: 'eu-central-1' } });
    const endpoint = alone(stack);
    expect(nagFindings(endpoint)).toEqual([]);
  });

  it('takes what a spec wrote and what a spec parsed', () => {
    const written = { rollout: { strategy: 'linear', step: '50%', bake: '6 minutes' } } as const;
    const thresholds = { latencyP95: '200 ms', noTraffic: 'off' } as const;
    const [one, other] = [
      build({ serving: written, monitoring: thresholds }),
      build({ serving: serving.parse(written), monitoring: monitoring.parse(thresholds) }),
    ];
    expect(definitionOf(one)).toEqual(definitionOf(other));
    expect(one.endpoint.plan.rollout).toMatchObject({ strategy: 'linear', terminationWaitSeconds: 360 });
    expect(JSON.stringify(definitionOf(one))).not.toContain('ArmNoTraffic');
    expect(JSON.stringify(definitionOf(one))).toContain('"Threshold":200000');
  });

  it.each([
    ['detector', NAMES],
    ['m'.repeat(40), new PlatformNames('p'.repeat(24), 'e'.repeat(12))],
  ])('says where to look when nobody asks, as the other alarms of %s do', (model, names) => {
    const stack = testStack({ env: { region: 'eu-central-1' } });
    const registry = ModelRegistry.fromNames(stack, 'Own', { model, groupName: GROUP });
    const { alerts, ...others } = neighbours(stack);
    const endpoint = new ServingEndpoint(stack, 'Serving', { ...others, alerts, registry, names });
    new Monitoring(stack, 'Monitoring', {
      model,
      endpointName: endpoint.endpointName,
      serving: endpoint.plan.serving,
      alerts,
      names,
    });
    const template = Template.fromStack(stack);
    const whereOf = (text: string): string => text.replace(/^.*(?= Where to look: )/s, '');
    const [other] = Object.values(
      template.findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName: 'ModelLatency' } }),
    );
    const text = JSON.stringify(definitionOf({ stack, endpoint, template }));
    const [, description = ''] = /"AlarmDescription":"([^"]*no-traffic[^"]*)"/.exec(text) ?? [];
    expect(description).toContain(' Where to look: the dashboard https://');
    expect(whereOf(description)).toBe(whereOf(String(other?.Properties.AlarmDescription)));
    expect(description.length).toBeLessThanOrEqual(1024);
  });

  it('tells the route of the threshold when nobody asks, and the channel how rollouts end', () => {
    const stack = new Stack(new App(), 'Team', { env: { region: 'eu-central-1' } });
    const pager = Alerts.fromTopicArn(stack, 'Pager', {
      topicArn: 'arn:aws:sns:eu-central-1:111111111111:pager',
      encryptionKey: kms.Key.fromKeyArn(stack, 'PagerKey', 'arn:aws:kms:eu-central-1:111111111111:key/pager'),
    });
    alone(stack, { monitoring: { noTraffic: { route: 'pager' } }, routes: { pager } });
    const [machine] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
    const words = JSON.stringify(machine).replaceAll(/[\\"]/g, '');
    expect(words.match(/\w+:\[?arn:aws:sns:[a-z0-9:-]+:pager/g)).toEqual([
      'AlarmActions:[arn:aws:sns:eu-central-1:111111111111:pager',
    ]);
    expect(() => alone(new Stack(), { monitoring: { noTraffic: { route: 'pager' } } })).toThrow(
      'churn-no-traffic goes by pager',
    );
  });

  it.each<[string, Partial<ServingEndpointProps>, readonly string[]]>([
    ['a canary on one machine', { serving: { replicas: { min: 1 } } }, ['serving.replicas.min']],
    [
      'a bake too short for its guards',
      { serving: { rollout: { strategy: 'canary', bake: '1 minute' } } },
      ['serving.rollout.bake'],
    ],
    [
      'several things at once',
      { serving: { replicas: { min: 9, max: 3 } }, monitoring: { gpu: '80%' } },
      ['monitoring.gpu', 'serving.replicas.max'],
    ],
    [
      'an accelerator that nobody serves on',
      { serving: { accelerator: { type: 'b300', count: 3 } } },
      ['serving.accelerator'],
    ],
  ])('says what is wrong with %s', (_, props, paths) => {
    try {
      build(props);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SpecError);
      expect((error as SpecError).problems.map(({ path }) => path)).toEqual(paths);
    }
  });

  it('needs no region, and refuses a model whose name no endpoint can have', () => {
    expect(build({}, undefined).endpoint.plan.machine.name).toBe('m5.xlarge');
    for (const model of ['card_risk', 'card--risk']) {
      const stack = testStack();
      const registry = ModelRegistry.fromNames(stack, 'Odd', { model, groupName: 'card-risk' });
      expect(() => new ServingEndpoint(stack, 'Serving', { ...neighbours(stack), registry })).toThrow(
        `endpoint of '${model}' cannot be called`,
      );
    }
  });

  it('is the same template every time', () => {
    expect(build().template.toJSON()).toEqual(build().template.toJSON());
  });
});
