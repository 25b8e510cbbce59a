import { Stack } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { PREFIXES, pipelinePrefix } from '../../plan/access';
import type { PlatformNames } from '../../plan/names';
import { pipelineLock, pipelinePath, startAccess } from '../../plan/pipeline/pipeline-access';
import type { PipelinePlan } from '../../plan/pipeline/pipeline-plan';
import { runSignals } from '../../plan/pipeline/pipeline-signals';
import { usesProcessing } from '../../plan/pipeline/step-plan';
import { championPath } from '../../plan/serving-access';
import type { TrainingClusterPlan } from '../../plan/training-cluster';
import type { IAlerts } from '../alerts/alert-channel';
import { consoleLink } from '../alerts/console-link';
import { announceSilentEnds } from '../alerts/silent-ends';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import type { IDataLake } from '../data-lake/data-lake';
import type { IKeys } from '../keys/keys';
import type { ILocks } from '../locks/locks';
import { Machine } from '../machine/machine';
import type { IModelRegistry } from '../model-registry/registry-entry';
import type { Freezable } from './machine/freeze-states';
import { startMachine } from './machine/start-machine';
import { followedSeconds } from './machine/start-props';
import { startGrantors } from './start-grants';
import { StartTriggers } from './start-triggers';

export interface PipelineStartProps {
  readonly plan: PipelinePlan;
  readonly names: PlatformNames;
  /** What the pipeline wants every run to be given: `TrainingPipeline.parameters`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The model's entry in the registry. */
  readonly registry: IModelRegistry;
  /** Where snapshots and results of runs are. */
  readonly artifacts: IArtifactStore;
  /** The lake that runs read, with every dataset of the plan. Absent where no step reads one. */
  readonly lake?: IDataLake;
  /** Where the images of steps are. */
  readonly repository: ecr.IRepository;
  readonly locks: ILocks;
  /** Who is told how runs end. */
  readonly alerts: IAlerts;
  readonly keys: IKeys;
  /** The batch cluster, where steps run on it. */
  readonly cluster?: Pick<TrainingClusterPlan, 'attempts'>;
  /** Takes what could not start the machine. */
  readonly deadLetterQueue: sqs.IQueue;
}

/** What the start of a pipeline publishes, as JSON in the parameter `pipelines/<model>`. */
export interface PipelineFacts {
  readonly model: string;
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** The machine that starts runs; its input is a StartRequest. */
  readonly machineArn: string;
}

/**
 * The one way into a training pipeline: the machine that starts its runs and tells how they end, and what starts that.
 */
export class PipelineStart extends Construct {
  public readonly machine: Machine;
  /** Absent where only people start runs. */
  public readonly triggers?: StartTriggers;
  /** Publishes PipelineFacts. */
  public readonly facts: ssm.StringParameter;

  /** @throws Error where the plan reads a dataset that the lake does not have. */
  constructor(scope: Construct, id: string, props: PipelineStartProps) {
    super(scope, id);
    const { plan, names, artifacts, lake, repository, locks, alerts, keys, registry, deadLetterQueue } = props;
    const { model, gate } = plan;
    const outcomes = runSignals(model);
    this.machine = new Machine(this, 'Machine', {
      definition: startMachine({
        ...(alerts.platform === undefined ? {} : { platform: alerts.platform }),
        model,
        pipeline: plan.name,
        parameters: props.parameters,
        plan,
        ...(gate === undefined ? {} : { gate }),
        datasets: plan.datasets.map((dataset) => this.freezable(dataset, lake)),
        workgroup: lake?.workgroup ?? '',
        bucket: artifacts.bucket.bucketName,
        snapshotsPrefix: PREFIXES.snapshots,
        runsPrefix: pipelinePrefix(model),
        championParameter: names.parameter(...championPath(model)),
        repository: repository.repositoryName,
        lockTable: locks.tableName,
        lock: pipelineLock(model),
        topicArn: alerts.topic.topicArn,
        outcomes,
        links: {
          executions: consoleLink(this, 'states', '#/v2/executions/details/'),
          processing: consoleLink(this, 'sagemaker', '#/processing-jobs/'),
          training: consoleLink(this, 'sagemaker', '#/jobs/'),
        },
        longestRunSeconds: followedSeconds(plan.steps, props.cluster),
      }),
      access: startAccess(plan),
      grantors: {
        ...artifacts.grantors,
        ...registry.grantors,
        ...locks.grantors,
        ...alerts.grantors,
        ...keys.grantors,
        ...startGrantors(this, {
          names,
          pipeline: plan.name,
          processes: usesProcessing(plan),
          repository,
          ...(lake === undefined ? {} : { lake }),
        }),
      },
      encryptionKey: keys.operations,
      logName: names.of('machine', model, 'start'),
    });
    if (plan.triggers.length > 0)
      this.triggers = new StartTriggers(this, 'Triggers', {
        plan,
        names,
        datasets: lake?.datasets ?? {},
        machine: this.machine,
        encryptionKey: keys.operations,
        deadLetterQueue,
      });
    announceSilentEnds(this, 'SilentEnds', alerts, {
      machineArn: this.machine.arn,
      signal: outcomes['start-failed'],
      deadLetterQueue,
    });
    this.facts = this.publishFacts(plan, names);
  }

  private freezable(dataset: string, lake: IDataLake | undefined): Freezable {
    const found = lake?.datasets[dataset];
    if (found === undefined)
      throw new Error(
        `${this.node.path}: the pipeline reads the dataset ${dataset}, and the lake has ${Object.keys(lake?.datasets ?? {}).join(', ') || 'none'}. Give the lake that has it.`,
      );
    return { dataset, database: found.zone.databaseName, table: found.tableName };
  }

  private publishFacts({ model, name }: PipelinePlan, names: PlatformNames): ssm.StringParameter {
    const facts: PipelineFacts = { model, pipeline: name, machineArn: this.machine.arn };
    return new ssm.StringParameter(this, 'Facts', {
      parameterName: names.parameter(...pipelinePath(model)),
      description: `The pipeline of ${model} and what starts its runs`,
      stringValue: Stack.of(this).toJsonString(facts),
    });
  }
}
