import {
  ComputeRegionInstanceTemplate,
  type ComputeRegionInstanceTemplateConfig,
} from '@cdktf/provider-google/lib/compute-region-instance-template';
import type { Construct } from 'constructs';
import { acceleratorName, machineName } from '../../plan/machines/machines';
import { shortHash } from '../../plan/names';
import type { Purchase, TrainingClusterPlan } from '../../plan/training-cluster';
import type { Ready } from '../access/grantee';
import type { EncryptionKey } from '../keys/encryption-key';
import type { INetwork } from '../network/network';
import type { Target } from '../target';

/**
 * Image of nodes: Container-Optimized OS with the agent of Batch, which installs the drivers of accelerators. Source: Batch
 * documentation, "VM OS environment overview".
 */
const NODE_IMAGE = 'projects/batch-custom-image/global/images/family/batch-cos-stable-official';
/** Boot disk of machines that take the usual ones. */
const USUAL_DISK = 'pd-balanced';

export interface NodeTemplateProps {
  readonly target: Target;
  /** A name of the plan (kind `compute`) with room for nine characters. */
  readonly name: string;
  readonly plan: TrainingClusterPlan;
  readonly purchase: Purchase;
  readonly network: INetwork;
  readonly encryptionKey: EncryptionKey;
  /** E-mail of the account that trainings run as. */
  readonly account: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What must be there before. */
  readonly after: Ready;
}

/** Name of a template, and the template. */
export interface NodeTemplate {
  readonly name: string;
  readonly resource: ComputeRegionInstanceTemplate;
}

/**
 * How a node starts: an encrypted disk, no public address, a shielded machine that nobody logs in to. A template can never
 * change, so its name says what it is: another one is made before this one goes, and jobs that were submitted keep theirs
 * until they have their machines.
 */
export function nodeTemplate(scope: Construct, id: string, props: NodeTemplateProps): NodeTemplate {
  const { target, plan, purchase, network, encryptionKey, account } = props;
  const [machine] = purchase.machines;
  const spot = purchase.capacity === 'spot';
  const accelerator = acceleratorName(machine, 'batch');
  const config: Omit<ComputeRegionInstanceTemplateConfig, 'name'> = {
    project: target.project,
    region: target.region,
    description: `Node of the training cluster, ${purchase.capacity}`,
    machineType: machineName(machine, 'batch'),
    canIpForward: false,
    disk: [
      {
        boot: true,
        autoDelete: true,
        sourceImage: NODE_IMAGE,
        diskSizeGb: plan.diskGib,
        diskType: machine.bootDisk ?? USUAL_DISK,
        diskEncryptionKey: { kmsKeySelfLink: encryptionKey.id },
        labels: { ...props.labels },
      },
    ],
    networkInterface: [{ subnetwork: network.subnetworkId, stackType: 'IPV4_ONLY' }],
    serviceAccount: { email: account, scopes: ['https://www.googleapis.com/auth/cloud-platform'] },
    scheduling: {
      provisioningModel: spot ? 'SPOT' : 'STANDARD',
      preemptible: spot,
      automaticRestart: !spot,
      // Machines with accelerators do not move.
      onHostMaintenance: spot || accelerator !== undefined ? 'TERMINATE' : 'MIGRATE',
    },
    ...(accelerator === undefined || machine.accelerator === undefined
      ? {}
      : { guestAccelerator: [{ type: accelerator, count: machine.accelerator.count }] }),
    shieldedInstanceConfig: {
      // Drivers that are installed at the start are not signed.
      enableSecureBoot: accelerator === undefined,
      enableVtpm: true,
      enableIntegrityMonitoring: true,
    },
    metadata: { 'block-project-ssh-keys': 'true', 'serial-port-enable': 'false' },
    labels: { ...props.labels },
  };
  const name = `${props.name}-${shortHash(JSON.stringify(config))}`;
  const resource = new ComputeRegionInstanceTemplate(scope, id, {
    ...config,
    name,
    lifecycle: { createBeforeDestroy: true },
    dependsOn: [...props.after, ...network.ready, ...encryptionKey.ready],
  });
  return { name, resource };
}
