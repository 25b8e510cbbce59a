import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as pipes from 'aws-cdk-lib/aws-pipes';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { PROVIDED_IMAGES } from '../../../plan/drift/drift-access';
import type { PlatformNames } from '../../../plan/names';
import {
  clusterLock,
  clusterRecords,
  clusterStepAccess,
  clusterStepLauncherAccess,
  clusterStepTriggerAccess,
} from '../../../plan/pipeline/aws-cluster-access';
import { longestClusterStepSeconds, longestTrySeconds } from '../../../plan/pipeline/aws-run-time';
import type { PipelinePlan } from '../../../plan/pipeline/pipeline-plan';
import { runSignals } from '../../../plan/pipeline/pipeline-signals';
import { type ClusterStep, isClusterStep } from '../../../plan/pipeline/step-plan';
import { MODEL_TAG, PLATFORM_TAG } from '../../../plan/tags';
import type { TrainingClusterPlan } from '../../../plan/training-cluster';
import { allow } from '../../access/grant-statement';
import { serviceOfThisAccount, Workload } from '../../access/workload';
import type { IAlerts } from '../../alerts/alert-channel';
import { consoleLink } from '../../alerts/console-link';
import { announceSilentEnds } from '../../alerts/silent-ends';
import type { IArtifactStore } from '../../artifact-store/artifact-store';
import type { JobCode } from '../../jobs/job-code';
import { grantProvidedPull, providedImage } from '../../jobs/provided-image';
import type { IKeys } from '../../keys/keys';
import type { ILocks } from '../../locks/locks';
import { Machine } from '../../machine/machine';
import { grantLog } from '../../training-cluster/batch-training';
import { grantPull } from '../../training-cluster/training-cluster-grants';
import { grantAnswers, grantConsume, grantJobs } from './cluster-grants';
import { clusterJob } from './cluster-job';
import { clusterMachine } from './machine/cluster-machine';
import type { MachineStep } from './machine/cluster-props';

/** Time after which a step that the machine was not started for is handed over again, and how often. */
const HAND_OVER_AGAIN_AFTER = Duration.minutes(5);
const HAND_OVERS = 12;

/** The batch cluster that steps run on, as the platform has it, and who looks after what runs there. */
export interface StepCluster {
  readonly plan: TrainingClusterPlan;
  /** ARN of its queue of jobs. */
  readonly queueArn: string;
  /** Log group of its trainings. */
  readonly logGroupName: string;
  readonly names: PlatformNames;
  readonly locks: ILocks;
  /** Hears of a machine that came to no end. */
  readonly alerts: IAlerts;
  /** Takes steps that no machine could be started for. */
  readonly deadLetterQueue: sqs.IQueue;
}

export interface ClusterStepsProps {
  readonly plan: Pick<PipelinePlan, 'model' | 'name' | 'steps'>;
  readonly cluster: StepCluster;
  /** Role that the containers of steps have. */
  readonly stepRole: iam.IRole;
  /** The program that carries files. */
  readonly code: JobCode;
  readonly artifacts: IArtifactStore;
  readonly repository: ecr.IRepository;
  readonly keys: IKeys;
}

/**
 * What runs steps of a pipeline on the platform's batch cluster: a queue into which SageMaker Pipelines puts a step, and a
 * machine for each that submits its job and answers when that has ended. The cluster itself knows nothing of it.
 */
export class ClusterSteps extends Construct {
  /** Into which the pipeline hands steps over. */
  public readonly queue: sqs.Queue;
  /** Job definition of each step. */
  public readonly definitions: Readonly<Record<string, batch.CfnJobDefinition>>;
  /** What pulls images and carries logs. */
  public readonly launcher: Workload;
  public readonly machine: Machine;
  /** What starts the machine. */
  public readonly workload: Workload;
  public readonly pipe: pipes.CfnPipe;
  /** Those of the plan that run on the cluster. */
  private readonly steps: readonly ClusterStep[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterStepsProps,
  ) {
    super(scope, id);
    const { plan, cluster, keys, repository } = props;
    const { model } = plan;
    this.steps = plan.steps.filter(isClusterStep);
    const { account } = Stack.of(this);
    const logGroup = logs.LogGroup.fromLogGroupName(this, 'Log', cluster.logGroupName);
    this.launcher = new Workload(this, 'Launcher', {
      assumedBy: serviceOfThisAccount('ecs-tasks.amazonaws.com', account),
      access: clusterStepLauncherAccess(plan),
      grantors: {
        repository: (_verb, name, to) =>
          name === PROVIDED_IMAGES ? grantProvidedPull(providedImage(this), to) : grantPull(repository, to),
        log: (_verb, _name, to) => grantLog(logGroup, to),
      },
      description: `Pulls the images of steps of ${model} and carries their logs`,
    });
    this.definitions = Object.fromEntries(this.steps.map((step) => [step.name, this.definition(step)]));
    this.machine = this.newMachine();
    this.queue = new sqs.Queue(this, 'Queue', {
      queueName: this.queueName,
      encryption: sqs.QueueEncryption.KMS,
      encryptionMasterKey: keys.operations,
      enforceSSL: true,
      visibilityTimeout: HAND_OVER_AGAIN_AFTER,
      deadLetterQueue: { queue: cluster.deadLetterQueue, maxReceiveCount: HAND_OVERS },
    });
    this.workload = new Workload(this, 'Trigger', {
      assumedBy: serviceOfThisAccount('pipes.amazonaws.com', account),
      access: clusterStepTriggerAccess(plan),
      grantors: {
        ...keys.grantors,
        queue: (_verb, _name, to) => grantConsume(this.queue, to),
        machine: (_verb, _name, to) => this.machine.grantStart(to),
      },
      description: `Starts the machine for steps of ${model} on the cluster`,
    });
    this.pipe = new pipes.CfnPipe(this, 'Pipe', {
      roleArn: this.workload.role.roleArn,
      source: this.queue.queueArn,
      sourceParameters: { sqsQueueParameters: { batchSize: 1 } },
      target: this.machine.arn,
      targetParameters: { stepFunctionStateMachineParameters: { invocationType: 'FIRE_AND_FORGET' } },
      kmsKeyIdentifier: keys.operations.keyArn,
    });
    announceSilentEnds(this, 'SilentEnds', cluster.alerts, {
      machineArn: this.machine.arn,
      signal: runSignals(model)['start-failed'],
      deadLetterQueue: cluster.deadLetterQueue,
    });
  }

