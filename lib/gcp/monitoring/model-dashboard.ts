import { MonitoringDashboard } from '@cdktf/provider-google/lib/monitoring-dashboard';
import { Construct } from 'constructs';
import type { MetricFacts, MetricSignal } from '../../plan/serving-signals';
import type { Target } from '../target';
import { COLUMNS, chart, dashboardJson, incidents, number, type Widget } from './dashboard-json';
import { endpointMetric, FAILED, REFUSED } from './endpoint-metrics';
import { answers, latency, type MachineShape, measuredValue, overhead, requests, shareOf } from './endpoint-values';
import { championAgeDays } from './scorecard-metrics';

export interface ModelDashboardProps {
  readonly target: Target;
  readonly model: string;
  /** Number of the endpoint. */
  readonly endpointName: string;
  readonly displayName: string;
  readonly machine: MachineShape;
  /** Whether its machines have GPUs. */
  readonly hasGpu: boolean;
  /** Their thresholds are drawn into the charts. */
  readonly signals: readonly MetricSignal[];
  /** Names of the alert policies whose alerts are shown. */
  readonly policies: readonly string[];
  /** Platform whose scorecard knows the age of the version that serves. Default: there is none. */
  readonly platform?: string;
}

const HALF = COLUMNS / 2;
const HEIGHT = 16;
const MINUTE = 60;
const FIVE_MINUTES = 300;

/** How a model serves: its alerts, traffic, latency, errors, machines, and which version had which traffic when. */
export class ModelDashboard extends Construct {
  public readonly resource: MonitoringDashboard;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ModelDashboardProps,
  ) {
    super(scope, id);
    const { model, policies, platform } = props;
    const half = (widget: Widget) => ({ width: HALF, widget });
    const age = (slug: string) => number('Age of the version that serves, in days', championAgeDays(slug, model));
    this.resource = new MonitoringDashboard(this, 'Dashboard', {
      project: props.target.project,
      dashboardJson: dashboardJson(props.displayName, [
        ...(policies.length === 0
          ? []
          : [{ height: HEIGHT / 2, widgets: [{ width: COLUMNS, widget: incidents(`Alerts of ${model}`, policies) }] }]),
        {
          height: HEIGHT,
          widgets:
            platform === undefined
              ? [{ width: COLUMNS, widget: this.versions() }]
              : [
                  { width: HALF + HALF / 2, widget: this.versions() },
                  { width: HALF / 2, widget: age(platform) },
                ],
        },
        { height: HEIGHT, widgets: [half(this.traffic()), half(this.latency())] },
        { height: HEIGHT, widgets: [half(this.errors()), half(this.usage())] },
      ]),
    });
  }

  private measured(seconds: number) {
    const { endpointName, machine } = this.props;
    // A chart shows what is there, also while some of it cannot be seen yet.
    return { endpointName, machine, seconds, whole: false };
  }

  /** What is deployed has a number of its own, and is one version. */
  private versions(): Widget {
    return chart({
      title: 'Requests by version (deployed model), in 5 minutes',
      unit: 'requests',
      lines: [{ query: `sum by (deployed_model_id) (${answers(this.measured(FIVE_MINUTES))})`, plot: 'STACKED_AREA' }],
    });
  }

  private traffic(): Widget {
    const all = requests(this.measured(MINUTE));
    return chart({
      title: 'Traffic: requests a minute',
      unit: 'requests',
      lines: [
        { query: all, legend: 'all machines' },
        { query: `${all} / sum(${endpointMetric('replicas', this.props.endpointName)})`, legend: 'each machine' },
      ],
    });
  }

  private latency(): Widget {
    const measured = this.measured(MINUTE);
    return chart({
      title: 'Latency in ms',
      unit: 'ms',
      lines: [
        ...[50, 95, 99].map((percent) => ({ query: latency(measured, percent / 100), legend: `model p${percent}` })),
        { query: overhead(measured), legend: 'overhead, average' },
      ],
      thresholds: this.thresholds('latency'),
    });
  }

  private errors(): Widget {
    const measured = this.measured(MINUTE);
    return chart({
      title: 'Errors in % of the requests',
      unit: '%',
      lines: [
        { query: shareOf(measured, FAILED), legend: 'of the model (5xx)' },
        { query: shareOf(measured, REFUSED), legend: 'of the callers (4xx)' },
      ],
      thresholds: this.thresholds('failures'),
    });
  }

  private usage(): Widget {
    const measured = this.measured(FIVE_MINUTES);
    const used = (metric: MetricFacts['metric'], statistic: MetricFacts['statistic'], legend: string) => ({
      query: measuredValue({ metric, statistic }, measured),
      legend,
    });
    return chart({
      title: 'Machines: % in use',
      unit: '%',
      lines: [
        used('cpu', 'average', 'CPU, average'),
        ...(this.props.hasGpu ? [used('gpu', 'average', 'GPU, average')] : []),
        used('memory', 'maximum', 'memory, fullest'),
      ],
      thresholds: this.thresholds('cpu', 'gpu', 'memory'),
    });
  }

  /** Thresholds of what a chart shows, in the portable units of the spec. */
  private thresholds(...metrics: readonly MetricFacts['metric'][]) {
    return this.props.signals
      .filter(({ facts }) => metrics.includes(facts.metric))
      .map(({ name, threshold }) => ({ label: name, value: threshold }));
  }
}
