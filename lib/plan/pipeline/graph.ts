import { entryOf } from '../../spec/entry-of';
import type { PipelineSpec } from '../../spec/pipeline';
import { stepRef, stepsBefore } from '../../spec/pipeline-refs';
import type { MetricThresholdSpec } from '../../spec/pipeline-steps';

/** What a step reads: the frozen snapshot of a dataset, or what a step before it wrote. */
export type InputSource = { readonly dataset: string } | OutputRef;

/** A folder that a step writes. */
export interface OutputRef {
  readonly step: string;
  readonly output: string;
}

/** A number in the `metrics.json` of a step. */
export interface MetricRef {
  readonly step: string;
  readonly metric: string;
}

/** A metric with the least or most that it may be. */
export interface Threshold {
  readonly of: MetricRef;
  /** atLeast: more is better. atMost: less is. */
  readonly must: 'atLeast' | 'atMost';
  readonly value: number;
}

/** Names of the steps, each after all that it depends on, else in the order of the spec. */
export function inOrder(steps: PipelineSpec['steps']): readonly string[] {
  const ordered: string[] = [];
  const add = (name: string, above: readonly string[]) => {
    const step = entryOf(steps, name);
    if (ordered.includes(name) || step === undefined || above.includes(name)) return;
    for (const before of stepsBefore(step)) add(before, [...above, name]);
    ordered.push(name);
  };
  for (const name of Object.keys(steps)) add(name, []);
  return ordered;
}

/** What `dataset` or `step.output` means. */
export function sourceOf(text: string): InputSource {
  const ref = stepRef(text);
  return ref === undefined ? { dataset: text } : { step: ref.step, output: ref.name };
}

/** What `step.metric` means. */
export function metricOf(text: string): MetricRef {
  const ref = stepRef(text);
  return { step: ref?.step ?? '', metric: ref?.name ?? text };
}

/** A threshold of the spec. */
export const thresholdOf = ({ metric, atLeast, atMost }: MetricThresholdSpec): Threshold =>
  atLeast === undefined
    ? { of: metricOf(metric), must: 'atMost', value: atMost ?? 0 }
    : { of: metricOf(metric), must: 'atLeast', value: atLeast };
