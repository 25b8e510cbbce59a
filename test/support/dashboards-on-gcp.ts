import { type DashboardReader, inUnit, type MachineOfDashboard, type ReadChart, type ReadLine } from './dashboards';
import { synthGcpPlatform } from './examples-gcp';
import { GCP_UNITS } from './judged-signals';
import { resourcesOf } from './terraform-stacks';

interface Asked {
  readonly timeSeriesQuery: { readonly prometheusQuery: string };
}

interface Widget {
  readonly title: string;
  readonly xyChart?: {
    readonly dataSets: readonly (Asked & { readonly legendTemplate?: string })[];
    readonly thresholds?: readonly { readonly label: string; readonly value: number }[];
  };
  readonly scorecard?: Asked;
}

type Machine = ReturnType<MachineOfDashboard>;

/** What the lines of the dashboards of Cloud Monitoring measure, read out of the documents for Terraform. */
export const dashboardsOnGcp: DashboardReader = (spec, machineOf) =>
  Object.fromEntries(
    synthGcpPlatform(spec)
      .stacks.flatMap(resourcesOf)
      .filter(({ type }) => type === 'google_monitoring_dashboard')
      .map(({ body }) => {
        const { displayName, mosaicLayout } = JSON.parse(String(body.dashboard_json)) as {
          readonly displayName: string;
          readonly mosaicLayout: { readonly tiles: readonly { readonly widget: Widget }[] };
        };
        return [displayName, mosaicLayout.tiles.flatMap(({ widget }) => chartOf(widget, machineOf(displayName)))];
      }),
  );

function chartOf({ title, xyChart, scorecard }: Widget, machine: Machine): readonly ReadChart[] {
  const asked = xyChart?.dataSets ?? (scorecard === undefined ? [] : [scorecard]);
  if (asked.length === 0) return [];
  return [
    {
      // A version is a deployed model there.
      title: title.replace(' (deployed model)', ''),
      lines: asked.map(({ timeSeriesQuery: { prometheusQuery }, ...more }) => ({
        legend: 'legendTemplate' in more ? String(more.legendTemplate) : '',
        ...measureOf(prometheusQuery, machine),
      })),
      thresholds: Object.fromEntries((xyChart?.thresholds ?? []).map(({ label, value }) => [label, value])),
    },
  ];
}

/** Labels that say what is measured, not which part of it. */
const OF = ['endpoint_id', 'platform', 'model'];

/** A selector of PromQL with its window. */
const SELECTOR = /(\w+):(\w+)\{([^}]*)\}(?:\[(\d+)s\])?/g;

const PLACES: Readonly<Record<string, readonly [prefix: string, resource: string]>> = {
  aiplatform_googleapis_com: ['prediction_online_', 'aiplatform.googleapis.com/Endpoint'],
  custom_googleapis_com: ['mlops_models_', 'global'],
};

/** What a query measures, once it is read: all of the same thing, over one window. */
function measureOf(query: string, machine: Machine): Omit<ReadLine, 'legend'> {
  const things = new Set<string>();
  const windows = new Set<number>();
  const short = query.replaceAll(SELECTOR, (_, service, metric, written, seconds) => {
    const labels = [...String(written).matchAll(/(\w+)(=~?)("[^"]*")/g)].map(([, label = '', is = '', value = '']) => ({
      label,
      is,
      value,
    }));
    const [prefix = '?', resource] = PLACES[service] ?? [];
    const on = labels.find(({ label }) => label === 'monitored_resource');
    if (on?.value !== JSON.stringify(resource)) throw new Error(`${query} asks of the resource ${on?.value}`);
    things.add(
      labels
        .filter(({ label }) => OF.includes(label))
        .map(({ value }) => JSON.parse(value))
        .sort()
        .join(' '),
    );
    if (seconds !== undefined) windows.add(Number(seconds));
    const rest = labels.filter(({ label }) => label !== 'monitored_resource' && !OF.includes(label));
    const some = rest.length === 0 ? '' : `{${rest.map(({ label, is, value }) => label + is + value).join(',')}}`;
    return String(metric).replace(prefix, '') + some;
  });
  const [of = '', ...others] = things;
  const [seconds = 0, ...longer] = windows;
  if (others.length + longer.length > 0) throw new Error(`${query} measures several things, or over several times`);
  const each = / by \(model\) /.test(query) && !/[{,]model=/.test(query) ? ' of each model' : '';
  return { measures: wordsOf(inBothWays(short), machine) + each, of, seconds };
}

