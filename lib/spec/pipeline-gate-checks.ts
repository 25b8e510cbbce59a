import { eachEntry } from './each-entry';
import { eachPipeline } from './each-pipeline';
import type { PipelineSpec } from './pipeline';
import { conditionsOf, has, isContainer, isModel, metricsOf, outputsOf, stepRef } from './pipeline-refs';
import type { SpecCheck } from './references';

const gateGuards = eachPipeline(({ gate, register }, report) => {
  if (gate !== undefined && register === undefined)
    report({
      path: ['gate'],
      at: 'key',
      message: 'guards nothing: no model is registered',
      allowed: 'a gate beside register',
      fix: 'add register: { model: step.output }, or remove gate',
    });
});

/**
 * Steps whose metrics say how good a model is: the one that makes it, and those that read it, or what was made with it. What
 * a training makes of it is another model.
 */
function judgesOf(steps: PipelineSpec['steps'], model: string): ReadonlySet<string> {
  const reading = new Set<string>();
  const isOfModel = (text: string) =>
    text === model || (reading.has(stepRef(text)?.step ?? '') && !isModel(steps, text));
  let known: number;
  do {
    known = reading.size;
    for (const [name, step] of Object.entries(steps))
      if (isContainer(step) && Object.values(step.inputs).some(isOfModel)) reading.add(name);
  } while (reading.size > known);
  return reading.add(stepRef(model)?.step ?? '');
}

/** Whether every output that steps read is there: what is named where there is none may be the model. */
const readsWhatIs = (steps: PipelineSpec['steps']): boolean =>
  Object.values(steps).every(
    (step) =>
      !isContainer(step) ||
      Object.values(step.inputs).every((text) => {
        const ref = stepRef(text);
        return ref === undefined || has(steps, ref, outputsOf);
      }),
  );

/**
 * The version has the metrics of the step that the gate names, and the next is compared with them. What a model was
 * converted from may answer otherwise than it, so metrics of that one are not its own.
 */
const gateJudgesModel = eachPipeline(({ steps, gate, register }, report) => {
  const [metric, model] = [stepRef(gate?.metric ?? ''), stepRef(register?.model ?? '')];
  if (metric === undefined || register === undefined || model === undefined) return;
  if (!has(steps, metric, metricsOf) || !has(steps, model, outputsOf) || !readsWhatIs(steps)) return;
  const judges = judgesOf(steps, register.model);
  if (judges.has(metric.step)) return;
  const known = Object.entries(steps).flatMap(([name, step]) =>
    judges.has(name) && conditionsOf(steps, name).length === 0 ? metricsOf(step).map((one) => `${name}.${one}`) : [],
  );
  report({
    path: ['gate', 'metric'],
    message: `says nothing of ${register.model}, which is registered: step ${metric.step} neither makes nor reads it`,
    allowed: known.length === 0 ? `none: no step that makes or reads ${register.model} has a metric` : known.join(', '),
    fix: `evaluate what is registered: ${known.length === 0 ? 'add a metric to' : 'name a metric of'} a step that reads ${register.model}`,
  });
});

/** Only a rollout writes down which version serves: without one the gate would ask for its threshold and nothing more. */
const championServes: SpecCheck = ({ models }, report) =>
  eachEntry(models, ({ pipeline, serving }, name) => {
    if (pipeline?.gate?.betterThanChampionBy === undefined || serving !== undefined) return;
    report({
      path: ['models', name, 'pipeline', 'gate', 'betterThanChampionBy'],
      at: 'key',
      message: 'compares with the version that serves, and the model does not serve',
      allowed: 'betterThanChampionBy on a model with serving',
      fix: 'add serving: {} to the model, or remove betterThanChampionBy',
    });
  });

/** The gate judges the model that is registered, and compares it with one that serves. */
export const PIPELINE_GATE_CHECKS: readonly SpecCheck[] = [gateGuards, gateJudgesModel, championServes];
