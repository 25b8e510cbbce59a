import type { MachineType } from '../../lib/plan/machines/machines';
import type { MetricFacts } from '../../lib/plan/serving-signals';
import { aslFromTemplate, machinesOf } from './asl-from-template';
import type { SynthesisedPlatform } from './examples';
import { resourcesOf, type TerraformStack } from './terraform-stacks';

/** How a cloud judges a signal, as it was rendered. */
export interface Judged {
  /** Name of the signal. */
  readonly name: string;
  readonly bad: 'from' | 'above' | 'below';
  /** In the unit of the cloud's own metric. */
  readonly threshold: number;
  /** Seconds that it has to be bad. */
  readonly seconds: number;
}

type Factors = Readonly<Record<MetricFacts['metric'], (machine: MachineType) => number>>;

const one = (): number => 1;
const share = (): number => 100;

/** What one of the unit of a CloudWatch metric is in the unit of the plan. Sources: those of lib/aws/monitoring/endpoint-metrics.ts. */
export const AWS_UNITS: Factors = {
  latency: () => 1 / 1000,
  failures: share,
  requests: one,
  cpu: ({ vcpu }) => 1 / vcpu,
  gpu: ({ accelerator }) => 1 / (accelerator?.count ?? 1),
  memory: one,
  disk: one,
};

/** The same of Cloud Monitoring. Sources: those of lib/gcp/monitoring/endpoint-metrics.ts. */
export const GCP_UNITS: Factors = {
  latency: one,
  failures: share,
  requests: one,
  cpu: ({ vcpu }) => 100 / vcpu,
  gpu: share,
  memory: ({ memoryGib }) => 100 / (memoryGib * 1024 ** 3),
  disk: () => Number.NaN,
};

const OPERATORS: Readonly<Record<string, Judged['bad']>> = {
  '>=': 'from',
  '>': 'above',
  '<': 'below',
  GreaterThanOrEqualToThreshold: 'from',
  GreaterThanThreshold: 'above',
  LessThanThreshold: 'below',
};

function badAt(operator: string | undefined): Judged['bad'] {
  const bad = OPERATORS[operator ?? ''];
  if (bad === undefined) throw new Error(`nobody has written down what ${operator} is`);
  return bad;
}

/** Alarms of CloudWatch: of the templates, and those that state machines put. */
export function awsJudged({ templates }: Pick<SynthesisedPlatform, 'templates'>): readonly Judged[] {
  const given = { ref: () => 'given', attribute: () => 'given' };
  return templates.flatMap(({ template }) => [
    ...alarmsIn(template.Resources),
    ...machinesOf(template).flatMap((id) => alarmsIn(aslFromTemplate(template, id, given))),
  ]);
}

/** Every object that is an alarm, wherever it stands. */
function alarmsIn(value: unknown): readonly Judged[] {
  if (typeof value !== 'object' || value === null) return [];
  const { AlarmDescription, Threshold, EvaluationPeriods, Period, ComparisonOperator } = value as Record<
    string,
    unknown
  >;
  if (typeof Threshold !== 'number' || EvaluationPeriods === undefined) return Object.values(value).flatMap(alarmsIn);
  const name = /(?:Critical|Warning|Info): ([\w-]+)\. /.exec(JSON.stringify(AlarmDescription))?.[1];
  if (name === undefined) throw new Error(`an alarm says of no signal that it is bad: ${JSON.stringify(value)}`);
  return [
    {
      name,
      bad: badAt(String(ComparisonOperator)),
      threshold: Threshold,
      seconds: Number(EvaluationPeriods) * Number(Period),
    },
  ];
}

interface Policy {
  readonly conditions: readonly {
    readonly display_name: string;
    readonly condition_prometheus_query_language?: { readonly query: string; readonly duration: string };
  }[];
}

/** Conditions of alert policies that ask in PromQL. */
export const gcpJudged = (stacks: readonly TerraformStack[]): readonly Judged[] =>
  stacks
    .flatMap(resourcesOf)
    .filter(({ type }) => type === 'google_monitoring_alert_policy')
    .flatMap(({ body }) => (body as unknown as Policy).conditions)
    .flatMap(({ display_name: name, condition_prometheus_query_language: asked }) =>
      asked === undefined ? [] : [{ name, ...askedIn(asked.query), seconds: secondsOf(asked.query, asked.duration) }],
    );

/** The first comparison of a query, whose value may be scaled before: `100 / 4 * avg(…) > 90`. */
function askedIn(query: string): Pick<Judged, 'bad' | 'threshold'> {
  const [, over = '1', under = '1'] = /^([\d.]+) (?:\/ ([\d.]+) )?\* /.exec(query) ?? [];
  const [, operator, number] = / (>=|>|<) ([\d.]+)( and |$)/.exec(query) ?? [];
  return { bad: badAt(operator), threshold: (Number(number) * Number(under)) / Number(over) };
}

/** What one value looks back, and for how long there have to be bad ones. */
const secondsOf = (query: string, duration: string): number =>
  Number(/\[(\d+)s\]/.exec(query)?.[1]) + Number.parseInt(duration, 10);
