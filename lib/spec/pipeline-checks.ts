import { eachEntry } from './each-entry';
import type { PipelineSpec } from './pipeline';
import { datasetsOf, isContainer, metricsOf, outputsOf, type StepRef, stepRef, stepsBefore } from './pipeline-refs';
import { RESERVED_ARGUMENTS } from './pipeline-steps';
import { type Path, type Report, show } from './problem';
import type { SpecCheck } from './references';
import { isTimeZone, scheduleProblem } from './schedule';
import { unknownName } from './unknown-name';

type PipelineCheck = (pipeline: PipelineSpec, report: Report, datasets: readonly string[], model: string) => void;

/** Runs a rule on every pipeline, with paths from the pipeline. */
const eachPipeline =
  (check: PipelineCheck): SpecCheck =>
  ({ models, dataLake }, report) =>
    eachEntry(models, ({ pipeline }, name) => {
      if (pipeline === undefined) return;
      const at: Report = (finding) => report({ ...finding, path: ['models', name, 'pipeline', ...finding.path] });
      check(pipeline, at, Object.keys(dataLake?.datasets ?? {}), name);
    });

const imagesLive: SpecCheck = ({ models, training }, report) =>
  eachEntry(models, ({ pipeline }, name) => {
    if (pipeline === undefined || training !== undefined) return;
    report({
      path: ['models', name, 'pipeline'],
      at: 'key',
      message: 'has no repository for the images of its steps',
      allowed: 'a pipeline beside training',
      fix: 'add training: { cluster: { kind: managed } }, or remove pipeline',
    });
  });

const someStep = eachPipeline(({ steps }, report) => {
  if (Object.keys(steps).length === 0)
    report({
      path: ['steps'],
      message: 'a pipeline needs at least one step',
      allowed: 'one or more steps by name',
      fix: 'write steps: { train: { kind: training, outputs: [model] } }',
    });
});

/** Reports a step or what it has that is not there. */
function resolve(pipeline: PipelineSpec, ref: StepRef, what: 'output' | 'metric', path: Path, report: Report): void {
  const step = Object.hasOwn(pipeline.steps, ref.step) ? pipeline.steps[ref.step] : undefined;
  if (step === undefined) {
    unknownName(report, path, ref.step, 'step', Object.keys(pipeline.steps), 'pipeline.steps');
    return;
  }
  const [has, others] = what === 'output' ? [outputsOf(step), metricsOf(step)] : [metricsOf(step), outputsOf(step)];
  if (has.includes(ref.name)) return;
  if (others.includes(ref.name))
    report({
      path,
      message: `${show(ref.name)} of step ${ref.step} is ${what === 'output' ? 'a metric, not a folder' : 'a folder, not a metric'}`,
      allowed:
        has.length === 0
          ? `nothing: step ${ref.step} has no ${what}`
          : has.map((name) => `${ref.step}.${name}`).join(', '),
      fix: `name ${what === 'output' ? 'an output' : 'a metric'} of a step`,
    });
  else unknownName(report, path, ref.name, `${what} of step ${ref.step}`, has, `${what}s of the step`);
}

const inputsExist = eachPipeline((pipeline, report, datasets) =>
  eachEntry(pipeline.steps, (step, name) => {
    if (!isContainer(step)) {
      if (!datasets.includes(step.dataset))
        unknownName(report, ['steps', name, 'dataset'], step.dataset, 'dataset', datasets);
      return;
    }
    eachEntry(step.inputs, (text, argument) => {
      const path: Path = ['steps', name, 'inputs', argument];
      const ref = stepRef(text);
      if (ref !== undefined) resolve(pipeline, ref, 'output', path, report);
      else if (!datasets.includes(text)) unknownName(report, path, text, 'dataset', datasets);
    });
  }),
);

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
    const measured = new Set<string>();
    eachEntry(metricsOf(step), (metric, i) => {
      if (measured.has(metric))
        report({
          path: ['steps', name, 'metrics', i],
          message: `${show(metric)} is named twice`,
          allowed: 'each metric once',
          fix: 'remove this one',
        });
      measured.add(metric);
    });
  }),
);

