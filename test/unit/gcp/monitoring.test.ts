import type { TerraformStack } from 'cdktf';
import { describe, expect, test } from 'vitest';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { Monitoring, type MonitoringProps } from '../../../lib/gcp/monitoring/monitoring';
import { PlatformDashboard } from '../../../lib/gcp/monitoring/platform-dashboard';
import { GCP_UNMEASURED } from '../../../lib/plan/gcp-unmeasured';
import { PlatformNames } from '../../../lib/plan/names';
import { outcomeSignals } from '../../../lib/plan/outcome-signals';
import { servingSignals } from '../../../lib/plan/serving-signals';
import { monitoring } from '../../../lib/spec/monitoring';
import { serving } from '../../../lib/spec/serving';
import { gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';
import { promqlErrors } from '../../support/promql';

const NAMES = new PlatformNames('fraud', 'prod');
const ENDPOINT = '1234567890';

interface Written {
  readonly serving?: object;
  readonly monitoring?: object;
  readonly names?: PlatformNames | null;
  readonly region?: string;
}

function build(stack: TerraformStack, written: Written = {}): Monitoring {
  const target = { ...TARGET, region: written.region ?? TARGET.region };
  const props: MonitoringProps = {
    target,
    model: 'detector',
    endpointName: ENDPOINT,
    serving: serving.parse(written.serving ?? {}),
    alerts: new AlertChannel(stack, 'Alerts', { target, platform: NAMES.slug, email: ['a@example.com'] }),
    recordsBucket: 'fraud-prod-records-123456789012',
    ...(written.monitoring === undefined ? {} : { monitoring: monitoring.parse(written.monitoring) }),
    ...(written.names === null ? {} : { names: written.names ?? NAMES }),
  };
  return new Monitoring(stack, 'Monitoring', props);
}

interface Policy {
  readonly display_name: string;
  readonly severity?: string;
  readonly documentation: { readonly content: string; readonly subject: string };
  readonly conditions: readonly {
    readonly display_name: string;
    readonly condition_prometheus_query_language?: {
      readonly query: string;
      readonly duration: string;
      readonly evaluation_interval: string;
      readonly disable_metric_validation: boolean;
    };
    readonly condition_matched_log?: { readonly filter: string };
  }[];
  readonly notification_channels: readonly string[];
  readonly alert_strategy: object;
}

function policies(written?: Written): Readonly<Record<string, Policy>> {
  const stack = gcpStack();
  build(stack, written);
  const all = Object.values(resourcesOf(stack, 'google_monitoring_alert_policy')) as unknown as Policy[];
  return Object.fromEntries(all.map((policy) => [policy.display_name.replace('fraud-prod: ', ''), policy]));
}

/** The condition of what is measured, by the signal's name without its model. */
function condition(signal: string, written?: Written) {
  const found = policies(written)[`detector-${signal}`]?.conditions[0]?.condition_prometheus_query_language;
  if (found === undefined) throw new Error(`there is no alert policy for ${signal}`);
  return found;
}

/** A query without what all selectors of the endpoint have. */
const short = (query: string): string =>
  query
    .replaceAll(/aiplatform_googleapis_com:prediction_online_/g, '')
    .replaceAll(`monitored_resource="aiplatform.googleapis.com/Endpoint",endpoint_id="${ENDPOINT}"`, '')
    .replaceAll('{}', '')
    .replaceAll('{,', '{');

describe('signals of an endpoint', () => {
  test('are those of the plan, with its severities and texts, for all that Vertex AI measures', () => {
    const found = policies({ serving: { accelerator: { type: 'l4', count: 1 } } });
    const { metrics } = servingSignals(
      'detector',
      serving.parse({ accelerator: { type: 'l4', count: 1 } }),
      undefined,
      GCP_UNMEASURED,
    );
    expect(metrics.map(({ watches }) => watches)).not.toContain('disk');
    for (const { name, severity, text } of metrics) {
      const policy = found[name];
      expect(policy?.severity, name).toBe(severity.toUpperCase());
      expect(policy?.documentation.content, name).toContain(
        text.replaceAll(/mlops (\w+) SPEC/g, 'mlops $1 SPEC --cloud gcp'),
      );
      expect(policy?.conditions[0]?.condition_prometheus_query_language, name).toBeDefined();
      expect(policy?.notification_channels).toHaveLength(1);
    }
  });

  test('say where to look, with the record of the version that serves', () => {
    const content = policies()['detector-error-rate']?.documentation.content;
    expect(content).toContain('gs://fraud-prod-records-123456789012/models/detector/champion');
    expect(content).toContain(`endpoints/${ENDPOINT}?project=fraud-prod`);
    expect(content).toContain('fraud-prod-model-detector');
  });

  test.each([
    ['latency-p95', '120s', '60s'],
    ['error-rate', '120s', '60s'],
    ['cpu', '600s', '300s'],
    ['memory', '600s', '300s'],
  ])('%s has to be bad in a row as often as the plan says', (signal, duration, evaluation_interval) => {
    expect(condition(signal)).toMatchObject({ duration, evaluation_interval });
  });

  test('do not ask whether their metrics exist', () => {
    const found = Object.values(policies()).flatMap(({ conditions }) =>
      conditions.flatMap((one) => one.condition_prometheus_query_language ?? []),
    );
    expect(found).toHaveLength(5);
    for (const one of found) expect(one.disable_metric_validation).toBe(true);
  });

  test('say when it is over as well, and end where nothing is measured any more; what was announced only ends', () => {
    for (const { alert_strategy, conditions } of Object.values(policies()))
      expect(alert_strategy).toEqual(
        conditions.some((one) => one.condition_matched_log !== undefined)
          ? { auto_close: '1800s', notification_rate_limit: { period: '300s' } }
          : { auto_close: '1800s', notification_prompts: ['OPENED', 'CLOSED'] },
      );
  });

  test('are of this endpoint alone, and one that is off is not there', () => {
    for (const { conditions } of Object.values(policies()))
      for (const { condition_prometheus_query_language: promql } of conditions)
        for (const part of promql?.query.match(/\{[^}]*\}/g) ?? []) expect(part).toContain(`endpoint_id="${ENDPOINT}"`);
    expect(policies({ monitoring: { cpu: 'off' } })['detector-cpu']).toBeUndefined();
  });
});

