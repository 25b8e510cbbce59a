import { callProblems, httpProblems, type Param } from './workflows-calls';
import { arms, assignedBy, isMap, JUMPS, jumpsOf, leaves, type NamedStep, named, type Step } from './workflows-steps';
import { nameProblems, type Scope, targetProblems, valueProblems } from './workflows-values';

/** Source: Workflows, "Quotas and limits": of one step. */
const MOST_ASSIGNMENTS = 50;
const MOST_CONDITIONS = 50;
const STEP_NAME = /^[A-Za-z_][\w-]*$/;
/** What makes a step one of its kind, and what else it may have. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  assign: [],
  call: ['args', 'result'],
  switch: [],
  for: [],
  try: ['retry', 'except'],
  steps: [],
  raise: [],
  return: [],
};
const RETRY = ['predicate', 'max_retries', 'backoff'];
const BACKOFF = ['initial_delay', 'max_delay', 'multiplier'];
const STANDARD_RETRY = /^\$\{http\.default_retry(_non_idempotent)?\}$/;

/** Where a step stands. */
interface Place {
  /** Names of steps that it may jump to. */
  readonly targets: ReadonlySet<string>;
  readonly inLoop: boolean;
}

/** Holds the steps of one subworkflow against Workflows' syntax. */
export class StepCheck {
  private readonly seen = new Set<string>();

  constructor(private readonly subworkflows: ReadonlyMap<string, readonly Param[]>) {}

  problems(list: unknown, scope: Scope): readonly string[] {
    return this.list(list, scope, { targets: new Set(), inLoop: false });
  }

  private list(list: unknown, scope: Scope, place: Place): readonly string[] {
    if (!Array.isArray(list) || list.length === 0) return ['steps: a list of steps is missing'];
    const steps = named(list);
    if (steps.length !== list.length) return ['steps: each item is a map with one step'];
    const inner = { ...place, targets: new Set([...place.targets, ...steps.map(({ name }) => name)]) };
    return steps.flatMap(({ name, step }, index) =>
      [
        ...this.name(name),
        ...(isReached(steps, index) ? [] : ['it is never reached']),
        ...this.step(step, scopeAt(steps, index, scope), inner),
      ].map((problem) => `${name}: ${problem}`),
    );
  }

  private name(name: string): readonly string[] {
    const twice = this.seen.has(name) ? ['another step has this name'] : [];
    this.seen.add(name);
    return [...twice, ...(STEP_NAME.test(name) && !JUMPS.includes(name) ? [] : ['it is no name of a step'])];
  }

  private step(step: Step, scope: Scope, place: Place, extra: readonly string[] = []): readonly string[] {
    const kinds = Object.keys(KINDS).filter((kind) => kind in step);
    const [kind] = kinds;
    if (kind === undefined) return 'next' in step ? this.next(step, place) : [`nothing to do: ${Object.keys(step)}`];
    const known = [kind, 'next', ...(KINDS[kind] ?? []), ...extra];
    const unknown = Object.keys(step).filter((key) => !known.includes(key));
    return [
      ...unknown.map((key) => `${key} beside ${kind}`),
      ...('next' in step && (kind === 'return' || kind === 'raise') ? [`next beside ${kind}`] : []),
      ...this.body(kind, step, scope, place),
      ...this.next(step, place),
    ];
  }

  private body(kind: string, step: Step, scope: Scope, place: Place): readonly string[] {
    switch (kind) {
      case 'assign':
        return this.assign(step.assign, scope);
      case 'call':
        return [
          ...callProblems(step, this.subworkflows),
          ...httpProblems(step),
          ...valueProblems(step.args ?? {}, scope),
          ...('result' in step ? nameProblems(step.result) : []),
        ];
      case 'switch':
        return this.switch(step, scope, place);
      case 'for':
        return this.for(step.for, scope);
      case 'try':
        return this.try(step, scope, place);
      case 'steps':
        return this.list(step.steps, scope, place);
      default:
        return valueProblems(step[kind], scope);
    }
  }

  private assign(assign: unknown, scope: Scope): readonly string[] {
    if (!Array.isArray(assign) || assign.length === 0) return ['assign: a list is missing'];
    const known = new Set(scope);
    const problems =
      assign.length > MOST_ASSIGNMENTS ? [`${assign.length} assignments, ${MOST_ASSIGNMENTS} are allowed`] : [];
    for (const one of assign) {
      const [entry, ...more] = isMap(one) ? Object.entries(one) : [];
      if (!entry || more.length > 0) problems.push('assign: each item is a map with one variable');
      if (!entry) continue;
      const target = targetProblems(entry[0], known);
      problems.push(...valueProblems(entry[1], known), ...target.problems);
      if (target.root !== undefined) known.add(target.root);
    }
    return problems;
  }

