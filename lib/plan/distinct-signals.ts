import type { SpecCheck } from '../spec/references';
import { planDriftSignals } from './drift/drift-signals';
import { MODEL_EVENTS_FAILED } from './model-events-signals';
import { OPERATIONS_SIGNALS } from './outcome-signals';
import { planRunSignals } from './pipeline/pipeline-signals';
import { COLLECTOR_SIGNALS } from './pipeline/snapshot-collection';
import { planServingSignals } from './serving-signals';
import { planSignals, type Signal } from './signals';

/** What the machines of a platform tell, which are there or not as its models need them. */
const OF_MACHINES: readonly Signal[] = [
  ...Object.values(OPERATIONS_SIGNALS),
  ...Object.values(COLLECTOR_SIGNALS),
  MODEL_EVENTS_FAILED,
];

/**
 * A signal is told by its name, which begins with the model's: `fraud` with a run that was registered, and `fraud-run` with
 * a version that was, would both be `fraud-run-registered`, and each would wake who listens to the other.
 */
export const distinctSignals: SpecCheck = (spec, report) => {
  const ofPlatform = planSignals({ ...spec, models: {} });
  const taken = new Map<string, string>(
    [...ofPlatform, ...OF_MACHINES].map(({ name }) => [name, 'the platform itself']),
  );
  for (const [model, one] of Object.entries(spec.models)) {
    const models = { [model]: one };
    const ofModel = [
      ...planSignals({ ...spec, models }).slice(ofPlatform.length),
      ...planServingSignals(models),
      ...planRunSignals(models),
      ...planDriftSignals(models),
    ];
    // Serving has signals of the whole platform too.
    const own = ofModel.filter((signal) => !OF_MACHINES.includes(signal));
    const names = [...new Set(own.map(({ name }) => name))];
    const [shared] = names.filter((name) => taken.has(name));
    if (shared !== undefined)
      report({
        path: ['models', model],
        message: `would be heard of by the signal ${shared}, which is one of ${taken.get(shared)} already`,
        allowed: 'a name by which no signal is called as another one is',
        fix: 'give the model another name',
      });
    for (const name of names) if (!taken.has(name)) taken.set(name, `the model ${model}`);
  }
};
