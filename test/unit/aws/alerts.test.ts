import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import type { AnnounceProps } from '../../../lib/aws/alerts/alert-channel';
import { Alerts, type AlertsProps } from '../../../lib/aws/alerts/alerts';
import { consoleLink } from '../../../lib/aws/alerts/console-link';
import { WEBHOOK_ATTEMPTS, WEBHOOK_RETRY_AFTER } from '../../../lib/aws/alerts/webhook';
import { TRAINING_FAILED, webhookFailing } from '../../../lib/plan/signals';
import { transformInput } from '../../support/event-pattern';
import { nagFindings } from '../../support/nag';
import { problemsOf } from '../../support/problems';
import { synthTemplate, testStack } from '../../support/synth';

const SLACK = { workspace: 'T0123ABCD', channel: 'C0123ABCD' };
const TEAMS = {
  tenant: '11111111-1111-1111-1111-111111111111',
  team: '22222222-2222-2222-2222-222222222222',
  channel: '19%3Aabc%40thread.tacv2',
};
const WEBHOOK = { url: 'https://hooks.example.com/alerts', secret: 'fraud/on-call' };
const EVERYTHING: AlertsProps = {
  platform: 'fraud-prod',
  email: ['risk-ml@example.com'],
  slack: { team: SLACK },
  teams: { managers: TEAMS },
  webhooks: { 'on-call': WEBHOOK },
};

const template = (props?: AlertsProps) => synthTemplate((stack) => new Alerts(stack, 'Alerts', props));
const ofType = (found: Template, type: string) => Object.values(found.findResources(type)).map((r) => r.Properties);
const only = (found: Template, type: string) => {
  const all = ofType(found, type);
  expect(all).toHaveLength(1);
  return all[0];
};

describe('props', () => {
  test('are refused where a spec would refuse them, all at once', () => {
    const props: AlertsProps = {
      email: ['notanemail', 'risk-ml@example.com'],
      slack: { team: { workspace: 'x', channel: SLACK.channel } },
      teams: { 'Two Words': TEAMS },
      webhooks: { pager: { url: 'http://x', secret: 'not a name' } },
    };
    const problems = problemsOf(() => template(props));
    expect(problems.map(({ file, path }) => [file, path])).toEqual([
      ['Test/Alerts', 'email[0]'],
      ['Test/Alerts', 'slack.team.workspace'],
      ['Test/Alerts', 'teams["Two Words"]'],
      ['Test/Alerts', 'webhooks.pager.secret'],
      ['Test/Alerts', 'webhooks.pager.url'],
    ]);
  });

  test('are taken as they are where they are known at deployment only', () => {
    const found = synthTemplate((stack) => {
      const text = (id: string) => new CfnParameter(stack, id).valueAsString;
      new Alerts(stack, 'Alerts', {
        email: [text('Address')],
        webhooks: { pager: { url: text('Url'), secret: WEBHOOK.secret } },
      });
    });
    found.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: { Ref: 'Address' } });
    found.hasResourceProperties('AWS::Events::ApiDestination', { InvocationEndpoint: { Ref: 'Url' } });
  });
});

test.each(['NumberOfMessagesPublished', 'NumberOfNotificationsFailed'] as const)('the channel measures %s', (name) => {
  const stack = testStack();
  const alerts = new Alerts(stack, 'Alerts');
  const { metricStat } = alerts[`metric${name}`]({ statistic: 'Maximum' }).toMetricConfig();
  expect(metricStat).toMatchObject({ namespace: 'AWS/SNS', metricName: name, statistic: 'Maximum' });
  expect(stack.resolve(metricStat?.dimensions)).toEqual([
    { name: 'TopicName', value: stack.resolve(alerts.topic.topicName) },
  ]);
});

