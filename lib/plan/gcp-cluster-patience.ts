import type { BatchClusterSpec } from '../spec/training';

/** Seconds that a training waits for machines of one kind before it asks for those of the next. */
const NEXT_KIND_AFTER_SECONDS = 1800;
/** Seconds that it waits for machines of the last kind: a day. */
const GIVE_UP_AFTER_SECONDS = 86_400;

/** Seconds that a job may take to end after it was told to. */
export const END_WITHIN = 3600;
/** Seconds that starting and stopping may add to what a job may take. */
export const SLACK = 3600;

/** One job of a training, as it is tried. */
export interface Patience {
  /** Which way of buying machines, from 0. */
  readonly way: number;
  /** How often Batch itself starts the training again after a machine was lost. */
  readonly retries: number;
  /** Seconds that it waits for machines. */
  readonly patience: number;
}

/**
 * Every job of a training, in order. Batch itself starts a training of one node again, in its place in the queue; one of
 * several nodes begins as a whole, because the others would wait for the node that is new.
 *
 * @param times - attempts of a job whose machine was taken away
 * @param ways - in how many ways machines are bought
 */
export function patienceOfJobs(times: number, nodes: number, ways: number): readonly Patience[] {
  return Array.from({ length: ways }, (_, way) => {
    const patience = way < ways - 1 ? NEXT_KIND_AFTER_SECONDS : GIVE_UP_AFTER_SECONDS;
    if (nodes === 1) return [{ way, patience, retries: times - 1 }];
    return Array.from({ length: times }, () => ({ way, patience, retries: 0 }));
  }).flat();
}

/** Steps that a training may spend on waiting for room, of the 100,000 of an execution; one look at a job takes ten. */
const STEPS_TO_WAIT = 50_000;
const STEPS_A_JOB = 10;
const STEPS_A_LOOK = 50;

/** Seconds between two looks for room, and how many looks there are: fewer and rarer ones where there are many jobs to see. */
export function patienceForRoom(most: number): { readonly pause: number; readonly looks: number } {
  return {
    pause: Math.min(Math.max(300, most * 36), 3600),
    looks: Math.floor(STEPS_TO_WAIT / (most * STEPS_A_JOB + STEPS_A_LOOK)),
  };
}

/** How trainings are tried on a batch cluster. */
export type ClusterTries = Pick<BatchClusterSpec, 'attempts' | 'nodes' | 'maxNodes' | 'capacity'>;

/**
 * Seconds that a training of the batch cluster of Google Cloud may take: for each job it waits for room and for machines, and
 * begins again; spot machines that are not there may give way to those on demand.
 */
export function longestTrainingSeconds(runtime: number, { attempts, nodes, maxNodes, capacity }: ClusterTries): number {
  const { pause, looks } = patienceForRoom(maxNodes);
  return patienceOfJobs(attempts, nodes, capacity === 'spot' ? 2 : 1).reduce(
    (sum, { patience, retries }) => sum + pause * looks + patience + (retries + 1) * runtime + SLACK + END_WITHIN,
    0,
  );
}
