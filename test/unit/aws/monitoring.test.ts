import { type Stack, Token } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, test } from 'vitest';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { Monitoring, type MonitoringProps } from '../../../lib/aws/monitoring/monitoring';
import { alarmName } from '../../../lib/aws/monitoring/monitoring-names';
import { PlatformDashboard } from '../../../lib/aws/monitoring/platform-dashboard';
import type { MonitoringInput, ServingInput } from '../../../lib/plan/endpoint-plan';
import { PlatformNames } from '../../../lib/plan/names';
import { servingSignals } from '../../../lib/plan/serving-signals';
import { TRAINING_FAILED } from '../../../lib/plan/signals';
import { type MonitoringSpec, monitoring } from '../../../lib/spec/monitoring';
import { serving } from '../../../lib/spec/serving';
import { nagFindings } from '../../support/nag';
import { problemsOf } from '../../support/problems';
import { type SynthOptions, synthTemplate, testStack } from '../../support/synth';

const NAMES = new PlatformNames('fraud', 'prod');
const ENDPOINT = 'fraud-prod-detector';
const IN_REGION: SynthOptions = { env: { account: '111111111111', region: 'eu-central-1' } };

/** What a guard of rollouts watches may not be off. */
const UNGUARDED = { rollout: { strategy: 'allAtOnce', guards: [] } };

interface Written {
  readonly serving?: object;
  readonly monitoring?: object;
  readonly names?: PlatformNames | null;
}

function build(stack: Stack, written: Written = {}): Monitoring {
  const props: MonitoringProps = {
    model: 'detector',
    endpointName: ENDPOINT,
    serving: serving.parse(written.serving ?? {}),
    alerts: new Alerts(stack, 'Alerts', { platform: NAMES.slug }),
    ...(written.monitoring === undefined ? {} : { monitoring: monitoring.parse(written.monitoring) }),
    ...(written.names === null ? {} : { names: written.names ?? NAMES }),
  };
  return new Monitoring(stack, 'Monitoring', props);
}

const template = (written?: Written, options: SynthOptions = IN_REGION) =>
  synthTemplate((stack) => build(stack, written), options);

interface AlarmProperties {
  readonly AlarmName?: string;
  readonly AlarmDescription: string;
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly Period: number;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly TreatMissingData: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly AlarmActions: readonly unknown[];
}

