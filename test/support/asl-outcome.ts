import type { AslRun } from './asl-judge';

/** How an execution ended, as its output says. */
export interface AslOutcome {
  readonly outcome: string;
  readonly detail: string;
}

/** @throws Error for an execution that failed: its machine told nobody how it ended. */
export function outcomeOf({ status, output, error, cause }: AslRun): AslOutcome {
  if (status !== 'SUCCEEDED') throw new Error(`The execution is ${status}. ${error}: ${cause}`);
  return output as AslOutcome;
}
