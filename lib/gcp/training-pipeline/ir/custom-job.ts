import type { MachineType } from '../../../plan/machines/machines';
import type { MachinedStep } from '../../../plan/pipeline/step-plan';
import { jobMachine } from '../../jobs/job-machine';
import type { RenderProps } from './render-props';

/** Characters of a display name. Source: discovery document of aiplatform.v1, CustomJob. */
const NAME_LENGTH = 128;

/** What a container runs. */
export interface JobContainer {
  readonly imageUri: string;
  readonly command?: readonly string[];
  readonly args: readonly string[];
}

/**
 * Body of Vertex AI's customJobs.create for one step. A task of its own would do for a container too, but could say neither
 * how large its disk is nor how long it may run. Shape: discovery document of aiplatform.v1, CustomJob.
 */
export function customJob(
  props: RenderProps,
  step: MachinedStep,
  machine: MachineType,
  containerSpec: JobContainer,
): Readonly<Record<string, unknown>> {
  const { machines, name } = step;
  const pool = (replicaCount: number) => ({
    ...jobMachine(machine, machines.role, machines.diskGib),
    replicaCount,
    containerSpec,
  });
  return {
    displayName: `${props.plan.name}-${name}`.slice(0, NAME_LENGTH),
    labels: { ...props.labels },
    encryptionSpec: { kmsKeyName: props.encryptionKeyId },
    jobSpec: {
      // The first pool has one machine, which leads the others.
      workerPoolSpecs: machines.nodes === 1 ? [pool(1)] : [pool(1), pool(machines.nodes - 1)],
      scheduling: scheduling(step),
      serviceAccount: props.account,
      pscInterfaceConfig: { networkAttachment: props.attachment },
    },
  };
}

/**
 * Left to itself, Vertex AI begins a job again in outputs that hold what was written before. So it may not, and only the
 * task of the step begins another, once they are empty. A spot machine that is taken away is no failure, and the task
 * cannot tell it from one: a job has no state or code for that, only the word STOCKOUT, which is any want of machines. So
 * there Vertex AI may. Source: discovery document of aiplatform.v1, CustomJob and Scheduling; Vertex AI documentation,
 * "Use Spot VMs with training".
 */
function scheduling({
  machines: { capacity, nodes },
  maxRuntimeSeconds,
}: MachinedStep): Readonly<Record<string, unknown>> {
  const timeout = `${maxRuntimeSeconds}s`;
  return capacity === 'spot'
    ? // Nodes that are left wait for one that comes anew: all begin again, from their checkpoint.
      { strategy: 'SPOT', timeout, restartJobOnWorkerRestart: nodes > 1 }
    : { strategy: 'STANDARD', timeout, disableRetries: true };
}
