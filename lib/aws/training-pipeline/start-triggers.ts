import { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { retrainingSignalName } from '../../plan/drift/drift-signals';
import type { PlatformNames } from '../../plan/names';
import { awsCron } from '../../plan/pipeline/cron';
import { awsStartTriggerAccess } from '../../plan/pipeline/pipeline-access';
import type { PipelinePlan, TriggerPlan } from '../../plan/pipeline/pipeline-plan';
import { allow } from '../access/grant-statement';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IDataset } from '../data-lake/lake-parts';
import { grantKey } from '../keys/key-grants';
import type { Machine } from '../machine/machine';
import { alarmName } from '../monitoring/monitoring-names';
import type { StartRequest } from './machine/request-states';

export interface StartTriggersProps {
  readonly plan: Pick<PipelinePlan, 'model' | 'triggers'>;
  readonly names: PlatformNames;
  /** Datasets whose new data starts a run, by name. */
  readonly datasets: Readonly<Record<string, IDataset>>;
  /** What they start. */
  readonly machine: Machine;
  /** Key of schedules, and of the executions of the machine. */
  readonly encryptionKey: kms.IKey;
  /** Takes what could not start the machine. */
  readonly deadLetterQueue: sqs.IQueue;
}

type Of<Kind extends TriggerPlan['kind']> = Extract<TriggerPlan, { kind: Kind }>;

/**
 * What starts runs by itself: schedules in their time zone, commits to tables, and alarms. Each hands over reason and name;
 * whether a run starts is for the machine to decide, which compares what a table holds: Glue tells of compactions too, and
 * of a change of columns. Glue and CloudWatch tell on a best-effort basis.
 */
export class StartTriggers extends Construct {
  /** What starts the machine. */
  public readonly workload: Workload;
  /** By the name of the trigger. */
  public readonly schedules: Readonly<Record<string, scheduler.CfnSchedule>>;
  public readonly rules: Readonly<Record<string, events.Rule>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: StartTriggersProps,
  ) {
    super(scope, id);
    const { plan, machine, encryptionKey, deadLetterQueue } = props;
    const { account } = Stack.of(this);
    const scheduled = plan.triggers.filter((trigger): trigger is Of<'schedule'> => trigger.kind === 'schedule');
    const others = plan.triggers.filter(
      (trigger): trigger is Exclude<TriggerPlan, Of<'schedule'>> => !scheduled.includes(trigger as Of<'schedule'>),
    );
    const services = [
      ...(scheduled.length === 0 ? [] : ['scheduler.amazonaws.com']),
      ...(others.length === 0 ? [] : ['events.amazonaws.com']),
    ].map((service) => serviceOfThisAccount(service, account));
    this.workload = new Workload(this, 'Workload', {
      assumedBy:
        services.length === 1 && services[0] !== undefined ? services[0] : new iam.CompositePrincipal(...services),
      access: awsStartTriggerAccess(plan),
      grantors: {
        machine: (_verb, _name, to) => machine.grantStart(to),
        key: (verb, _name, to) => grantKey(encryptionKey, verb, to),
        queue: (_verb, _name, to) => allow(to, ['sqs:SendMessage'], [deadLetterQueue.queueArn]),
      },
      description: `Starts runs of the pipeline of ${plan.model}`,
    });
    this.schedules = Object.fromEntries(scheduled.map((trigger) => [trigger.name, this.schedule(trigger)]));
    this.rules = Object.fromEntries(others.map((trigger) => [trigger.name, this.rule(trigger)]));
  }

  private schedule({ name, cron, timeZone }: Of<'schedule'>): scheduler.CfnSchedule {
    const { machine, encryptionKey, deadLetterQueue } = this.props;
    return new scheduler.CfnSchedule(this, `Schedule-${name}`, {
      scheduleExpression: awsCron(cron),
      scheduleExpressionTimezone: timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: encryptionKey.keyArn,
      target: {
        arn: machine.arn,
        roleArn: this.workload.role.roleArn,
        input: JSON.stringify(request('schedule', name)),
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
      },
    });
  }

  private rule(trigger: Exclude<TriggerPlan, Of<'schedule'>>): events.Rule {
    const { machine, deadLetterQueue, plan } = this.props;
    const [description, eventPattern] =
      trigger.kind === 'new-data'
        ? [`New data in ${trigger.dataset} may start a run of ${plan.model}.`, this.committed(trigger)]
        : [`The alarm for ${trigger.signal} starts a run of ${plan.model}.`, this.alarmed(trigger)];
    const rule = new events.Rule(this, `Rule-${trigger.name}`, { description, eventPattern });
    rule.addTarget({
      bind: () => ({
        arn: machine.arn,
        role: this.workload.role,
        input: events.RuleTargetInput.fromObject(request(trigger.kind, trigger.name)),
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
      }),
    });
    return rule;
  }

  /**
   * A commit to an Iceberg table sets the address of its metadata in the catalog. Source: EventBridge events reference,
   * "AWS Glue events"; AWS Glue developer guide, "Automating AWS Glue with EventBridge".
   */
  private committed({ dataset }: Of<'new-data'>): events.EventPattern {
    const found = this.props.datasets[dataset];
    if (found === undefined)
      throw new Error(`${this.node.path}: a trigger waits for data in ${dataset}, which the lake here does not have`);
    return {
      source: ['aws.glue'],
      detailType: ['Glue Data Catalog Table State Change'],
      detail: {
        databaseName: [found.zone.databaseName],
        tableName: [found.tableName],
        typeOfChange: ['UpdateTable'],
      },
    };
  }

  /** Source: CloudWatch user guide, "Alarm events and EventBridge". */
  private alarmed({ signal }: Of<'signal'>): events.EventPattern {
    const { names, plan } = this.props;
    return {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      detail: {
        alarmName: [alarmName(names, { name: retrainingSignalName(plan.model, signal) })],
        state: { value: ['ALARM'] },
      },
    };
  }
}

const request = (reason: NonNullable<StartRequest['reason']>, trigger: string): StartRequest => ({ reason, trigger });
