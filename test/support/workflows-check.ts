import type { Param } from './workflows-calls';
import { isFunction, isTaken } from './workflows-stdlib';
import { StepCheck } from './workflows-step-check';
import { isMap, type Step } from './workflows-steps';
import { nameProblems } from './workflows-values';

/** Source: Workflows, "Quotas and limits". */
const LARGEST_SOURCE = 128 * 1024;
const MOST_PARAMS = 10;
const CALL_DEPTH = 20;

/**
 * What Workflows would refuse in a document, and what its documentation does not promise: syntax, limits, jumps, calls,
 * expressions, and variables that nothing can have assigned. Empty where all is well.
 */
export function workflowProblems(document: unknown): readonly string[] {
  if (!isMap(document)) return ['a workflow is a map of subworkflows'];
  const size = Buffer.byteLength(JSON.stringify(document));
  const parts = Object.entries(document);
  const subworkflows = new Map(parts.map(([name, part]) => [name, isMap(part) ? paramsOf(part) : []]));
  return [
    ...(size > LARGEST_SOURCE ? [`the source has ${size} bytes, ${LARGEST_SOURCE} are allowed`] : []),
    ...('main' in document ? [] : ['there is no main']),
    ...parts.flatMap(([name, part]) => partProblems(name, part, subworkflows).map((problem) => `${name}: ${problem}`)),
    ...depthProblems(document),
  ];
}

function paramsOf(part: Step): readonly Param[] {
  if (!Array.isArray(part.params)) return [];
  return part.params.map((param) =>
    isMap(param) ? { name: Object.keys(param)[0], optional: true } : { name: param, optional: false },
  );
}

function partProblems(
  name: string,
  part: unknown,
  subworkflows: ReadonlyMap<string, readonly Param[]>,
): readonly string[] {
  if (!isMap(part)) return ['a subworkflow is a map'];
  const params = paramsOf(part);
  const names = params.map((param) => param.name);
  const most = name === 'main' ? 1 : MOST_PARAMS;
  return [
    ...(name !== 'main' && (isFunction(name) || isTaken(name)) ? ["its name is one of Workflows' own"] : []),
    ...Object.keys(part)
      .filter((key) => key !== 'params' && key !== 'steps')
      .map((key) => `unknown: ${key}`),
    ...(params.length > most ? [`${params.length} parameters, ${most} are allowed`] : []),
    ...names.flatMap(nameProblems),
    ...(new Set(names).size < names.length ? ['two parameters have one name'] : []),
    ...new StepCheck(subworkflows).problems(part.steps, new Set(names.filter((one) => typeof one === 'string'))),
  ];
}

/** Subworkflows that call themselves, or each other deeper than Workflows goes. */
function depthProblems(document: Step): readonly string[] {
  const calls = new Map(Object.entries(document).map(([name, part]) => [name, isMap(part) ? callsOf(part.steps) : []]));
  const walk = (name: string, path: readonly string[]): readonly string[] => {
    if (path.includes(name)) return [`${[...path, name].join(' → ')}: it calls itself`];
    if (path.length > CALL_DEPTH) return [`${path.join(' → ')}: deeper than ${CALL_DEPTH} calls`];
    return (calls.get(name) ?? []).flatMap((called) => walk(called, [...path, name]));
  };
  return [...new Set(walk('main', []))];
}

/** Whatever a `call` names, at any depth. */
function callsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(callsOf);
  if (!isMap(value)) return [];
  const own = typeof value.call === 'string' && !isFunction(value.call) ? [value.call] : [];
  return [...new Set([...own, ...Object.values(value).flatMap(callsOf)])];
}
