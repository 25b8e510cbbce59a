import type { TrainingClusterPlan } from '../training-cluster';
import { type ClusterStep, isClusterStep, type StepPlan } from './step-plan';
import { longestJobSeconds } from './step-time';

/** What a service needs beside the run of a step itself: machines to come, images to be pulled, retries to wait. */
const STEP_ALLOWANCE_SECONDS = 3600;

/** How long a try on the cluster may wait for nodes, and an answer for SageMaker to take it. */
const PATIENCE_SECONDS = 86_400;

type Attempts = Pick<TrainingClusterPlan, 'attempts'>;

/** Seconds that one try of a step on the cluster may take: a job whose node was taken away begins again within it. */
export const longestTrySeconds = (
  { maxRuntimeSeconds }: Pick<ClusterStep, 'maxRuntimeSeconds'>,
  { attempts = 1 }: Attempts,
): number => maxRuntimeSeconds * attempts + PATIENCE_SECONDS;

/** Seconds that a step on the cluster may take in all. */
export const longestClusterStepSeconds = (
  step: Pick<ClusterStep, 'maxRuntimeSeconds' | 'retries'>,
  cluster: Attempts,
): number => longestTrySeconds(step, cluster) * (step.retries + 1) + PATIENCE_SECONDS;

/** Seconds that the slowest run of a pipeline may take on AWS: one step after the other, each as often as it may be tried. */
export const longestAwsRunSeconds = (steps: readonly StepPlan[], cluster: Attempts = {}): number =>
  steps.reduce(
    (sum, step) =>
      sum +
      (isClusterStep(step)
        ? longestClusterStepSeconds(step, cluster)
        : (longestJobSeconds(step) + STEP_ALLOWANCE_SECONDS) * (step.retries + 1)),
    STEP_ALLOWANCE_SECONDS,
  );
