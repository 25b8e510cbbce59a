import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { Workload } from '../../../lib/aws/access/workload';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { Locks } from '../../../lib/aws/locks/locks';
import { Operations } from '../../../lib/aws/operations/operations';
import { NO_RESOURCE_LEVEL } from '../../../lib/aws/policy/no-resource-level';
import type { AccessEdge } from '../../../lib/plan/access';
import { PlatformNames } from '../../../lib/plan/names';
import { planServingAccess, RETIRE_PATH } from '../../../lib/plan/serving-access';
import { serving } from '../../../lib/spec/serving';
import { matchesPattern, transformInput } from '../../support/event-pattern';
import { EXECUTION_ENDS, toldOfEnd } from '../../support/execution-event';
import { nagFindings } from '../../support/nag';
import { type SynthOptions, testStack } from '../../support/synth';

const NAMES = new PlatformNames('fraud', 'prod');
const IN_REGION: SynthOptions = { env: { account: '111111111111', region: 'eu-central-1' } };
const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/operations';
const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:alerts';

/** As a stack of a platform has them: channel, locks and key come from elsewhere. */
function build(stack: Stack): Operations {
  const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', KEY);
  return new Operations(stack, 'Operations', {
    names: NAMES,
    alerts: Alerts.fromTopicArn(stack, 'Alerts', { topicArn: TOPIC, encryptionKey, platform: NAMES.slug }),
    locks: Locks.fromName(stack, 'Locks', { tableName: 'fraud-prod-locks' }),
    encryptionKey,
    models: { detector: { serving: serving.parse({}) } },
  });
}

function synthesised(options: SynthOptions = IN_REGION) {
  const stack = testStack(options);
  const operations = build(stack);
  return { stack, operations, template: Template.fromStack(stack) };
}

type Event = Readonly<Record<string, unknown>>;

const stackEvent = (stack: string, status = 'DELETE_COMPLETE', region = 'eu-central-1'): Event => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'CloudFormation Stack Status Change',
  source: 'aws.cloudformation',
  account: '111111111111',
  time: '2026-11-22T18:43:48Z',
  region,
  resources: [`arn:aws:cloudformation:${region}:111111111111:stack/${stack}/7f59c3cf-00d2-40c7-b2ff-e75db0987002`],
  detail: {
    'stack-id': `arn:aws:cloudformation:${region}:111111111111:stack/${stack}/7f59c3cf-00d2-40c7-b2ff-e75db0987002`,
    'status-details': { status, 'status-reason': '' },
    'client-request-token': 'Console-DeleteStack-7f59c3cf-00d2-40c7-b2ff-e75db0987002',
  },
});

const parameterEvent = (name: string, operation = 'Delete'): Event => ({
  version: '0',
  id: '9547ef2d-3b7e-4057-b6cb-5fdf09ee7c8f',
  'detail-type': 'Parameter Store Change',
  source: 'aws.ssm',
  account: '111111111111',
  time: '2026-11-22T16:43:48Z',
  region: 'eu-central-1',
  resources: [`arn:aws:ssm:eu-central-1:111111111111:parameter${name}`],
  detail: { operation, name, type: 'String', description: '' },
});

/** Inputs of the executions of the retire machine that an event starts. */
function started(event: Event): readonly unknown[] {
  const { stack, operations, template } = synthesised();
  const arn = stack.resolve(operations.retire.arn) as unknown;
  return Object.values(template.findResources('AWS::Events::Rule'))
    .map(({ Properties }) =>
      JSON.parse(JSON.stringify(Properties).replaceAll(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, joined)),
    )
    .filter(({ Targets }) => JSON.stringify(Targets[0].Arn) === JSON.stringify(arn))
    .filter(({ EventPattern }) => matchesPattern(EventPattern, event))
    .map(({ Targets }) => transformInput(Targets[0].InputTransformer, event));
}

