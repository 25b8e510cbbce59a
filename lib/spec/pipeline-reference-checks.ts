import { eachEntry } from './each-entry';
import { eachPipeline } from './each-pipeline';
import { entryOf } from './entry-of';
import type { PipelineSpec } from './pipeline';
import { has, isContainer, isModel, metricsOf, outputsOf, type StepRef, stepRef } from './pipeline-refs';
import { type PipelineStepSpec, RECORD_OF_JOB, RESERVED_ARGUMENTS } from './pipeline-steps';
import { type Path, type Report, show } from './problem';
import type { SpecCheck } from './references';
import { unknownName } from './unknown-name';

const NAMES_OF = { output: outputsOf, metric: metricsOf } as const;
type Made = keyof typeof NAMES_OF;

/** Reports an output or a metric that is not there. What there is instead is named with its step, as it is to be written. */
function resolve({ steps }: PipelineSpec, ref: StepRef, what: Made, path: Path, report: Report): void {
  const found = entryOf(steps, ref.step);
  if (has(steps, ref, NAMES_OF[what])) return;
  const refsOf = (step: PipelineStepSpec, name: string) => NAMES_OF[what](step).map((one) => `${name}.${one}`);
  const own = found === undefined ? [] : refsOf(found, ref.step);
  const known = own.length > 0 ? own : Object.entries(steps).flatMap(([name, step]) => refsOf(step, name));
  if (!has(steps, ref, NAMES_OF[what === 'output' ? 'metric' : 'output'])) {
    const home = own.length > 0 ? `step ${ref.step}` : 'a step';
    unknownName(report, path, `${ref.step}.${ref.name}`, what, known, home);
    return;
  }
  const [one, not] =
    what === 'output' ? ['an output', 'a metric, not a folder'] : ['a metric', 'a folder, not a metric'];
  report({
    path,
    message: `${show(ref.name)} of step ${ref.step} is ${not}`,
    allowed: known.length === 0 ? `none: no step has ${one}` : known.join(', '),
    fix: known.length === 0 ? `add ${one} to a step` : `name ${one} of a step`,
  });
}

/** Reports an input that is neither a dataset nor an output of a step. */
function resolveInput(
  pipeline: PipelineSpec,
  text: string,
  path: Path,
  report: Report,
  datasets: readonly string[],
): void {
  const ref = stepRef(text);
  if (ref !== undefined) resolve(pipeline, ref, 'output', path, report);
  else if (!datasets.includes(text)) unknownName(report, path, text, 'dataset', datasets);
}

const inputsExist = eachPipeline((pipeline, report, datasets) =>
  eachEntry(pipeline.steps, (step, name) => {
    if (!isContainer(step)) {
      if (!datasets.includes(step.dataset))
        unknownName(report, ['steps', name, 'dataset'], step.dataset, 'dataset', datasets);
      return;
    }
    eachEntry(step.inputs, (text, argument) =>
      resolveInput(pipeline, text, ['steps', name, 'inputs', argument], report, datasets),
    );
  }),
);

const referenceExists = eachPipeline((pipeline, report, datasets) => {
  const reference = pipeline.register?.reference;
  if (reference === undefined) return;
  const path: Path = ['register', 'reference'];
  resolveInput(pipeline, reference, path, report, datasets);
  if (isModel(pipeline.steps, reference))
    report({
      path,
      message: 'is a model, and requests are compared with data',
      allowed: 'a dataset, or an output of a step that trains nothing',
      fix: 'name what the model was trained on',
    });
});

const afterExists = eachPipeline(({ steps }, report) =>
  eachEntry(steps, (step, name) =>
    eachEntry(step.after, (before, i) => {
      if (!Object.hasOwn(steps, before))
        unknownName(report, ['steps', name, 'after', i], before, 'step', Object.keys(steps), 'pipeline.steps');
    }),
  ),
);

const metricsExist = eachPipeline((pipeline, report) => {
  const metric = (text: string, path: Path) => {
    const ref = stepRef(text);
    if (ref !== undefined) resolve(pipeline, ref, 'metric', path, report);
  };
  eachEntry(pipeline.steps, (step, name) => {
    if (isContainer(step) && step.when !== undefined) metric(step.when.metric, ['steps', name, 'when', 'metric']);
  });
  if (pipeline.gate !== undefined) metric(pipeline.gate.metric, ['gate', 'metric']);
  if (pipeline.register !== undefined) {
    const ref = stepRef(pipeline.register.model);
    if (ref !== undefined) resolve(pipeline, ref, 'output', ['register', 'model'], report);
  }
});

const argumentsOnce = eachPipeline(({ steps }, report) =>
  eachEntry(steps, (step, name) => {
    if (!isContainer(step)) return;
    const used = new Map<string, string>(RESERVED_ARGUMENTS.map((word) => [word, 'what every container knows']));
    const take = (argument: string, path: Path, what: string) => {
      const other = used.get(argument);
      if (other !== undefined)
        report({
          path: ['steps', name, ...path],
          at: path[0] === 'outputs' ? 'value' : 'key',
          message: `--${argument} is ${other} already`,
          received: argument,
          allowed: 'each argument of a container once',
          fix: 'call it otherwise',
        });
      used.set(argument, what);
    };
    eachEntry(step.inputs, (_, argument) => take(argument, ['inputs', argument], 'an input'));
    eachEntry(step.outputs, (argument, i) => take(argument, ['outputs', i], 'an output'));
    eachEntry(step.parameters, (_, argument) => take(argument, ['parameters', argument], 'a parameter'));
  }),
);

/** Vertex AI keeps a metric where a folder of its name would be, and `step.name` means one thing. */
const metricsOnce = eachPipeline(({ steps }, report) =>
  eachEntry(steps, (step, name) => {
    const folders = new Map<string, string>([
      ...RESERVED_ARGUMENTS.map((word) => [word, 'a folder of every container'] as const),
      ...outputsOf(step).map((output) => [output, 'an output of the step'] as const),
    ]);
    const measured = new Set<string>();
    eachEntry(metricsOf(step), (metric, i) => {
      const path: Path = ['steps', name, 'metrics', i];
      const folder = folders.get(metric);
      if (folder !== undefined)
        report({
          path,
          message: `${show(metric)} is ${folder} too`,
          allowed: `a metric with a name that none of these has: ${[...folders.keys()].join(', ')}`,
          fix: 'call it otherwise',
        });
      else if (measured.has(metric))
        report({
          path,
          message: `${show(metric)} is named twice`,
          allowed: 'each metric once',
          fix: 'remove this one',
        });
      measured.add(metric);
    });
  }),
);

const recordOfJob = eachPipeline(({ steps }, report) =>
  eachEntry(steps, (step, name) => {
    for (const [key, made] of [
      ['outputs', outputsOf(step)],
      ['metrics', metricsOf(step)],
    ] as const)
      eachEntry(made, (one, i) => {
        if (one === RECORD_OF_JOB)
          report({
            path: ['steps', name, key, i],
            message: 'is what Vertex AI calls the record of the job that a step ran as',
            allowed: 'any other name',
            fix: 'call it otherwise',
          });
      });
  }),
);

/** What steps name is there, and what they call things is told apart. */
export const PIPELINE_REFERENCE_CHECKS: readonly SpecCheck[] = [
  inputsExist,
  afterExists,
  metricsExist,
  referenceExists,
  argumentsOnce,
  metricsOnce,
  recordOfJob,
];
