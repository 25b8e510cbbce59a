import { describe, expect, it } from 'vitest';
import { GCP_UNMEASURED } from '../../lib/plan/gcp-unmeasured';
import { loadPlatformSpec } from '../../lib/plan/load';
import { awsMachines } from '../../lib/plan/machines/aws-machines';
import { gcpMachines } from '../../lib/plan/machines/gcp-machines';
import { PlatformNames } from '../../lib/plan/names';
import { servingMachine } from '../../lib/plan/serving-feasibility';
import { type MetricSignal, servingSignals, type Unmeasured } from '../../lib/plan/serving-signals';
import { CLOUDS } from '../../lib/spec/clouds';
import type { PlatformSpec } from '../../lib/spec/platform';
import { hasGpu, type ServingSpec } from '../../lib/spec/serving';
import { specsOfBoth } from '../support/both-clouds';
import type { DashboardReader, ReadChart } from '../support/dashboards';
import { dashboardsOnAws } from '../support/dashboards-on-aws';
import { dashboardsOnGcp } from '../support/dashboards-on-gcp';

const READERS = {
  aws: { read: dashboardsOnAws, catalog: awsMachines, unmeasured: {} as Unmeasured },
  gcp: { read: dashboardsOnGcp, catalog: gcpMachines, unmeasured: GCP_UNMEASURED },
} as const satisfies Record<string, { readonly read: DashboardReader; readonly [key: string]: unknown }>;