/** The text of a join, with the partition in it. */
const joined = (_: string, parts: string): string =>
  JSON.stringify(
    (JSON.parse(`[${parts}]`) as unknown[]).map((part) => (typeof part === 'string' ? part : 'aws')).join(''),
  );

describe('retire is started', () => {
  test("when a model's stack was deleted, with the id of the stack", () => {
    const event = stackEvent('fraud-prod-model-detector');
    expect(started(event)).toEqual([{ stackId: (event.detail as Event)['stack-id'] }]);
  });

  test("when the shell's parameter was deleted, with the name of the parameter", () => {
    const name = '/mlops/fraud-prod/models/detector/serving';
    expect(started(parameterEvent(name))).toEqual([{ parameter: name }]);
  });

  test.each<[string, Event]>([
    ['a stack that is being deleted', stackEvent('fraud-prod-model-detector', 'DELETE_IN_PROGRESS')],
    ['a stack that could not be deleted', stackEvent('fraud-prod-model-detector', 'DELETE_FAILED')],
    ['a stack that was updated', stackEvent('fraud-prod-model-detector', 'UPDATE_COMPLETE')],
    ['another stack of the platform', stackEvent('fraud-prod-training')],
    ['a stack of another environment', stackEvent('fraud-dev-model-detector')],
    ['a stack of a platform whose name begins the same', stackEvent('fraud-prod-eu-model-detector')],
    ['a stack that only ends the same', stackEvent('x-fraud-prod-model-detector')],
    ['a stack of another region', stackEvent('fraud-prod-model-detector', 'DELETE_COMPLETE', 'us-east-1')],
    [
      'a resource of the stack',
      { ...stackEvent('fraud-prod-model-detector'), 'detail-type': 'CloudFormation Resource Status Change' },
    ],
    ['a record that was deleted', parameterEvent('/mlops/fraud-prod/models/detector/champion')],
    ['a parameter that was changed', parameterEvent('/mlops/fraud-prod/models/detector/serving', 'Update')],
    ['a parameter that was created', parameterEvent('/mlops/fraud-prod/models/detector/serving', 'Create')],
    ['a parameter of another platform', parameterEvent('/mlops/fraud-prod-eu/models/detector/serving')],
    ['a parameter that begins the same', parameterEvent('/mlops/fraud-prod/models/detector/serving2')],
  ])('not by %s', (_, event) => {
    expect(started(event)).toEqual([]);
  });
});

describe('schedules', () => {
  test('start the sweep and the scorecard every day, encrypted, and keep what could not be started', () => {
    const { stack, operations, template } = synthesised();
    const schedules = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(
      ({ Properties }) => Properties,
    );
    expect(schedules.map(({ Target }) => Target.Arn)).toEqual([
      stack.resolve(operations.sweep.arn),
      stack.resolve(operations.scorecard.arn),
    ]);
    const [queue] = Object.keys(template.findResources('AWS::SQS::Queue'));
    for (const schedule of schedules)
      expect(schedule).toMatchObject({
        ScheduleExpression: 'rate(1 day)',
        KmsKeyArn: KEY,
        Target: { Input: '{}', DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } } },
      });
    expect(schedules.every(({ Name }) => Name === undefined)).toBe(true);
  });
});

