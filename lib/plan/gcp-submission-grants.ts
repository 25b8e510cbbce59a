import type { Grant } from './access';

/** Path of what the batch cluster runs, below the platform's published facts: machines by job. */
export const RUNNING_PATH: readonly string[] = ['training', 'running'];

/** The lock of what the batch cluster runs. */
export const RUNNING_LOCK = 'training';

/** What whoever submits trainings to the batch cluster may do. They count its machines together. */
export const submissionGrants = (log: string): readonly Grant[] => [
  ['cluster', 'submit', 'training', 'submits a training and takes it back when it runs too long'],
  ['lock', 'hold', RUNNING_LOCK, 'counts the machines that run, one training at a time'],
  ['parameter', 'write', RUNNING_PATH.join('/'), 'the machines that run, and those that it starts'],
  ['log', 'write', log, 'every decision is on record'],
];
