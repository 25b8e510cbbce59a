import { DEFAULT_MACHINE } from '../../spec/training';
import { MACHINE_ROLES, type MachineCatalog, type MachineRequest, type MachineType } from './machines';
import { describeOption, nearestOptions } from './nearest-options';

/** The machine for a request, or what could be had instead. */
export type MachineChoice =
  | {
      readonly ok: true;
      /** The smallest machine with these accelerators, or the preferred one of this size. */
      readonly machine: MachineType;
      /** The others that satisfy the request, in the order to fall back on. */
      readonly alternatives: readonly MachineType[];
    }
  | {
      readonly ok: false;
      /** One line: which wish no machine fulfils. */
      readonly reason: string;
      /** `options` in the words of a spec, in the same order. Each names only what differs from the request. */
      readonly allowed: readonly string[];
      /** The nearest requests that `findMachine` accepts. */
      readonly options: readonly MachineRequest[];
    };

/** The machine of a cloud that a request gets: the same one whenever it is asked. */
export function findMachine(catalog: MachineCatalog, request: MachineRequest): MachineChoice {
  const [machine, ...alternatives] = candidates(catalog, request, wishesOf(catalog, request));
  if (machine) return { ok: true, machine, alternatives };

  const options = nearestOptions(
    catalog,
    request,
    (near) => candidates(catalog, near, wishesOf(catalog, near)).length > 0,
  );
  return {
    ok: false,
    reason: refusal(catalog, request),
    allowed: options.map((option) => describeOption(request, option)),
    options,
  };
}

/** One thing that a machine must fulfil, and what to say if no machine does. */
interface Wish {
  readonly fulfilledBy: (machine: MachineType) => boolean;
  readonly otherwise: () => string;
}

/** From the general to the particular, so that the first unmet one is the cause. */
function wishesOf(catalog: MachineCatalog, request: MachineRequest): readonly Wish[] {
  const { header, machines, roles } = catalog;
  const { accelerator, role, region, capacity } = request;
  const what = accelerator?.type ?? `a machine of size ${request.size ?? DEFAULT_MACHINE}`;
  const hasType = ({ accelerator: has }: MachineType) => has?.type === accelerator?.type;
  return [
    {
      fulfilledBy: hasType,
      otherwise: () => `${header.cloud} has no machine with ${what}`,
    },
    {
      fulfilledBy: ({ offers }) => offers[role] !== undefined,
      otherwise: () =>
        `${what} does not exist for ${role}, only for ${MACHINE_ROLES.filter((other) =>
          machines.some((machine) => hasType(machine) && machine.offers[other]),
        ).join(', ')}`,
    },
    {
      fulfilledBy: ({ offers }) => offers[role]?.regions.has(region) === true,
      otherwise: () =>
        roles[role].regions.has(region)
          ? `${what} does not exist for ${role} in ${region}`
          : `no machine for ${role} is known in region ${region}`,
    },
    {
      fulfilledBy: ({ accelerator: has }) => has?.count === accelerator?.count,
      otherwise: () => `no machine for ${role} in ${region} has exactly ${accelerator?.count} × ${what}`,
    },
    {
      fulfilledBy: ({ buying }) => [buying, roles[role].buying].every((ways) => ways.includes(capacity)),
      otherwise: () => `${what} cannot be had as ${capacity} capacity for ${role}`,
    },
  ];
}

function candidates(
  { machines, sizes }: MachineCatalog,
  { accelerator, size }: MachineRequest,
  wishes: readonly Wish[],
): readonly MachineType[] {
  const pool = accelerator ? machines : sizes[size ?? DEFAULT_MACHINE];
  return pool.filter((machine) => wishes.every((wish) => wish.fulfilledBy(machine)));
}

/** The first wish that leaves no machine; and the day of the data, for it may be old. */
function refusal(catalog: MachineCatalog, request: MachineRequest): string {
  const unmet = wishesOf(catalog, request).find(
    (_, index, wishes) => candidates(catalog, request, wishes.slice(0, index + 1)).length === 0,
  );
  return `${unmet?.otherwise()} (data of ${catalog.header.generated})`;
}
