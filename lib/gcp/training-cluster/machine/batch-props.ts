import { type Patience, patienceOfJobs } from '../../../plan/gcp-cluster-patience';
import type { TrainingClusterPlan } from '../../../plan/training-cluster';
import type { Target } from '../../target';

/**
 * Exit codes of a task that lost its machine, through no fault of its own: it was taken away, fell silent, started again,
 * or was replaced. Source: Batch documentation, "Troubleshooting", reserved exit codes; 50005 is a training that ran too
 * long.
 */
export const MACHINE_LOST_CODES = [50001, 50002, 50003, 50004, 50006] as const;

/** Names of trainings: a job is called so, with three characters more, and a label of it. */
export const TRAINING_NAME = '^[a-z]([-a-z0-9]{0,56}[a-z0-9])?$';

/** Seconds that a training may run at least, so that it is not stopped while its image is pulled. */
export const SHORTEST_RUNTIME = 60;

/** One kind of machine that a training is tried on. */
export interface Way {
  readonly capacity: 'spot' | 'on-demand';
  /** Name of the instance template. */
  readonly template: string;
}

/** One job of a training. Those of one training differ in their suffix, so that each is there once at most. */
export interface Attempt extends Way, Omit<Patience, 'way'> {
  readonly suffix: string;
}

/** Where others than people ask for trainings: below a prefix of a bucket, as `asked-steps.ts` says. */
export interface Requests {
  readonly bucket: string;
  /** Whoever may write below it may run things as the account of trainings. */
  readonly prefix: string;
}

/** What the workflow is made from. Nothing here may be a token. */
export interface BatchWorkflowProps {
  readonly target: Pick<Target, 'project' | 'region'>;
  /** What alerts come from. */
  readonly platform: string;
  /** Its longest run is what a training may ask for at most. */
  readonly plan: TrainingClusterPlan;
  /** In the order of the plan's purchases. */
  readonly ways: readonly Way[];
  /** E-mail of the account that trainings run as. */
  readonly account: string;
  /** `region-docker.pkg.dev/project/repository`, which every image is from. */
  readonly repository: string;
  /** Image of trainings that name none. */
  readonly image: string;
  /** Environment of every training, beside its name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Buckets that a training has as folders, `/gcs/<bucket>`. Default: none. */
  readonly buckets?: readonly string[];
  /** Where trainings are asked for, other than by the argument of an execution. Default: nowhere. */
  readonly requests?: Requests;
  readonly labels: Readonly<Record<string, string>>;
}

/** Every attempt of a training, in order. */
export function attemptsOf({ plan, ways }: Pick<BatchWorkflowProps, 'plan' | 'ways'>): readonly Attempt[] {
  const jobs = patienceOfJobs(plan.attempts ?? 1, plan.nodes, ways.length);
  return ways.flatMap((bought, i) =>
    jobs
      .filter(({ way }) => way === i)
      .map(({ retries, patience }, n) => ({
        ...bought,
        patience,
        suffix: `-${bought.capacity === 'spot' ? 's' : 'd'}${plan.nodes === 1 ? '' : n + 1}`,
        retries,
      })),
  );
}

/** Where jobs are. */
export const jobsUrl = ({ target: { project, region } }: Pick<BatchWorkflowProps, 'target'>): string =>
  `https://batch.googleapis.com/v1/projects/${project}/locations/${region}/jobs`;

/** Answers of a cancellation that are no errors: the job has ended, or is not there. */
export const CANCEL_ACCEPTS = [400, 404, 409];

/** Machines that may run at once. */
export const mostMachines = ({ ceilingVcpu, purchases, nodes }: TrainingClusterPlan): number =>
  ceilingVcpu === undefined ? nodes : Math.floor(ceilingVcpu / purchases[0].machines[0].vcpu);