describe('the channel', () => {
  test('is one topic, encrypted with a key of its own that the publishers may use', () => {
    const found = template();
    expect(only(found, 'AWS::SNS::Topic').KmsMasterKeyId).toEqual({
      'Fn::GetAtt': [Object.keys(found.findResources('AWS::KMS::Key'))[0], 'Arn'],
    });
    const { KeyPolicy } = only(found, 'AWS::KMS::Key');
    const services = KeyPolicy.Statement.map((s: { Principal: { Service?: string } }) => s.Principal.Service);
    expect(services).toEqual(
      expect.arrayContaining([
        'cloudwatch.amazonaws.com',
        'events.amazonaws.com',
        'budgets.amazonaws.com',
        'sns.amazonaws.com',
      ]),
    );
  });

  test('takes the key of its user', () => {
    const found = synthTemplate((stack) => {
      const key = kms.Key.fromKeyArn(stack, 'Mine', 'arn:aws:kms:eu-central-1:111111111111:key/mine');
      new Alerts(stack, 'Alerts', { encryptionKey: key });
    });
    found.resourceCountIs('AWS::KMS::Key', 0);
    expect(only(found, 'AWS::SNS::Topic').KmsMasterKeyId).toBe('arn:aws:kms:eu-central-1:111111111111:key/mine');
  });

  test('refuses what does not come over TLS', () => {
    template().hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sns:Publish',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  test('lets alarms and budgets of this account publish, and events without a condition, which AWS does not support', () => {
    const { PolicyDocument } = only(template(), 'AWS::SNS::TopicPolicy');
    const allowed = PolicyDocument.Statement.filter((s: { Effect: string }) => s.Effect === 'Allow');
    const account = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } };
    expect(allowed).toEqual([
      expect.objectContaining({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: account, ArnLike: { 'aws:SourceArn': expect.anything() } },
      }),
      expect.objectContaining({
        Principal: { Service: 'budgets.amazonaws.com' },
        Condition: { StringEquals: account, ArnLike: { 'aws:SourceArn': expect.anything() } },
      }),
      {
        Sid: 'Events',
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: expect.anything(),
      },
    ]);
  });

  test('has no physical name, so that it may be replaced', () => {
    const found = template(EVERYTHING);
    expect(only(found, 'AWS::SNS::Topic')).not.toHaveProperty('TopicName');
    for (const queue of ofType(found, 'AWS::SQS::Queue')) expect(queue).not.toHaveProperty('QueueName');
    for (const type of ['Connection', 'ApiDestination', 'Rule'])
      for (const resource of ofType(found, `AWS::Events::${type}`)) expect(resource).not.toHaveProperty('Name');
    expect(only(found, 'AWS::Pipes::Pipe')).not.toHaveProperty('Name');
  });

  test('writes e-mails', () => {
    const found = template({ email: ['a@example.com', 'b@example.com'] });
    expect(ofType(found, 'AWS::SNS::Subscription').map((s) => [s.Protocol, s.Endpoint])).toEqual([
      ['email', 'a@example.com'],
      ['email', 'b@example.com'],
    ]);
  });
});

