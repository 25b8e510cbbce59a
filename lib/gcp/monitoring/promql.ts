/**
 * Metrics of Cloud Monitoring as PromQL names them. Source: Cloud Monitoring documentation, "Mapping Cloud Monitoring
 * metrics to PromQL": the first slash becomes a colon, every other special character an underscore; a distribution has
 * `_bucket`, `_sum` and `_count`; `monitored_resource` chooses the resource type.
 */
export const promName = (metric: string): string => metric.replace('/', ':').replaceAll(/[^A-Za-z0-9_:]/g, '_');

export type Labels = Readonly<Record<string, string | { readonly matches: string }>>;

/** A metric of one resource type with these labels: `name{monitored_resource="…",endpoint_id="…"}`. */
export function selector(metric: string, resource: string, labels: Labels, suffix = ''): string {
  const wanted: Labels = { monitored_resource: resource, ...labels };
  const matchers = Object.entries(wanted).map(([label, value]) =>
    typeof value === 'string' ? `${label}=${JSON.stringify(value)}` : `${label}=~${JSON.stringify(value.matches)}`,
  );
  return `${promName(metric)}${suffix}{${matchers.join(',')}}`;
}

/** A span of time, of seconds, that ended some seconds ago. */
export interface Window {
  readonly seconds: number;
  /** Seconds until what was measured can be seen. Default: 0. */
  readonly delay?: number;
}

const late = (delay: number): string => (delay === 0 ? '' : ` offset ${delay}s`);

/** What a selector gives over a window. */
export const over = (vector: string, { seconds, delay = 0 }: Window): string => `${vector}[${seconds}s]${late(delay)}`;

/** What a selector gave some seconds ago. */
export const ago = (vector: string, seconds: number): string => `${vector}${late(seconds)}`;
