import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { clusterStepAccess, clusterStepTriggerAccess, requestsPrefix } from '../../plan/pipeline/gcp-pipeline-access';
import type { PipelinePlan } from '../../plan/pipeline/pipeline-plan';
import { isClusterStep } from '../../plan/pipeline/step-plan';
import type { TrainingClusterPlan } from '../../plan/training-cluster';
import { grantActAs } from '../access/act-as';
import type { Workload } from '../access/workload';
import type { PublishedTopic } from '../alerts/published-topic';
import { TopicTrigger } from '../alerts/topic-trigger';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import type { EncryptionKey } from '../keys/encryption-key';
import type { INetwork } from '../network/network';
import type { IRecords } from '../records/records';
import type { Target } from '../target';
import { DEFAULT_IMAGE_TAG, type IImageRepository, TRAINING_IMAGE } from '../training-cluster/image-repository';
import { grantJobRole } from '../training-cluster/job-grants';
import type { BatchWorkflowProps } from '../training-cluster/machine/batch-props';
import { batchWorkflow } from '../training-cluster/machine/batch-workflow';
import { type NodeTemplate, nodeTemplates } from '../training-cluster/node-template';
import { recordsEnv } from '../workflow/record-steps';
import { Workflow } from '../workflow/workflow';

/** The platform's batch cluster, as a pipeline whose steps run on it needs it. */
export interface PipelineCluster {
  readonly plan: TrainingClusterPlan;
  /** Where what the cluster runs is on record. */
  readonly records: IRecords;
  /** Key of what launches steps. */
  readonly operationsKey: EncryptionKey;
}

export interface StepLauncherProps extends PipelineCluster {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly pipeline: PipelinePlan;
  /** What steps run as, and the id of its account. */
  readonly steps: Workload;
  readonly accountId: string;
  /** Where steps say that they asked for a training. */
  readonly topic: PublishedTopic;
  readonly artifacts: IArtifactStore;
  readonly repository: IImageRepository;
  readonly network: INetwork;
  /** Key of the disks of nodes. */
  readonly encryptionKey: EncryptionKey;
  readonly labels: Readonly<Record<string, string>>;
}

/** Name of the workflow that runs steps of a model's pipeline on the batch cluster, and of what starts it. */
export const stepLauncherName = (names: PlatformNames, model: string): string =>
  names.of('compute', 'trainings', model);

/**
 * Runs steps of a pipeline on the platform's batch cluster, within what that has room for: the workflow that runs trainings
 * there, once more, for the account of the pipeline's steps. A job and the template of its nodes have one account, so the
 * templates are its own too.
 */
export class StepLauncher extends Construct {
  public readonly launcher: Workflow;
  public readonly trigger: TopicTrigger;
  /** In the order in which a training tries them. */
  public readonly templates: readonly NodeTemplate[];
  /** What the launcher is made from. */
  public readonly machine: BatchWorkflowProps;

  constructor(scope: Construct, id: string, props: StepLauncherProps) {
    super(scope, id);
    const { target, names, pipeline, steps, accountId, topic, artifacts, repository, records, labels } = props;
    const { model } = pipeline;
    const name = stepLauncherName(names, model);
    this.templates = nodeTemplates(this, {
      ...props,
      of: ['trainings', model],
      account: steps.email,
      after: steps.ready,
    });
    this.machine = {
      target,
      platform: names.slug,
      plan: { ...props.plan, maxRuntimeSeconds: longestStep(pipeline) },
      ways: this.templates.map(({ capacity, name: template }) => ({ capacity, template })),
      account: steps.email,
      repository: repository.uri,
      image: `${repository.uri}/${TRAINING_IMAGE}:${DEFAULT_IMAGE_TAG}`,
      variables: {},
      buckets: [artifacts.bucketName],
      requests: { bucket: artifacts.bucketName, prefix: requestsPrefix(model) },
      labels,
    };
    this.launcher = new Workflow(this, 'Workflow', {
      target,
      name,
      description: `Runs steps of the pipeline of ${model} on the batch cluster`,
      source: batchWorkflow(this.machine),
      env: recordsEnv(records.bucketName),
      accountId: names.of('serviceAccount', 'launcher', model),
      access: clusterStepAccess(pipeline),
      grantors: {
        ...records.grantors,
        ...artifacts.grantors,
        cluster: (_verb, _name, to) => {
          grantJobRole(names, target, to);
          grantActAs(target, accountId, steps.serviceAccount, to);
        },
      },
      encryptionKey: props.operationsKey,
      after: this.templates.map(({ resource }) => resource),
      labels,
    });
    this.trigger = new TopicTrigger(this, 'OnMessage', {
      target,
      name,
      accountId: names.of('serviceAccount', 'trainings', model),
      access: clusterStepTriggerAccess(pipeline),
      topic: topic.topicId,
      ready: topic.ready,
      workflow: this.launcher,
      labels,
    });
  }
}

/** Seconds that the longest of them may run. */
const longestStep = ({ steps }: PipelinePlan): number =>
  Math.max(...steps.filter(isClusterStep).map(({ maxRuntimeSeconds }) => maxRuntimeSeconds));
