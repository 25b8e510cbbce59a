import { type DashboardReader, inUnit, type MachineOfDashboard, type ReadChart, type ReadLine } from './dashboards';
import { synthPlatform } from './examples';
import { AWS_UNITS } from './judged-signals';

/** Options of a metric or an expression of a graph. */
interface Options {
  readonly expression?: string;
  readonly id?: string;
  readonly label?: string;
  readonly period?: number;
  readonly stat?: string;
  readonly visible?: boolean;
}

type Row = readonly (string | Options)[];

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly metrics?: readonly Row[];
    readonly annotations?: { readonly horizontal?: readonly { readonly label: string; readonly value: number }[] };
    readonly view?: string;
  };
}

type Machine = ReturnType<MachineOfDashboard>;

/** What a metric measures by its statistic; the unit of the charts and what one of its own is in it. */
const METRICS: Readonly<
  Record<
    string,
    (statistic: string, machine: Machine) => readonly [what: string, unit?: string, right?: number | undefined]
  >
> = {
  Invocations: (statistic) => [`${statistic === 'Sum' ? '' : `${statistic} of `}requests`],
  InvocationsPerInstance: (statistic) => [`${statistic === 'Sum' ? '' : `${statistic} of `}requests of each machine`],
  ModelLatency: (statistic) => [`${word(statistic)} of the latency of the model`, 'ms', 1 / 1000],
  OverheadLatency: (statistic) => [`${word(statistic)} of the latency beside the model`, 'ms', 1 / 1000],
  // Each request counts 0 or 1.
  Invocation4XXErrors: (statistic) => [`${statistic === 'Average' ? '' : `${statistic} of `}answers of 4xx`, '%', 100],
  Invocation5XXErrors: (statistic) => [`${statistic === 'Average' ? '' : `${statistic} of `}answers of 5xx`, '%', 100],
  CPUUtilization: (statistic, machine) => [`${word(statistic)} of CPU`, '%', machine && AWS_UNITS.cpu(machine)],
  GPUUtilization: (statistic, machine) => [`${word(statistic)} of GPU`, '%', machine && AWS_UNITS.gpu(machine)],
  MemoryUtilization: (statistic) => [`${word(statistic)} of memory`, '%', 1],
  DiskUtilization: (statistic) => [`${word(statistic)} of disk`, '%', 1],
  ModelsInProduction: (statistic) => [`${word(statistic)} of models that serve`],
  ChampionAge: (statistic) => [`${word(statistic)} of the age of the version that serves`, 'days', 1 / 86_400],
};
const word = (statistic: string): string => statistic.toLowerCase();

/** What the lines of the dashboards of CloudWatch measure, read out of the templates. */
export const dashboardsOnAws: DashboardReader = (spec, machineOf) =>
  Object.fromEntries(
    synthPlatform(spec)
      .templates.flatMap(({ template }) => Object.values(template.Resources))
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')
      .map(({ Properties }) => {
        const { DashboardName: name, DashboardBody: body } = Properties as {
          DashboardName: string;
          DashboardBody: unknown;
        };
        const { widgets, periodOverride } = JSON.parse(textOf(body)) as {
          readonly widgets: readonly Widget[];
          readonly periodOverride?: string;
        };
        // Else CloudWatch chooses the periods by what time is shown: dashboard body structure, periodOverride.
        if (periodOverride !== 'inherit') throw new Error(`${name} does not keep to the periods of its lines`);
        return [name, widgets.flatMap((widget) => chartOf(widget, machineOf(name)))];
      }),
  );