  /**
   * Address of the queue. Plain where the account and the region of the stack are, so that a definition which is a file can
   * have it, and a token elsewhere. Source: SQS developer guide, "Queue and message identifiers"; service model of SQS,
   * endpoints.
   */
  get queueUrl(): string {
    const { region, account } = Stack.of(this);
    const suffix = Token.isUnresolved(region) ? undefined : RegionInfo.get(region).domainSuffix;
    if (suffix === undefined || Token.isUnresolved(account)) return this.queue.queueUrl;
    return `https://sqs.${region}.${suffix}/${account}/${this.queueName}`;
  }

  /** ARN of the job definition of each step, a revision of it; tokens. */
  get definitionArns(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.definitions).map(([step, { ref }]) => [step, ref]));
  }

  /** Nothing that replaces a queue changes here, so that a name is in nobody's way. */
  private get queueName(): string {
    const { cluster, plan } = this.props;
    return cluster.names.of('machine', plan.model, 'cluster-step');
  }

  /** Lets someone hand steps over. */
  grantHandOver(to: iam.IGrantable): void {
    allow(to, ['sqs:SendMessage'], [this.queue.queueArn]);
  }

  /** Runs that began before a deployment go on with the definition that they name, so none is ever taken away. */
  private definition(step: ClusterStep): batch.CfnJobDefinition {
    const { cluster, stepRole, code, repository } = this.props;
    return new batch.CfnJobDefinition(this, `Definition-${step.name}`, {
      ...clusterJob({
        step,
        cluster: cluster.plan,
        image: repository.repositoryUriForTag(step.image),
        carrier: { imageUri: providedImage(this).uri, codeUri: code.uri },
        jobRoleArn: stepRole.roleArn,
        executionRoleArn: this.launcher.role.roleArn,
        logGroupName: cluster.logGroupName,
        region: Stack.of(this).region,
      }),
      resourceRetentionPolicy: { skipDeregisterOnUpdate: true },
    });
  }

  private newMachine(): Machine {
    const { plan, cluster, artifacts, keys } = this.props;
    const { model } = plan;
    const tags = { [PLATFORM_TAG]: cluster.names.slug, [MODEL_TAG]: model };
    return new Machine(this, 'Machine', {
      definition: clusterMachine({
        model,
        steps: Object.fromEntries(this.steps.map((step) => [step.name, this.machineStep(step)])),
        nodes: cluster.plan.nodes,
        queueArn: cluster.queueArn,
        tags,
        lockTable: cluster.locks.tableName,
        lock: clusterLock(model),
        bucket: artifacts.bucket.bucketName,
        recordsPrefix: clusterRecords(model),
        links: {
          jobs: consoleLink(this, 'batch', '#jobs/detail/'),
          executions: consoleLink(this, 'states', '#/v2/executions/details/'),
        },
        longestSeconds: Math.max(...this.steps.map((step) => longestClusterStepSeconds(step, cluster.plan))),
      }),
      access: clusterStepAccess(plan),
      grantors: {
        ...artifacts.grantors,
        ...cluster.locks.grantors,
        ...keys.grantors,
        cluster: (_verb, _name, to) =>
          grantJobs(this, { queueArn: cluster.queueArn, definitions: Object.values(this.definitions), tags }, to),
        pipeline: (_verb, _name, to) => grantAnswers(this, plan.name, to),
      },
      encryptionKey: keys.operations,
      logName: cluster.names.of('machine', model, 'cluster-step'),
    });
  }

  private machineStep(step: ClusterStep): MachineStep {
    const [output = ''] = step.outputs;
    return {
      output,
      tries: step.retries + 1,
      longestSeconds: longestTrySeconds(step, this.props.cluster.plan),
      cacheSeconds: step.cacheSeconds ?? 0,
    };
  }
}
