/** What steps of a workflow are made of, for those who walk through them. */

export type Step = Readonly<Record<string, unknown>>;
export type StepList = readonly Readonly<Record<string, Step>>[];

export interface NamedStep {
  readonly name: string;
  readonly step: Step;
}

/** The names that are jumps and no steps. */
export const JUMPS = ['end', 'break', 'continue'];

export const isMap = (value: unknown): value is Step =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The steps of a list, as far as they are steps. */
export function named(list: unknown): readonly NamedStep[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    const entries = isMap(item) ? Object.entries(item) : [];
    return entries.flatMap(([name, step]) => (isMap(step) ? [{ name, step }] : []));
  });
}

/** Arms of a `switch`. */
export const arms = (step: Step): readonly Step[] => (Array.isArray(step.switch) ? step.switch.filter(isMap) : []);

/** Lists of steps directly in a step; those of a loop and of an except-block have a scope of their own. */
export function listsIn(
  step: Step,
): readonly { readonly list: unknown; readonly own: 'loop' | 'except' | undefined }[] {
  const { try: body, except, for: loop } = step;
  return [
    ...('steps' in step ? [{ list: step.steps, own: undefined }] : []),
    ...(isMap(body) ? listsIn(body) : []),
    ...(isMap(loop) ? [{ list: loop.steps, own: 'loop' as const }] : []),
    ...(isMap(except) ? [{ list: except.steps, own: 'except' as const }] : []),
    ...arms(step).flatMap(listsIn),
  ];
}

/** Variables that a step may leave behind. */
export function assignedBy(step: Step): readonly string[] {
  const direct = Array.isArray(step.assign)
    ? step.assign.filter(isMap).flatMap((one) => Object.keys(one).map((target) => target.split(/[.[]/)[0] ?? ''))
    : [];
  const result = typeof step.result === 'string' ? [step.result] : [];
  const bodies = [step.try, ...arms(step)].filter(isMap).flatMap((body) => ('steps' in body ? [] : assignedBy(body)));
  const nested = listsIn(step).filter(({ own }) => own === undefined);
  return [
    ...direct,
    ...result,
    ...bodies,
    ...nested.flatMap(({ list }) => named(list).flatMap((one) => assignedBy(one.step))),
  ];
}

/** Steps that a step may jump to, from whatever depth. */
export function jumpsOf(step: Step): readonly string[] {
  const bodies = [step.try, ...arms(step)].filter(isMap);
  return [
    ...(typeof step.next === 'string' ? [step.next] : []),
    ...bodies.flatMap((body) => (typeof body.next === 'string' ? [body.next] : [])),
    ...listsIn(step).flatMap(({ list }) => named(list).flatMap((one) => jumpsOf(one.step))),
  ];
}

/** Whether a step never goes on to the one that follows it. */
export function leaves(step: Step): boolean {
  if ('next' in step && !('switch' in step)) return true;
  if ('return' in step || 'raise' in step) return true;
  if ('switch' in step) {
    const all = arms(step);
    return all.every(leaves) && ('next' in step || all.some(({ condition }) => condition === true));
  }
  if ('try' in step) {
    const except = isMap(step.except) ? named(step.except.steps).at(-1)?.step : undefined;
    return isMap(step.try) && leaves(step.try) && (except === undefined || leaves(except));
  }
  const last = 'steps' in step ? named(step.steps).at(-1)?.step : undefined;
  return last !== undefined && leaves(last);
}
