import { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { PREFIXES } from '../../plan/access';
import { requireProps } from '../../plan/props';
import { TRAINING_FAILED } from '../../plan/signals';
import type { TrainingClusterPlan } from '../../plan/training-cluster';
import type { TrainingClusterSpec } from '../../spec/training';
import type { Grantors } from '../access/grantors';
import type { IAlerts } from '../alerts/alert-channel';
import { ArtifactStore, type IArtifactStore } from '../artifact-store/artifact-store';
import { customerKey } from '../keys/customer-key';
import { grantKey } from '../keys/key-grants';
import type { INetwork } from '../network/network';
import { BatchTraining } from './batch-training';
import { planCluster, type TrainingClusterInput } from './cluster-spec';
import { imageRepository } from './image-repository';
import { ManagedTraining } from './managed-training';
import { trainingSecurityGroup } from './security-group';
import type { Submission } from './submission';
import { grantPull, grantPush, TrainingClusterGrants } from './training-cluster-grants';
import { DEFAULT_IMAGE_TAG } from './training-job';

/** Cluster of trainings that say nothing about it: the cloud's own service, on machines without accelerators. */
export const DEFAULT_CLUSTER: TrainingClusterInput = { kind: 'managed' };

export interface TrainingClusterProps {
  /** Network that trainings run in. */
  readonly network: INetwork;
  /** As a spec has it, written or parsed. Default: `{ kind: 'managed' }`. */
  readonly cluster?: TrainingClusterInput | TrainingClusterSpec;
  /** Where trainings leave models and checkpoints. Default: a store of its own. */
  readonly artifacts?: IArtifactStore;
  /**
   * Key of images, disks and of what trainings leave; its policy must let in the service `nodes` for a batch cluster. It
   * can never be another one: CloudFormation would replace the repository. Default: a key of its own.
   */
  readonly encryptionKey?: kms.IKey;
  /** Key of logs; its policy must let in the service `logs`. Default: the other key. */
  readonly logKey?: kms.IKey;
  /** Datasets that trainings may read. Default: none. */
  readonly reads?: readonly string[];
  /** Who grants reading these datasets and decrypting their key, such as `lake.grantors`. Default: nobody. */
  readonly grantors?: Grantors;
  /** Hears of failed trainings. Default: nobody. */
  readonly alerts?: IAlerts;
  /** Image of the job definition of a batch cluster. Default: tag `initial` of the repository. */
  readonly image?: string;
  /** A name of the plan. Default: CloudFormation makes one. */
  readonly repositoryName?: string;
  /** Name of the parameter with the defaults, a name of the plan. Default: CloudFormation makes one. */
  readonly defaultsName?: string;
  /** Log group of a batch cluster, a name of the plan. Default: a name after this construct. */
  readonly logGroupName?: string;
}

/** A cluster of another stack or of somebody else. */
export interface TrainingClusterAttributes {
  readonly repositoryName: string;
  /** Name of the parameter with the defaults. */
  readonly defaultsName: string;
  readonly submission: Submission;
}

/** What trainings run on. */
export interface ITrainingCluster {
  readonly repository: ecr.IRepository;
  /**
   * What to start trainings with, as JSON in the shape of the service's own requests: the input of CreateTrainingJob for
   * a managed cluster; the inputs of SubmitJob and RegisterJobDefinition, by these names, for a batch cluster.
   */
  readonly defaults: ssm.IStringParameter;
  readonly submission: Submission;
  readonly grants: TrainingClusterGrants;
  readonly grantors: Required<Pick<Grantors, 'repository'>>;
}

/**
 * What trainings run on: a repository of images, a role and a security group, prefixes for models and checkpoints, and
 * a queue with its own machines where the cluster is one of kind `batch`. Failed trainings reach the alert channel.
 *
 * The job definition of a batch cluster runs the image with the tag `initial`. To run another one, register a revision
 * of it: the published input of RegisterJobDefinition with a tag added to its image. Batch has no override for images.
 *
 * With `capacity: spot` the queue of a batch cluster tries spot machines first and then machines on demand, and each way
 * of buying has the ceiling `maxNodes`.
 */
export class TrainingCluster extends Construct implements ITrainingCluster {
  public readonly plan: TrainingClusterPlan;
  public readonly repository: ecr.Repository;
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly encryptionKey: kms.IKey;
  public readonly artifacts: IArtifactStore;
  /** What runs trainings, by kind: its native resources are there. */
  public readonly engine: ManagedTraining | BatchTraining;
  /** Role that trainings run as. */
  public readonly role: iam.IRole;
  public readonly submission: Submission;
  public readonly defaults: ssm.StringParameter;
  /** Matches failed trainings, where a channel hears of them. */
  public readonly failures: events.IRule | undefined;
  public readonly grants: TrainingClusterGrants;
  public readonly grantors: Required<Pick<Grantors, 'repository'>>;

  /** The cluster of another stack. */
  static fromAttributes(scope: Construct, id: string, attributes: TrainingClusterAttributes): ITrainingCluster {
    const { repositoryName, defaultsName, submission } = attributes;
    const parent = new Construct(scope, id);
    const repository = ecr.Repository.fromRepositoryName(parent, 'Repository', repositoryName);
    const defaults = ssm.StringParameter.fromStringParameterName(parent, 'Defaults', defaultsName);
    return {
      repository,
      defaults,
      submission,
      grants: new TrainingClusterGrants(Stack.of(parent), submission, repository, defaults),
      grantors: grantorsOf(repository),
    };
  }

  /**
   * @throws SpecError when the cluster is not one that can be had in the region of the stack, with what could be; Error
   * when there is no network, or datasets are to be read and nobody grants that.
   */
  constructor(scope: Construct, id: string, props: TrainingClusterProps) {
    super(scope, id);
    requireProps(this, props, ['network']);
    this.checkReads(props);
    this.plan = planCluster(this, props.cluster ?? DEFAULT_CLUSTER);
    this.encryptionKey =
      props.encryptionKey ??
      customerKey(this, 'Key', { description: 'Trainings: images, disks, logs', services: ['logs', 'nodes'] });
    this.artifacts = props.artifacts ?? new ArtifactStore(this, 'Artifacts', { encryptionKey: this.encryptionKey });
    this.repository = imageRepository(this, 'Repository', {
      encryptionKey: this.encryptionKey,
      repositoryName: props.repositoryName,
    });
    this.grantors = grantorsOf(this.repository);
    this.securityGroup = trainingSecurityGroup(this, 'SecurityGroup', props.network.vpc, this.plan.nodes);

    const shared = {
      plan: this.plan,
      reads: props.reads ?? [],
      grantors: this.grantorsOfTrainings(props),
      encryptionKey: this.encryptionKey,
      logKey: props.logKey ?? this.encryptionKey,
      subnetIds: props.network.subnetIds,
      securityGroup: this.securityGroup,
      repository: this.repository,
      image: props.image ?? this.repository.repositoryUriForTag(DEFAULT_IMAGE_TAG),
      artifactsUri: this.artifacts.uri(PREFIXES.artifacts),
      checkpointsUri: this.artifacts.uri(PREFIXES.checkpoints),
      logGroupName: props.logGroupName,
    };
    this.engine =
      this.plan.kind === 'managed'
        ? new ManagedTraining(this, 'Managed', shared)
        : new BatchTraining(this, 'Batch', shared);
    this.role = this.engine.workload.role;
    this.submission = this.engine.submission;

    this.defaults = new ssm.StringParameter(this, 'Defaults', {
      ...(props.defaultsName === undefined ? {} : { parameterName: props.defaultsName }),
      description: 'What to start trainings with',
      stringValue: Stack.of(this).toJsonString(this.engine.defaults),
    });
    this.grants = new TrainingClusterGrants(Stack.of(this), this.submission, this.repository, this.defaults);
    this.failures = props.alerts?.announce(this, 'Failed', { signal: TRAINING_FAILED, ...this.engine.failures });
  }

  /**
   * Trainings that failed. Source: EventBridge user guide, "Monitoring Amazon EventBridge".
   * @throws Error without an alert channel: nothing counts them then.
   */
  metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (this.failures === undefined)
      throw new Error(`${this.node.path}: nothing counts failed trainings. Give it \`alerts\`.`);
    return new cloudwatch.Metric({
      namespace: 'AWS/Events',
      metricName: 'MatchedEvents',
      dimensionsMap: { RuleName: this.failures.ruleName },
      statistic: 'Sum',
      ...props,
    });
  }

  private checkReads({ reads = [], grantors }: TrainingClusterProps): void {
    if (reads.length === 0 || grantors?.dataset !== undefined) return;
    throw new Error(
      `${this.node.path}: nothing grants reading ${reads.map((name) => `the dataset '${name}'`).join(', ')}. Give it \`grantors\`, such as those of the lake that has them: grantors: lake.grantors.`,
    );
  }

  private grantorsOfTrainings({ network, artifacts, grantors }: TrainingClusterProps): Grantors {
    return {
      ...grantors,
      ...network.grantors,
      ...(artifacts ?? this.artifacts).grantors,
      ...this.grantors,
      key: (verb, name, to) => {
        if (name === 'artifacts') grantKey(this.encryptionKey, verb, to);
        else if (grantors?.key !== undefined) grantors.key(verb, name, to);
        else throw new Error(`${this.node.path}: nothing grants the key '${name}'. Give it \`grantors\` with \`key\`.`);
      },
    };
  }
}

function grantorsOf(repository: ecr.IRepository): Required<Pick<Grantors, 'repository'>> {
  return {
    repository: (verb, _name, to) => (verb === 'pull' ? grantPull : grantPush)(repository, to),
  };
}
