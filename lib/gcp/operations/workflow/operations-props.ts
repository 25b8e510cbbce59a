import type { Target } from '../../target';

/** What the workflows that look after all endpoints of a platform need to know. Nothing of it may be a token. */
export interface OperationsWorkflowProps {
  readonly target: Target;
  /** What alerts come from, and the value of the platform's label: `fraud-prod`. */
  readonly platform: string;
}

/** Tags of the errors that the workflows end with once they have said so themselves. Any other end is unannounced. */
export const ANNOUNCED_ERRORS = {
  retire: 'RetireFailed',
  sweep: 'SweepFailed',
  scorecard: 'ScorecardFailed',
  collector: 'CollectionFailed',
} as const;