describe('what is not measured', () => {
  test('is refused, not passed over', () => {
    expect(() => policies({ monitoring: { disk: '80%' } })).toThrow(
      /Test\/Monitoring.* monitoring\.disk: cannot be had here: Vertex AI has no metric of the disks.*fix: +remove disk/s,
    );
    expect(() => policies({ monitoring: { disk: 'off' } })).not.toThrow();
  });
});

describe('routes', () => {
  const routed = (routes: readonly string[], written: object) => {
    const stack = gcpStack();
    const channel = (id: string) =>
      new AlertChannel(stack, id, { target: TARGET, platform: NAMES.slug, email: [`${id}@example.com`], route: id });
    new Monitoring(stack, 'Monitoring', {
      target: TARGET,
      model: 'detector',
      endpointName: ENDPOINT,
      serving: serving.parse({}),
      monitoring: monitoring.parse(written),
      alerts: channel('usual'),
      routes: Object.fromEntries(routes.map((route) => [route, channel(route)])),
    });
    const all = Object.values(resourcesOf(stack, 'google_monitoring_alert_policy')) as unknown as Policy[];
    return Object.fromEntries(
      all.map((policy) => [policy.display_name.replace('fraud-prod: ', ''), policy.notification_channels.join()]),
    );
  };

  test('hear of the thresholds that name them, and the channel of everything else', () => {
    const { 'detector-error-rate': errors, ...others } = routed(['pager'], { errorRate: { route: 'pager' } });
    expect(errors).toMatch(/^\$\{google_monitoring_notification_channel\.pager_Email-[^,]*\}$/);
    expect(Object.keys(others).length).toBeGreaterThan(10);
    for (const [signal, told] of Object.entries(others)) expect(told, signal).toMatch(/\.usual_Email-[^,]*$/);
  });

  test('that are not there are refused, all at once', () => {
    expect(() => routed(['mail'], { errorRate: { route: 'pager' }, cpu: { route: 'night' } })).toThrow(
      /detector-error-rate goes by pager, detector-cpu goes by night\. Allowed: mail\./,
    );
  });
});

