import { type ClusterTries, longestTrainingSeconds } from '../gcp-cluster-patience';
import { longestAwsRunSeconds } from './aws-run-time';
import { isClusterStep, type StepPlan } from './step-plan';
import { longestJobSeconds } from './step-time';

/**
 * Seconds that the slowest run of a pipeline may take on Google Cloud: one step after the other, each as often as it may be
 * tried. Without a batch cluster no step is on one.
 */
const longestGcpRunSeconds = (steps: readonly StepPlan[], cluster: ClusterTries | undefined): number =>
  steps.reduce((sum, step) => sum + (longestTrySeconds(step, cluster) + RETRY_WAIT_SECONDS) * (step.retries + 1), 0);

function longestTrySeconds(step: StepPlan, cluster: ClusterTries | undefined): number {
  if (!isClusterStep(step)) return longestJobSeconds(step);
  return cluster === undefined ? 0 : longestTrainingSeconds(step.maxRuntimeSeconds, cluster);
}

/** Longest wait before a task is tried again, and as much for its machine to come. */
const RETRY_WAIT_SECONDS = 7200;

/** Seconds that the slowest run of a pipeline may take, on whichever cloud that is longer. */
export const longestRunSeconds = (steps: readonly StepPlan[], cluster?: ClusterTries): number =>
  Math.max(longestAwsRunSeconds(steps, cluster), longestGcpRunSeconds(steps, cluster));
