import type { MetricRef, Threshold } from '../../../plan/pipeline/graph';
import { RUN } from '../../../plan/pipeline/run-parameters';
import { channel } from './channel';
import type { GroupDraft, ValueSource } from './draft';

type Condition = NonNullable<GroupDraft['condition']>;

const OPERATORS: Readonly<Record<Threshold['must'], string>> = { atLeast: '>=', atMost: '<=' };

const value = (source: ValueSource): string => `inputs.parameter_values['${channel(source)}']`;
const metricOf = ({ step, metric }: MetricRef): ValueSource => ({ task: step, output: metric });
/** Values that a condition compares, by the names that they have in the group. */
const inputs = (...sources: readonly ValueSource[]): Condition['values'] =>
  Object.fromEntries(sources.map((source) => [channel(source), source]));

/** A number as CEL has doubles: it compares no double with an int. Source: Common Expression Language, "Literals". */
export const double = (number: number): string => (/[.e]/.test(String(number)) ? String(number) : `${number}.0`);

/** Whether a metric is as it has to be for a step to run. */
export const whenCondition = ({ of, must, value: threshold }: Threshold): Condition => ({
  text: `${value(metricOf(of))} ${OPERATORS[must]} ${double(threshold)}`,
  values: inputs(metricOf(of)),
});

const FLOOR: ValueSource = { run: RUN.gateFloor };

/** Whether a metric reaches what it has to in this run. */
export const gateCondition = ({ of, must }: Threshold): Condition => ({
  text: `${value(metricOf(of))} ${OPERATORS[must]} ${value(FLOOR)}`,
  values: inputs(metricOf(of), FLOOR),
});
