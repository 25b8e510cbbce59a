import type { JobMachines } from '../../plan/jobs-at-a-time';
import { type MachineType, machineName } from '../../plan/machines/machines';
import { mostNeeded } from '../../plan/quota-needs';

/** A quota, and what is needed of it. */
export interface Quota {
  /** Code of the service in Service Quotas. */
  readonly service: 'ec2' | 'sagemaker';
  readonly name: string;
  readonly needed: number;
  readonly unit: 'instances' | 'seconds' | 'vCPUs';
}

export const keyOf = ({ service, name }: Quota): string => `${service} ${name}`;

/**
 * What one training takes in an account that asked for no more. Steps that are no trainings stay within what others take.
 * Source: SageMaker AI developer guide, quotas of the Feature Processor, training limits per Region.
 */
const ONE_TRAINING = { seconds: 432_000, machines: 20 };

/** What a job takes at a time: of its machine, and of all machines of such jobs. */
export function jobQuotas({ machine, role, capacity, machines }: JobMachines): readonly Quota[] {
  const job = `${bought(capacity)}${role} job`;
  return [
    instances(`${machineName(machine, role)} for ${job} usage`, machines),
    instances(`Number of instances across all ${job}s`, machines),
  ];
}

/** What an endpoint takes at a time: of its machine, and of all machines of endpoints. */
export const endpointQuotas = (machine: MachineType, machines: number): readonly Quota[] => [
  instances(`${machineName(machine, 'hosting')} for endpoint usage`, machines),
  instances('Number of instances across active endpoints', machines),
];

/** What the longest and the largest of these take as one training, where that is more than is there unasked. */
export const trainingQuotas = (jobs: readonly JobMachines[]): readonly Quota[] =>
  mostNeeded(jobs.filter(({ role }) => role === 'training').map(ofOneTraining), keyOf);

const ofOneTraining = ({ capacity, machines, maxRuntimeSeconds }: JobMachines): readonly Quota[] => [
  ...(maxRuntimeSeconds <= ONE_TRAINING.seconds
    ? []
    : [
        {
          service: 'sagemaker',
          name: 'Longest run time for a training job',
          needed: maxRuntimeSeconds,
          unit: 'seconds',
        } as const,
      ]),
  ...(machines <= ONE_TRAINING.machines
    ? []
    : [instances(`Maximum number of instances per ${bought(capacity)}training job`, machines)]),
];

const bought = (capacity: JobMachines['capacity']): string => (capacity === 'spot' ? 'spot ' : '');

const instances = (name: string, needed: number): Quota => ({ service: 'sagemaker', name, needed, unit: 'instances' });
