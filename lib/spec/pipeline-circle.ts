import { eachPipeline } from './each-pipeline';
import { entryOf } from './entry-of';
import type { PipelineSpec } from './pipeline';
import { has, isContainer, metricsOf, outputsOf, stepRef, stepsBefore } from './pipeline-refs';
import { formatPath, type Path } from './problem';
import type { SpecCheck } from './references';

type Steps = PipelineSpec['steps'];

/** A step that another waits for, and where that is written. */
interface Wait {
  readonly before: string;
  readonly path: Path;
}

/** What a step waits for, of all that it names only what is there: what is mistyped may be meant to be anything. */
function waitsOf(steps: Steps, name: string): readonly Wait[] {
  const step = entryOf(steps, name);
  if (step === undefined) return [];
  const path = (...keys: Path): Path => ['steps', name, ...keys];
  const wait = (text: string, namesOf: typeof outputsOf, at: Path): readonly Wait[] => {
    const ref = stepRef(text);
    return ref !== undefined && has(steps, ref, namesOf) ? [{ before: ref.step, path: at }] : [];
  };
  const after = step.after.map((before, i) => ({ before, path: path('after', i) }));
  if (!isContainer(step)) return after;
  return [
    ...after,
    ...Object.entries(step.inputs).flatMap(([argument, text]) => wait(text, outputsOf, path('inputs', argument))),
    ...(step.when === undefined ? [] : wait(step.when.metric, metricsOf, path('when'))),
  ];
}

/** A circle of steps, each after the next, beginning anywhere in it and ending there; none without one. */
function circle(steps: Steps, namesBefore: (name: string) => readonly string[]): readonly string[] | undefined {
  const done = new Set<string>();
  const walk = (name: string, above: readonly string[]): readonly string[] | undefined => {
    if (above.includes(name)) return [...above.slice(above.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const before of namesBefore(name)) {
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

/** Whether steps wait for themselves by what they name, be it there or not: of such steps nothing else is to be concluded. */
export const isCircular = (steps: Steps): boolean =>
  circle(steps, (name) => {
    const step = entryOf(steps, name);
    return step === undefined ? [] : stepsBefore(step);
  }) !== undefined;

export const noCircle: SpecCheck = eachPipeline(({ steps }, report) => {
  const found = circle(steps, (name) => waitsOf(steps, name).map(({ before }) => before));
  const [first] = found ?? [];
  if (found === undefined || first === undefined) return;
  const order = found.join(' after ');
  const ways = found.slice(0, -1).map((name, i) =>
    waitsOf(steps, name)
      .filter(({ before }) => before === found[i + 1])
      .map(({ path }) => formatPath(path)),
  );
  report({
    path: ['steps', first],
    at: 'key',
    message: `waits for itself: ${order}`,
    received: order,
    allowed: 'steps in an order that ends',
    fix: `remove ${ways.map((way) => way.join(' and ')).join(', or ')}`,
  });
});
