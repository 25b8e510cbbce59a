import type { PlatformSpec } from '../spec/platform';
import { planDrift } from './drift/drift-plan';
import { findMachine } from './machines/find-machine';
import type { MachineCatalog, MachineRequest, MachineType } from './machines/machines';
import { planPipelines } from './pipeline/pipeline-plan';
import { stepMachine } from './pipeline/step-machine';
import { isClusterStep, type StepPlan } from './pipeline/step-plan';
import type { PlatformPlan } from './platform-plan';

/** Machines of one job that a platform starts by itself. */
export interface JobMachines {
  readonly machine: MachineType;
  readonly role: 'training' | 'processing';
  readonly capacity: 'on-demand' | 'spot';
  readonly machines: number;
  readonly maxRuntimeSeconds: number;
}

/** Jobs that may run at a time. */
export type JobsAtATime = readonly JobMachines[];

/**
 * Jobs of the pipelines and of the drift watches of a platform. All entries may run at a time: each is what one model
 * starts, as sets of which one runs. Jobs whose machine the region does not have are left out.
 */
export function jobsAtATime(
  { spec, names }: PlatformPlan<PlatformSpec>,
  catalog: MachineCatalog,
  region: string,
): readonly (readonly JobsAtATime[])[] {
  const pipelines = Object.values(planPipelines(spec.models, names)).map(({ steps }) =>
    sideBySide(steps).map((beside) =>
      beside.flatMap((step) => {
        // Nodes of the batch cluster are among those that it may have at once.
        if (isClusterStep(step)) return [];
        const { machines, maxRuntimeSeconds } = step;
        const choice = stepMachine(catalog, machines, region);
        const { role, capacity, nodes } = machines;
        return choice.ok ? [{ machine: choice.machine, role, capacity, machines: nodes, maxRuntimeSeconds }] : [];
      }),
    ),
  );
  const watches = Object.entries(spec.models).flatMap(([model, one]) => {
    const plan = planDrift(model, one, names);
    if (plan === undefined) return [];
    const request = { role: 'processing', capacity: 'on-demand' } as const satisfies Partial<MachineRequest>;
    const choice = findMachine(catalog, { ...request, size: plan.machine, region });
    const { runs, maxRuntimeSeconds } = plan;
    return choice.ok ? [[[{ ...request, machine: choice.machine, machines: runs.length, maxRuntimeSeconds }]]] : [];
  });
  return [...pipelines, ...watches];
}

/** Each step with all that come neither before nor after it. Steps at a time are always among one of these. */
function sideBySide(steps: readonly StepPlan[]): readonly (readonly StepPlan[])[] {
  const before = new Map<string, ReadonlySet<string>>();
  for (const { name, after } of steps)
    before.set(name, new Set(after.flatMap((one) => [one, ...(before.get(one) ?? [])])));
  const isBefore = (a: StepPlan, b: StepPlan): boolean => before.get(b.name)?.has(a.name) === true;
  return steps.map((step) => steps.filter((other) => !isBefore(step, other) && !isBefore(other, step)));
}
