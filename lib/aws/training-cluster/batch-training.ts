import { Fn, Names, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { trainingAccess, trainingLauncherAccess, trainingNodeAccess } from '../../plan/access';
import { allow } from '../access/grant-statement';
import { serviceOfThisAccount, Workload } from '../access/workload';
import { consoleLink } from '../alerts/console-link';
import { retainedLogGroup } from '../logs/retained-log-group';
import { grantJoin } from './batch-nodes';
import { BatchQueue } from './batch-queue';
import type { BatchSubmission } from './submission';
import type { TrainingEngine, TrainingEngineProps } from './training-engine';
import { type TrainingJobProps, trainingJob } from './training-job';
import { grantPublishMetrics, TRAINING_METRICS } from './training-metrics';

/**
 * A queue with its own machines, the definition of its trainings, and three roles: of trainings, of what starts them,
 * and of nodes.
 */
export class BatchTraining extends Construct implements TrainingEngine {
  public readonly workload: Workload;
  public readonly launcher: Workload;
  public readonly nodes: Workload;
  public readonly queue: BatchQueue;
  public readonly jobDefinition: batch.CfnJobDefinition;
  public readonly logGroup: logs.ILogGroup;
  public readonly submission: BatchSubmission;
  public readonly defaults: Readonly<Record<string, unknown>>;
  public readonly failures: TrainingEngine['failures'];

  constructor(scope: Construct, id: string, props: TrainingEngineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.logGroup = retainedLogGroup(this, 'Log', {
      logGroupName: props.logGroupName ?? `/aws/batch/${Names.uniqueResourceName(this, { maxLength: 128 })}`,
      encryptionKey: props.logKey,
    });
    const tasks = serviceOfThisAccount('ecs-tasks.amazonaws.com', stack.account);
    this.workload = new Workload(this, 'Workload', {
      assumedBy: tasks,
      access: trainingAccess(props.reads, 'batch'),
      grantors: { ...props.grantors, metric: (_verb, _name, to) => grantPublishMetrics([TRAINING_METRICS], to) },
      description: 'Trainings',
    });
    this.launcher = new Workload(this, 'Launcher', {
      assumedBy: tasks,
      access: trainingLauncherAccess(),
      grantors: { ...props.grantors, log: (_verb, _name, to) => grantLog(this.logGroup, to) },
      description: 'Pulls the image of a training and carries its log',
    });
    this.nodes = new Workload(this, 'Nodes', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      access: trainingNodeAccess(),
      grantors: { cluster: (_verb, _name, to) => grantJoin(stack, to) },
      description: 'Nodes of the training cluster',
    });
    this.queue = new BatchQueue(this, 'Machines', { ...props, nodeRole: this.nodes.role });

    const job = (image: string): TrainingJobProps => ({
      ...props,
      image,
      jobRoleArn: this.workload.role.roleArn,
      executionRoleArn: this.launcher.role.roleArn,
      logGroupName: this.logGroup.logGroupName,
      region: stack.region,
    });
    this.jobDefinition = new batch.CfnJobDefinition(this, 'Definition', trainingJob(job(props.image)));
    const { ref: jobDefinition } = this.jobDefinition;
    const { ref: jobQueue } = this.queue.resource;
    const jobDefinitionName = definitionName(this.jobDefinition);
    this.submission = {
      kind: 'batch',
      queueArn: jobQueue,
      jobDefinitionName,
      roleArn: this.workload.role.roleArn,
      executionRoleArn: this.launcher.role.roleArn,
    };
    this.defaults = {
      SubmitJob: { jobQueue, jobDefinition, propagateTags: true },
      RegisterJobDefinition: { jobDefinitionName, ...trainingJob(job(props.repository.repositoryUri)) },
    };
    this.failures = {
      // Its detail is what DescribeJobs answers. Source: AWS Batch user guide, "Job state change events".
      eventPattern: {
        source: ['aws.batch'],
        detailType: ['Batch Job State Change'],
        detail: { status: ['FAILED'], jobQueue: [jobQueue] },
      },
      details: {
        where: [consoleLink(this, 'batch', '#jobs/detail/'), { from: '$.detail.jobId' }],
        fields: { Training: { from: '$.detail.jobName' } },
      },
    };
  }
}

/** Name of a job definition without its revision: its ARN ends in `job-definition/<name>:<revision>`. */
export const definitionName = ({ ref }: batch.CfnJobDefinition): string =>
  Fn.select(0, Fn.split(':', Fn.select(1, Fn.split('/', ref))));

/** Lets someone write into a group of logs. */
export function grantLog(group: logs.ILogGroup, to: iam.IGrantable): void {
  allow(to, ['logs:CreateLogStream', 'logs:PutLogEvents'], [group.logGroupArn]);
}