/** A text, with what is known only once it is deployed left out. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [, parts] = (value as { readonly 'Fn::Join': readonly [string, readonly unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : '')).join('');
}

function chartOf({ properties }: Widget, machine: Machine): readonly ReadChart[] {
  const { title, metrics, annotations, view } = properties;
  if (metrics === undefined) return [];
  const rows = metrics.map(lastOf);
  const lines = metrics.flatMap((row, i) => (rows[i]?.visible === false ? [] : [lineOf(row, metrics, machine)]));
  return [
    {
      title,
      lines: view === 'singleValue' ? lines.map((line) => ({ ...line, legend: '' })) : lines,
      thresholds: Object.fromEntries((annotations?.horizontal ?? []).map(({ label, value }) => [label, value])),
    },
  ];
}

const lastOf = (row: Row): Options => {
  const last = row.at(-1);
  return typeof last === 'object' ? last : {};
};

/** Source: CloudWatch API reference, "Dashboard body structure and syntax", metrics. */
function lineOf(row: Row, all: readonly Row[], machine: Machine): ReadLine {
  const { expression, label = '' } = lastOf(row);
  if (expression === undefined) return { legend: label, ...measureOf(namesOf(row), lastOf(row), 1, machine) };
  const searched =
    /^SEARCH\('\{([^}]+)\} MetricName="(\w+)"((?: \w+="[\w-]+")*)', '(\w+)', (\d+)\)(?: \/ (\d+))?$/.exec(expression);
  if (searched !== null) return searchedIn(searched, machine);
  const [, id, operator, by] = /^(\w+) ([*/]) ([\d.]+)$/.exec(expression) ?? [];
  const scaled = all.find((other) => lastOf(other).id === id);
  if (scaled === undefined) throw new Error(`nobody has written down what ${expression} is`);
  const factor = operator === '*' ? Number(by) : 1 / Number(by);
  return { legend: label, ...measureOf(namesOf(scaled), lastOf(scaled), factor, machine) };
}

/** Namespace, metric, and what it is of. */
const namesOf = (row: Row): readonly string[] => row.filter((part) => typeof part === 'string');

function measureOf(
  [namespace = '', metric = '', ...dimensions]: readonly string[],
  { stat = 'Average', period = 300 }: Options,
  factor: number,
  machine: Machine,
): Omit<ReadLine, 'legend'> {
  const values = dimensions.filter((_, i) => i % 2 === 1);
  return { measures: wordsOf(namespace, metric, stat, factor, machine), of: values.sort().join(' '), seconds: period };
}

/** One line for each value of the dimension that the search does not give. */
function searchedIn(
  [, schema = '', metric = '', given = '', statistic = '', seconds, by = '1']: readonly string[],
  machine: Machine,
): ReadLine {
  const [namespace = '', ...dimensions] = schema.split(',');
  const known = [...given.matchAll(/(\w+)="([^"]+)"/g)].map(([, name, value]) => ({ name, value }));
  const each = dimensions.filter((dimension) => !known.some(({ name }) => name === dimension));
  const what = wordsOf(namespace, metric, statistic, 1 / Number(by), machine);
  return {
    legend: '',
    measures: `${what} of each ${each.map((dimension) => EACH[dimension] ?? dimension).join(' and ')}`,
    of: known
      .map(({ value }) => value)
      .sort()
      .join(' '),
    seconds: Number(seconds),
  };
}

const EACH: Readonly<Record<string, string>> = { EndpointConfigName: 'version', Model: 'model' };
const NAMESPACES: Readonly<Record<string, RegExp>> = {
  'AWS/SageMaker': /^(Invocation|Invocations|ModelLatency|OverheadLatency)/,
  '/aws/sagemaker/Endpoints': /Utilization$/,
  'MLOps/Models': /^(ModelsInProduction|ChampionAge)$/,
};

function wordsOf(namespace: string, metric: string, statistic: string, factor: number, machine: Machine): string {
  const measured = METRICS[metric];
  if (measured === undefined || NAMESPACES[namespace]?.test(metric) !== true)
    throw new Error(`nobody has written down what ${namespace} ${metric} is`);
  const [what, unit, right = 1] = measured(statistic, machine);
  return unit === undefined && factor === 1 ? what : inUnit(what, unit ?? 'no unit', factor, right);
}