describe('somebody is told', () => {
  test.each(EXECUTION_ENDS)('by a rule, of an execution that %s: %j %j', (_, end, told) => {
    const signals = ['endpoint-retire-failed', 'endpoint-sweep-failed', 'scorecard-failed'];
    const heard = Object.values(toldOfEnd(synthesised().template.toJSON(), end));
    expect(heard).toEqual(signals.map((signal) => (told ? [signal] : [])));
  });

  test('by an alarm, of what could not be started', () => {
    const { template } = synthesised();
    template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('operations-events-undelivered'),
    });
  });
});

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Statements of a workload's policy, one for each action. */
function permissions(path: string): readonly { action: string; resource: string; condition: string }[] {
  const { stack, template } = synthesised();
  const workload = stack.node
    .findChild('Operations')
    .node.findAll()
    .find(({ node }) => node.path.endsWith(path));
  if (!(workload instanceof Workload)) throw new Error(`no workload ${path}`);
  const id = stack.getLogicalId(workload.policy.node.defaultChild as never);
  const { Statement: statements } = template.toJSON().Resources[id].Properties.PolicyDocument as {
    Statement: readonly Statement[];
  };
  return statements.flatMap(({ Action, Resource, Condition }) =>
    [Action].flat().flatMap((action) =>
      [Resource].flat().map((resource) => ({
        action,
        resource: JSON.stringify(resource)
          .replaceAll(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, joined)
          .replaceAll('"', ''),
        condition: JSON.stringify(Condition ?? {}),
      })),
    ),
  );
}

const ACCOUNT = 'eu-central-1:111111111111';

describe('IAM', () => {
  test('renders exactly the edges of the plan', () => {
    const { operations } = synthesised();
    const rendered = operations.node
      .findAll()
      .filter((construct) => construct instanceof Workload)
      .flatMap(({ access }) => access);
    const text = ({ workload, verb, kind, name }: AccessEdge) => `${workload} may ${verb} ${kind} ${name}`;
    const planned = planServingAccess({ detector: { serving: serving.parse({}) } }, NAMES).filter(({ workload }) =>
      /^(retire|sweep|scorecard)(-trigger)?$/.test(workload),
    );
    expect(rendered.map(text).sort()).toEqual(planned.map(text).sort());
  });

  test('lets only retire delete, by name and tag of the platform', () => {
    const deletes = permissions('Retire/Retire/Machine/Workload').filter(({ action }) =>
      /:(Delete|Deregister)/.test(action),
    );
    const tag = '{"StringEquals":{"aws:ResourceTag/mlops-platform":"fraud-prod"}}';
    expect(deletes.filter(({ action }) => action.startsWith('sagemaker') || action.startsWith('cloudwatch'))).toEqual([
      {
        action: 'sagemaker:DeleteEndpoint',
        resource: `arn:aws:sagemaker:${ACCOUNT}:endpoint/fraud-prod-*`,
        condition: tag,
      },
      {
        action: 'sagemaker:DeleteEndpointConfig',
        resource: `arn:aws:sagemaker:${ACCOUNT}:endpoint-config/fraud-prod-*`,
        condition: tag,
      },
      { action: 'sagemaker:DeleteModel', resource: `arn:aws:sagemaker:${ACCOUNT}:model/fraud-prod-*`, condition: tag },
      {
        action: 'cloudwatch:DeleteAlarms',
        resource: `arn:aws:cloudwatch:${ACCOUNT}:alarm:TargetTracking-endpoint/fraud-prod-*`,
        condition: '{}',
      },
      {
        action: 'cloudwatch:DeleteAlarms',
        resource: `arn:aws:cloudwatch:${ACCOUNT}:alarm:fraud-prod-*`,
        condition: tag,
      },
    ]);
    expect(deletes).toContainEqual({
      action: 'ssm:DeleteParameter',
      resource: `arn:aws:ssm:${ACCOUNT}:parameter/mlops/fraud-prod/models/*`,
      condition: '{}',
    });
    for (const other of ['Sweep/Kept/Machine/Workload', 'Scorecard/Kept/Machine/Workload'])
      expect(
        permissions(other).filter(({ action }) => /:(Delete|Deregister|Create|Update)(?!LogDelivery)/.test(action)),
      ).toEqual([]);
  });

  test('lets retire hold locks of endpoints, and no other', () => {
    expect(permissions('Retire/Retire/Machine/Workload')).toContainEqual({
      action: 'dynamodb:PutItem',
      resource: expect.stringContaining('table/fraud-prod-locks') as string,
      condition: expect.stringContaining('["endpoints","endpoints/*"]') as string,
    });
  });

  test('lets the scorecard publish in its namespace alone', () => {
    expect(permissions('Scorecard/Kept/Machine/Workload')).toContainEqual({
      action: 'cloudwatch:PutMetricData',
      resource: '*',
      condition: '{"StringEquals":{"cloudwatch:namespace":["MLOps/Models"]}}',
    });
  });

  test.each(['Retire/Retire', 'Sweep/Kept', 'Scorecard/Kept'])(
    'uses * only for what has no resource level: %s',
    (path) => {
      for (const part of ['Machine/Workload', 'Trigger']) {
        const wide = permissions(`${path}/${part}`).filter(({ resource }) => resource === '*');
        expect(wide.filter(({ action }) => !(action in NO_RESOURCE_LEVEL))).toEqual([]);
      }
    },
  );

  test('lets a trigger start its machine alone, and a schedule hand over what it could not start', () => {
    const actions = (path: string) =>
      permissions(path)
        .map(({ action }) => action)
        .filter((action) => !action.startsWith('kms:'));
    expect(actions('Retire/Retire/Trigger')).toEqual(['states:StartExecution']);
    expect(actions('Sweep/Kept/Trigger')).toEqual(['states:StartExecution', 'sqs:SendMessage']);
    expect(actions('Scorecard/Kept/Trigger')).toEqual(['states:StartExecution', 'sqs:SendMessage']);
  });
});

