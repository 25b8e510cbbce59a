import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { Construct } from 'constructs';
import { PREFIXES } from '../../plan/access';
import { DEFAULTS_PATH, gcpTrainingAccess } from '../../plan/gcp-access';
import type { PlatformNames } from '../../plan/names';
import { TRAINING_FAILED } from '../../plan/signals';
import type { TrainingClusterPlan } from '../../plan/training-cluster';
import type { TrainingClusterSpec } from '../../spec/training';
import { after } from '../access/after';
import type { Grantors } from '../access/grantors';
import { grantOnProject } from '../access/project-grants';
import { Workload } from '../access/workload';
import type { AlertChannel } from '../alerts/alert-channel';
import type { AlertPolicy } from '../alerts/alert-policy';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { literalJson } from '../escape';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { EncryptionKey } from '../keys/encryption-key';
import type { INetwork } from '../network/network';
import type { IRecords } from '../records/records';
import type { DataRemovalProps } from '../removal';
import type { Target } from '../target';
import { grantLog } from '../workflow/workflow';
import { BatchTraining } from './batch-training';
import { planCluster, type TrainingClusterInput } from './cluster-spec';
import { DEFAULT_IMAGE_TAG, type IImageRepository, ImageRepository, TRAINING_IMAGE } from './image-repository';
import { ManagedTraining } from './managed-training';
import { batchSubmission, managedSubmission, type Submission } from './submission';
import { TrainingClusterGrants } from './training-cluster-grants';
import { TrainingRoles } from './training-roles';

/** Cluster of trainings that say nothing about it: the cloud's own service, on machines without accelerators. */
export const DEFAULT_CLUSTER: TrainingClusterInput = { kind: 'managed' };

export interface TrainingClusterProps extends DataRemovalProps {
  readonly target: Target;
  /** Names of the plan. */
  readonly names: PlatformNames;
  /** Network that trainings run in; with a network attachment for a managed cluster, which reaches it only through one. */
  readonly network: INetwork;
  /** As a spec has it, written or parsed. Default: `{ kind: 'managed' }`. */
  readonly cluster?: TrainingClusterInput | TrainingClusterSpec;
  /** Where trainings leave models and checkpoints. */
  readonly artifacts: IArtifactStore;
  /** Where the cluster's defaults are published, and what a batch cluster runs. */
  readonly records: IRecords;
  /**
   * Key of images, disks and of what trainings leave. The agents of Artifact Registry, Compute Engine and Vertex AI must
   * be allowed to use it.
   */
  readonly encryptionKey: EncryptionKey;
  /** Where the images of trainings are. Default: a repository of its own. */
  readonly repository?: IImageRepository;
  /** Key of the workflow of a batch cluster, which the agent of Workflows must be allowed to use. Default: the other key. */
  readonly operationsKey?: EncryptionKey;
  /** Datasets that trainings may read. Default: none. */
  readonly reads?: readonly string[];
  /** Who grants reading these datasets, such as `lake.grantors`. Default: nobody. */
  readonly grantors?: Grantors;
  /** Hears of failed trainings. Default: nobody. */
  readonly alerts?: AlertChannel;
  /**
   * Image of trainings that name none, of the cluster's repository. Default: `training:initial` there. The
   * defaults of a managed cluster have it without the tag `initial`, in whose place each training has its own.
   */
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A cluster of another stack or of somebody else. */
export interface TrainingClusterAttributes {
  readonly target: Target;
  /** Names of its plan. */
  readonly names: PlatformNames;
  readonly kind: TrainingClusterSpec['kind'];
  readonly records: IRecords;
}

/** What trainings run on. */
export interface ITrainingCluster {
  readonly repository: IImageRepository;
  readonly submission: Submission;
  readonly grants: TrainingClusterGrants;
  readonly grantors: Required<Pick<Grantors, 'repository'>>;
}

/**
 * What trainings run on: a repository of images of its own or somebody else's, an account, prefixes for models and checkpoints, and for a cluster of
 * kind `batch` templates of nodes and the workflow that starts them. Failed trainings reach the alert channel.
 *
 * What to start trainings with is published as one JSON object, `training/defaults` of the bucket of records: the body of
 * customJobs.create for a managed cluster; for a batch cluster the workflow, and the argument of an execution of it.
 */
export class TrainingCluster extends Construct implements ITrainingCluster {
  /** The cluster of another stack. */
  static fromNames({ target, names, kind, records }: TrainingClusterAttributes): ITrainingCluster {
    const repository = ImageRepository.fromNames({ target, names });
    const submission = kind === 'managed' ? managedSubmission(names) : batchSubmission(names, target);
    return {
      repository,
      submission,
      grants: new TrainingClusterGrants({ target, submission, repository, records }),
      grantors: repository.grantors,
    };
  }