describe('chat', () => {
  const chat = (props: AlertsProps) => template({ platform: 'fraud-prod', ...props });
  const slackOf = (found: Template) => only(found, 'AWS::Chatbot::SlackChannelConfiguration');

  test('reads the topic and may do nothing else', () => {
    const found = chat({ slack: { team: SLACK }, teams: { managers: TEAMS } });
    const role = only(found, 'AWS::IAM::Role');
    expect(role.AssumeRolePolicyDocument.Statement[0].Principal).toEqual({ Service: 'chatbot.amazonaws.com' });
    expect(role).not.toHaveProperty('Policies');
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    found.resourceCountIs('AWS::IAM::Policy', 0);
    found.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    const topic = { Ref: Object.keys(found.findResources('AWS::SNS::Topic'))[0] };
    const denyAll = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AWSDenyAll']] };
    for (const configuration of [slackOf(found), only(found, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration')]) {
      expect(configuration).toMatchObject({ SnsTopicArns: [topic], GuardrailPolicies: [denyAll] });
    }
    expect(slackOf(found)).toMatchObject({ SlackWorkspaceId: 'T0123ABCD', SlackChannelId: 'C0123ABCD' });
    expect(only(found, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration')).toMatchObject({
      TeamsTenantId: TEAMS.tenant,
      TeamId: TEAMS.team,
      TeamsChannelId: TEAMS.channel,
    });
  });

  test('stays as it is when an entry is renamed: AWS takes a channel once', () => {
    expect(chat({ slack: { b: SLACK } }).toJSON()).toEqual(chat({ slack: { a: SLACK } }).toJSON());
  });

  test('is a new configuration with a new name where the workspace or team changes, which cannot be updated', () => {
    const ids = (found: Template) => Object.keys(found.findResources('AWS::Chatbot::SlackChannelConfiguration'));
    const before = chat({ slack: { a: SLACK } });
    const after = chat({ slack: { a: { ...SLACK, workspace: 'T9999ZZZZ' } } });
    expect(ids(after)).not.toEqual(ids(before));
    expect(slackOf(after).ConfigurationName).not.toBe(slackOf(before).ConfigurationName);
  });

  test('has names that no other platform of the account has', () => {
    const name = (platform: string) => slackOf(template({ platform, slack: { a: SLACK } })).ConfigurationName;
    expect(name('fraud-dev')).not.toBe(name('fraud-prod'));
    expect(name('fraud-prod')).toMatch(/^[A-Za-z0-9-_]{1,128}$/);
    expect(slackOf(template({ slack: { a: SLACK } })).ConfigurationName).toMatch(/^[A-Za-z0-9-_]{1,128}$/);
  });

  test('refuses the same channel twice', () => {
    expect(() => chat({ slack: { a: SLACK, b: SLACK } })).toThrow('a and b are the same channel');
  });
});

describe('a route', () => {
  const routed = (usual: AlertsProps, route: AlertsProps) =>
    synthTemplate((stack) => {
      const of = new Alerts(stack, 'Alerts', { platform: 'fraud-prod', ...usual });
      new Alerts(stack, 'Route', {
        platform: 'fraud-prod',
        encryptionKey: of.encryptionKey,
        ...route,
        route: { name: 'pager', of },
      });
    });
  const topicIds = (found: Template) => {
    const ids = Object.keys(found.findResources('AWS::SNS::Topic'));
    return ['Alerts', 'Route'].map((path) => ({ Ref: ids.find((id) => id.startsWith(path)) }));
  };

  test('is a topic of its own under the same key', () => {
    const found = routed({}, { email: ['a@example.com'] });
    const [usual, route] = ofType(found, 'AWS::SNS::Topic');
    expect(route?.KmsMasterKeyId).toEqual(usual?.KmsMasterKeyId);
    expect(only(found, 'AWS::SNS::Subscription').TopicArn).toEqual(topicIds(found)[1]);
  });

  test('tells the other channel of a webhook that fails: it would not hear it itself', () => {
    const found = routed({}, { webhooks: { 'on-call': WEBHOOK } });
    const [usual, route] = topicIds(found);
    const alarm = only(found, 'AWS::CloudWatch::Alarm');
    expect(alarm.AlarmActions).toEqual([usual]);
    expect(alarm.AlarmDescription).toContain('webhook-pager--on-call-failing');
    expect(alarm.AlarmDescription).toContain(webhookFailing('on-call', 'pager').text);
    expect(only(found, 'AWS::SNS::Subscription').TopicArn).toEqual(route);
  });

  test('may be heard in the same chat channel, which AWS takes once an account', () => {
    const found = routed(
      { slack: { ops: SLACK }, teams: { ops: TEAMS } },
      { slack: { on: SLACK }, teams: { on: TEAMS } },
    );
    for (const type of ['SlackChannelConfiguration', 'MicrosoftTeamsChannelConfiguration'])
      expect(only(found, `AWS::Chatbot::${type}`).SnsTopicArns).toEqual(topicIds(found));
    found.resourceCountIs('AWS::IAM::Role', 1);
  });

  test('leaves the configuration of a chat channel the one that it is when the channel moves to it', () => {
    const ids = (found: Template) => Object.keys(found.findResources('AWS::Chatbot::SlackChannelConfiguration'));
    const moved = routed({}, { slack: { ops: SLACK } });
    expect(ids(moved)).toEqual(ids(routed({ slack: { ops: SLACK } }, { email: ['a@example.com'] })));
    expect(only(moved, 'AWS::Chatbot::SlackChannelConfiguration').SnsTopicArns).toEqual([topicIds(moved)[1]]);
  });
});

describe('a webhook', () => {
  const found = template({ webhooks: { 'on-call': WEBHOOK } });

  test('gets what e-mails show: the message without the envelopes of SNS and SQS', () => {
    expect(only(found, 'AWS::SNS::Subscription')).toMatchObject({ Protocol: 'sqs', RawMessageDelivery: true });
    expect(only(found, 'AWS::Pipes::Pipe')).toMatchObject({
      SourceParameters: { SqsQueueParameters: { BatchSize: 1 } },
      TargetParameters: { InputTemplate: '<$.body>' },
    });
    expect(only(found, 'AWS::Events::ApiDestination')).toMatchObject({
      HttpMethod: 'POST',
      InvocationEndpoint: WEBHOOK.url,
    });
  });

  test('has its secret by reference only', () => {
    const connection = only(found, 'AWS::Events::Connection');
    expect(connection.AuthParameters.ApiKeyAuthParameters).toEqual({
      ApiKeyName: 'Authorization',
      ApiKeyValue: '{{resolve:secretsmanager:fraud/on-call:SecretString:::}}',
    });
    expect(JSON.stringify(found.toJSON()).split('fraud/on-call')).toHaveLength(2);
  });

  test('has its secret encrypted with the key, which carries the tag that EventBridge asks for', () => {
    expect(only(found, 'AWS::Events::Connection').KmsKeyIdentifier).toEqual(
      only(found, 'AWS::SNS::Topic').KmsMasterKeyId,
    );
    expect(only(found, 'AWS::KMS::Key').Tags).toEqual([{ Key: 'EventBridgeApiDestinations', Value: 'true' }]);
    expect(only(template(), 'AWS::KMS::Key')).not.toHaveProperty('Tags');
  });

  test('sends the secret in the header of its choice', () => {
    const other = template({ webhooks: { pager: { ...WEBHOOK, header: 'X-Routing-Key' } } });
    expect(only(other, 'AWS::Events::Connection').AuthParameters.ApiKeyAuthParameters.ApiKeyName).toBe('X-Routing-Key');
  });

  test('may be down for an hour, then somebody is told', () => {
    expect(WEBHOOK_RETRY_AFTER.toMinutes() * WEBHOOK_ATTEMPTS).toBe(60);
    const queues = found.findResources('AWS::SQS::Queue');
    const [dead] = Object.keys(queues).filter((id) => queues[id]?.Properties.RedrivePolicy === undefined);
    found.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 300,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [dead, 'Arn'] }, maxReceiveCount: 12 },
    });
    expect(only(found, 'AWS::CloudWatch::Alarm')).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [dead, 'QueueName'] } }],
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmDescription: expect.stringContaining(webhookFailing('on-call').text),
      AlarmActions: [{ Ref: Object.keys(found.findResources('AWS::SNS::Topic'))[0] }],
    });
  });

  test('has queues that only this topic fills, over TLS', () => {
    const policies = ofType(found, 'AWS::SQS::QueuePolicy').flatMap((policy) => policy.PolicyDocument.Statement);
    expect(policies.filter((s) => s.Effect === 'Deny')).toHaveLength(2);
    expect(policies.filter((s) => s.Effect === 'Allow')).toEqual([
      expect.objectContaining({
        Action: 'sqs:SendMessage',
        Principal: { Service: 'sns.amazonaws.com' },
        Condition: {
          ArnEquals: { 'aws:SourceArn': { Ref: Object.keys(found.findResources('AWS::SNS::Topic'))[0] } },
        },
      }),
    ]);
  });

  test('is carried by a workload that may take alerts, hand them over and nothing else', () => {
    const { PolicyDocument } = only(found, 'AWS::IAM::ManagedPolicy');
    expect(PolicyDocument.Statement.map((s: { Action: unknown }) => s.Action)).toEqual([
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      'events:InvokeApiDestination',
      ['kms:Decrypt', 'kms:DescribeKey'],
    ]);
    expect(JSON.stringify(PolicyDocument)).not.toContain('"Resource":"*"');
    found.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'pipes.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
    });
  });
});

