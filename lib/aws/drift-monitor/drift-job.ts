import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { PREFIXES } from '../../plan/access';
import { driftAccess, type Watched } from '../../plan/drift/drift-access';
import type { DriftPlan } from '../../plan/drift/drift-plan';
import { awsMachines } from '../../plan/machines/aws-machines';
import { findMachine } from '../../plan/machines/find-machine';
import { machineName } from '../../plan/machines/machines';
import { MODEL_TAG } from '../../plan/tags';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { JobCode } from '../jobs/job-code';
import { diskGrants, jobDisk } from '../jobs/job-disk';
import { grantJobLogs } from '../jobs/job-logs';
import { grantProvidedPull, providedImage } from '../jobs/provided-image';
import { tagsLike } from '../jobs/tags-like';
import { grantKey } from '../keys/key-grants';
import type { INetwork } from '../network/network';
import { grantRunJobs } from './drift-grants';
import type { DriftJobSettings } from './machine/drift-props';

export interface DriftJobProps {
  readonly plan: DriftPlan;
  /** What the spec says of the model: which datasets the job reads. */
  readonly spec: Watched;
  readonly network: INetwork;
  readonly artifacts: IArtifactStore;
  /** Key of that store, and of the machine's disk. */
  readonly encryptionKey: kms.IKey;
}

/** What the drift job of a model runs on, as and into: its code, role, security group and machine. */
export class DriftJob extends Construct {
  public readonly code: JobCode;
  public readonly workload: Workload;
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly settings: DriftJobSettings;

  /** @throws Error where the region of the stack has no image or no machine for it. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: DriftJobProps,
  ) {
    super(scope, id);
    const { plan, network, encryptionKey } = props;
    this.code = new JobCode(this, 'Code', 'drift');
    this.securityGroup = securityGroup(this, network.vpc);
    const image = providedImage(this);
    const machine = this.machine();
    this.workload = this.runsAs(image);
    this.settings = {
      imageUri: image.uri,
      roleArn: this.workload.role.roleArn,
      instanceType: machineName(machine, 'processing'),
      disk: jobDisk(machine, plan.diskGib, encryptionKey.keyArn),
      outputKeyArn: encryptionKey.keyArn,
      subnetIds: network.subnetIds,
      securityGroupId: this.securityGroup.securityGroupId,
      codeUri: this.code.uri,
      codeFile: this.code.file,
      maxRuntimeSeconds: plan.maxRuntimeSeconds,
      tags: tagsLike(this.securityGroup, { [MODEL_TAG]: plan.model }),
    };
  }

  /** Lets a machine start this job, and watch it: with this role, and on a disk with this key. */
  grantRun(to: Workload): void {
    const { encryptionKey } = this.props;
    to.addStatement(
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.workload.role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
    );
    if (this.settings.disk.VolumeKmsKeyId === undefined) return;
    to.addStatement(diskGrants(encryptionKey));
  }

  /** Lets someone create and see runs of this job. */
  grantJobs(to: iam.IGrantable): void {
    grantRunJobs(this, this.props.plan.name, to);
  }

  private runsAs(image: ReturnType<typeof providedImage>): Workload {
    const { plan, spec, network, artifacts, encryptionKey } = this.props;
    const stack = Stack.of(this);
    return new Workload(this, 'Workload', {
      assumedBy: serviceOfThisAccount('sagemaker.amazonaws.com', stack.account),
      access: driftAccess(plan.model, spec),
      grantors: {
        ...network.grantors,
        prefix: (verb, name, to) =>
          name === PREFIXES.jobs ? this.code.grantRead(to) : artifacts.grantors.prefix(verb, name, to),
        repository: (_verb, _name, to) => grantProvidedPull(image, to),
        key: (verb, _name, to) => grantKey(encryptionKey, verb, to),
        log: (_verb, _name, to) => grantJobLogs(this, 'processing', to),
      },
      description: `Measures drift and quality of ${plan.model}`,
    });
  }

  private machine() {
    const { region } = Stack.of(this);
    const choice = findMachine(awsMachines, {
      size: this.props.plan.machine,
      role: 'processing',
      region,
      capacity: 'on-demand',
    });
    if (choice.ok) return choice.machine;
    throw new Error(
      `${this.node.path}: ${choice.reason}. Received: ${this.props.plan.machine} in ${region}. Allowed: ${choice.allowed.join('; ') || 'nothing close to it'}. Choose another monitoring.drift.machine or region.`,
    );
  }
}

/** What the job's machine may reach: HTTPS, by which SageMaker copies files to and from it. The job itself has no network. */
function securityGroup(scope: Construct, vpc: ec2.IVpc): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, allowAllOutbound: false, description: 'Drift' });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'Private endpoints and S3');
  return group;
}
