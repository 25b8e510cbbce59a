import { acceleratorName, type MachineType, machineName } from '../../../plan/machines/machines';
import type { MachinedStep, StepMachines } from '../../../plan/pipeline/step-plan';
import { bootDiskGb } from '../../../plan/vertex-disk';
import type { RenderProps } from './render-props';

/** Boot disk of machines that take the usual ones. */
const USUAL_DISK = 'pd-ssd';
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
  const { machines, maxRuntimeSeconds, name } = step;
  const pool = (replicaCount: number) => ({
    machineSpec: machineSpec(machine, machines.role),
    replicaCount,
    diskSpec: {
      bootDiskType: machine.bootDisk ?? USUAL_DISK,
      bootDiskSizeGb: bootDiskGb(machines.diskGib),
    },
    containerSpec,
  });
  return {
    displayName: `${props.plan.name}-${name}`.slice(0, NAME_LENGTH),
    labels: { ...props.labels },
    encryptionSpec: { kmsKeyName: props.encryptionKeyId },
    jobSpec: {
      // The first pool has one machine, which leads the others.
      workerPoolSpecs: machines.nodes === 1 ? [pool(1)] : [pool(1), pool(machines.nodes - 1)],
      scheduling: {
        strategy: machines.capacity === 'spot' ? 'SPOT' : 'STANDARD',
        timeout: `${maxRuntimeSeconds}s`,
        // Nodes that are left wait for one that comes anew: all begin again, from their checkpoint.
        restartJobOnWorkerRestart: machines.nodes > 1,
      },
      serviceAccount: props.account,
      pscInterfaceConfig: { networkAttachment: props.attachment },
    },
  };
}

function machineSpec(machine: MachineType, role: StepMachines['role']): Readonly<Record<string, unknown>> {
  const acceleratorType = acceleratorName(machine, role);
  return {
    machineType: machineName(machine, role),
    ...(acceleratorType === undefined ? {} : { acceleratorType, acceleratorCount: machine.accelerator?.count }),
  };
}
