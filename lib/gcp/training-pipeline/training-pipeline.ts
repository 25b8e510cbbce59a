import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { Construct } from 'constructs';
import { pipelinePrefix } from '../../plan/access';
import { gcpJobImage } from '../../plan/job-images';
import { gcpMachines } from '../../plan/machines/gcp-machines';
import { contentHash, type PlatformNames } from '../../plan/names';
import { stepsRefused } from '../../plan/pipeline/document-size';
import { documentTooLong, LONGEST_DOCUMENT } from '../../plan/pipeline/gcp-document-size';
import { gcpPipelineAccess, requestsPrefix } from '../../plan/pipeline/gcp-pipeline-access';
import type { PipelinePlan } from '../../plan/pipeline/pipeline-plan';
import { stepMachines } from '../../plan/pipeline/step-machine';
import { usesCluster } from '../../plan/pipeline/step-plan';
import { grantActAs } from '../access/act-as';
import { after } from '../access/after';
import { grantOnProject } from '../access/project-grants';
import { Workload } from '../access/workload';
import { grantPublish, PublishedTopic } from '../alerts/published-topic';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { literal } from '../escape';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { JobCode, type JobFiles } from '../jobs/job-code';
import type { EncryptionKey } from '../keys/encryption-key';
import type { IModelRoles } from '../model-registry/model-roles';
import type { IModelRegistry } from '../model-registry/registry-entry';
import { attachmentOf } from '../network/attachment-of';
import type { INetwork } from '../network/network';
import { accountEmail, type Target } from '../target';
import { knownRegion, resolved } from '../tokens';
import { type IImageRepository, TRAINING_IMAGE } from '../training-cluster/image-repository';
import { grantLog } from '../workflow/workflow';
import type { PipelineDocument } from './ir/pipeline-spec';
import { renderPipeline } from './ir/render-pipeline';
import { type PipelineCluster, StepLauncher, stepLauncherName } from './step-launcher';

export interface TrainingPipelineProps {
  readonly target: Target;
  /** Names of the plan. */
  readonly names: PlatformNames;
  readonly plan: PipelinePlan;
  /** Where snapshots, results and the pipeline's document are. */
  readonly artifacts: IArtifactStore;
  /** Where the images of steps are. */
  readonly repository: IImageRepository;
  /** The entry that versions are registered in. */
  readonly registry: IModelRegistry;
  /** Network that steps run in, by its attachment. */
  readonly network: INetwork;
  /** Custom roles that its grants give. */
  readonly roles: IModelRoles;
  /** Key of what steps leave; the agent of Vertex AI must be allowed to use it. */
  readonly encryptionKey: EncryptionKey;
  /** The platform's batch cluster, where steps run on it. Default: none does. */
  readonly cluster?: PipelineCluster;
  /** What each dataset that a step checks is checked against, the files of `--rules`. Default: none is checked. */
  readonly checks?: Readonly<Record<string, JobFiles>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Where documents of a model's pipeline are in the artifact store, each for itself. */
const documentsPrefix = (model: string): string => `${pipelinePrefix(model)}/documents`;

/**
 * A training pipeline on Vertex AI: its document, the program that runs its steps, and the account that they act as. Nothing
 * runs before somebody starts a run with the document; `PipelineStart` does.
 *
 * Another document is another object, and the ones before stay: what starts a run may have begun before it was deployed, and
 * starts what its revision and its images are those of.
 */
export class TrainingPipeline extends Construct {
  public readonly workload: Workload;
  public readonly accountId: string;
  public readonly document: StorageBucketObject;
  /** Its name in the artifact store, with a hash of what it says; a token in it counts as what it refers to. */
  public readonly documentName: string;
  /** What the object holds. */
  public readonly pipeline: PipelineDocument;
  public readonly code: JobCode;
  /** The program that checks data, where a step does. */
  public readonly validation?: JobCode;
  /** What each dataset that a step checks is checked against. */
  public readonly rules: Readonly<Record<string, JobCode>>;
  /** Where steps ask for trainings on the batch cluster, and what runs them, where a step does. */
  public readonly requests?: PublishedTopic;
  public readonly launcher?: StepLauncher;

