import {
  ComputeRegionInstanceTemplate,
  type ComputeRegionInstanceTemplateConfig,
} from '@cdktf/provider-google/lib/compute-region-instance-template';
import type { Construct } from 'constructs';
import { acceleratorName, machineName } from '../../plan/machines/machines';
import { type PlatformNames, physicalName, shortHash } from '../../plan/names';
import type { Purchase, TrainingClusterPlan } from '../../plan/training-cluster';
import { after } from '../access/after';
import type { Ready } from '../access/grantee';
import type { EncryptionKey } from '../keys/encryption-key';
import type { INetwork } from '../network/network';
import type { Target } from '../target';
import { resolved } from '../tokens';

/**
 * Image of nodes: Container-Optimized OS with the agent of Batch, which installs the drivers of accelerators. Source: Batch
 * documentation, "VM OS environment overview".
 */
const NODE_IMAGE = 'projects/batch-custom-image/global/images/family/batch-cos-stable-official';
/** Boot disk of machines that take the usual ones. */
const USUAL_DISK = 'pd-balanced';

/** Characters that the name of a template adds to that of its kind. */
const HASH = 9;

export interface NodeTemplatesProps {
  readonly target: Target;
  readonly names: PlatformNames;
  /** What trainings they are for, as parts of a name: `training`. */
  readonly of: readonly string[];
  readonly plan: TrainingClusterPlan;
  readonly network: INetwork;
  readonly encryptionKey: EncryptionKey;
  /** E-mail of the account that trainings run as: a job and its template must have the same. Source: discovery document of batch.v1, AllocationPolicy. */
  readonly account: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What must be there before. */
  readonly after: Ready;
}

/** Name of a template, and the template. */
export interface NodeTemplate {
  readonly capacity: Purchase['capacity'];
  readonly name: string;
  readonly resource: ComputeRegionInstanceTemplate;
}

/** Templates of the nodes of a cluster, one for each way of buying them, in the order in which a training tries them. */
export const nodeTemplates = (scope: Construct, props: NodeTemplatesProps): readonly NodeTemplate[] =>
  props.plan.purchases.map((purchase) =>
    nodeTemplate(scope, purchase.capacity === 'spot' ? 'Spot' : 'OnDemand', { ...props, purchase }),
  );

/**
 * How a node starts: an encrypted disk, no public address, a shielded machine that nobody logs in to. A template can never
 * change, so its name says what it is: another one is made before this one goes, and jobs that were submitted keep theirs
 * until they have their machines.
 */
function nodeTemplate(
  scope: Construct,
  id: string,
  props: NodeTemplatesProps & { readonly purchase: Purchase },
): NodeTemplate {
  const { target, names, plan, purchase, network, encryptionKey, account } = props;
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
  const kind = physicalName('compute', [names.slug, ...props.of, purchase.capacity], HASH);
  const name = `${kind}-${shortHash(resolved(scope, JSON.stringify(config)))}`;
  const resource = new ComputeRegionInstanceTemplate(scope, id, {
    ...config,
    name,
    lifecycle: { createBeforeDestroy: true },
    dependsOn: [...props.after, ...after(scope, [...network.ready, ...encryptionKey.ready])],
  });
  return { capacity: purchase.capacity, name, resource };
}
