import { acceleratorName, type MachineRole, type MachineType, machineName } from '../../plan/machines/machines';
import { bootDiskGb } from '../../plan/vertex-disk';

/** Boot disk of machines that take the usual ones. */
const USUAL_DISK = 'pd-ssd';

/** Machine and boot disk of one worker pool of a job. Shape: discovery document of aiplatform.v1, WorkerPoolSpec. */
export function jobMachine(machine: MachineType, role: MachineRole, diskGib: number) {
  const acceleratorType = acceleratorName(machine, role);
  return {
    machineSpec: {
      machineType: machineName(machine, role),
      ...(acceleratorType === undefined ? {} : { acceleratorType, acceleratorCount: machine.accelerator?.count }),
    },
    diskSpec: { bootDiskType: machine.bootDisk ?? USUAL_DISK, bootDiskSizeGb: bootDiskGb(diskGib) },
  };
}