describe('an announcement', () => {
  const details = {
    where: 'the console',
    fields: {
      Training: { from: '$.detail.TrainingJobName' },
      Reason: { from: '$.detail.FailureReason', freeText: true },
    },
  };
  const eventPattern = { source: ['aws.sagemaker'], detail: { TrainingJobStatus: ['Failed'] } };
  const announce = (props: Partial<AnnounceProps> = {}, platform = 'fraud-prod') =>
    synthTemplate((stack) => {
      const alerts = new Alerts(stack, 'Alerts', { platform });
      alerts.announce(stack, 'Failed', { signal: TRAINING_FAILED, eventPattern, details, ...props });
    });
  const targetOf = (found: Template) => only(found, 'AWS::Events::Rule').Targets[0];

  test('tells the topic of each event in the format of all alerts, whatever people wrote in it', () => {
    const found = announce();
    const rule = only(found, 'AWS::Events::Rule');
    expect(rule.EventPattern).toEqual(eventPattern);
    expect(rule.Targets[0].Arn).toEqual({ Ref: Object.keys(found.findResources('AWS::SNS::Topic'))[0] });
    const awkward = 'AlgorithmError: "exit 1"\n\ttraceback <file> \\ C:\\';
    const event = { detail: { TrainingJobName: 'fraud-7', TrainingJobStatus: 'Failed', FailureReason: awkward } };
    expect(transformInput(rule.Targets[0].InputTransformer, event)).toEqual({
      version: '1.0',
      source: 'custom',
      content: {
        title: 'Warning: training-failed (fraud-prod)',
        description: TRAINING_FAILED.text,
        nextSteps: ['Where to look: the console', 'Training: fraud-7', 'Reason:', awkward],
        keywords: ['warning', 'fraud-prod'],
      },
      metadata: {
        eventType: 'training-failed',
        additionalContext: { severity: 'warning', platform: 'fraud-prod' },
      },
    });
  });

  test('refuses free text inside other text, where a quote in it would lose the alert', () => {
    const where = ['see ', { from: '$.detail.FailureReason', freeText: true }];
    expect(() => announce({ details: { where } })).toThrow('$.detail.FailureReason is free text');
    const event = { detail: { FailureReason: 'a "quote"' } };
    const inline = { InputPathsMap: { reason: '$.detail.FailureReason' }, InputTemplate: '{"text":"see <reason>"}' };
    expect(() => transformInput(inline, event)).toThrow(SyntaxError);
  });

  test('refuses what an input template cannot hold', () => {
    expect(() => announce({ details: { where: 'Jobs > Training' } })).toThrow('has < or >');
  });

  test('keeps events that it could not deliver, encrypted, and says so', () => {
    const found = announce();
    expect(targetOf(found).DeadLetterConfig.Arn).toEqual({
      'Fn::GetAtt': [Object.keys(found.findResources('AWS::SQS::Queue'))[0], 'Arn'],
    });
    expect(only(found, 'AWS::SQS::Queue').KmsMasterKeyId).toEqual(only(found, 'AWS::SNS::Topic').KmsMasterKeyId);
    expect(only(found, 'AWS::CloudWatch::Alarm').AlarmDescription).toContain('training-failed-events-undelivered');
    found.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnLike: { 'aws:SourceArn': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  test('may share a queue for what it could not deliver', () => {
    const found = synthTemplate((stack) => {
      const deadLetterQueue = sqs.Queue.fromQueueArn(stack, 'Mine', 'arn:aws:sqs:eu-central-1:111111111111:mine');
      new Alerts(stack, 'Alerts').announce(stack, 'Failed', {
        signal: TRAINING_FAILED,
        eventPattern,
        details,
        deadLetterQueue,
      });
    });
    found.resourceCountIs('AWS::SQS::Queue', 0);
    expect(targetOf(found).DeadLetterConfig).toEqual({ Arn: 'arn:aws:sqs:eu-central-1:111111111111:mine' });
  });
});

describe('an alarm', () => {
  const metric = new cloudwatch.Metric({ namespace: 'Test', metricName: 'Bad' });

  test('needs a signal with a threshold', () => {
    const stack = testStack();
    const alerts = new Alerts(stack, 'Alerts');
    expect(() => alerts.alarm(stack, 'Alarm', { signal: TRAINING_FAILED, metric })).toThrow(
      'the signal training-failed has no threshold',
    );
  });

  test("of a user's own tells the channel by its action", () => {
    const found = synthTemplate((stack) => {
      const alarm = new cloudwatch.Alarm(stack, 'Mine', { metric, threshold: 1, evaluationPeriods: 1 });
      alarm.addAlarmAction(new Alerts(stack, 'Alerts').action);
    });
    expect(only(found, 'AWS::CloudWatch::Alarm').AlarmActions).toEqual([
      { Ref: Object.keys(found.findResources('AWS::SNS::Topic'))[0] },
    ]);
  });
});

describe('an imported channel', () => {
  const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:alerts';
  const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/operations';
  const imported = (scope: Construct) =>
    Alerts.fromTopicArn(scope, 'Alerts', {
      topicArn: TOPIC,
      encryptionKey: kms.Key.fromKeyArn(scope, 'Key', KEY),
      platform: 'fraud-prod',
    });

  test('grants publishing to a role of the user', () => {
    const found = synthTemplate((stack) => {
      const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
      imported(stack).grants.publish(role);
    });
    found.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'sns:Publish', Resource: TOPIC },
          { Effect: 'Allow', Action: Match.arrayWith(['kms:GenerateDataKey']), Resource: KEY },
        ],
      },
    });
  });

  test('announces and alarms like one made here, and adds nothing to the stack that owns the topic', () => {
    const found = synthTemplate((stack) =>
      imported(stack).announce(stack, 'Failed', {
        signal: TRAINING_FAILED,
        eventPattern: { source: ['aws.sagemaker'] },
        details: { where: 'there' },
      }),
    );
    expect(only(found, 'AWS::Events::Rule').Targets[0].Arn).toBe(TOPIC);
    expect(only(found, 'AWS::CloudWatch::Alarm').AlarmActions).toEqual([TOPIC]);
    expect(only(found, 'AWS::SQS::Queue').KmsMasterKeyId).toBe(KEY);
    found.resourceCountIs('AWS::SNS::TopicPolicy', 0);
  });

  test('works with an ARN that is known at deployment only', () => {
    const found = synthTemplate((stack) => {
      const alerts = Alerts.fromTopicArn(stack, 'Alerts', {
        topicArn: stack.formatArn({ service: 'sns', resource: 'alerts' }),
        encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY),
      });
      alerts.announce(stack, 'Failed', {
        signal: TRAINING_FAILED,
        eventPattern: { source: ['aws.sagemaker'] },
        details: { where: 'there' },
      });
    });
    expect(only(found, 'AWS::Events::Rule').Targets[0].Arn).toHaveProperty('Fn::Join');
  });
});

