import { z } from 'zod';
import { advise } from './advice';
import { firstAdvice } from './describe';
import { drift } from './drift';
import { entryName } from './identifiers';
import { ONCE } from './once';
import { quality } from './quality';
import { duration, latency, percent } from './quantity';
import { SEVERITIES } from './severity';

/** Written instead of a threshold, switches a signal off. */
export const OFF = 'off';

export { SEVERITIES };

/** What is watched over each model that serves, unless the spec says otherwise. */
export const DEFAULT_THRESHOLDS = {
  latencyP95: { threshold: '1 second', severity: 'warning' },
  errorRate: { threshold: '1%', severity: 'critical' },
  noTraffic: { threshold: '1 hour', severity: 'warning' },
  cpu: { threshold: '90%', severity: 'warning' },
  gpu: { threshold: '90%', severity: 'warning' },
  memory: { threshold: '90%', severity: 'warning' },
  disk: { threshold: '80%', severity: 'warning' },
} as const;

/** What can be watched. */
export type Monitored = keyof typeof DEFAULT_THRESHOLDS;

/** A value that must not be passed, how loud it is if it is, and who hears of it. */
export interface Threshold<Value> {
  readonly threshold: Value;
  readonly severity: (typeof SEVERITIES)[number];
  /** One of `alerts.routes`. Without it: the channel of the platform. */
  readonly route?: string | undefined;
}

/** A threshold with its severity and route, a bare one with the usual severity, or `off`. */
function threshold<Value>(key: Monitored, quantity: z.ZodType<Value, string>) {
  const usual = DEFAULT_THRESHOLDS[key];
  const advice = firstAdvice(quantity);
  const withSeverity = z.strictObject({
    threshold: quantity.prefault(usual.threshold),
    severity: z.enum(SEVERITIES).default(usual.severity).describe('critical: now. warning: today.'),
    route: entryName.optional().describe("One of alerts.routes that hears of it instead of the platform's channel."),
  });
  const written = advise(z.union([z.literal(OFF), quantity, withSeverity], { error: 'is not a threshold' }), {
    allowed: `${advice?.allowed ?? usual.threshold}; a map with threshold, severity and route; or ${OFF}`,
    fix: (received) => advice?.fix?.(received) ?? `write ${usual.threshold}`,
  });
  return z.codec(written, z.custom<Threshold<Value> | typeof OFF>(), {
    decode: (value) =>
      value === OFF || isThreshold(value)
        ? (value as Threshold<Value> | typeof OFF)
        : { threshold: value as Value, severity: usual.severity },
    encode: (value) => value,
  });
}

const isThreshold = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'threshold' in value && 'severity' in value;

/** A share that is passed: at 100% nothing ever would be. */
const share = percent({ min: 0, max: 99 });
const usage = percent({ min: 1, max: 99 });

const withDefault = <Value>(key: Monitored, quantity: z.ZodType<Value, string>) =>
  threshold(key, quantity).prefault(DEFAULT_THRESHOLDS[key].threshold);

const gpu = threshold('gpu', usage);
const disk = threshold('disk', usage);

export const monitoring = z
  .strictObject({
    latencyP95: withDefault('latencyP95', latency({ min: '1 ms', max: '60 seconds' })).describe(
      'Time that 95 of 100 answers take at most.',
    ),
    errorRate: withDefault('errorRate', share).describe('Requests that the model fails to answer.'),
    noTraffic: withDefault('noTraffic', duration({ min: '5 minutes', max: '1 day' })).describe(
      'Time without any request, in steps of 5 minutes.',
    ),
    cpu: withDefault('cpu', usage).describe('CPU used, of all CPUs, on average over the machines.'),
    gpu: gpu
      .optional()
      .describe(
        `GPU used, of all GPUs, on average over the machines. Watched only where there are GPUs, then by default at ${DEFAULT_THRESHOLDS.gpu.threshold}.`,
      ),
    memory: withDefault('memory', usage).describe('Memory used on the fullest machine.'),
    disk: disk
      .optional()
      .describe(
        `Disk used on the fullest machine. Watched where the cloud measures it, then by default at ${DEFAULT_THRESHOLDS.disk.threshold}.`,
      ),
    drift: drift.optional(),
    quality: quality.optional(),
  })
  .describe(
    `Thresholds of a model that serves, each a bare value, a map with threshold, severity and route, or ${OFF}; and what its requests and answers are compared with.`,
  );

export type MonitoringSpec = z.output<typeof monitoring>;

/** What is watched over a model that serves and says nothing of monitoring. */
export const DEFAULT_MONITORING: MonitoringSpec = monitoring.parse({}, ONCE);

/** Threshold of GPUs where there are some and nothing is said of them. */
export const DEFAULT_GPU = gpu.parse(DEFAULT_THRESHOLDS.gpu.threshold, ONCE);

/** Threshold of disks where they are measured and nothing is said of them. */
export const DEFAULT_DISK = disk.parse(DEFAULT_THRESHOLDS.disk.threshold, ONCE);