  /**
   * @throws Error for a step that checks a dataset which `checks` says nothing of, or runs on a cluster that is not given,
   * for a network without an attachment; SpecError for a document that is too long; RangeError for a machine that is nowhere.
   */
  constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, names, plan, artifacts, repository, registry, network, encryptionKey, labels = {} } = props;
    this.accountId = names.of('serviceAccount', 'steps', plan.model);
    const cluster = this.clusterOf(props);
    if (cluster !== undefined)
      this.requests = new PublishedTopic(this, 'Requests', {
        target,
        name: stepLauncherName(names, plan.model),
        publishers: {},
        encryptionKey: cluster.operationsKey,
        labels,
      });
    this.workload = this.workloadOf(props);
    if (cluster !== undefined && this.requests !== undefined)
      this.launcher = new StepLauncher(this, 'Launcher', {
        ...props,
        ...cluster,
        pipeline: plan,
        steps: this.workload,
        accountId: this.accountId,
        topic: this.requests,
        labels,
      });
    this.code = new JobCode(this, 'Code', { artifacts, job: 'vertex-task' });
    const region = knownRegion(this, target);
    const image = gcpJobImage(region);
    const checked = plan.steps.flatMap((step) => (step.kind === 'validation' ? step.dataset : []));
    this.rules = this.rulesOf(props, [...new Set(checked)]);
    const rules = Object.fromEntries(Object.entries(this.rules).map(([dataset, { path }]) => [dataset, path]));
    if (checked.length > 0) this.validation = new JobCode(this, 'Validation', { artifacts, job: 'validation' });
    this.pipeline = renderPipeline({
      target,
      plan,
      imageUri: `${repository.uri}/${TRAINING_IMAGE}`,
      account: accountEmail(this.accountId, target),
      encryptionKeyId: encryptionKey.id,
      attachment: attachmentOf(this, network, 'steps of pipelines'),
      modelName: registry.modelName,
      machines: stepMachines(gcpMachines, plan, region),
      tasks: { image, path: this.code.path },
      ...(this.requests === undefined
        ? {}
        : {
            cluster: {
              topic: this.requests.topicId,
              requests: `gs://${artifacts.bucketName}/${requestsPrefix(plan.model)}`,
            },
          }),
      ...(this.validation === undefined ? {} : { validation: { image, path: this.validation.path, rules } }),
      labels,
    });
    const content = JSON.stringify(this.pipeline);
    const bytes = Buffer.byteLength(content);
    if (bytes > LONGEST_DOCUMENT) throw stepsRefused(plan.model, documentTooLong(`${bytes} bytes`));
    this.documentName = `${documentsPrefix(plan.model)}/${contentHash(resolved(this, content))}.json`;
    this.document = new StorageBucketObject(this, 'Document', {
      bucket: artifacts.bucketName,
      name: this.documentName,
      content: literal(content),
      contentType: 'application/json',
      deletionPolicy: 'ABANDON',
      // A run that starts finds the code, and the account may do what it has to.
      dependsOn: [
        ...after(this, artifacts.ready),
        ...this.code.ready,
        ...(this.validation?.ready ?? []),
        ...Object.values(this.rules).flatMap(({ ready }) => ready),
        ...this.workload.ready,
        ...(this.launcher === undefined ? [] : [this.launcher.trigger.resource]),
      ],
    });
  }

  private clusterOf({ plan, cluster }: TrainingPipelineProps): PipelineCluster | undefined {
    if (!usesCluster(plan)) return undefined;
    if (cluster !== undefined) return cluster;
    throw new Error(
      `${this.node.path}: steps of ${plan.model} run on the batch cluster, but \`cluster\` is not given. Give it the plan of the cluster, its records and a key: cluster: { plan: cluster.plan, records, operationsKey }.`,
    );
  }

  private workloadOf({
    target,
    names,
    plan,
    artifacts,
    network,
    registry,
    repository,
    roles,
  }: TrainingPipelineProps): Workload {
    const access = gcpPipelineAccess(plan);
    const workload = new Workload(this, 'Steps', {
      target,
      names,
      accountId: this.accountId,
      access,
      grantors: {
        ...network.grantors,
        ...artifacts.grantors,
        ...registry.grantors,
        ...repository.grantors,
        job: (_verb, _name, to) => roles.grant('run-steps', to),
        cluster: (_verb, _name, to) => grantOnProject('roles/batch.agentReporter', target, to),
        queue: (_verb, _name, to) => {
          if (this.requests !== undefined) grantPublish(this.requests, to);
        },
        log: (_verb, _name, to) => grantLog(target, to),
        metric: (_verb, _name, to) => grantOnProject('roles/monitoring.metricWriter', target, to),
      },
      description: `Steps of the pipeline of ${plan.model}`,
    });
    artifacts.grants.mount(
      access.flatMap(({ kind, name }) => (kind === 'prefix' ? name : [])),
      workload,
    );
    // A task starts the job of its step, which acts as the same account.
    grantActAs(target, this.accountId, workload.serviceAccount, workload);
    return workload;
  }

  private rulesOf(
    { artifacts, plan, checks = {} }: TrainingPipelineProps,
    datasets: readonly string[],
  ): Readonly<Record<string, JobCode>> {
    const unknown = datasets.filter((dataset) => checks[dataset] === undefined);
    if (unknown.length > 0)
      throw new Error(
        `${this.node.path}: steps of ${plan.model} check ${unknown.join(', ')}, but \`checks\` says nothing of that. Give the files of --rules for each: checks: { ${unknown[0]}: { … } }.`,
      );
    return Object.fromEntries(
      datasets.map((dataset) => {
        const files = checks[dataset] ?? {};
        return [dataset, new JobCode(this, `Rules-${dataset}`, { artifacts, job: `rules-${dataset}`, files })];
      }),
    );
  }
}