  private switch(step: Step, scope: Scope, place: Place): readonly string[] {
    const all = arms(step);
    if (all.length === 0) return ['switch: a list of conditions is missing'];
    return [
      ...(all.length > MOST_CONDITIONS ? [`${all.length} conditions, ${MOST_CONDITIONS} are allowed`] : []),
      ...all.flatMap((arm, index) => {
        const computed = typeof arm.condition === 'string' && arm.condition.startsWith('${');
        const falls =
          'next' in step && !leaves(arm) ? ['it goes on where the step has a next: give the arm its own'] : [];
        return [
          ...(computed || typeof arm.condition === 'boolean' ? [] : ['condition: an expression is missing']),
          ...valueProblems(arm.condition, scope),
          ...falls,
          ...this.step(arm, scope, place, ['condition']),
        ].map((problem) => `condition ${index + 1}: ${problem}`);
      }),
    ];
  }

  private for(loop: unknown, scope: Scope): readonly string[] {
    if (!isMap(loop)) return ['for: a map is missing'];
    const { value, index, in: items, range, steps, ...more } = loop;
    const own = [value, ...('index' in loop ? [index] : [])];
    const over = 'in' in loop ? items : range;
    const inner = new Set([...scope, ...own.filter((name) => typeof name === 'string')]);
    return [
      ...Object.keys(more).map((key) => `for: unknown: ${key}`),
      ...('in' in loop === 'range' in loop ? ['for: it goes over either `in` or `range`'] : []),
      ...own.flatMap((name) => [...nameProblems(name), ...shadows(name, scope)]),
      ...(typeof over === 'string' && !over.startsWith('${') ? ['for: it goes over a text'] : []),
      ...valueProblems(over, scope),
      ...this.list(steps, inner, { targets: new Set(), inLoop: true }),
    ];
  }

  private try(step: Step, scope: Scope, place: Place): readonly string[] {
    const { try: body, except } = step;
    const block = isMap(except) ? except : {};
    const names = 'as' in block ? [block.as] : [];
    const afterBody = new Set([...scope, ...assignedBy({ try: body })]);
    const inBlock = new Set([...afterBody, ...names.filter((name) => typeof name === 'string')]);
    return [
      ...(isMap(body) && ('call' in body || 'steps' in body) ? [] : ['try: a call or steps are missing']),
      ...(isMap(body) ? this.step(body, scope, place) : []),
      ...('retry' in step || 'except' in step ? [] : ['try: neither retry nor except']),
      ...('retry' in step ? this.retry(step.retry) : []),
      ...('except' in step
        ? [
            ...Object.keys(block)
              .filter((key) => key !== 'as' && key !== 'steps')
              .map((key) => `except: unknown: ${key}`),
            ...names.flatMap((name) => [...nameProblems(name), ...shadows(name, afterBody)]),
            ...this.list(block.steps, inBlock, place),
          ]
        : []),
    ];
  }

  private retry(retry: unknown): readonly string[] {
    if (typeof retry === 'string') return STANDARD_RETRY.test(retry) ? [] : [`retry: ${retry} is no policy`];
    if (!isMap(retry)) return ['retry: a policy is missing'];
    const { predicate, max_retries: most, backoff } = retry;
    const named = typeof predicate === 'string' ? /^\$\{([\w.]+)\}$/.exec(predicate)?.[1] : undefined;
    const known = named?.startsWith('http.default_retry_predicate') || this.subworkflows.get(named ?? '')?.length === 1;
    const numbers =
      isMap(backoff) && BACKOFF.every((key) => typeof backoff[key] === 'number') && Object.keys(backoff).length === 3;
    return [
      ...Object.keys(retry)
        .filter((key) => !RETRY.includes(key))
        .map((key) => `retry: unknown: ${key}`),
      ...(known ? [] : [`retry: ${JSON.stringify(predicate)} is no predicate: a subworkflow with one parameter`]),
      ...(typeof most === 'number' && Number.isInteger(most) && most >= 0 ? [] : ['retry: max_retries is no count']),
      ...(numbers ? [] : [`retry: backoff has the numbers ${BACKOFF}`]),
    ];
  }

  private next({ next }: Step, { targets, inLoop }: Place): readonly string[] {
    if (next === undefined || next === 'end') return [];
    if (next === 'break' || next === 'continue') return inLoop ? [] : [`next: ${next} outside of a loop`];
    return targets.has(String(next)) ? [] : [`next: there is no step ${next} here`];
  }
}

function shadows(name: unknown, scope: Scope): readonly string[] {
  return scope.has(String(name)) ? [`${name} is a variable already`] : [];
}

/** Variables that may have been assigned when a step begins: by those before it, and by all where a jump leads back over it. */
function scopeAt(steps: readonly NamedStep[], index: number, scope: Scope): Scope {
  const position = new Map(steps.map(({ name }, at) => [name, at]));
  const again = steps
    .slice(index)
    .some(({ step }) => jumpsOf(step).some((to) => (position.get(to) ?? Infinity) <= index));
  const before = again ? steps : steps.slice(0, index);
  return new Set([...scope, ...before.flatMap(({ step }) => assignedBy(step))]);
}

function isReached(steps: readonly NamedStep[], index: number): boolean {
  const [before, own] = [steps[index - 1], steps[index]];
  return !before || !leaves(before.step) || steps.some(({ step }) => jumpsOf(step).includes(own?.name ?? ''));
}
