import {
  DEFAULT_DISK,
  DEFAULT_GPU,
  DEFAULT_MONITORING,
  type Monitored,
  type MonitoringSpec,
  OFF,
} from '../spec/monitoring';
import type { Finding } from '../spec/problem';
import { GUARD_EVALUATION } from '../spec/rollout-time';
import { hasGpu, type ServingSpec } from '../spec/serving';
import { type AnnouncedOutcome, OPERATIONS_SIGNALS, outcomeSignals } from './outcome-signals';
import type { Signal } from './signals';

/** How a metric of an endpoint is judged. One vocabulary for both clouds; each has its own name and unit for a metric. */
export interface MetricFacts {
  /**
   * latency: time that the model takes for an answer. failures: share of requests that the model fails to answer.
   * requests: how many there are. cpu, gpu: share of all CPUs or GPUs of a machine. memory, disk: share that is full.
   */
  readonly metric: 'latency' | 'failures' | 'requests' | 'cpu' | 'gpu' | 'memory' | 'disk';
  /** Over the machines of the endpoint and a period. */
  readonly statistic: 'p95' | 'average' | 'maximum' | 'sum';
  /** Unit of the signal's threshold. percent: 1 is 1 %. */
  readonly unit: 'milliseconds' | 'percent' | 'count';
  /** On which side of the threshold it is bad; the threshold itself is fine above, and bad below. */
  readonly bad: 'above' | 'below';
  readonly periodSeconds: number;
  /** Periods in a row that have to be bad. */
  readonly datapoints: number;
  /** What a period without data is. */
  readonly missing: 'good' | 'bad';
  /** When it begins to speak: with the shell, or once a first version serves. */
  readonly armed: 'always' | 'by the first promotion';
}

/** A signal that comes of a metric of an endpoint. */
export interface MetricSignal extends Signal {
  readonly measures: 'metric';
  /** What of the spec it watches. */
  readonly watches: Monitored;
  readonly threshold: number;
  readonly model: string;
  readonly facts: MetricFacts;
  /** One of `alerts.routes` that hears of it instead of the platform's channel. */
  readonly route?: string;
}

/** What a cloud does not measure of machines that serve, each with the reason. */
export type Unmeasured = Partial<Readonly<Record<Monitored, string>>>;

/** What is asked of a cloud that it does not measure. Paths begin at the thresholds. */
export const unmeasuredFindings = (monitoring: MonitoringSpec, unmeasured: Unmeasured = {}): readonly Finding[] =>
  Object.entries(unmeasured).flatMap(([watched, reason]) => {
    const written = monitoring[watched as Monitored];
    if (written === undefined || written === OFF) return [];
    return [
      {
        path: [watched],
        message: `cannot be had here: ${reason}`,
        received: `a threshold of ${written.threshold}`,
        allowed: `nothing, or ${OFF}`,
        fix: `remove ${watched}`,
        at: 'key' as const,
      },
    ];
  });

/** What the alert channel hears of one model that serves. */
export interface ServingSignals {
  /** In the order of the spec; without those that are off. */
  readonly metrics: readonly MetricSignal[];
  /** Those of `metrics` that take a rollout back. */
  readonly guards: readonly MetricSignal[];
  readonly outcomes: Readonly<Record<AnnouncedOutcome, Signal>>;
}

const { periodSeconds, datapoints } = GUARD_EVALUATION;
const MINUTE = 60;
const TRAFFIC_PERIOD = 5 * MINUTE;
const GUARDED = { periodSeconds, datapoints, bad: 'above', missing: 'good', armed: 'always' } as const;
const USAGE = { ...GUARDED, unit: 'percent', periodSeconds: 5 * MINUTE } as const;

interface Watch {
  readonly name: string;
  readonly threshold: number;
  readonly facts: MetricFacts;
  readonly text: string;
}

type ThresholdOf<K extends Monitored> = Exclude<NonNullable<MonitoringSpec[K]>, typeof OFF>['threshold'];

const within = (facts: MetricFacts): string => `${(facts.periodSeconds * facts.datapoints) / MINUTE} minutes`;

function usageWatch(
  metric: 'cpu' | 'gpu' | 'memory' | 'disk',
  statistic: 'average' | 'maximum',
  threshold: number,
  what: string,
  todo: string,
): Watch {
  const facts: MetricFacts = { ...USAGE, metric, statistic };
  const text = `More than ${threshold} % of ${what} was in use for ${within(facts)}. ${todo}`;
  return { name: metric, threshold, facts, text };
}

const MORE_MACHINES = 'Raise serving.replicas.max, lower serving.scaling.requestsPerReplica, or take larger machines.';

