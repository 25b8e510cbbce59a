import { TRAINING_FAILED } from '../../../plan/signals';
import { announceStep } from '../../alerts/announce';
import { HTTP_ROUTINES } from '../../workflow/http-steps';
import { LOCK_ROUTINES } from '../../workflow/lock-steps';
import { RECORD_ROUTINES } from '../../workflow/record-steps';
import { expr, type Routine, type WorkflowSource } from '../../workflow/syntax';
import { askedMain, askedRoutines } from './asked-steps';
import type { BatchWorkflowProps } from './batch-props';
import { roomRoutines } from './room-steps';
import { runJob, train } from './train-steps';
import { watchJob } from './watch-steps';

/**
 * What a training asks for, all of it optional: the input of an execution. A training is its name: started again with the same name it goes on, after a
 * crash too, and a training that has ended is not run again.
 */
export interface TrainingRequest {
  /** Lower-case letters, digits and hyphens, at most 58. Default: one after the execution. */
  readonly name?: string;
  /** Of the cluster's repository. Default: that of the cluster. */
  readonly image?: string;
  /** Program instead of the image's entry point. */
  readonly command?: string;
  /** Its arguments, instead of the image's. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: as many as the cluster gives a training. */
  readonly nodes?: number;
  /** Default: as long as a training may run. */
  readonly maxRuntimeSeconds?: number;
  /** Folders below `/gcs/<bucket>/`, one a line, that are there and empty each time that it begins. Default: none. */
  readonly empties?: string;
}

/**
 * Runs one training on the batch cluster: waits for room, submits a job, waits for its end; again where the machine was
 * lost, and on machines on demand where there are no spot machines or too many were taken away. Ends with what became of
 * it, or fails after telling the alert channel. Where trainings are asked for elsewhere it says there what became of one, and tells
 * nobody: whoever asked does.
 */
export function batchWorkflow(props: BatchWorkflowProps): WorkflowSource {
  return {
    main: props.requests === undefined ? main(props) : askedMain(props, props.requests),
    train: train(props),
    run_job: runJob(props),
    watch_job: watchJob(props),
    ...roomRoutines(props),
    ...(props.requests === undefined ? {} : askedRoutines(props.requests)),
    ...LOCK_ROUTINES,
    ...RECORD_ROUTINES,
    ...HTTP_ROUTINES,
  };
}

/** Tag of the error that it ends with once it has told people of a training that failed. */
export const TRAINING_ANNOUNCED = 'TrainingFailed';

const main = ({ platform }: BatchWorkflowProps): Routine => ({
  params: ['request'],
  steps: [
    // Before the attempt: what an except-block makes is its own.
    { begin: { assign: [{ ended: null }] } },
    {
      attempt: {
        try: { call: 'train', args: { request: expr('request') }, result: 'ended' },
        except: {
          as: 'e',
          steps: [
            { read_error: { call: 'error_text', args: { e: expr('e') }, result: 'said' } },
            { take_error: { assign: [{ ended: { outcome: 'failed', reason: expr('said'), training: '-' } }] } },
          ],
        },
      },
    },
    { is_failed: { switch: [{ condition: expr('ended.outcome != "failed"'), return: expr('ended') }] } },
    announceStep('announce', platform, TRAINING_FAILED, {
      reason: 'ended.reason',
      detail: '"training " + ended.training',
    }),
    { fail: { raise: { message: expr('ended.reason'), tags: [TRAINING_ANNOUNCED], ended: expr('ended') } } },
  ],
});
