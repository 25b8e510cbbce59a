import type { MachineRole, MachineType } from '../../plan/machines/machines';

/** A quota that machines count against. */
export interface Quota {
  readonly service: 'aiplatform' | 'compute';
  /** As the list of quotas has it. */
  readonly metric: string;
  /** Where it is counted: nowhere in particular for one over all regions. */
  readonly region?: string;
  readonly needed: number;
  readonly unit: 'GPUs' | 'vCPUs';
  /** What is counted apart within the metric. */
  readonly family?: string;
}

/**
 * Names of chips in quotas, where they are not what managed services call them in lower case. Source: names of quotas as
 * `gcloud alpha services quota list` shows them for aiplatform.googleapis.com and compute.googleapis.com.
 */
const CHIPS: Readonly<Record<string, string>> = {
  NVIDIA_TESLA_T4: 'nvidia_t4',
  NVIDIA_TESLA_A100: 'nvidia_a100',
  NVIDIA_H100_80GB: 'nvidia_h100',
  NVIDIA_H100_MEGA_80GB: 'nvidia_h100_mega',
  NVIDIA_H200_141GB: 'nvidia_h200',
};

/** Chips with a quota of their own on Compute Engine; of all others it counts families. */
const COUNTED_BY_MODEL = ['nvidia_t4', 'nvidia_l4', 'nvidia_a100', 'nvidia_a100_80gb'];

/** Quotas of machines on Vertex AI, which counts trainings and endpoints apart, and spot machines apart from others. */
export function vertexQuotas(
  machine: MachineType,
  role: Extract<MachineRole, 'training' | 'hosting'>,
  machines: number,
  capacity: 'on-demand' | 'spot',
  region: string,
): readonly Quota[] {
  const what = `custom_model_${role === 'training' ? 'training' : 'serving'}_${capacity === 'spot' ? 'preemptible_' : ''}`;
  const chip = chipOf(machine);
  const service = 'aiplatform';
  return [
    { service, region, metric: `${what}cpus`, needed: machines * machine.vcpu, unit: 'vCPUs' },
    ...(chip === undefined
      ? []
      : [
          {
            service,
            region,
            metric: `${what}${chip}_gpus`,
            needed: machines * (machine.accelerator?.count ?? 0),
            unit: 'GPUs',
          } as const,
        ]),
  ];
}

/** Quotas of machines of Compute Engine, as Batch uses them. GPUs also count against one over all regions. */
export function computeQuotas(
  machine: MachineType,
  machines: number,
  capacity: 'on-demand' | 'spot',
  region: string,
): readonly Quota[] {
  const chip = chipOf(machine);
  const spot = capacity === 'spot' ? 'PREEMPTIBLE_' : '';
  const cpus = machines * machine.vcpu;
  const service = 'compute';
  if (chip === undefined) {
    const series = machine.name.split('-')[0]?.toUpperCase() ?? '';
    const metric = spot !== '' ? 'PREEMPTIBLE_CPUS' : ['E2', 'N1'].includes(series) ? 'CPUS' : `${series}_CPUS`;
    return [{ service, region, metric, needed: cpus, unit: 'vCPUs' }];
  }
  const needed = machines * (machine.accelerator?.count ?? 0);
  const model = COUNTED_BY_MODEL.includes(chip);
  return [
    {
      service,
      region,
      metric: `${spot}${model ? `${chip.toUpperCase()}_GPUS` : 'GPUS_PER_GPU_FAMILY'}`,
      needed,
      unit: 'GPUs',
      ...(model ? {} : { family: chip.toUpperCase() }),
    },
    ...(spot === '' ? [{ service, metric: 'GPUS_ALL_REGIONS', needed, unit: 'GPUs' } as const] : []),
  ];
}

function chipOf({ accelerator }: MachineType): string | undefined {
  const managed = accelerator?.names?.managed;
  return managed === undefined ? undefined : (CHIPS[managed] ?? managed.toLowerCase());
}
