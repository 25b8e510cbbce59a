import { findMachine } from '../../plan/machines/find-machine';
import { gcpMachines } from '../../plan/machines/gcp-machines';
import type { MachineType } from '../../plan/machines/machines';
import type { MachineSize } from '../../spec/machine-keys';

/**
 * The machine that compares.
 * @throws Error where the region has none of this size.
 */
export function driftMachine(size: MachineSize, region: string): MachineType {
  const choice = findMachine(gcpMachines, { size, role: 'processing', region, capacity: 'on-demand' });
  if (choice.ok) return choice.machine;
  throw new Error(`${choice.reason}. Allowed: ${choice.allowed.join('; ')}`);
}
