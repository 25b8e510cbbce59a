import type { AcceleratorType, MachineSize } from '../../spec/machine-keys';

/** What a machine is rented for. Each role has its own regions, its own prices and its own ways of buying. */
export const MACHINE_ROLES = ['training', 'processing', 'transform', 'hosting', 'batch'] as const;
export type MachineRole = (typeof MACHINE_ROLES)[number];

/**
 * How a machine is bought. A capacity block is a reserved window and a reservation a reserved machine that somebody bought
 * before; flex-start waits for a machine and keeps it for some days.
 */
export type Buying = 'on-demand' | 'spot' | 'capacity-block' | 'flex-start' | 'reservation';

/** Accelerators of a machine. */
export interface MachineAccelerator {
  readonly type: AcceleratorType;
  /** Chips in the machine. */
  readonly count: number;
  /** Memory of one chip in GiB as the cloud's API says it. Makers print GB: an L4 of 24 GB has 22.4 GiB. */
  readonly memoryGib: number;
  /**
   * What APIs call the chip where the name of the machine does not say enough: those of managed services
   * (`NVIDIA_L4`), and that of the machines themselves (`nvidia-l4`).
   */
  readonly names?: { readonly managed: string; readonly compute: string };
}

/** A machine type of one cloud. */
export interface MachineType {
  /**
   * Name of the machine itself (`g6.xlarge`, `n1-standard-4+1xt4`). What an API wants is `machineName(machine, role)`.
   */
  readonly name: string;
  readonly vcpu: number;
  readonly memoryGib: number;
  /** Absent on machines without accelerators. All accelerators of a machine are of one type. */
  readonly accelerator?: MachineAccelerator;
  /**
   * Local NVMe storage in GB, encrypted by the hardware; 0 where disks are network volumes only. Where it is not 0, AWS's
   * CreateTrainingJob, CreateProcessingJob and CreateTransformJob refuse a VolumeKmsKeyId, and training and processing
   * use no other storage (service model of SageMaker, `ResourceConfig`, `ProcessingClusterConfig`,
   * `TransformResources`).
   */
  readonly localStorageGb: number;
  /**
   * The network. `interfaces` EFA devices (0: none, as everywhere but on AWS), one on each network card from index
   * `firstCard` on; `gbps` is the bandwidth over all cards, a ceiling where small machines only get up to it, and 0 where
   * it is not known.
   */
  readonly efa: { readonly interfaces: number; readonly firstCard: number; readonly gbps: number };
  /** The one type of network disk that the machine boots from; absent where it takes the usual ones. */
  readonly bootDisk?: string;
  /**
   * Whether several of it can be placed close together by Google Cloud's compact placement; asked for where it is not so,
   * no machine comes. Absent where not, and on AWS.
   */
  readonly compact?: boolean;
  /** Ways of buying the machine, before the role's own limits. */
  readonly buying: readonly Buying[];
  /** Where the machine can be had: a role that is absent does not have it. */
  readonly offers: Readonly<Partial<Record<MachineRole, MachineOffer>>>;
}

/** A machine in a role. */
export interface MachineOffer {
  /** Name of the machine in this role's API (`ml.g6.xlarge`). */
  readonly name: string;
  readonly regions: ReadonlySet<string>;
}

/** What a machine is wanted for. */
export interface MachineRequest {
  /** Accelerators of one machine: exactly this many of this type. */
  readonly accelerator?: { readonly type: AcceleratorType; readonly count: number } | undefined;
  /** Size of a machine without accelerators; counts only where no accelerator is asked for. */
  readonly size?: MachineSize | undefined;
  readonly role: MachineRole;
  readonly region: string;
  readonly capacity: 'on-demand' | 'spot';
}

/** Where a catalog comes from. */
export interface CatalogHeader {
  readonly cloud: string;
  /** Day of the data, `YYYY-MM-DD`. */
  readonly generated: string;
  readonly by: string;
  readonly sources: readonly {
    /** A package with its registry (`pypi:moto`), or the address of a page. */
    readonly package: string;
    /** Version of the package; of a page its day, or the month it was read if it has none. */
    readonly version: string;
    readonly licence: string;
    readonly gives: string;
  }[];
  /** Values that the sources have wrong, and why. */
  readonly overrides: readonly {
    readonly machines: readonly string[];
    readonly field: string;
    readonly was: number;
    readonly is: number;
    readonly reason: string;
  }[];
}

/** Machine types of one cloud, and where they exist. */
export interface MachineCatalog {
  readonly header: CatalogHeader;
  /** Smallest first: by CPUs, memory, local storage, network, name. */
  readonly machines: readonly MachineType[];
  /** Machines of a size in order of preference, all of one shape. */
  readonly sizes: Readonly<Record<MachineSize, readonly MachineType[]>>;
  /** Ways of buying that a role has, and all regions that it has any machine in. */
  readonly roles: Readonly<
    Record<MachineRole, { readonly buying: readonly Buying[]; readonly regions: ReadonlySet<string> }>
  >;
}

/**
 * Name of a machine as the API of a role wants it: `ml.g6.xlarge` to train, `g6.xlarge` in a batch queue.
 * @throws RangeError if the role does not have the machine anywhere.
 */
export function machineName(machine: MachineType, role: MachineRole): string {
  const offer = machine.offers[role];
  if (!offer) throw new RangeError(`${machine.name} does not exist for ${role}`);
  return offer.name;
}

/** What the API of a role calls the accelerator of a machine; none where the machine has none or its name says it. */
export function acceleratorName(machine: MachineType, role: MachineRole): string | undefined {
  const names = machine.accelerator?.names;
  return role === 'batch' ? names?.compute : names?.managed;
}
