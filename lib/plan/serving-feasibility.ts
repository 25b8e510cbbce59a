import { eachEntry } from '../spec/each-entry';
import type { SpecCheck } from '../spec/references';
import type { ServingSpec } from '../spec/serving';
import type { ServableModel } from '../spec/serving-checks';
import { machineFinding } from './machine-finding';
import { awsMachines } from './machines/aws-machines';
import { findMachine, type MachineChoice } from './machines/find-machine';
import type { MachineCatalog } from './machines/machines';

/**
 * The machine that a model serves on. Endpoints have no spot machines, so it is bought on demand. Without a region, which
 * a library may not know, it is one that exists somewhere.
 */
export function servingMachine(
  catalog: MachineCatalog,
  { accelerator, machine }: Pick<ServingSpec, 'accelerator' | 'machine'>,
  region?: string,
): MachineChoice {
  const find = (where: string) =>
    findMachine(catalog, { accelerator, size: machine, role: 'hosting', region: where, capacity: 'on-demand' });
  if (region !== undefined) return find(region);
  const choices = [...catalog.roles.hosting.regions].map(find);
  return choices.find(({ ok }) => ok) ?? choices[0] ?? find('');
}

const machineInRegion: SpecCheck = (
  { models, aws }: { models: Readonly<Record<string, ServableModel>>; aws?: { region: string } | undefined },
  report,
) => {
  if (aws === undefined) return;
  eachEntry(models, ({ serving }, name) => {
    if (serving === undefined) return;
    const choice = servingMachine(awsMachines, serving, aws.region);
    const { accelerator, machine: size } = serving;
    if (!choice.ok) report(machineFinding(['models', name, 'serving'], { accelerator, size }, choice));
  });
};

/** Rules of serving that come from what the clouds have. */
export const SERVING_FEASIBILITY_CHECKS: readonly SpecCheck[] = [machineInRegion];
