import { eachStep } from '../../spec/each-pipeline';
import { hasMachine } from '../../spec/pipeline-refs';
import type { PipelineStepSpec } from '../../spec/pipeline-steps';
import type { SpecCheck } from '../../spec/references';
import { machineFinding } from '../machine-finding';
import { findMachine, type MachineChoice } from '../machines/find-machine';
import type { MachineCatalog, MachineRequest, MachineType } from '../machines/machines';
import type { PipelinePlan } from './pipeline-plan';
import { isClusterStep, type StepMachines } from './step-plan';

/** The machine that a step gets in a region. */
export const stepMachine = (catalog: MachineCatalog, machines: StepMachines, region: string): MachineChoice =>
  findMachine(catalog, {
    role: machines.role,
    size: machines.size,
    accelerator: machines.accelerator,
    capacity: machines.capacity,
    region,
  });

/**
 * The machine of each step that has one of its own, by the step's name.
 * @throws RangeError for one that cannot be had, which a loaded spec does not ask for.
 */
export function stepMachines(
  catalog: MachineCatalog,
  { steps }: Pick<PipelinePlan, 'steps'>,
  region: string,
): Readonly<Record<string, MachineType>> {
  return Object.fromEntries(
    steps.flatMap((step) => {
      if (isClusterStep(step)) return [];
      const { name, machines } = step;
      const choice = stepMachine(catalog, machines, region);
      if (choice.ok) return [[name, choice.machine]];
      throw new RangeError(`the step ${name} has no machine: ${choice.reason}. Allowed: ${choice.allowed.join('; ')}`);
    }),
  );
}

/** Steps whose machine a cloud does not have in the region of a spec. */
export const stepMachinesExist =
  (catalog: MachineCatalog, cloud: 'aws' | 'gcp'): SpecCheck =>
  (spec, report) => {
    const region = spec[cloud]?.region;
    if (region === undefined) return;
    eachStep(spec.models, (step, path) => {
      if (!hasMachine(step)) return;
      const request = requestOf(step, region);
      const choice = findMachine(catalog, request);
      if (!choice.ok) {
        const { accelerator, size, capacity } = request;
        report(machineFinding(path, { accelerator, size, capacity }, choice));
      }
    });
  };

function requestOf(step: Exclude<PipelineStepSpec, { kind: 'cluster-training' }>, region: string): MachineRequest {
  const accelerator = step.kind === 'validation' ? undefined : step.accelerator;
  return {
    role: step.kind === 'training' ? 'training' : 'processing',
    size: step.machine,
    accelerator,
    capacity: step.kind === 'training' ? step.capacity : 'on-demand',
    region,
  };
}
