/**
 * Accelerators by portable key. The same key means the same chip and memory on every cloud; which machines carry it, and
 * where, is data of the plan.
 */
export const ACCELERATOR_TYPES = [
  't4',
  'l4',
  'a10g',
  'l40s',
  'rtx-pro-6000',
  'a100-40',
  'a100-80',
  'h100',
  'h200',
  'b200',
  'b300',
  'trainium1',
  'trainium2',
  'inferentia2',
] as const;
export type AcceleratorType = (typeof ACCELERATOR_TYPES)[number];

/** Sizes of a machine without accelerators: 2 CPUs and 8 GiB, 4 CPUs and 16 GiB, 16 CPUs and 64 GiB. */
export const MACHINE_SIZES = ['small', 'medium', 'large'] as const;
export type MachineSize = (typeof MACHINE_SIZES)[number];
