import type { ClusterStep } from '../../../plan/pipeline/step-plan';
import type { TrainingRequest } from '../../training-cluster/machine/batch-workflow';
import type { JobContainer } from './custom-job';

/** What a step asks the launcher of the batch cluster for; its name is that of an attempt. */
export function clusterTraining(
  { maxRuntimeSeconds }: ClusterStep,
  { imageUri, command: [program, ...before] = [], args }: JobContainer,
): TrainingRequest {
  return {
    image: imageUri,
    ...(program === undefined ? {} : { command: program }),
    args: [...before, ...args],
    maxRuntimeSeconds,
  };
}
