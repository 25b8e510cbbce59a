import { Stack } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { trainingAccess } from '../../plan/access';
import { serviceOfThisAccount, Workload } from '../access/workload';
import { consoleLink } from '../alerts/console-link';
import { diskGrants } from '../jobs/job-disk';
import { grantJobLogs } from '../jobs/job-logs';
import type { ManagedSubmission } from './submission';
import type { TrainingEngine, TrainingEngineProps } from './training-engine';
import { trainingJobDefaults } from './training-job-defaults';
import { grantPublishMetrics, TRAINING_JOB_METRICS, TRAINING_METRICS } from './training-metrics';

/** SageMaker trainings: the role that they run as, and what to start them with. Nothing runs while nothing trains. */
export class ManagedTraining extends Construct implements TrainingEngine {
  public readonly workload: Workload;
  public readonly submission: ManagedSubmission;
  public readonly defaults: Readonly<Record<string, unknown>>;
  public readonly failures: TrainingEngine['failures'];

  constructor(scope: Construct, id: string, props: TrainingEngineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.workload = new Workload(this, 'Workload', {
      assumedBy: serviceOfThisAccount('sagemaker.amazonaws.com', stack.account),
      access: trainingAccess(props.reads, 'managed'),
      grantors: {
        ...props.grantors,
        log: (_verb, _name, to) => grantJobLogs(this, 'training', to),
        metric: (_verb, _name, to) => grantPublishMetrics([TRAINING_METRICS, TRAINING_JOB_METRICS], to),
      },
      description: 'Trainings',
    });
    const [machine] = props.plan.purchases[0].machines;
    if (machine.localStorageGb === 0) this.workload.addStatement(diskGrants(props.encryptionKey));

    const { roleArn } = this.workload.role;
    this.submission = {
      kind: 'managed',
      roleArn,
      subnetIds: props.subnetIds,
      securityGroupId: props.securityGroup.securityGroupId,
    };
    this.defaults = trainingJobDefaults(props, roleArn);
    const job = { from: '$.detail.TrainingJobName' };
    this.failures = {
      eventPattern: failedTrainingJobs(roleArn),
      details: {
        where: [consoleLink(this, 'sagemaker', '#/jobs/'), job],
        fields: { Training: job, Status: { from: '$.detail.SecondaryStatus' } },
      },
    };
  }
}

/**
 * Trainings of a role that failed, or that ran out of time and left no model. Source: SageMaker developer guide,
 * "Automating SageMaker with EventBridge", training job state change: its detail is what DescribeTrainingJob answers.
 */
function failedTrainingJobs(roleArn: string): events.EventPattern {
  return {
    source: ['aws.sagemaker'],
    detailType: ['SageMaker Training Job State Change'],
    detail: {
      RoleArn: [roleArn],
      TrainingJobStatus: ['Failed', 'Stopped'],
      // Stopped by somebody is not among them.
      SecondaryStatus: ['Failed', 'MaxRuntimeExceeded', 'MaxWaitTimeExceeded'],
    },
  };
}