describe('values of an endpoint', () => {
  test('latency is of the model, in milliseconds', () => {
    expect(short(condition('latency-p95', { monitoring: { latencyP95: '250 ms' } }).query)).toBe(
      'histogram_quantile(0.95, sum by (le) (increase(prediction_latencies_bucket{latency_type="model"}[60s] offset 120s) or increase(private_prediction_latencies_bucket[60s] offset 360s))) > 250',
    );
  });

  test('errors are the share of requests that the model failed to answer', () => {
    expect(short(condition('error-rate', { monitoring: { errorRate: '0.5%' } }).query)).toBe(
      '100 * sum(increase(response_count{response_code=~"5.."}[60s] offset 120s) or increase(private_response_count{response_code=~"5.."}[60s] offset 360s)) / sum(increase(response_count[60s] offset 120s) or increase(private_response_count[60s] offset 360s)) > 0.5',
    );
  });

  test('CPU is of all CPUs, which Vertex AI adds up', () => {
    expect(short(condition('cpu', { serving: { machine: 'large' } }).query)).toBe(
      '100 / 16 * avg(avg_over_time(cpu_utilization[300s] offset 360s)) > 90',
    );
  });

  test('memory is the share of the machine, of which Vertex AI gives bytes', () => {
    expect(short(condition('memory', { serving: { machine: 'medium' } }).query)).toBe(
      `100 / ${16 * 1024 ** 3} * max(max_over_time(memory_bytes_used[300s] offset 360s)) > 90`,
    );
  });

  test('GPU is the time that it works, and is watched where there is one', () => {
    expect(short(condition('gpu', { serving: { accelerator: { type: 'l4', count: 1 } } }).query)).toBe(
      '100 * avg(avg_over_time(accelerator_duty_cycle[300s] offset 360s)) > 90',
    );
    expect(policies()['detector-gpu']).toBeUndefined();
  });

  test('no traffic is bad only where machines served all that time', () => {
    const { query, duration } = condition('no-traffic', { monitoring: { noTraffic: '30 minutes' } });
    expect(duration).toBe('0s');
    expect(short(query)).toBe(
      '(sum(increase(response_count[1800s] offset 120s) or increase(private_response_count[1800s] offset 360s)) or vector(0)) < 1 and sum(replicas offset 360s) > 0 and sum(replicas offset 2160s) > 0',
    );
  });
});

describe('ends of rollouts', () => {
  test('are announced, each by the log entry of its signal', () => {
    const found = policies();
    for (const { name } of Object.values(outcomeSignals('detector'))) {
      const filter = found[name]?.conditions[0]?.condition_matched_log?.filter;
      expect(filter, name).toContain(`jsonPayload.signal="${name}"`);
      expect(filter, name).toContain('jsonPayload.platform="fraud-prod"');
    }
  });

  test('name the cloud in commands', () => {
    expect(policies()['detector-first-deployment-failed']?.documentation.content).toContain(
      'mlops promote SPEC --cloud gcp --model detector --version V',
    );
  });
});

interface Tile {
  readonly xPos?: number;
  readonly yPos?: number;
  readonly width: number;
  readonly height: number;
  readonly widget: Readonly<Record<string, unknown>> & { readonly title: string };
}

function dashboard(make: (stack: TerraformStack) => void): readonly Tile[] {
  const stack = gcpStack();
  make(stack);
  const { dashboard_json: text } = resourceOf(stack, 'google_monitoring_dashboard');
  return JSON.parse(text as string).mosaicLayout.tiles;
}

const queriesOf = (tiles: readonly Tile[]): readonly string[] =>
  [...JSON.stringify(tiles).matchAll(/"prometheusQuery":("(?:[^"\\]|\\.)*")/g)].map(([, text]) =>
    JSON.parse(text ?? ''),
  );

