import type { PlatformSpec } from '../spec/platform';
import type { Signal } from './signals';

/** What the alert channel hears when a change in the registry of models could not be handled, where a machine hears of all. */
export const MODEL_EVENTS_FAILED: Signal = {
  name: 'model-events-failed',
  measures: 'event',
  severity: 'critical',
  text: 'A change in the model registry could not be handled: nobody may have been told of it, and a version that was approved may not be rolled out. Read the execution, mend the cause and start it again with the same input.',
};

/** What the alert channel hears of that machine. Only Google Cloud has one, for all models of a platform. */
export const planModelEventsSignals = ({ gcp, models }: Pick<PlatformSpec, 'gcp' | 'models'>): readonly Signal[] =>
  gcp === undefined || Object.keys(models).length === 0 ? [] : [MODEL_EVENTS_FAILED];
