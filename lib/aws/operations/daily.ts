import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { OPERATIONS_SIGNALS } from '../../plan/outcome-signals';
import { scorecardAccess, scorecardTriggerAccess, sweepAccess, sweepTriggerAccess } from '../../plan/serving-access';
import type { Machine } from '../machine/machine';
import { KeptMachine, type KeptMachineProps, type OperationsMachineContext } from './kept-machine';
import { scorecardMachine } from './machine/scorecard-machine';
import { sweepMachine } from './machine/sweep-machine';

/** How often the machines run that look after all endpoints. */
export const OPERATIONS_SCHEDULE = 'rate(1 day)';
/** Minutes within which a run may begin: nobody waits for it. */
export const OPERATIONS_WINDOW_MINUTES = 60;

/** What is done once a day, of what a kept machine has to be told. */
export interface DailyJob
  extends Pick<KeptMachineProps, 'name' | 'definition' | 'access' | 'triggerAccess' | 'failed' | 'grantors'> {}

/** sweep: tells of endpoints without a model. scorecard: publishes how many models serve and since when. */
export const DAILY_JOBS = {
  sweep: {
    name: 'sweep',
    definition: sweepMachine,
    access: sweepAccess(),
    triggerAccess: sweepTriggerAccess(),
    failed: OPERATIONS_SIGNALS.sweepFailed,
  },
  scorecard: {
    name: 'scorecard',
    definition: scorecardMachine,
    access: scorecardAccess(),
    triggerAccess: scorecardTriggerAccess(),
    failed: OPERATIONS_SIGNALS.scorecardFailed,
  },
} as const satisfies Readonly<Record<string, DailyJob>>;

export interface DailyProps extends OperationsMachineContext {
  readonly job: DailyJob;
}

/** A machine that runs once a day. */
export class Daily extends Construct {
  public readonly machine: Machine;
  public readonly schedule: scheduler.CfnSchedule;

  constructor(scope: Construct, id: string, props: DailyProps) {
    super(scope, id);
    const kept = new KeptMachine(this, 'Kept', {
      ...props,
      ...props.job,
      startedBy: 'scheduler.amazonaws.com',
    });
    this.machine = kept.machine;
    this.schedule = new scheduler.CfnSchedule(this, 'Schedule', {
      scheduleExpression: OPERATIONS_SCHEDULE,
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: OPERATIONS_WINDOW_MINUTES },
      kmsKeyArn: props.encryptionKey.keyArn,
      target: {
        arn: kept.machine.arn,
        roleArn: kept.trigger.role.roleArn,
        input: '{}',
        deadLetterConfig: { arn: props.deadLetterQueue.queueArn },
      },
    });
  }
}
