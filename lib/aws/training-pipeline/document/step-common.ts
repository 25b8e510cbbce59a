import { type MachineType, machineName } from '../../../plan/machines/machines';
import type { MachinedStep } from '../../../plan/pipeline/step-plan';
import { jobDisk } from '../../jobs/job-disk';
import type { DocumentProps, Step } from './document-props';

/** Seconds before the first and the factor for each further try. */
const RETRY_AFTER_SECONDS = 30;
const RETRY_BACKOFF = 2;

/**
 * Faults after which a step is tried again: of the service, and of machines. What a container itself ends with is final.
 * Source: SageMaker developer guide, "Retry Policy for Pipeline Steps".
 */
const RETRIED = [
  ['Step.SERVICE_FAULT', 'Step.THROTTLING'],
  ['SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.CAPACITY_ERROR', 'SageMaker.RESOURCE_LIMIT'],
];

/**
 * What every step says beside its job. Results are kept for minutes: the service counts nothing smaller.
 * Source: SageMaker developer guide, "Turn on step caching".
 */
export function common(
  step: MachinedStep,
  after: readonly string[],
): Pick<Step, 'Name' | 'DependsOn' | 'RetryPolicies' | 'CacheConfig'> {
  const cacheSeconds = step.kind === 'validation' ? undefined : step.cacheSeconds;
  return {
    Name: step.name,
    ...(after.length === 0 ? {} : { DependsOn: after }),
    ...(step.retries === 0
      ? {}
      : {
          RetryPolicies: RETRIED.map((ExceptionType) => ({
            ExceptionType,
            IntervalSeconds: RETRY_AFTER_SECONDS,
            BackoffRate: RETRY_BACKOFF,
            MaxAttempts: step.retries,
          })),
        }),
    ...(cacheSeconds === undefined
      ? {}
      : { CacheConfig: { Enabled: true, ExpireAfter: `PT${Math.ceil(cacheSeconds / 60)}M` } }),
  };
}

/** The machine of a step. */
export function machineOf({ machines }: DocumentProps, { name }: MachinedStep): MachineType {
  const machine = machines[name];
  if (machine === undefined) throw new Error(`The machine of the step ${name} is not given.`);
  return machine;
}

/** Type and disk of a machine. */
export function resources(props: DocumentProps, step: MachinedStep): Readonly<Record<string, unknown>> {
  const machine = machineOf(props, step);
  const { diskGib, nodes, role } = step.machines;
  return {
    InstanceType: machineName(machine, role),
    InstanceCount: nodes,
    ...jobDisk(machine, diskGib, props.keyArn),
  };
}

export const vpcConfig = ({ subnetIds, securityGroupId }: DocumentProps) => ({
  Subnets: subnetIds,
  SecurityGroupIds: [securityGroupId],
});