/** What each threshold of the spec becomes. */
const WATCHES: { readonly [K in Monitored]: (threshold: ThresholdOf<K>, model: string) => Watch } = {
  latencyP95: ({ milliseconds, text }, model) => {
    const facts: MetricFacts = { ...GUARDED, metric: 'latency', statistic: 'p95', unit: 'milliseconds' };
    return {
      name: 'latency-p95',
      threshold: milliseconds,
      facts,
      text: `More than 5 of 100 answers took longer than ${text} for ${within(facts)}. If it began with a promotion, run mlops rollback SPEC --model ${model}. If it came with more traffic: ${MORE_MACHINES}`,
    };
  },
  errorRate: (threshold, model) => {
    const facts: MetricFacts = { ...GUARDED, metric: 'failures', statistic: 'average', unit: 'percent' };
    return {
      name: 'error-rate',
      threshold,
      facts,
      text: `The model failed to answer more than ${threshold} % of the requests for ${within(facts)}. Read its log. If it began with a promotion, run mlops rollback SPEC --model ${model}.`,
    };
  },
  noTraffic: ({ seconds, text }) => {
    const facts: MetricFacts = {
      metric: 'requests',
      statistic: 'sum',
      unit: 'count',
      bad: 'below',
      periodSeconds: TRAFFIC_PERIOD,
      datapoints: Math.ceil(seconds / TRAFFIC_PERIOD),
      missing: 'bad',
      armed: 'by the first promotion',
    };
    return {
      name: 'no-traffic',
      threshold: 1,
      facts,
      text: `There was no request for ${text}. Check the callers: their permission, their route and the name of the endpoint. If nobody needs the model, remove serving from its spec: its machines cost money without requests too.`,
    };
  },
  cpu: (threshold) => usageWatch('cpu', 'average', threshold, 'the CPU of the machines', MORE_MACHINES),
  gpu: (threshold) => usageWatch('gpu', 'average', threshold, 'the GPU of the machines', MORE_MACHINES),
  memory: (threshold) =>
    usageWatch(
      'memory',
      'maximum',
      threshold,
      'the memory of a machine',
      'Take larger machines (serving.machine or serving.accelerator) before the model is killed for want of memory; if it grows without more traffic, the model leaks.',
    ),
  disk: (threshold) =>
    usageWatch(
      'disk',
      'maximum',
      threshold,
      'the disk of a machine',
      'Find what the container writes and have it delete that, or promote a smaller model.',
    ),
};

const MONITORED = Object.keys(WATCHES) as Monitored[];

/**
 * What the alert channel hears of one model that serves: its thresholds, and every end of a rollout.
 *
 * @param monitoring - the thresholds of the spec; the usual ones when it says nothing
 * @param unmeasured - what the cloud does not measure, so that nothing can be watched
 */
export function servingSignals(
  model: string,
  serving: Pick<ServingSpec, 'accelerator' | 'rollout'>,
  monitoring: MonitoringSpec = DEFAULT_MONITORING,
  unmeasured: Unmeasured = {},
): ServingSignals {
  const metrics = MONITORED.filter((watches) => unmeasured[watches] === undefined).flatMap((watches) =>
    metricSignal(model, watches, serving, monitoring),
  );
  return {
    metrics,
    guards: metrics.filter(({ watches }) => serving.rollout.guards.some((guard) => guard === watches)),
    outcomes: outcomeSignals(model),
  };
}

function metricSignal(
  model: string,
  watches: Monitored,
  serving: Pick<ServingSpec, 'accelerator'>,
  monitoring: MonitoringSpec,
): readonly MetricSignal[] {
  const usual = { gpu: hasGpu(serving) ? DEFAULT_GPU : OFF, disk: DEFAULT_DISK } as const;
  const wanted = monitoring[watches] ?? (watches === 'gpu' || watches === 'disk' ? usual[watches] : OFF);
  if (wanted === OFF) return [];
  const watch = WATCHES[watches] as (threshold: unknown, model: string) => Watch;
  const { name, threshold, facts, text } = watch(wanted.threshold, model);
  const { severity, route } = wanted;
  return [
    {
      name: `${model}-${name}`,
      measures: 'metric',
      watches,
      threshold,
      severity,
      model,
      facts,
      text,
      ...(route === undefined ? {} : { route }),
    },
  ];
}

/** What of a model says how it serves. */
interface Served {
  readonly serving?: ServingSpec | undefined;
  readonly monitoring?: MonitoringSpec | undefined;
}

/** Every signal of serving of a platform. */
export function planServingSignals(
  models: Readonly<Record<string, Served>>,
  unmeasured: Unmeasured = {},
): readonly Signal[] {
  const ofModels = Object.entries(models).flatMap(([model, { serving, monitoring }]) => {
    if (serving === undefined) return [];
    const { metrics, outcomes } = servingSignals(model, serving, monitoring, unmeasured);
    return [...metrics, ...Object.values(outcomes)];
  });
  return ofModels.length === 0 ? [] : [...ofModels, ...Object.values(OPERATIONS_SIGNALS)];
}