/**
 * Requests are counted by one metric or by the other, as the endpoint is reached; those that come privately are known by
 * the latency of the model alone. Source: Google Cloud metrics list, "aiplatform".
 */
const inBothWays = (query: string): string =>
  query
    .replaceAll(/increase\((response_count(?:\{[^}]*\})?)\) or increase\(private_\1\)/g, 'grown($1)')
    .replaceAll(
      /increase\((prediction_latencies_bucket)(\{latency_type="model"\})\) or increase\(private_\1\)/g,
      'grown($1$2)',
    );

const LATENCIES: Readonly<Record<string, string>> = {
  model: 'of the model',
  overhead: 'beside the model',
  total: 'in all',
};
const STATISTICS: Readonly<Record<string, string>> = { avg: 'average', max: 'maximum' };

/** Queries as they are written, and what they measure. */
const QUERIES: readonly (readonly [RegExp, (found: readonly string[], machine: Machine) => string])[] = [
  [/^sum by \(deployed_model_id\) \(grown\(response_count\)\)$/, () => 'requests of each version'],
  [/^sum\(grown\(response_count\)\)$/, () => 'requests'],
  [/^sum\(grown\(response_count\)\) \/ sum\(replicas\)$/, () => 'requests of each machine'],
  [
    /^histogram_quantile\(([\d.]+), sum by \(le\) \(grown\(prediction_latencies_bucket\{latency_type="(\w+)"\}\)\)\)$/,
    ([quantile, type]) => `p${Number(quantile) * 100} of the latency ${LATENCIES[type ?? '']} in ms`,
  ],
  [
    /^sum\(increase\(prediction_latencies_sum\{latency_type="(\w+)"\}\)\) \/ sum\(increase\(prediction_latencies_count\{latency_type="\1"\}\)\)$/,
    ([type]) => `average of the latency ${LATENCIES[type ?? '']} in ms`,
  ],
  [
    /^([\d.]+) \* sum\(grown\(response_count\{response_code=~"(\d)\.\."\}\)\) \/ sum\(grown\(response_count\)\)$/,
    ([factor, code]) => inUnit(`answers of ${code}xx`, '%', Number(factor), 100),
  ],
  [load('cpu_utilization'), loaded('CPU', (machine) => machine && GCP_UNITS.cpu(machine))],
  [load('accelerator_duty_cycle'), loaded('GPU', (machine) => machine && GCP_UNITS.gpu(machine))],
  [load('memory_bytes_used'), loaded('memory', (machine) => machine && GCP_UNITS.memory(machine))],
  [/^(max)\(last_over_time\(ModelsInProduction\)\)$/, ([how]) => `${STATISTICS[how ?? '']} of models that serve`],
  [
    /^(max) by \(model\) \(last_over_time\(ChampionAge\)\) \/ ([\d.]+)$/,
    ([how, by]) =>
      inUnit(`${STATISTICS[how ?? '']} of the age of the version that serves`, 'days', 1 / Number(by), 1 / 86_400),
  ],
];

function load(metric: string): RegExp {
  return new RegExp(`^([\\d.]+)(?: / ([\\d.]+))? \\* (avg|max)\\(\\3_over_time\\(${metric}\\)\\)$`);
}

function loaded(what: string, right: (machine: Machine) => number | undefined) {
  return ([over, under = '1', how]: readonly string[], machine: Machine): string =>
    inUnit(`${STATISTICS[how ?? '']} of ${what}`, '%', Number(over) / Number(under), right(machine) ?? Number.NaN);
}

function wordsOf(query: string, machine: Machine): string {
  for (const [pattern, words] of QUERIES) {
    const found = pattern.exec(query);
    if (found !== null) return words(found.slice(1), machine);
  }
  throw new Error(`nobody has written down what ${query} measures`);
}