describe('a console link', () => {
  test.each([
    ['eu-central-1', 'https://console.aws.amazon.com/states/home?region=eu-central-1#/a'],
    ['cn-north-1', 'https://console.amazonaws.cn/states/home?region=cn-north-1#/a'],
    ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/states/home?region=us-gov-west-1#/a'],
  ])('of %s', (region, link) => {
    expect(consoleLink(testStack({ env: { region } }), 'states', '#/a')).toBe(link);
  });

  test('of a stack without a region has the one it is deployed to', () => {
    const stack = testStack();
    expect(stack.resolve(consoleLink(stack, 'states', '#/a'))).toEqual({
      'Fn::Join': ['', ['https://console.aws.amazon.com/states/home?region=', { Ref: 'AWS::Region' }, '#/a']],
    });
  });
});

describe('policy packs', () => {
  test('find nothing in a channel with every receiver', () => {
    const stack = testStack();
    const alerts = new Alerts(stack, 'Alerts', EVERYTHING);
    alerts.announce(stack, 'Failed', {
      signal: TRAINING_FAILED,
      eventPattern: { source: ['aws.sagemaker'] },
      details: { where: 'there' },
    });
    expect(nagFindings(stack)).toEqual([]);
  });

  test('would find a careless queue', () => {
    const stack = testStack();
    new sqs.Queue(stack, 'Careless');
    expect(nagFindings(stack)).not.toEqual([]);
  });
});

test('a channel is the same in every synthesis', () => {
  const synth = () => {
    const app = new App();
    new Alerts(new Stack(app, 'Test'), 'Alerts', EVERYTHING);
    return JSON.stringify(app.synth().getStackByName('Test').template);
  };
  expect(synth()).toBe(synth());
});
