import { Stack, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import { PREFIXES, pipelinePrefix } from '../../plan/access';
import { PROVIDED_IMAGES } from '../../plan/drift/drift-access';
import { awsMachines } from '../../plan/machines/aws-machines';
import { clusterQueue } from '../../plan/pipeline/aws-cluster-access';
import { awsPipelineAccess, checkpointPrefix } from '../../plan/pipeline/aws-pipeline-access';
import type { PipelinePlan } from '../../plan/pipeline/pipeline-plan';
import { stepMachines } from '../../plan/pipeline/step-machine';
import { isClusterStep, usesCluster } from '../../plan/pipeline/step-plan';
import { MODEL_TAG } from '../../plan/tags';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { FilesAsset } from '../jobs/files-asset';
import { JobCode } from '../jobs/job-code';
import { grantJobLogs } from '../jobs/job-logs';
import { grantProvidedPull, providedImage } from '../jobs/provided-image';
import { tagsLike } from '../jobs/tags-like';
import type { IKeys } from '../keys/keys';
import type { IModelRegistry } from '../model-registry/registry-entry';
import type { INetwork } from '../network/network';
import { trainingSecurityGroup } from '../training-cluster/security-group';
import { grantPull } from '../training-cluster/training-cluster-grants';
import { grantPublishMetrics, TRAINING_JOB_METRICS, TRAINING_METRICS } from '../training-cluster/training-metrics';
import { ClusterSteps, type StepCluster } from './cluster/cluster-steps';
import type { ValidationJob } from './document/document-props';
import type { PipelineDocument } from './document/pipeline-document';
import { grantRunSteps, grantRuns } from './pipeline-grants';
import { placedDefinition } from './placed-definition';

export interface TrainingPipelineProps {
  readonly plan: PipelinePlan;
  /** The entry that versions are registered in. */
  readonly registry: IModelRegistry;
  /** Where snapshots and results of runs are. */
  readonly artifacts: IArtifactStore;
  /** Where the images of steps are. */
  readonly repository: ecr.IRepository;
  /** Network that steps run in. */
  readonly network: INetwork;
  readonly keys: IKeys;
  /** The batch cluster. Default: none, and no step may run on it. */
  readonly cluster?: StepCluster;
  /** What each dataset that a step checks is checked against, the files of `--rules`. Default: none is checked. */
  readonly checks?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * A training pipeline of SageMaker: its definition, the role that orchestrates it and the role that its steps run as. Nothing
 * runs before somebody starts a run; `PipelineStart` does.
 */
export class TrainingPipeline extends Construct {
  public readonly resource: sagemaker.CfnPipeline;
  /** What orchestrates the steps. */
  public readonly workload: Workload;
  /** What the steps run as. */
  public readonly steps: Workload;
  public readonly securityGroup: ec2.SecurityGroup;
  /** What runs steps on the batch cluster; absent where none does. */
  public readonly clusterSteps?: ClusterSteps;
  /** What it was made from, with tokens in it, or with `parameters` instead where it is large. */
  public readonly document: PipelineDocument;
  /**
   * What every run is given beside what its plan says, values by name: whose it is, and what a large definition, which is a
   * file, cannot know. Values may be tokens.
   */
  public readonly parameters: Readonly<Record<string, string>>;

  /**
   * @throws Error for a dataset to check that `checks` says nothing of, a step on a cluster that is not given, a large
   * definition with such a step in a stack without an account or a region, and for more parameters than a run is given.
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TrainingPipelineProps,
  ) {
    super(scope, id);
    const { plan, registry, artifacts, repository, network, keys } = props;
    const stack = Stack.of(this);
    const nodes = Math.max(1, ...plan.steps.map((step) => (isClusterStep(step) ? 1 : step.machines.nodes)));
    this.securityGroup = trainingSecurityGroup(this, 'SecurityGroup', network.vpc, nodes);
    const access = awsPipelineAccess(plan);
    const validation = this.validation();
    const carrier = usesCluster(plan) ? new JobCode(this, 'Carrier', 'cluster-step') : undefined;
    const sagemakerService = serviceOfThisAccount('sagemaker.amazonaws.com', stack.account);
    this.steps = new Workload(this, 'Steps', {
      assumedBy:
        carrier === undefined
          ? sagemakerService
          : new iam.CompositePrincipal(
              sagemakerService,
              serviceOfThisAccount('ecs-tasks.amazonaws.com', stack.account),
            ),
      access: access.steps,
      grantors: {
        ...network.grantors,
        ...keys.grantors,
        prefix: (verb, name, to) => {
          if (name !== PREFIXES.jobs) return artifacts.grantors.prefix(verb, name, to);
          validation?.grantRead(to);
          carrier?.grantRead(to);
        },
        repository: (_verb, name, to) =>
          name === PROVIDED_IMAGES ? grantProvidedPull(providedImage(this), to) : grantPull(repository, to),
        log: (_verb, _name, to) => {
          grantJobLogs(this, 'processing', to);
          grantJobLogs(this, 'training', to);
        },
        metric: (_verb, _name, to) => grantPublishMetrics([TRAINING_METRICS, TRAINING_JOB_METRICS], to),
      },
      description: `Steps of the pipeline of ${plan.model}`,
    });
    if (carrier !== undefined) {
      const { cluster } = props;
      if (cluster === undefined)
        throw new Error(
          `${this.node.path}: the step ${plan.steps.find(isClusterStep)?.name} of ${plan.model} runs on a batch cluster, and none is given. Give \`cluster\`, or make it a step of kind training.`,
        );
      const { role: stepRole } = this.steps;
      const shared = { plan, artifacts, repository, keys };
      this.clusterSteps = new ClusterSteps(this, 'Cluster', { ...shared, cluster, stepRole, code: carrier });
    }
    this.workload = new Workload(this, 'Workload', {
      assumedBy: sagemakerService,
      access: access.pipeline,
      grantors: {
        ...artifacts.grantors,
        ...keys.grantors,
        ...registry.grantors,
        job: (_verb, _name, to) => grantRunSteps(to as Workload, this.steps.role, keys.artifacts),
        queue: (_verb, name, to) => {
          if (name === clusterQueue(plan.model)) this.clusterSteps?.grantHandOver(to);
        },
      },
      description: `Pipeline of ${plan.model}`,
    });
    const { document, parameters, definition } = placedDefinition(this, {
      plan,
      machines: stepMachines(awsMachines, plan, stack.region),
      resultsUri: artifacts.uri(pipelinePrefix(plan.model)),
      checkpointsUri: artifacts.uri(checkpointPrefix(plan.model)),
      repositoryUri: repository.repositoryUri,
      stepRoleArn: this.steps.role.roleArn,
      keyArn: keys.artifacts.keyArn,
      subnetIds: network.subnetIds,
      securityGroupId: this.securityGroup.securityGroupId,
      groupName: registry.groupName,
      ...(this.clusterSteps === undefined
        ? {}
        : { clusterQueueUrl: this.clusterSteps.queueUrl, clusterDefinitions: this.clusterSteps.definitionArns }),
      ...(validation === undefined ? {} : { validation: validation.job }),
      tags: tagsLike(this.securityGroup, { [MODEL_TAG]: plan.model }),
    });
    this.document = document;
    this.parameters = parameters;
    this.resource = new sagemaker.CfnPipeline(this, 'Pipeline', {
      pipelineName: plan.name,
      pipelineDisplayName: plan.name,
      pipelineDescription: `Makes versions of ${plan.model}`,
      roleArn: this.workload.role.roleArn,
      pipelineDefinition: definition,
    });
    // A definition in which the queue is a plain text says nothing of what comes first.
    const { clusterSteps } = this;
    if (clusterSteps !== undefined && !Token.isUnresolved(clusterSteps.queueUrl))
      this.resource.node.addDependency(clusterSteps.queue);
  }

  /** Name of the pipeline. */
  get pipelineName(): string {
    return this.props.plan.name;
  }

  /** Lets someone start runs and see how they go. Runs begun otherwise than by `PipelineStart` have no frozen data. */
  grantStart(to: iam.IGrantable): void {
    grantRuns(Stack.of(this), this.pipelineName, to);
  }

  /** The job that checks data, where a step does: its code and the rules of each dataset. */
  private validation(): { readonly job: ValidationJob; readonly grantRead: (to: iam.IGrantable) => void } | undefined {
    const { plan, checks = {} } = this.props;
    const datasets = [...new Set(plan.steps.flatMap((step) => (step.kind === 'validation' ? [step.dataset] : [])))];
    if (datasets.length === 0) return undefined;
    const unknown = datasets.filter((dataset) => checks[dataset] === undefined);
    if (unknown.length > 0)
      throw new Error(
        `${this.node.path}: steps of ${plan.model} check ${unknown.join(', ')}, but \`checks\` says nothing of that. Give the files of --rules for each: checks: { ${unknown[0]}: { … } }.`,
      );
    const code = new JobCode(this, 'Code', 'validation');
    const rules = datasets.map(
      (dataset) => [dataset, new FilesAsset(this, `Rules-${dataset}`, checks[dataset] ?? {})] as const,
    );
    return {
      job: { imageUri: providedImage(this).uri, code, rules: Object.fromEntries(rules) },
      grantRead: (to) => {
        code.grantRead(to);
        for (const [, files] of rules) files.grantRead(to);
      },
    };
  }
}