/** Models on other machines than those of the examples, on both clouds. */
const OTHER_MACHINES = loadPlatformSpec({
  name: 'fraud',
  owner: 'ml@example.com',
  aws: { account: '111111111111', region: 'eu-central-1' },
  gcp: { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' },
  models: {
    large: { serving: { machine: 'large' }, monitoring: { latencyP95: '250 ms', memory: '70%', disk: 'off' } },
    gpus: { serving: { accelerator: { type: 'l4', count: 4 } }, monitoring: { errorRate: '3%', cpu: '60%' } },
  },
});

/** The lines of a chart by what they are called, and over how long each value of them is said to be. */
interface Said {
  readonly lines: Readonly<Record<string, string>>;
  readonly seconds?: number;
  /** Signals whose thresholds are drawn. */
  readonly thresholds?: readonly MetricSignal['facts']['metric'][];
}

const AGE = 'maximum of the age of the version that serves in days';

/** What charts of a model say that they show, in their order. */
const OF_A_MODEL: Readonly<Record<string, Said>> = {
  'Requests by version, in 5 minutes': { lines: { '': 'requests of each version' }, seconds: 300 },
  'Age of the version that serves, in days': { lines: { '': AGE } },
  'Traffic: requests a minute': {
    lines: { 'all machines': 'requests', 'each machine': 'requests of each machine' },
    seconds: 60,
  },
  'Latency in ms': {
    lines: {
      'model p50': 'p50 of the latency of the model in ms',
      'model p95': 'p95 of the latency of the model in ms',
      'model p99': 'p99 of the latency of the model in ms',
      'overhead, average': 'average of the latency beside the model in ms',
    },
    thresholds: ['latency'],
  },
  'Errors in % of the requests': {
    lines: { 'of the model (5xx)': 'answers of 5xx in %', 'of the callers (4xx)': 'answers of 4xx in %' },
    thresholds: ['failures'],
  },
  'Machines: % in use': {
    lines: {
      'CPU, average': 'average of CPU in %',
      'GPU, average': 'average of GPU in %',
      'memory, fullest': 'maximum of memory in %',
      'disk, fullest': 'maximum of disk in %',
    },
    thresholds: ['cpu', 'gpu', 'memory', 'disk'],
  },
};

/** The same of all models of a platform. */
const OF_A_PLATFORM: Readonly<Record<string, Said>> = {
  'Models in production': { lines: { '': 'maximum of models that serve' } },
  'Age of the versions that serve, in days': { lines: { '': `${AGE} of each model` } },
};

/** A chart as far as it says what it shows. */
const shown = ({ title, lines, thresholds }: ReadChart, { seconds }: Said = { lines: {} }): object => ({
  title,
  lines: lines.map((line) => [line.legend, line.measures]),
  seconds: seconds === undefined ? undefined : [...new Set(lines.map((line) => line.seconds))],
  thresholds,
});

/** Charts with the lines that are wanted and the thresholds of signals. */
const expected = (
  said: Readonly<Record<string, Said>>,
  signals: readonly MetricSignal[] = [],
  wanted: (line: string) => boolean = () => true,
): readonly object[] =>
  Object.entries(said).map(([title, { lines, seconds, thresholds = [] }]) => ({
    title,
    lines: Object.entries(lines).filter(([legend]) => wanted(legend)),
    seconds: seconds === undefined ? undefined : [seconds],
    thresholds: Object.fromEntries(
      signals.filter(({ facts }) => thresholds.includes(facts.metric)).map(({ name, threshold }) => [name, threshold]),
    ),
  }));

const served = ({ models }: PlatformSpec) =>
  Object.entries(models).flatMap(([model, { serving, monitoring }]) =>
    serving === undefined ? [] : [{ model, serving, monitoring }],
  );

describe.each([...specsOfBoth, { title: 'other machines', spec: OTHER_MACHINES }])(
  'dashboards of $title',
  ({ spec }) => {
    const names = new PlatformNames(spec.name, spec.environment);
    const ofModel = (model: string) => names.of('rule', 'model', model);
    const models = served(spec);

    describe.each(CLOUDS)('on %s', (cloud) => {
      const { read, catalog, unmeasured } = READERS[cloud];
      const machineOf = (serving: ServingSpec) => {
        const choice = servingMachine(catalog, serving, spec[cloud]?.region);
        if (!choice.ok) throw new Error(choice.reason);
        return choice.machine;
      };
      const dashboards = read(spec, (dashboard) => {
        const found = models.find(({ model }) => ofModel(model) === dashboard);
        return found === undefined ? undefined : machineOf(found.serving);
      });
      const charts = (dashboard: string): readonly ReadChart[] => dashboards[dashboard] ?? [];

      it('are those of the platform and of each model that serves', () => {
        expect(Object.keys(dashboards).sort()).toEqual(
          [names.of('rule', 'models'), ...models.map(({ model }) => ofModel(model))].sort(),
        );
      });

      it('measure of a platform what they say', () => {
        const ofPlatform = charts(names.of('rule', 'models'));
        expect(ofPlatform.map((chart) => shown(chart))).toEqual(expected(OF_A_PLATFORM));
        expect(new Set(ofPlatform.flatMap(({ lines }) => lines.map(({ of }) => of)))).toEqual(new Set([names.slug]));
      });

      it.each(models)('measure of $model what they say', ({ model, serving, monitoring }) => {
        const { metrics } = servingSignals(model, serving, monitoring, unmeasured);
        const isMeasured = (line: string): boolean =>
          (!line.startsWith('GPU') || hasGpu(serving)) && (!line.startsWith('disk') || unmeasured.disk === undefined);
        expect(charts(ofModel(model)).map((chart) => shown(chart, OF_A_MODEL[chart.title]))).toEqual(
          expected(OF_A_MODEL, metrics, isMeasured),
        );
      });

      it('measure each the endpoint of its own model', () => {
        const things = models.map(({ model }) =>
          charts(ofModel(model)).flatMap(({ title, lines }) =>
            lines.map(({ of }) => ({ isAge: /^Age/.test(title), of })),
          ),
        );
        const endpoints = things.map((all) => new Set(all.filter(({ isAge }) => !isAge).map(({ of }) => of)));
        expect(endpoints.map(({ size }) => size)).toEqual(models.map(() => 1));
        expect(new Set(endpoints.flatMap((all) => [...all])).size).toBe(models.length);
        expect(things.map((all) => all.filter(({ isAge }) => isAge).map(({ of }) => of))).toEqual(
          models.map(({ model }) => [[names.slug, model].sort().join(' ')]),
        );
      });
    });
  },
);