describe('dashboards', () => {
  const model = (written?: Written) => dashboard((stack) => build(stack, written));
  const platform = () =>
    dashboard((stack) => new PlatformDashboard(stack, 'Dashboard', { target: TARGET, names: NAMES }));

  function widget(title: string): Tile['widget'] {
    const tile = model().find((one) => one.widget.title === title);
    if (tile === undefined) throw new Error(`there is no ${title}`);
    return tile.widget;
  }

  test('a model shows its alerts, versions, age, traffic, latency, errors and machines', () => {
    expect(model().map(({ widget }) => widget.title)).toEqual([
      'Alerts of detector',
      'Requests by version (deployed model), in 5 minutes',
      'Age of the version that serves, in days',
      'Traffic: requests a minute',
      'Latency in ms',
      'Errors in % of the requests',
      'Machines: % in use',
    ]);
  });

  test('a model that no platform knows has no age', () => {
    expect(JSON.stringify(model({ names: null }))).not.toContain('custom_googleapis_com');
  });

  test('the alert policies of its signals are named as Google numbers them', () => {
    const { policyNames } = widget('Alerts of detector').incidentList as { readonly policyNames: string[] };
    expect(policyNames).toHaveLength(5);
    for (const name of policyNames)
      expect(name).toMatch(
        /^alertPolicies\/\$\{basename\(google_monitoring_alert_policy\.Monitoring_Alarm-\w+_Policy_\w+\.id\)\}$/,
      );
  });

  test('thresholds are drawn where their values are', () => {
    const thresholds = (title: string) => (widget(title).xyChart as { thresholds?: unknown }).thresholds;
    expect(thresholds('Latency in ms')).toEqual([{ label: 'detector-latency-p95', value: 1000, targetAxis: 'Y1' }]);
    expect(thresholds('Machines: % in use')).toEqual([
      { label: 'detector-cpu', value: 90, targetAxis: 'Y1' },
      { label: 'detector-memory', value: 90, targetAxis: 'Y1' },
    ]);
  });

  test('a platform shows how many models serve and how old their versions are', () => {
    expect(queriesOf(platform())).toEqual([
      'max(last_over_time(custom_googleapis_com:mlops_models_ModelsInProduction{monitored_resource="global",platform="fraud-prod"}[108000s]))',
      'max by (model) (last_over_time(custom_googleapis_com:mlops_models_ChampionAge{monitored_resource="global",platform="fraud-prod"}[108000s])) / 86400',
    ]);
  });

  test.each([
    ['of a model', model],
    ['of a platform', platform],
  ])('%s tiles lie side by side, and places of 0 are left out', (_, tiles) => {
    const cells = new Set<string>();
    for (const { xPos = 0, yPos = 0, width, height } of tiles()) {
      expect(xPos + width).toBeLessThanOrEqual(48);
      for (let x = xPos; x < xPos + width; x++)
        for (let y = yPos; y < yPos + height; y++) {
          expect(cells.has(`${x},${y}`)).toBe(false);
          cells.add(`${x},${y}`);
        }
    }
    expect(JSON.stringify(tiles())).not.toMatch(/"[xy]Pos":0[,}]/);
  });

  test("every query is one in Prometheus' own grammar", () => {
    const alerts = Object.values(policies({ serving: { accelerator: { type: 'l4', count: 1 } } })).flatMap(
      ({ conditions }) => conditions.flatMap((one) => one.condition_prometheus_query_language?.query ?? []),
    );
    const queries = [...alerts, ...queriesOf(model()), ...queriesOf(platform())];
    expect(queries.length).toBeGreaterThan(18);
    for (const query of queries) expect(promqlErrors(query), query).toEqual([]);
    expect(promqlErrors('sum(a{b="c"}[5m offset 1m) > 0')).not.toEqual([]);
  });
});

test('a machine that the region does not have is refused', () => {
  expect(() => policies({ serving: { accelerator: { type: 'inferentia2', count: 1 } } })).toThrow(
    /^Test\/Monitoring: .*Allowed: /,
  );
});
