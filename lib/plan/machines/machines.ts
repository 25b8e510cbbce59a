import type { AcceleratorType, MachineSize } from '../../spec/machine-keys';

/** What a machine is rented for. Each role has its own regions, its own prices and its own ways of buying. */
export const MACHINE_ROLES = ['training', 'processing', 'transform', 'hosting', 'batch'] as const;
export type MachineRole = (typeof MACHINE_ROLES)[number];

/** How a machine is bought. A capacity block is a reserved window that somebody bought before. */
export type Buying = 'on-demand' | 'spot' | 'capacity-block';

/** Accelerators of a machine. */
export interface MachineAccelerator {
  readonly type: AcceleratorType;
  /** Chips in the machine. */
  readonly count: number;
  /** Memory of one chip in GiB as the cloud's API says it. Makers print GB: an L4 of 24 GB has 22.4 GiB. */
  readonly memoryGib: number;
}

/** A machine type of one cloud. */
export interface MachineType {
  /** Name of the machine itself (`g6.xlarge`). What an API wants is `machineName(machine, role)`. */
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
   * The network. `interfaces` EFA devices (0: none), one on each network card from index `firstCard` on; `gbps` is the
   * bandwidth over all cards, a ceiling where small machines only get up to it.
   */
  readonly efa: { readonly interfaces: number; readonly firstCard: number; readonly gbps: number };
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
    readonly package: string;
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
