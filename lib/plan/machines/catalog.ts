import { MACHINE_SIZES, type MachineSize } from '../../spec/machine-keys';
import {
  type Buying,
  type CatalogHeader,
  MACHINE_ROLES,
  type MachineCatalog,
  type MachineOffer,
  type MachineRole,
  type MachineType,
} from './machines';

/** A catalog as its file has it: regions are named sets, because most machines share theirs with others. */
export interface CatalogFile {
  readonly header: CatalogHeader;
  readonly roles: Readonly<
    Record<MachineRole, { readonly prefix: string; readonly buying: readonly Buying[]; readonly regionsFrom: string }>
  >;
  readonly sizes: Readonly<Record<MachineSize, readonly string[]>>;
  readonly regionSets: Readonly<Record<string, readonly string[]>>;
  readonly machines: Readonly<
    Record<
      string,
      Omit<MachineType, 'name' | 'offers'> & {
        /** What APIs call the machine, where several share a type and differ in what is attached to it. */
        readonly machineType?: string;
        readonly regions: Partial<Record<MachineRole, string>>;
      }
    >
  >;
}

/**
 * The catalog of a file.
 * @throws Error if the file names a machine or a set of regions that it does not have.
 */
export function readCatalog(file: CatalogFile): MachineCatalog {
  const sets = new Map(Object.entries(file.regionSets).map(([name, regions]) => [name, new Set(regions)]));
  const machines = Object.entries(file.machines).map(([name, { regions, machineType, ...facts }]): MachineType => {
    const offers: Partial<Record<MachineRole, MachineOffer>> = {};
    for (const role of MACHINE_ROLES) {
      const set = regions[role];
      if (set !== undefined)
        offers[role] = { name: file.roles[role].prefix + (machineType ?? name), regions: found(sets, set) };
    }
    return { name, ...facts, offers };
  });
  const byName = new Map(machines.map((machine) => [machine.name, machine]));
  return {
    header: file.header,
    machines: machines.toSorted(bySize),
    sizes: record(MACHINE_SIZES, (size) => file.sizes[size].map((name) => found(byName, name))),
    roles: record(MACHINE_ROLES, (role) => ({ buying: file.roles[role].buying, regions: regionsOf(machines, role) })),
  };
}

/** Every region that has some machine for a role. */
function regionsOf(machines: readonly MachineType[], role: MachineRole): ReadonlySet<string> {
  // Hundreds of machines share few sets.
  const sets = new Set(machines.map(({ offers }) => offers[role]?.regions ?? []));
  return new Set([...sets].flatMap((regions) => [...regions]).sort());
}

function bySize(a: MachineType, b: MachineType): number {
  return (
    a.vcpu - b.vcpu ||
    a.memoryGib - b.memoryGib ||
    a.localStorageGb - b.localStorageGb ||
    a.efa.gbps - b.efa.gbps ||
    (a.name < b.name ? -1 : 1)
  );
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`The catalog of machines refers to "${name}", which it does not have.`);
  return value;
}

function record<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}
