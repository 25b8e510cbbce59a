import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { VARIANT } from '../../plan/rollout';
import type { MetricFacts, MetricSignal } from '../../plan/serving-signals';
import { endpointMetric, INVOCATIONS, type MachineShape } from './endpoint-metrics';
import { championAgeMetric } from './scorecard-metrics';
import { searchMetrics } from './search';

export interface ModelDashboardProps {
  readonly model: string;
  readonly endpointName: string;
  readonly dashboardName: string;
  /** Machine that serves: what its CPUs and GPUs add up to. */
  readonly machine: MachineShape;
  /** Whether its machine has GPUs; of other accelerators no load is measured. */
  readonly hasGpu: boolean;
  /** Their thresholds are drawn into the graphs. */
  readonly signals: readonly MetricSignal[];
  readonly alarms: readonly cloudwatch.IAlarm[];
  /** Platform whose scorecard knows the age of the version that serves. Default: there is none. */
  readonly platform?: string;
}

const HALF = 12;
const FULL = 24;
const HEIGHT = 6;
const SECONDS_OF_A_DAY = 86_400;

/** How a model serves: its alarms, traffic, latency, errors, machines, and which version had which traffic when. */
export class ModelDashboard extends Construct {
  public readonly dashboard: cloudwatch.Dashboard;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ModelDashboardProps,
  ) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: props.dashboardName,
      defaultInterval: Duration.days(1),
      // Lines are sums of a minute or so, which a longer period would draw many times too high.
      periodOverride: cloudwatch.PeriodOverride.INHERIT,
    });
    if (props.alarms.length > 0)
      this.dashboard.addWidgets(
        new cloudwatch.AlarmStatusWidget({
          title: `Alarms of ${props.model}`,
          alarms: [...props.alarms],
          width: FULL,
          height: 3,
        }),
      );
    this.dashboard.addWidgets(this.versions(), this.age());
    this.dashboard.addWidgets(this.traffic(), this.latency());
    this.dashboard.addWidgets(this.errors(), this.usage());
  }

  /** SageMaker measures requests of each configuration too, and a configuration is one version. */
  private versions(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Requests by version, in 5 minutes',
      left: [
        searchMetrics({
          namespace: INVOCATIONS,
          metricName: 'Invocations',
          dimensions: { EndpointName: this.props.endpointName, VariantName: VARIANT },
          each: 'EndpointConfigName',
          statistic: 'Sum',
          period: Duration.minutes(5),
        }),
      ],
      stacked: true,
      width: this.props.platform === undefined ? FULL : HALF + HALF / 2,
      height: HEIGHT,
    });
  }

  private age(): cloudwatch.IWidget {
    const { platform, model } = this.props;
    if (platform === undefined) return new cloudwatch.Spacer({ width: 0, height: 0 });
    return new cloudwatch.SingleValueWidget({
      title: 'Age of the version that serves, in days',
      metrics: [
        new cloudwatch.MathExpression({
          expression: `age / ${SECONDS_OF_A_DAY}`,
          usingMetrics: { age: championAgeMetric(platform, model) },
          label: model,
          period: Duration.days(1),
        }),
      ],
      width: HALF / 2,
      height: HEIGHT,
    });
  }

  private traffic(): cloudwatch.IWidget {
    const { endpointName } = this.props;
    return this.graph('Traffic: requests a minute', [
      endpointMetric('Invocations', endpointName, { statistic: 'Sum', label: 'all machines' }),
      endpointMetric('InvocationsPerInstance', endpointName, { statistic: 'Sum', label: 'each machine' }),
    ]);
  }

  private latency(): cloudwatch.IWidget {
    const { endpointName } = this.props;
    const milliseconds = (label: string, id: string, metric: cloudwatch.IMetric) => scaled(id, '/ 1000', label, metric);
    return this.graph(
      'Latency in ms',
      [
        ...(['p50', 'p95', 'p99'] as const).map((statistic) =>
          milliseconds(`model ${statistic}`, statistic, endpointMetric('ModelLatency', endpointName, { statistic })),
        ),
        milliseconds(
          'overhead, average',
          'overhead',
          endpointMetric('OverheadLatency', endpointName, { statistic: 'Average' }),
        ),
      ],
      ['latency'],
    );
  }

  private errors(): cloudwatch.IWidget {
    const { endpointName } = this.props;
    const share = (label: string, id: string, name: 'Invocation4XXErrors' | 'Invocation5XXErrors') =>
      scaled(id, '* 100', label, endpointMetric(name, endpointName, { statistic: 'Average' }));
    return this.graph(
      'Errors in % of the requests',
      [
        share('of the model (5xx)', 'model', 'Invocation5XXErrors'),
        share('of the callers (4xx)', 'callers', 'Invocation4XXErrors'),
      ],
      ['failures'],
    );
  }

  private usage(): cloudwatch.IWidget {
    const { endpointName, machine, hasGpu } = this.props;
    const { vcpu, accelerator } = machine;
    const cpu = endpointMetric('CPUUtilization', endpointName, { statistic: 'Average' });
    const gpu = endpointMetric('GPUUtilization', endpointName, { statistic: 'Average' });
    return this.graph(
      'Machines: % in use',
      [
        scaled('cpu', `/ ${vcpu}`, 'CPU, average', cpu),
        ...(hasGpu ? [scaled('gpu', `/ ${accelerator?.count ?? 1}`, 'GPU, average', gpu)] : []),
        endpointMetric('MemoryUtilization', endpointName, { statistic: 'Maximum', label: 'memory, fullest' }),
        endpointMetric('DiskUtilization', endpointName, { statistic: 'Maximum', label: 'disk, fullest' }),
      ],
      ['cpu', 'gpu', 'memory', 'disk'],
    );
  }

  /** A graph with the thresholds of what it shows, in the portable units of the spec. */
  private graph(
    title: string,
    left: cloudwatch.IMetric[],
    measures: readonly MetricFacts['metric'][] = [],
  ): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title,
      left,
      leftYAxis: { min: 0 },
      leftAnnotations: this.props.signals
        .filter(({ facts }) => measures.includes(facts.metric))
        .map(({ name, threshold }) => ({ value: threshold, label: name })),
      width: HALF,
      height: HEIGHT,
    });
  }
}

/** A metric in another unit. Ids are unique within a graph. */
const scaled = (id: string, by: string, label: string, metric: cloudwatch.IMetric) =>
  new cloudwatch.MathExpression({
    expression: `${id} ${by}`,
    usingMetrics: { [id]: metric },
    label,
    period: Duration.minutes(1),
  });