  public readonly plan: TrainingClusterPlan;
  public readonly repository: IImageRepository;
  /** What trainings run as: one account for every kind of cluster, so that the kind can change. */
  public readonly workload: Workload;
  public readonly roles: TrainingRoles;
  /** What runs trainings, by kind: its native resources are there. */
  public readonly engine: ManagedTraining | BatchTraining;
  public readonly submission: Submission;
  public readonly defaults: StorageBucketObject;
  /** Tells of failed trainings, where there is a channel. */
  public readonly failures: AlertPolicy | undefined;
  public readonly grants: TrainingClusterGrants;
  public readonly grantors: Required<Pick<Grantors, 'repository'>>;

  /**
   * @throws SpecError when the cluster cannot be had; Error when nobody grants what trainings may read, and for a managed
   * cluster in a network without an attachment.
   */
  constructor(scope: Construct, id: string, props: TrainingClusterProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, names, artifacts, records, encryptionKey, labels = {}, reads = [] } = props;
    this.checkReads(props);
    this.plan = planCluster(this, props.cluster ?? DEFAULT_CLUSTER, target);
    this.repository =
      props.repository ??
      new ImageRepository(this, 'Images', {
        target,
        names,
        encryptionKey,
        labels,
        ...(props.destroyData === undefined ? {} : { destroyData: props.destroyData }),
      });
    this.grantors = this.repository.grantors;

    this.submission = this.plan.kind === 'managed' ? managedSubmission(names) : batchSubmission(names, target);
    this.workload = new Workload(this, 'Workload', {
      target,
      accountId: this.submission.accountId,
      access: gcpTrainingAccess({ reads: [...reads], kind: this.plan.kind }),
      grantors: {
        ...props.grantors,
        ...props.network.grantors,
        ...artifacts.grantors,
        ...this.grantors,
        log: (_verb, _name, to) => grantLog(target, to),
        metric: (_verb, _name, to) => grantOnProject('roles/monitoring.metricWriter', target, to),
        // Source: Batch documentation, "Control access for a job using a custom service account".
        cluster: (_verb, _name, to) => grantOnProject('roles/batch.agentReporter', target, to),
      },
      description: 'Trainings',
    });
    this.roles = new TrainingRoles(this, 'Roles', { names, target });
    const shared = {
      target,
      names,
      plan: this.plan,
      workload: this.workload,
      roles: this.roles,
      encryptionKey,
      operationsKey: props.operationsKey ?? encryptionKey,
      network: props.network,
      records,
      repository: this.repository,
      image: props.image ?? `${this.repository.uri}/${TRAINING_IMAGE}:${DEFAULT_IMAGE_TAG}`,
      artifactsUri: artifacts.uri(PREFIXES.artifacts),
      checkpointsUri: artifacts.uri(PREFIXES.checkpoints),
      labels,
    };
    this.engine =
      this.plan.kind === 'managed'
        ? new ManagedTraining(this, 'Managed', shared)
        : new BatchTraining(this, 'Batch', shared);

    this.defaults = new StorageBucketObject(this, 'Defaults', {
      bucket: records.bucketName,
      name: DEFAULTS_PATH.join('/'),
      contentType: 'application/json',
      content: literalJson(this.engine.defaults),
      dependsOn: [...after(this, records.ready)],
    });
    this.grants = new TrainingClusterGrants({
      target,
      submission: this.submission,
      repository: this.repository,
      records,
      made: { account: this.workload.serviceAccount, role: this.roles.submit },
    });
    this.failures = props.alerts?.announce(this, 'Failed', { signal: TRAINING_FAILED, ...this.engine.failures });
  }

  private checkReads({ reads = [], grantors }: TrainingClusterProps): void {
    if (reads.length === 0 || grantors?.dataset !== undefined) return;
    throw new Error(
      `${this.node.path}: nothing grants reading ${reads.map((name) => `the dataset '${name}'`).join(', ')}. Give it \`grantors\`, such as those of the lake that has them: grantors: lake.grantors.`,
    );
  }
}
