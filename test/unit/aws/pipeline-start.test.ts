import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { alarmName } from '../../../lib/aws/monitoring/monitoring-names';
import { awsStartTriggerAccess, pipelinePath, startAccess } from '../../../lib/plan/pipeline/pipeline-access';
import { type EventPattern, matchesPattern } from '../../support/event-pattern';
import { EXECUTION_ENDS, toldOfEnd } from '../../support/execution-event';
import { workloadPermissions } from '../../support/iam';
import { nagFindings } from '../../support/nag';
import { covers } from '../../support/permissions';
import { EVERY_TRIGGER, pipelineStartStack } from '../../support/pipeline-start-stack';

const made = pipelineStartStack();

interface RuleTarget {
  readonly Input?: string;
  readonly DeadLetterConfig?: object;
  readonly RoleArn?: object;
}
interface WrittenRule {
  readonly EventPattern: EventPattern;
  readonly Targets: readonly RuleTarget[];
}

/** The rule that hands over this input. */
function ruleOf(trigger: string): WrittenRule {
  const rules = Object.values(made.template.findResources('AWS::Events::Rule')).map(
    ({ Properties }) => Properties as WrittenRule,
  );
  const found = rules.find(({ Targets }) => Targets.some(({ Input }) => Input?.includes(`"trigger":"${trigger}"`)));
  if (found === undefined) throw new Error(`no rule for ${trigger}`);
  return found;
}

const glueEvent = (detail: object, about: object = {}) => ({
  version: '0',
  id: '2617428d-715f-edef-70b8-d210da0317a0',
  'detail-type': 'Glue Data Catalog Table State Change',
  source: 'aws.glue',
  account: '111111111111',
  time: '2026-01-16T18:16:01Z',
  region: 'eu-central-1',
  resources: ['arn:aws:glue:eu-central-1:111111111111:table/fraud_curated/transactions'],
  detail: {
    changedPartitions: [],
    databaseName: 'fraud_curated',
    tableName: 'transactions',
    typeOfChange: 'UpdateTable',
    ...detail,
  },
  ...about,
});

const alarmEvent = (name: string, value: string, previous = 'OK') => ({
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '111111111111',
  time: '2026-01-02T17:04:40Z',
  region: 'eu-central-1',
  resources: [`arn:aws:cloudwatch:eu-central-1:111111111111:alarm:${name}`],
  detail: {
    alarmName: name,
    configuration: { description: 'Drift', metrics: [] },
    previousState: { reason: 'Threshold Crossed', timestamp: '2026-01-01T17:04:40.000+0000', value: previous },
    state: { reason: 'Threshold Crossed', timestamp: '2026-01-02T17:04:40.989+0000', value },
  },
});

describe('what starts runs', () => {
  test('is a schedule in its time zone, in the words of EventBridge', () => {
    made.template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 ? * 2-6 *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      KmsKeyArn: Match.anyValue(),
      Target: {
        Arn: { Ref: made.stack.getLogicalId(made.start.machine.resource) },
        Input: '{"reason":"schedule","trigger":"nightly"}',
        DeadLetterConfig: Match.anyValue(),
      },
    });
  });

  test.each([
    ['a commit', glueEvent({}), true],
    ['a compaction, which the machine tells apart', glueEvent({}), true],
    ['a commit to another table', glueEvent({ tableName: 'chargebacks' }), false],
    ['a commit in another database', glueEvent({ databaseName: 'fraud_raw' }), false],
    ['a partition, which an Iceberg table has none of', glueEvent({ typeOfChange: 'BatchCreatePartition' }), false],
    ['a database', glueEvent({}, { 'detail-type': 'Glue Data Catalog Database State Change' }), false],
  ])('is an event of the catalog: %s', (_, event, expected) => {
    expect(matchesPattern(ruleOf('fresh').EventPattern, event)).toBe(expected);
  });

  const drift = alarmName(made.plan.names, { name: 'detector-drift' });
  test.each([
    ['goes off', alarmEvent(drift, 'ALARM'), true],
    ['goes off after it had no data', alarmEvent(drift, 'ALARM', 'INSUFFICIENT_DATA'), true],
    ['is well again', alarmEvent(drift, 'OK', 'ALARM'), false],
    ['has no data', alarmEvent(drift, 'INSUFFICIENT_DATA'), false],
    ['is of another signal', alarmEvent('fraud-detector-quality', 'ALARM'), false],
    ['is of another platform', alarmEvent('fraud-prod-detector-drift', 'ALARM'), false],
  ])('is an alarm that %s', (_, event, expected) => {
    expect(matchesPattern(ruleOf('drifted').EventPattern, event)).toBe(expected);
  });

  test('hands over reason and name, and what it cannot hand over to the queue', () => {
    for (const [trigger, reason] of [
      ['fresh', 'new-data'],
      ['drifted', 'signal'],
    ] as const) {
      const [target] = ruleOf(trigger).Targets;
      expect(JSON.parse(target?.Input ?? '')).toEqual({ reason, trigger });
      expect(target?.DeadLetterConfig).toBeDefined();
      expect(target?.RoleArn).toBeDefined();
    }
  });

  test.each([
    ['both', EVERY_TRIGGER, ['scheduler.amazonaws.com', 'events.amazonaws.com']],
    ['schedules alone', EVERY_TRIGGER.slice(0, 1), ['scheduler.amazonaws.com']],
    ['events alone', EVERY_TRIGGER.slice(1), ['events.amazonaws.com']],
  ])('is one role for %s, in this account only', (_, triggers, services) => {
    const { start, template, stack } = pipelineStartStack(triggers);
    const role = start.triggers?.workload.role.node.defaultChild;
    expect(role).toBeDefined();
    const id = Object.entries(template.findResources('AWS::IAM::Role')).find(([name]) =>
      name.startsWith('StartTriggers'),
    );
    const statements = id?.[1].Properties.AssumeRolePolicyDocument.Statement as readonly {
      readonly Principal: { readonly Service: string };
      readonly Condition: object;
    }[];
    expect(statements.map(({ Principal }) => Principal.Service)).toEqual(services);
    for (const { Condition } of statements)
      expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': stack.account } });
  });

  test('is people alone where the spec has no trigger', () => {
    const { start, template } = pipelineStartStack([]);
    expect(start.triggers).toBeUndefined();
    template.resourceCountIs('AWS::Scheduler::Schedule', 0);
    expect(awsStartTriggerAccess({ model: 'detector', triggers: [] })).toEqual([]);
  });
});

