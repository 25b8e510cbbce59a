import { ACCELERATOR_TYPES, MACHINE_SIZES } from '../../spec/machine-keys';
import type { MachineCatalog, MachineRequest } from './machines';

type Accelerator = NonNullable<MachineRequest['accelerator']>;

/**
 * The accepted requests nearest to a refused one: the same bought another way; else those that differ in one thing, count or size,
 * type, region; else whatever exists in the same region; else the same type in any number and region; else one machine
 * per region. The role stays: who asked for a processing machine has no use for an endpoint.
 */
export function nearestOptions(
  catalog: MachineCatalog,
  request: MachineRequest,
  accepts: (request: MachineRequest) => boolean,
): readonly MachineRequest[] {
  const { buying } = catalog.roles[request.role];
  const start: MachineRequest = buying.includes(request.capacity) ? request : { ...request, capacity: 'on-demand' };
  for (const ring of rings(catalog, start, accepts)) {
    const options = ring();
    if (options.length > 0) return options;
  }
  return [];
}

function rings(
  catalog: MachineCatalog,
  request: MachineRequest,
  accepts: (request: MachineRequest) => boolean,
): readonly (() => readonly MachineRequest[])[] {
  const regions = [...catalog.roles[request.role].regions];
  const all = acceleratorsOf(catalog);
  const sameType = all.filter(({ type }) => type === request.accelerator?.type);
  const sameCount = all.filter(({ count }) => count === request.accelerator?.count);
  const accelerated = (accelerators: readonly Accelerator[], region: string): MachineRequest[] =>
    accelerators.map((accelerator) => ({ ...request, region, accelerator }));
  const sized = (region: string): MachineRequest[] =>
    MACHINE_SIZES.map((size) => ({ ...request, region, accelerator: undefined, size }));
  const anyIn = (region: string) => [...accelerated(all, region), ...sized(region)];
  const oneChange: MachineRequest[] = [
    ...accelerated(sameType, request.region),
    ...(request.accelerator ? accelerated(sameCount, request.region) : sized(request.region)),
    ...regions.map((region) => ({ ...request, region })),
  ];
  return [
    () => (['on-demand', 'spot'] as const).map((capacity) => ({ ...request, capacity })).filter(accepts),
    () => oneChange.filter(accepts),
    () => anyIn(request.region).filter(accepts),
    () => regions.flatMap((region) => accelerated(sameType, region)).filter(accepts),
    () => regions.flatMap((region) => anyIn(region).find(accepts) ?? []),
  ];
}

/** All pairs of type and count that some machine has, in the order of the keys, fewest first. */
function acceleratorsOf({ machines }: MachineCatalog): readonly Accelerator[] {
  return ACCELERATOR_TYPES.flatMap((type) => {
    const counts = machines.flatMap(({ accelerator }) => (accelerator?.type === type ? [accelerator.count] : []));
    return [...new Set(counts)].toSorted((a, b) => a - b).map((count) => ({ type, count }));
  });
}

/** What of an option differs from the request, in the words of a spec: `accelerator: { type: l4, count: 4 }`. */
export function describeOption(request: MachineRequest, option: MachineRequest): string {
  const { accelerator, size, capacity, region } = option;
  const words: string[] = [];
  if (
    accelerator &&
    (accelerator.type !== request.accelerator?.type || accelerator.count !== request.accelerator.count)
  ) {
    words.push(`accelerator: { type: ${accelerator.type}, count: ${accelerator.count} }`);
  }
  if (!accelerator && request.accelerator) words.push(`no accelerator, machine: ${size}`);
  else if (!accelerator && size !== request.size) words.push(`machine: ${size}`);
  if (capacity !== request.capacity) words.push(`capacity: ${capacity}`);
  if (region !== request.region) words.push(`region: ${region}`);
  return words.join(', ');
}
