import { isMap, type Step } from './workflows-steps';

/**
 * What a generated program hands to services of its cloud as it is written: by where it stands in the program, a value
 * in JSON. What the program computes, and what it does in which order, is not in here.
 */
export type Told = ReadonlyMap<string, string>;

type Path = readonly string[];

/** Finds plain values under a value, none where the value is an expression. */
type PlainValue = (value: unknown) => unknown;

/** Of a state machine: arguments of its calls, and requests that it keeps in variables until it makes the call. */
export function toldByMachine(definition: unknown): Told {
  const told = new Map<string, string>();
  walk(definition, [], (path, value) => {
    if (path.at(-1) === 'Arguments') leaves(value, path, plainInMachine, (at, leaf) => told.set(at.join('.'), leaf));
    // Fields of a request begin with a capital, a machine's own do not.
    if (path.at(-1) === 'Assign')
      leaves(value, path, plainInMachine, (at, leaf) => {
        if (at.slice(path.length).some((key) => /^[A-Z]/.test(key))) told.set(at.join('.'), leaf);
      });
    // A file that a program writes is for programs to read.
    return isMap(value) && String(value.Resource).endsWith(':s3:putObject');
  });
  return told;
}

/** `{% "one" %}` is what it is, and no more computed than `"one"`. */
function plainInMachine(value: unknown): unknown {
  const expression = typeof value === 'string' ? /^\{%(.*)%\}$/s.exec(value)?.[1] : undefined;
  if (expression === undefined) return value;
  try {
    return JSON.parse(expression);
  } catch {
    return undefined;
  }
}

const plainInWorkflow: PlainValue = (value) => ((referenceIn(value) ?? /\$\{/.test(String(value))) ? undefined : value);

/** The variable that an expression is and nothing else: `${attempt.retries}` is `attempt.retries`. */
const referenceIn = (value: unknown): string | undefined =>
  typeof value === 'string' ? /^\$\{([a-z_]\w*(?:\.\w+)*)\}$/i.exec(value)?.[1] : undefined;

interface Assigned {
  readonly name: Path;
  readonly value: unknown;
  readonly at: Path;
}

/** Of a workflow: bodies of its calls to services, and what it keeps in variables that stand in them. */
export function toldByWorkflow(source: unknown): Told {
  const told = new Map<string, string>();
  const assigned: Assigned[] = [];
  const wanted: Path[] = [];
  const take = (value: unknown, at: Path): void => {
    leaves(value, at, plainInWorkflow, (path, leaf) => told.set(path.join('.'), leaf));
    walk(value, at, (_path, part) => {
      const reference = referenceIn(part);
      if (reference !== undefined) wanted.push(reference.split('.'));
      return false;
    });
  };
  walk(source, [], (path, value) => {
    if (isMap(value)) assigned.push(...assignedIn(value, path));
    if (isMap(value) && isServiceCall(value)) take((value.args as Step).body, [...path, 'args', 'body']);
    // A routine that sends what it is given says nothing itself.
    return path.length === 1 && SENDS.test(path[0] ?? '');
  });
  const seen = new Set<string>();
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (seen.has(name.join('.'))) continue;
    seen.add(name.join('.'));
    for (const one of assigned) {
      const [shorter, longer] = one.name.length < name.length ? [one.name, name] : [name, one.name];
      if (shorter.every((key, i) => key === longer[i])) take(valueAt(one.value, name.slice(one.name.length)), one.at);
    }
  }
  return told;
}

/** Routines of every workflow that call a service as the workflow. */
const SENDS = /^api_(post|patch)$/;

/** A call of a service, but for files: those that a program writes are for programs to read. */
const isServiceCall = ({ call, args }: Step): boolean =>
  SENDS.test(String(call)) && isMap(args) && !String(args.url).includes('storage.googleapis.com');

/** What a step gives to variables: by `assign`, as arguments of a subworkflow, as the entries of a loop. */
function assignedIn({ assign, call, args, for: loop }: Step, path: Path): readonly Assigned[] {
  const each = (values: Step, at: string): readonly Assigned[] =>
    Object.entries(values).map(([name, value]) => ({ name: keysOf(name), value, at: [...path, at, name] }));
  return [
    ...(Array.isArray(assign) ? assign.filter(isMap).flatMap((one) => each(one, 'assign')) : []),
    ...(typeof call === 'string' && !SENDS.test(call) && isMap(args) ? each(args, 'args') : []),
    ...(isMap(loop) && Array.isArray(loop.in)
      ? loop.in.flatMap((value, i) => each({ [String(loop.value)]: value }, `in ${i}`))
      : []),
  ];
}

/** `values["run-id"]` is `values`, `run-id`. */
const keysOf = (name: string): Path => name.split(/[.[\]"]+/).filter((key) => key !== '');

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((within, key) => (isMap(within) ? within[key] : undefined), value);

/** Every part of a value from the outside in, until a part has all of it seen. */
function walk(value: unknown, path: Path, see: (path: Path, value: unknown) => boolean): void {
  if (see(path, value) || typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) walk(part, [...path, key], see);
}

function leaves(value: unknown, path: Path, plain: PlainValue, found: (path: Path, leaf: string) => void): void {
  walk(value, path, (at, part) => {
    if (typeof part === 'object' && part !== null) return false;
    const known = plain(part);
    if (known !== undefined) found(at, JSON.stringify(known));
    return true;
  });
}