const alarmsOf = (found: Template): readonly AlarmProperties[] =>
  Object.values(found.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

function alarm(metricName: string, written?: Written): AlarmProperties {
  const found = alarmsOf(template(written)).find(({ MetricName }) => MetricName === metricName);
  if (found === undefined) throw new Error(`no alarm on ${metricName}`);
  return found;
}

describe('alarms', () => {
  test('are those of the plan that need no version to serve', () => {
    expect(
      alarmsOf(template())
        .map(({ AlarmName }) => AlarmName)
        .sort(),
    ).toEqual(['cpu', 'disk', 'error-rate', 'latency-p95', 'memory'].map((name) => `fraud-prod-detector-${name}`));
    const off = { cpu: 'off', memory: 'off', disk: 'off', latencyP95: 'off' };
    expect(alarmsOf(template({ serving: UNGUARDED, monitoring: off }))).toHaveLength(1);
  });

  test('watch all versions of the endpoint together, and tell the channel', () => {
    const found = template();
    const [topic] = Object.keys(found.findResources('AWS::SNS::Topic'));
    for (const { Dimensions, AlarmActions } of alarmsOf(found)) {
      expect(Dimensions).toEqual([
        { Name: 'EndpointName', Value: ENDPOINT },
        { Name: 'VariantName', Value: 'main' },
      ]);
      expect(AlarmActions).toEqual([{ Ref: topic }]);
    }
  });

  test('judge latency in microseconds', () => {
    expect(alarm('ModelLatency', { monitoring: { latencyP95: '200 ms' } })).toMatchObject({
      Namespace: 'AWS/SageMaker',
      ExtendedStatistic: 'p95',
      Threshold: 200_000,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 3,
      Period: 60,
      TreatMissingData: 'notBreaching',
    });
  });

  test('judge errors as a share of the requests', () => {
    expect(alarm('Invocation5XXErrors', { monitoring: { errorRate: '0.5%' } })).toMatchObject({
      Namespace: 'AWS/SageMaker',
      Statistic: 'Average',
      Threshold: 0.005,
    });
  });

  test.each([
    ['small', 2, 180],
    ['large', 16, 1440],
  ])('judge the CPU of a %s machine as the sum over its %i cores', (machine, cores, threshold) => {
    const cpu = alarm('CPUUtilization', { serving: { machine } });
    expect(cpu).toMatchObject({ Namespace: '/aws/sagemaker/Endpoints', Statistic: 'Average', Threshold: threshold });
    expect(cpu.Threshold / 90).toBe(cores);
  });

  test.each([
    [{ type: 'l4', count: 1 }, 90],
    [{ type: 'l4', count: 4 }, 360],
  ])('judge GPUs as their sum: %j', (accelerator, threshold) => {
    expect(alarm('GPUUtilization', { serving: { accelerator } }).Threshold).toBe(threshold);
  });

  test('judge the fullest machine by memory and disk', () => {
    expect(alarm('MemoryUtilization')).toMatchObject({ Statistic: 'Maximum', Threshold: 90 });
    expect(alarm('DiskUtilization')).toMatchObject({ Statistic: 'Maximum', Threshold: 80 });
  });

  test('say what is wrong, what to do, where to look and where the version that serves is on record', () => {
    const { AlarmDescription } = alarm('ModelLatency');
    expect(AlarmDescription).toMatch(
      /^Warning: detector-latency-p95\. More than 5 of 100 answers took longer than 1 second/,
    );
    expect(AlarmDescription).toContain('run mlops rollback SPEC --cloud aws --model detector');
    expect(AlarmDescription).toContain(
      'the dashboard https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/fraud-prod-model-detector',
    );
    expect(AlarmDescription).toContain('the log /aws/sagemaker/Endpoints/fraud-prod-detector');
    expect(AlarmDescription).toContain('in the parameter /mlops/fraud-prod/models/detector/champion');
  });

  test('have texts that CloudWatch takes, however long the names', () => {
    const names = new PlatformNames('p'.repeat(24), 'e'.repeat(12));
    const model = 'm'.repeat(40);
    const found = synthTemplate((stack) => {
      new Monitoring(stack, 'Monitoring', {
        model,
        endpointName: names.of('endpoint', model),
        serving: serving.parse({ accelerator: { type: 'l4' } }),
        alerts: new Alerts(stack, 'Alerts'),
        names,
      });
    }, IN_REGION);
    expect(alarmsOf(found)).toHaveLength(6);
    for (const { AlarmDescription, AlarmName } of alarmsOf(found)) {
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
      expect(AlarmName?.length).toBeLessThanOrEqual(255);
    }
  });
});

describe('what it is told of a model', () => {
  const watching = (served: unknown, thresholds?: unknown) =>
    synthTemplate((stack) => {
      new Monitoring(stack, 'Monitoring', {
        model: 'detector',
        endpointName: ENDPOINT,
        serving: served as MonitoringProps['serving'],
        alerts: new Alerts(stack, 'Alerts', { platform: NAMES.slug }),
        names: NAMES,
        ...(thresholds === undefined ? {} : { monitoring: thresholds as MonitoringSpec }),
      });
    }, IN_REGION).toJSON();

  test('may be as a spec has it, or parsed', () => {
    const served: ServingInput = { accelerator: { type: 'l4' }, rollout: { strategy: 'linear', bake: '10 minutes' } };
    const thresholds: MonitoringInput = { latencyP95: '200 ms', memory: 'off' };
    expect(watching(served, thresholds)).toEqual(watching(serving.parse(served), monitoring.parse(thresholds)));
    expect(watching({})).toEqual(watching(serving.parse({})));
  });

  test('is judged as a spec is, all at once', () => {
    const written = { replicas: { min: 6 }, machine: 'hueg' };
    const problems = problemsOf(() => watching(written, { latencyP95: 200, gpu: '80%' }));
    expect(problems.map(({ path }) => path)).toEqual([
      'monitoring.gpu',
      'monitoring.latencyP95',
      'serving.machine',
      'serving.replicas.max',
    ]);
  });

  test('has to be there', () => {
    expect(() => new Monitoring(testStack(), 'M', {} as MonitoringProps)).toThrow(
      "Test/M: 'model', 'endpointName', 'serving', 'alerts' are required",
    );
  });
});

describe('routes', () => {
  const routed = (routes: readonly string[], written: object) =>
    synthTemplate((stack) => {
      const topic = (id: string) => new Alerts(stack, id, { platform: NAMES.slug });
      new Monitoring(stack, 'Monitoring', {
        model: 'detector',
        endpointName: ENDPOINT,
        serving: serving.parse({}),
        monitoring: monitoring.parse(written),
        alerts: topic('Alerts'),
        routes: Object.fromEntries(routes.map((route) => [route, topic(route)])),
        names: NAMES,
      });
    }, IN_REGION);

  test('hear of the thresholds that name them, and the channel of everything else', () => {
    const found = routed(['pager'], { errorRate: { threshold: '2%', route: 'pager' } });
    const told = Object.fromEntries(alarmsOf(found).map(({ AlarmName, AlarmActions }) => [AlarmName, AlarmActions]));
    const { 'fraud-prod-detector-error-rate': errors, ...others } = told;
    expect(errors).toEqual([{ Ref: expect.stringMatching(/^pager/) }]);
    expect(Object.keys(others)).toHaveLength(4);
    for (const actions of Object.values(others)) expect(actions).toEqual([{ Ref: expect.stringMatching(/^Alerts/) }]);
  });

  test('that are not there are refused, all at once', () => {
    expect(() => routed(['mail'], { errorRate: { route: 'pager' }, cpu: { route: 'night' } })).toThrow(
      /detector-error-rate goes by pager, detector-cpu goes by night\. Allowed: mail\./,
    );
  });
});

describe('an alarm of any signal', () => {
  const metric = new cloudwatch.Metric({ namespace: 'Test', metricName: 'Bad' });
  const signal = { ...TRAINING_FAILED, threshold: 3 };
  const made = (judged: object = {}, rest: object = {}) => {
    const [properties] = alarmsOf(
      synthTemplate((stack) => new Alerts(stack, 'Alerts').alarm(stack, 'Alarm', { signal, metric, judged, ...rest })),
    );
    if (properties === undefined) throw new Error('no alarm');
    return properties;
  };

  test('goes off in the first period that reaches the threshold, unless it says otherwise', () => {
    expect(made()).toMatchObject({
      Threshold: 3,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(made({ bad: 'above', datapoints: 4, missing: 'bad', threshold: 7 })).toMatchObject({
      Threshold: 7,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 4,
      TreatMissingData: 'breaching',
    });
    expect(made({ bad: 'below' }).ComparisonOperator).toBe('LessThanThreshold');
  });

  test('ends in where to look', () => {
    expect(made({}, { where: 'the log' }).AlarmDescription).toMatch(/mended\. Where to look: the log$/);
    expect(made().AlarmDescription).not.toContain('Where to look');
  });

  test('refuses a text that CloudWatch would', () => {
    expect(() => made({}, { where: 'x'.repeat(1000) })).toThrow(
      /the text of the alarm training-failed has \d+ characters, and an alarm holds 1024/,
    );
  });
});

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title?: string;
    readonly metrics?: readonly (readonly (string | Record<string, unknown>)[])[];
    readonly alarms?: readonly string[];
    readonly annotations?: { readonly horizontal?: readonly { readonly value: number; readonly label: string }[] };
  };
}

/** Widgets of a dashboard, with references written as `<name>`. */
function widgetsOf(found: Template): readonly Widget[] {
  const [dashboard] = Object.values(found.findResources('AWS::CloudWatch::Dashboard'));
  const body: unknown = dashboard?.Properties.DashboardBody;
  const text =
    typeof body === 'string'
      ? body
      : (body as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1]
          .map((part) =>
            typeof part === 'string'
              ? part
              : `<${Object.values(part as object)
                  .flat()
                  .join('.')}>`,
          )
          .join('');
  return (JSON.parse(text) as { widgets: readonly Widget[] }).widgets;
}

const widget = (found: Template, title: string): Widget['properties'] => {
  const one = widgetsOf(found).find(({ properties }) => properties.title === title);
  if (one === undefined) throw new Error(`no widget ${title}`);
  return one.properties;
};
const expressions = (found: Template, title: string): readonly string[] =>
  (widget(found, title).metrics ?? []).flatMap((metric) =>
    metric.flatMap((part) => (typeof part === 'object' && 'expression' in part ? [String(part.expression)] : [])),
  );

describe('the dashboard of a model', () => {
  test('has a name of the plan', () => {
    template().hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'fraud-prod-model-detector' });
  });

  test('shows alarms, versions over time and their age, traffic, latency, errors and machines', () => {
    expect(widgetsOf(template()).map(({ properties }) => properties.title)).toEqual([
      'Alarms of detector',
      'Requests by version, in 5 minutes',
      'Age of the version that serves, in days',
      'Traffic: requests a minute',
      'Latency in ms',
      'Errors in % of the requests',
      'Machines: % in use',
    ]);
    expect(widget(template(), 'Alarms of detector').alarms).toHaveLength(5);
  });

  test('finds versions by the configuration that a request was served with', () => {
    expect(expressions(template(), 'Requests by version, in 5 minutes')).toEqual([
      `SEARCH('{AWS/SageMaker,EndpointConfigName,EndpointName,VariantName} MetricName="Invocations" EndpointName="fraud-prod-detector" VariantName="main"', 'Sum', 300)`,
    ]);
  });

  test('is in the units of the spec, with the thresholds of the spec', () => {
    const found = template({
      serving: { accelerator: { type: 'l4', count: 4 } },
      monitoring: { latencyP95: '250 ms' },
    });
    expect(expressions(found, 'Latency in ms')).toEqual(['p50 / 1000', 'p95 / 1000', 'p99 / 1000', 'overhead / 1000']);
    expect(expressions(found, 'Errors in % of the requests')).toEqual(['model * 100', 'callers * 100']);
    expect(expressions(found, 'Machines: % in use')).toEqual(['cpu / 48', 'gpu / 4']);
    const drawn = (title: string) =>
      widget(found, title).annotations?.horizontal?.map(({ value, label }) => [label, value]);
    expect(drawn('Latency in ms')).toEqual([['detector-latency-p95', 250]]);
    expect(drawn('Errors in % of the requests')).toEqual([['detector-error-rate', 1]]);
    expect(drawn('Machines: % in use')).toEqual([
      ['detector-cpu', 90],
      ['detector-gpu', 90],
      ['detector-memory', 90],
      ['detector-disk', 80],
    ]);
  });

  test('shows no load of accelerators that are no GPUs, of which none is measured', () => {
    const found = template({ serving: { accelerator: { type: 'inferentia2', count: 1 } } });
    expect(expressions(found, 'Machines: % in use')).toEqual(['cpu / 4']);
  });

  test('goes without alarms where all are off', () => {
    const off = { latencyP95: 'off', errorRate: 'off', cpu: 'off', memory: 'off', disk: 'off' };
    expect(widgetsOf(template({ serving: UNGUARDED, monitoring: off }))[0]?.properties.title).toBe(
      'Requests by version, in 5 minutes',
    );
  });
});