describe('in a stack', () => {
  test('it publishes the machine that a person starts', () => {
    const { stack, operations, template } = synthesised();
    expect(NAMES.parameter(...RETIRE_PATH)).toBe('/mlops/fraud-prod/operations/retire');
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/mlops/fraud-prod/operations/retire',
      Value: stack.resolve(operations.retire.arn),
    });
  });

  test('it has no role beside those of workloads, and no inline policy', () => {
    const { template } = synthesised();
    template.resourceCountIs('AWS::IAM::Role', 6);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test("of a user's it brings a key of its own, whose policy lets in what needs it", () => {
    const stack = new Stack(new App(), 'Mine');
    const alerts = new Alerts(stack, 'Alerts');
    new Operations(stack, 'Operations', { names: NAMES, alerts, locks: new Locks(stack, 'Locks') });
    const template = Template.fromStack(stack);
    const policies = Object.entries(template.findResources('AWS::KMS::Key'))
      .filter(([id]) => id.startsWith('Operations'))
      .map(([, { Properties }]) => JSON.stringify(Properties.KeyPolicy));
    expect(policies).toHaveLength(1);
    for (const service of ['logs.', 'delivery.logs.amazonaws.com', 'events.amazonaws.com'])
      expect(policies[0]).toContain(service);
  });

  test('and policy packs find nothing', () => {
    const { stack } = synthesised();
    expect(nagFindings(stack)).toEqual([]);
  });

  test('synthesis is the same every time', () => {
    expect(synthesised().template.toJSON()).toEqual(synthesised().template.toJSON());
  });
});

test('somebody may have a model retired, whoever made the machine', () => {
  const stack = testStack(IN_REGION);
  const operations = build(stack);
  const role = new iam.Role(stack, 'Person', { assumedBy: new iam.AccountRootPrincipal() });
  operations.grants.retire(role);
  Operations.fromNames(stack, 'Imported', new PlatformNames('fraud', 'dev')).grants.retire(role);
  const template = Template.fromStack(stack);
  const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
  const [own, imported] = policy?.Properties.PolicyDocument.Statement ?? [];
  expect(own).toEqual({
    Effect: 'Allow',
    Action: 'states:StartExecution',
    Resource: stack.resolve(operations.retire.arn),
  });
  expect(template.findParameters('*')[imported.Resource.Ref]).toMatchObject({
    Type: 'AWS::SSM::Parameter::Value<String>',
    Default: '/mlops/fraud-dev/operations/retire',
  });
});
