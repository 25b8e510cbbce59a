import type { ModelSpec } from '../../spec/model';
import { type Signal, signalsOf } from '../signals';

/** How a run of a pipeline ended, of what somebody is told. */
export const RUN_OUTCOMES = [
  'registered',
  'registered-and-failed',
  'done',
  'gate-failed',
  'data-invalid',
  'failed',
  'start-failed',
] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** What the alert channel hears of the runs of one model's pipeline. */
export function runSignals(model: string): Readonly<Record<RunOutcome, Signal>> {
  const signal = signalsOf(model);
  const again = `run mlops train SPEC --model ${model}`;
  return {
    registered: signal('run-registered', 'info', 'A run of the pipeline registered a new version. Approval is next.'),
    'registered-and-failed': signal(
      'run-registered-and-failed',
      'warning',
      `A run of the pipeline registered a new version and did not end well all the same: a step beside the registration failed, or somebody stopped the run. The version counts like any other: approval is next, and what was approved already is rolled out. Read the reason and the log of the step. If the version should not serve, reject it, or run mlops rollback SPEC --model ${model}; mend the cause, then ${again}.`,
    ),
    done: signal('run-done', 'info', 'A run of the pipeline ended well. It registers no version.'),
    'gate-failed': signal(
      'run-gate-failed',
      'warning',
      `A run of the pipeline made a model that did not pass the gate: it is not registered, and what serves serves on. Compare its metrics with the gate, look at the data, and ${again} after a change. Where the data have become harder since what serves was measured, betterThanChampionBy may ask for what no model reaches: take it out of the spec until a new version serves.`,
    ),
    'data-invalid': signal(
      'run-data-invalid',
      'critical',
      `A run of the pipeline stopped because its data broke a rule: no version was registered, and what serves serves on. Read the report of the validation, mend the data, then ${again}.`,
    ),
    failed: signal(
      'run-failed',
      'critical',
      `A run of the pipeline failed: no version was registered, and what serves serves on. Read the reason and the log of the step, mend the cause, then ${again}.`,
    ),
    'start-failed': signal(
      'run-start-failed',
      'critical',
      `A run of the pipeline could not be started, or not be followed to its end. Read the execution, mend the cause, then ${again}.`,
    ),
  };
}

/** Every signal of the runs of a platform's pipelines. */
export const planRunSignals = (models: Readonly<Record<string, Pick<ModelSpec, 'pipeline'>>>): readonly Signal[] =>
  Object.entries(models).flatMap(([model, { pipeline }]) =>
    pipeline === undefined ? [] : Object.values(runSignals(model)),
  );
