import type { MetricRef, Threshold } from '../../../plan/pipeline/graph';
import { RUN } from '../../../plan/pipeline/run-parameters';
import type { GroupDraft } from './draft';

type Condition = NonNullable<GroupDraft['condition']>;

const OPERATORS: Readonly<Record<Threshold['must'], string>> = { atLeast: '>=', atMost: '<=' };

/** A value that a condition compares: an input of the group, as Kubeflow's compiler names it. */
const metricChannel = ({ step, metric }: MetricRef): string => `pipelinechannel--${step}-${metric}`;
const value = (name: string): string => `inputs.parameter_values['${name}']`;

/** A number as CEL has doubles: it compares no double with an int. Source: Common Expression Language, "Literals". */
export const double = (number: number): string => (/[.e]/.test(String(number)) ? String(number) : `${number}.0`);

/** Whether a metric is as it has to be for a step to run. */
export const whenCondition = ({ of, must, value: threshold }: Threshold): Condition => ({
  text: `${value(metricChannel(of))} ${OPERATORS[must]} ${double(threshold)}`,
  values: { [metricChannel(of)]: { task: of.step, output: of.metric } },
});

/** Whether a metric reaches what it has to in this run. */
export const gateCondition = ({ of, must }: Threshold): Condition => ({
  text: `${value(metricChannel(of))} ${OPERATORS[must]} ${value(RUN.gateFloor)}`,
  values: { [metricChannel(of)]: { task: of.step, output: of.metric }, [RUN.gateFloor]: { run: RUN.gateFloor } },
});