/** A circle of steps, beginning anywhere in it; none without one. */
function circle(steps: PipelineSpec['steps']): readonly string[] | undefined {
  const done = new Set<string>();
  const walk = (name: string, above: readonly string[]): readonly string[] | undefined => {
    if (above.includes(name)) return [...above.slice(above.indexOf(name)), name];
    const step = steps[name];
    if (done.has(name) || step === undefined) return undefined;
    for (const before of stepsBefore(step)) {
      const found = walk(before, [...above, name]);
      if (found !== undefined) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(steps)) {
    const found = walk(name, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

const noCircle = eachPipeline(({ steps }, report) => {
  const found = circle(steps);
  const [first] = found ?? [];
  if (found === undefined || first === undefined) return;
  report({
    path: ['steps', first],
    at: 'key',
    message: `waits for itself: ${found.join(' after ')}`,
    received: found.join(' after '),
    allowed: 'steps in an order that ends',
    fix: `let one of ${[...new Set(found)].join(', ')} not read from, wait for or be after the next`,
  });
});

/** Steps that run only if something holds: those with a condition, and all that depend on one of them. */
function conditional(steps: PipelineSpec['steps']): ReadonlySet<string> {
  const found = new Set<string>();
  let before = -1;
  while (before !== found.size) {
    before = found.size;
    for (const [name, step] of Object.entries(steps))
      if ((isContainer(step) && step.when !== undefined) || stepsBefore(step).some((other) => found.has(other)))
        found.add(name);
  }
  return found;
}

/** Steps with a condition that a step depends on, itself included. */
function conditionsOf(steps: PipelineSpec['steps'], name: string, above: readonly string[] = []): readonly string[] {
  const step = steps[name];
  if (step === undefined || above.includes(name)) return [];
  const own = isContainer(step) && step.when !== undefined ? [name] : [];
  return [...own, ...stepsBefore(step).flatMap((before) => conditionsOf(steps, before, [...above, name]))];
}

/** Source: SageMaker developer guide, "Add a step": no condition within a condition. */
const oneCondition = eachPipeline(({ steps, gate, register }, report) => {
  const depending = conditional(steps);
  const refuse = (path: Path, on: string) =>
    report({
      path,
      message: `depends on step ${on}, which runs only if a condition holds`,
      received: on,
      allowed: 'one condition at most on the way to a step; none on the way to gate and register',
      fix: `remove when of step ${on}, or the dependency`,
    });
  eachEntry(steps, (step, name) => {
    const before = stepsBefore(step).filter((other) => depending.has(other));
    if (isContainer(step) && step.when !== undefined) {
      const [on] = before;
      if (on !== undefined) refuse(['steps', name, 'when'], on);
      return;
    }
    // Below one condition, or below none.
    const [first, ...others] = before.map((other) => [other, conditionsOf(steps, other)] as const);
    const other = others.find(([, conditions]) => conditions.some((one) => !first?.[1].includes(one)));
    if (other !== undefined) refuse(['steps', name], other[0]);
  });
  for (const [path, text] of [
    [['gate', 'metric'], gate?.metric],
    [['register', 'model'], register?.model],
  ] as const) {
    const step = text === undefined ? undefined : stepRef(text)?.step;
    if (step !== undefined && depending.has(step)) refuse(path, step);
  }
});

const oneThreshold = eachPipeline(({ steps, gate }, report) => {
  const judge = ({ atLeast, atMost }: { atLeast?: number | undefined; atMost?: number | undefined }, path: Path) => {
    if ((atLeast === undefined) !== (atMost === undefined)) return;
    report({
      path,
      message: atLeast === undefined ? 'has no threshold' : 'has two thresholds',
      allowed: 'atLeast where more is better, or atMost where less is',
      fix: 'write one of atLeast and atMost',
    });
  };
  if (gate !== undefined) judge(gate, ['gate']);
  eachEntry(steps, (step, name) => {
    if (isContainer(step) && step.when !== undefined) judge(step.when, ['steps', name, 'when']);
  });
});

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

const images = eachPipeline(({ image, steps, register }, report) => {
  if (image !== undefined) return;
  const need = (path: Path) =>
    report({
      path: [...path, 'image'],
      message: 'is missing',
      allowed: "a tag in the platform's image repository, here or as pipeline.image",
      fix: 'write image: <tag>, or one image for the whole pipeline',
    });
  eachEntry(steps, (step, name) => {
    if (isContainer(step) && step.image === undefined) need(['steps', name]);
  });
  if (register !== undefined && register.image === undefined) need(['register']);
});

/** Steps whose results lead to a model, a gate or a prediction, those themselves included. */
function useful({ steps, gate, register }: PipelineSpec): ReadonlySet<string> {
  const ends = [gate?.metric, register?.model].flatMap((text) =>
    text === undefined ? [] : (stepRef(text)?.step ?? []),
  );
  const found = new Set<string>();
  const add = (name: string) => {
    const step = steps[name];
    if (found.has(name) || step === undefined) return;
    found.add(name);
    for (const before of stepsBefore(step)) add(before);
  };
  for (const [name, step] of Object.entries(steps))
    if (step.kind === 'prediction' || step.kind === 'validation') add(name);
  for (const end of ends) add(end);
  return found;
}

const nothingIdle = eachPipeline((pipeline, report) => {
  const used = useful(pipeline);
  eachEntry(pipeline.steps, ({ kind }, name) => {
    if (!used.has(name))
      report({
        path: ['steps', name],
        at: 'key',
        message: 'leads nowhere: nothing uses what it makes',
        received: kind,
        allowed: 'steps that lead to register, gate, a prediction or a validation',
        fix: 'use one of its outputs or metrics, or remove the step',
      });
  });
});

const triggersWork = eachPipeline((pipeline, report, datasets) => {
  const read = datasetsOf(pipeline);
  eachEntry(pipeline.triggers, ({ schedule, timeZone, newData, signal }, name) => {
    const path = (key: string): Path => ['triggers', name, key];
    const kinds = [schedule, newData, signal].filter((kind) => kind !== undefined).length;
    if (kinds !== 1)
      report({
        path: ['triggers', name],
        message: kinds === 0 ? 'says nothing of when' : 'says more than one thing',
        allowed: 'one of schedule, newData and signal',
        fix: kinds === 0 ? "write schedule: '0 3 * * *', newData or signal" : 'write a trigger for each',
      });
    const problem = schedule === undefined ? undefined : scheduleProblem(schedule);
    if (problem !== undefined)
      report({
        path: path('schedule'),
        message: problem,
        allowed: 'minute, hour, day of month, month and day of week',
        fix: "write '0 3 * * *' for every night at three",
      });
    if (timeZone !== undefined && schedule === undefined)
      report({
        path: path('timeZone'),
        at: 'key',
        message: 'is of no schedule',
        allowed: 'timeZone beside schedule',
        fix: 'remove timeZone',
      });
    if (timeZone !== undefined && !isTimeZone(timeZone))
      report({
        path: path('timeZone'),
        message: 'is not a time zone',
        allowed: 'a name of the IANA, for example Europe/Berlin',
        fix: 'write the name as in the time zone database',
      });
    if (newData === undefined) return;
    if (!datasets.includes(newData)) unknownName(report, path('newData'), newData, 'dataset', datasets);
    else if (!read.includes(newData))
      report({
        path: path('newData'),
        message: 'is no dataset that a run would read',
        allowed: read.length === 0 ? 'none: no step reads a dataset' : read.join(', '),
        fix: 'name a dataset that a step reads, or let a step read it',
      });
  });
});

const signalsWatched: SpecCheck = ({ models }, report) =>
  eachEntry(models, ({ pipeline, monitoring }, model) =>
    eachEntry(pipeline?.triggers ?? {}, ({ signal }, name) => {
      if (signal === undefined || (monitoring as Readonly<Record<string, unknown>> | undefined)?.[signal] !== undefined)
        return;
      report({
        path: ['models', model, 'pipeline', 'triggers', name, 'signal'],
        message: `${signal} is not watched`,
        allowed: `${signal} with monitoring.${signal} of the model`,
        fix: `add monitoring: { ${signal}: … }, or remove this trigger`,
      });
    }),
  );

/** Every rule of training pipelines that holds on any cloud. */
export const PIPELINE_CHECKS: readonly SpecCheck[] = [
  imagesLive,
  someStep,
  inputsExist,
  afterExists,
  metricsExist,
  argumentsOnce,
  noCircle,
  oneCondition,
  oneThreshold,
  gateGuards,
  images,
  nothingIdle,
  triggersWork,
  signalsWatched,
];