describe('the start of a pipeline', () => {
  test('is published for whoever starts runs by hand', () => {
    made.template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: made.plan.names.parameter(...pipelinePath('detector')),
      Value: { 'Fn::Join': ['', Match.arrayWith([{ Ref: made.stack.getLogicalId(made.start.machine.resource) }])] },
    });
  });

  test('refuses a dataset that the lake does not have', () => {
    expect(() => pipelineStartStack(EVERY_TRIGGER, { datasets: ['transactions', 'lost'] })).toThrow(
      /reads the dataset lost, and the lake has transactions, chargebacks/,
    );
    expect(() => pipelineStartStack([{ name: 'odd', kind: 'new-data', dataset: 'lost' }])).toThrow(
      /waits for data in lost/,
    );
  });

  test.each(EXECUTION_ENDS)('says so of an execution that %s: %j %j', (_, end, told) => {
    const heard = Object.values(toldOfEnd(made.template.toJSON(), end));
    expect(heard).toEqual([told ? ['detector-run-start-failed'] : []]);
  });
});

describe('permissions of the start of a pipeline', () => {
  const { app, plan, pipeline, stack } = made;
  const template = Template.fromStack(stack).toJSON();
  const workloads = workloadPermissions({ app, templates: [{ name: stack.stackName, template }] } as never).filter(
    ({ path }) => path.includes('/Start/'),
  );
  const edges = [...startAccess(pipeline), ...awsStartTriggerAccess(pipeline)];

  test('are those of the access plan', () => {
    expect(workloads.flatMap(({ access }) => access)).toEqual(expect.arrayContaining([...edges]));
    expect(workloads.flatMap(({ access }) => access)).toHaveLength(edges.length);
    for (const { path, access, permissions } of workloads)
      for (const permission of permissions)
        expect(
          access.some((edge) => covers(permission, edge, plan)),
          `${path}: ${permission.action} on ${permission.resource} ${permission.condition}`,
        ).toBe(true);
  });

  test('are all that the access plan says', () => {
    for (const { access, permissions } of workloads)
      for (const edge of access)
        expect(
          permissions.some((permission) => covers(permission, edge, plan)),
          `${edge.workload} ${edge.verb} ${edge.kind} ${edge.name}`,
        ).toBe(true);
  });

  test('hear of processing jobs where steps are some, whether they check data or not', () => {
    const heard = (kinds: readonly string[]) => {
      const steps = made.pipeline.steps.filter(({ kind }) => kinds.includes(kind));
      return JSON.stringify(pipelineStartStack([], { steps }).template.toJSON()).includes('DescribeProcessingJob');
    };
    expect([heard(['training', 'processing']), heard(['validation']), heard(['training'])]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('leave nothing unacknowledged that a policy pack finds', () => {
    expect(nagFindings(pipelineStartStack().app)).toEqual([]);
  });
});