describe('used alone', () => {
  test('it needs no names: alarms have none, the dashboard one of its place in the app', () => {
    const found = template({ names: null });
    for (const { AlarmName, AlarmDescription } of alarmsOf(found)) {
      expect(AlarmName).toBeUndefined();
      expect(AlarmDescription).not.toContain('parameter');
    }
    const [dashboard] = Object.values(found.findResources('AWS::CloudWatch::Dashboard'));
    expect(dashboard?.Properties.DashboardName).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
    expect(widgetsOf(found).map(({ properties }) => properties.title)).not.toContain(
      'Age of the version that serves, in days',
    );
  });

  test('it works in a stack that does not know where it will live', () => {
    const cpu = alarmsOf(template({}, {})).find(({ MetricName }) => MetricName === 'CPUUtilization');
    expect(cpu?.Threshold).toBeGreaterThan(90);
  });

  test('it says what could be had where a machine cannot', () => {
    expect(() => template({ serving: { accelerator: { type: 'l4', count: 3 } } })).toThrow(
      /Test\/Monitoring serving\.accelerator: no machine for hosting in eu-central-1 has exactly 3 × l4.*allowed: /s,
    );
  });

  test('it gives metrics by their official names', () => {
    const stack = testStack(IN_REGION);
    const watched = build(stack);
    expect(watched.metric('OverheadLatency', { statistic: 'Average' }).toMetricConfig().metricStat).toMatchObject({
      namespace: 'AWS/SageMaker',
      metricName: 'OverheadLatency',
      statistic: 'Average',
      dimensions: [
        { name: 'EndpointName', value: ENDPOINT },
        { name: 'VariantName', value: 'main' },
      ],
    });
    expect(watched.metric('GPUMemoryUtilization').namespace).toBe('/aws/sagemaker/Endpoints');
    expect(Object.keys(watched.alarms)).toContain('detector-cpu');
  });
});

