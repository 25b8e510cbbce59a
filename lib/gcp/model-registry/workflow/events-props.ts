import type { ModelSpec } from '../../../spec/model';
import type { Target } from '../../target';

/** What the stack of a model says of it to the workflow, as JSON in the records, `registry/<name of the model>`. */
export interface RegistryFacts {
  readonly model: string;
  readonly approval: ModelSpec['registry']['approval'];
  /** The workflow that rolls its versions out, `projects/P/locations/R/workflows/W`; none where the model does not serve. */
  readonly rollout?: string;
}

/** What the workflow that hears of the registry needs to know. Nothing of it may be a token. */
export interface EventsWorkflowProps {
  readonly target: Target;
  /** What alerts come from: `fraud-prod`. */
  readonly platform: string;
}
