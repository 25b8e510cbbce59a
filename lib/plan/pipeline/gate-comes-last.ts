import type { PipelinePlan } from './pipeline-plan';

/** Whether every step has ended before the gate is asked, so that nothing runs beside it. */
export function gateComesLast({ steps, register }: Pick<PipelinePlan, 'steps' | 'register'>): boolean {
  const ended = new Set(register?.after);
  // Each step stands after those that it waits for.
  for (const { name, after } of steps.toReversed()) if (ended.has(name)) for (const one of after) ended.add(one);
  return steps.every(({ name }) => ended.has(name));
}