describe('the dashboard of a platform', () => {
  const models = {
    detector: { serving: serving.parse({}) },
    idle: {},
    gpu: { serving: serving.parse({ accelerator: { type: 'l4' } }) },
  };
  const found = () =>
    synthTemplate((stack) => new PlatformDashboard(stack, 'Dashboard', { names: NAMES, models }), IN_REGION);

  test('shows models in production, the age of every version, and the alarms of each model that serves', () => {
    found().hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'fraud-prod-models' });
    expect(widgetsOf(found()).map(({ properties }) => properties.title)).toEqual([
      'Models in production',
      'Age of the versions that serve, in days',
      'detector',
      'gpu',
    ]);
    expect(expressions(found(), 'Age of the versions that serve, in days')).toEqual([
      `SEARCH('{MLOps/Models,Model,Platform} MetricName="ChampionAge" Platform="fraud-prod"', 'Maximum', 86400) / 86400`,
    ]);
    expect(widget(found(), 'Models in production').metrics?.[0]?.slice(0, 4)).toEqual([
      'MLOps/Models',
      'ModelsInProduction',
      'Platform',
      'fraud-prod',
    ]);
  });

  test('finds the alarms that the stacks of models make', () => {
    const made = alarmsOf(template()).map(
      ({ AlarmName }) => `arn:<AWS::Partition>:cloudwatch:eu-central-1:111111111111:alarm:${AlarmName}`,
    );
    expect([...(widget(found(), 'detector').alarms ?? [])].sort()).toEqual(made.sort());
  });
});

describe('names of alarms', () => {
  test('are those of no other model or signal', () => {
    const names = ['a', 'a-cpu', 'a-latency', 'a-latency-p95', 'x'.repeat(40), `${'x'.repeat(39)}y`].flatMap((model) =>
      servingSignals(model, serving.parse({ accelerator: { type: 'l4' } })).metrics.map((signal) =>
        alarmName(NAMES, signal),
      ),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('policy packs', () => {
  test('find nothing', () => {
    const stack = testStack(IN_REGION);
    build(stack);
    new PlatformDashboard(stack, 'Platform', { names: NAMES });
    expect(nagFindings(stack)).toEqual([]);
  });
});

test('synthesis is the same every time, with nothing unresolved', () => {
  expect(template().toJSON()).toEqual(template().toJSON());
  expect(Token.isUnresolved(JSON.stringify(template().toJSON()))).toBe(false);
});
