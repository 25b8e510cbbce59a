import type { MetricSignal } from '../../../plan/serving-signals';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';
import { bakePollSeconds, PRIVATE_METRIC_DELAY, type RolloutWorkflowProps } from './rollout-props';

/**
 * Guards of a rollout: metrics of what was deployed alone, by its id, judged as the plan says: so many periods in a row
 * above the threshold; periods without requests are good.
 *
 * Sources: Cloud Monitoring, metrics list, "aiplatform": response_count by the class of the code (`5xx`),
 * prediction_latencies in milliseconds, both DELTA by `deployed_model_id`; of endpoints that are reached privately the same
 * below `private/`, with the code as a number and no type of latency. It does not say which of the two an endpoint with
 * Private Service Connect fills, so both are asked, and either one can take a rollout back.
 */
const ONLINE = 'aiplatform.googleapis.com/prediction/online';

/** Where to ask for one guard. */
interface Query {
  readonly routine: 'judge_share' | 'judge_latency';
  readonly metric: string;
  /** More of the filter. */
  readonly where: string;
}

function queriesOf({ facts }: MetricSignal, isPrivate: boolean): readonly Query[] {
  const routine = facts.metric === 'failures' ? 'judge_share' : 'judge_latency';
  const name = facts.metric === 'failures' ? 'response_count' : 'prediction_latencies';
  const where = facts.metric === 'failures' ? '' : ' AND metric.labels.latency_type="model"';
  return [
    { routine, metric: `${ONLINE}/${name}`, where },
    ...(isPrivate ? [{ routine, metric: `${ONLINE}/private/${name}`, where: '' } as const] : []),
  ];
}

/** What takes a version back, '' where all is well, given its id and since when it has had the traffic that it has. */
export function guardRoutines(props: RolloutWorkflowProps): Readonly<Record<string, Routine>> {
  const { guards } = props;
  if (guards.length === 0) return {};
  const asked = guards.flatMap((guard) =>
    queriesOf(guard, props.privateAddress !== undefined).map((query) => ({ guard, query })),
  );
  return {
    judge_guards: {
      params: ['id', 'since'],
      steps: [
        ...asked.flatMap(({ guard, query }, index): readonly Step[] => [
          {
            [`ask_${index}`]: {
              call: query.routine,
              args: {
                where: filterOf(props, query),
                since: expr('since'),
                threshold: guard.threshold,
                in_a_row: guard.facts.datapoints,
                seconds: guard.facts.periodSeconds,
              },
              result: 'value',
            },
          },
          {
            [`is_good_${index}`]: {
              switch: [{ condition: expr('value != null'), return: expr(reason(guard)) }],
            },
          },
        ]),
        { all_well: { return: '' } },
      ],
    },
    ...(asked.some(({ query }) => query.routine === 'judge_share') ? { judge_share: shareRoutine(props) } : {}),
    ...(asked.some(({ query }) => query.routine === 'judge_latency') ? { judge_latency: latencyRoutine(props) } : {}),
  };
}

const filterOf = ({ endpointId }: RolloutWorkflowProps, { metric, where }: Query): string => {
  const endpoint = endpointId.replace(/^.*\//, '');
  const filter = [
    `metric.type="${metric}"`,
    'resource.type="aiplatform.googleapis.com/Endpoint"',
    `resource.labels.endpoint_id="${endpoint}"`,
    'metric.labels.deployed_model_id="',
  ].join(' AND ');
  return expr(`${quoted(filter)} + id + ${quoted(`"${where}`)}`);
};

function reason({ watches, threshold, facts }: MetricSignal): string {
  const minutes = (facts.periodSeconds * facts.datapoints) / 60;
  const unit = facts.unit === 'percent' ? '% of the requests failed' : 'milliseconds for 95 of 100 answers';
  const text = `The guard ${watches} went off: it saw `;
  return `${quoted(text)} + json.encode_to_string(value) + ${quoted(` ${unit}, and ${threshold} are allowed, for ${minutes} minutes.`)}`;
}

/**
 * What Cloud Monitoring says instead of an empty list. It knows a metric of Google's from its first value in the project on,
 * and answers 404 before that: `Cannot find metric(s) that match type = …`; 400 where it knows the metric, but not yet of
 * endpoints: `The supplied filter does not specify a valid combination of metric and monitored resource descriptors. The
 * query will not return any time series.` A first version has no values, and is well.
 * Source: both as clients of timeSeries.list report them, such as prometheus-community/stackdriver_exporter, issue 104.
 */
const NO_SERIES = 'will not return any time series|Cannot find metric';

/** Asks for a metric, one value a period, since `since` but no further back than needed. */
function askStep(props: RolloutWorkflowProps, aggregation: Readonly<Record<string, string>>): readonly Step[] {
  const { project } = props.target;
  const late = PRIVATE_METRIC_DELAY + bakePollSeconds(props.rollout);
  return [
    {
      begin: {
        assign: [
          { now: expr('int(sys.now())') },
          { start: expr(`math.max(since, now - (in_a_row + 1) * seconds - ${late})`) },
          { streak: 0 },
          { last: 0 },
          { found: {} },
        ],
      },
    },
    apiCall('ask', {
      method: 'GET',
      url: `https://monitoring.googleapis.com/v3/projects/${project}/timeSeries`,
      query: {
        filter: expr('where'),
        'interval.startTime': expr('time.format(start)'),
        'interval.endTime': expr('time.format(now)'),
        'aggregation.alignmentPeriod': expr('string(seconds) + "s"'),
        ...aggregation,
      },
      accept: [400, 404],
      result: 'answer',
    }),
    {
      is_refused: {
        switch: [
          {
            condition: expr('answer.code == 200'),
            steps: [{ take_found: { assign: [{ found: expr('answer.body') }] } }],
          },
          {
            condition: expr(`not(text.match_regex(json.encode_to_string(answer.body), ${quoted(NO_SERIES)}))`),
            raise: {
              message: expr('"HTTP server responded with error code " + string(answer.code)'),
              code: expr('answer.code'),
              body: expr('answer.body'),
            },
          },
        ],
      },
    },
    { take: { assign: [{ series: expr('default(map.get(found, "timeSeries"), [])') }] } },
  ];
}

const PARAMS = ['where', 'since', 'threshold', 'in_a_row', 'seconds'];
const PERIOD = 'int(time.parse(point.interval.endTime) / seconds)';

/** Percent of the requests that failed, where that was too much in so many periods in a row; else null. */
const shareRoutine = (props: RolloutWorkflowProps): Routine => ({
  params: PARAMS,
  steps: [
    ...askStep(props, {
      'aggregation.perSeriesAligner': 'ALIGN_DELTA',
      'aggregation.crossSeriesReducer': 'REDUCE_SUM',
      'aggregation.groupByFields': 'metric.labels.response_code',
    }),
    { counts: { assign: [{ all: {} }, { bad: {} }, { first: 0 }] } },
    {
      codes: {
        for: {
          value: 'one',
          in: expr('series'),
          steps: [
            { take_code: { assign: [{ failed: expr('text.match_regex(one.metric.labels.response_code, "^5")') }] } },
            {
              points: {
                for: {
                  value: 'point',
                  in: expr('default(map.get(one, "points"), [])'),
                  steps: [
                    {
                      count: {
                        assign: [
                          { period: expr(PERIOD) },
                          { key: expr('string(period)') },
                          { value: expr('int(default(map.get(point.value, "int64Value"), "0"))') },
                          { 'all[key]': expr('default(map.get(all, key), 0) + value') },
                          { 'bad[key]': expr('default(map.get(bad, key), 0) + if(failed, value, 0)') },
                          { first: expr('if(first == 0, period, math.min(first, period))') },
                          { last: expr('math.max(last, period)') },
                        ],
                      },
                    },
                  ],
                },
              },
            },
          ],
        },
      },
    },
    { begin_periods: { assign: [{ at: expr('first') }] } },
    { is_last: { switch: [{ condition: expr('at > last or at == 0'), return: null }] } },
    {
      judge: {
        assign: [
          { key: expr('string(at)') },
          { share: expr('100.0 * default(map.get(bad, key), 0) / math.max(1, default(map.get(all, key), 0))') },
          { streak: expr('if(share > threshold, streak + 1, 0)') },
          { at: expr('at + 1') },
        ],
      },
    },
    {
      is_enough: {
        switch: [{ condition: expr('streak >= in_a_row'), return: expr('share') }],
        next: 'is_last',
      },
    },
  ],
});

/** Milliseconds that 95 of 100 answers took at most, where that was too long in so many periods in a row; else null. */
const latencyRoutine = (props: RolloutWorkflowProps): Routine => ({
  params: PARAMS,
  steps: [
    ...askStep(props, {
      'aggregation.perSeriesAligner': 'ALIGN_PERCENTILE_95',
      'aggregation.crossSeriesReducer': 'REDUCE_MAX',
    }),
    {
      all: {
        for: {
          value: 'one',
          in: expr('series'),
          steps: [
            {
              // The newest comes first.
              points: {
                for: {
                  value: 'point',
                  in: expr('default(map.get(one, "points"), [])'),
                  steps: [
                    {
                      judge: {
                        assign: [
                          { period: expr(PERIOD) },
                          { value: expr('double(default(map.get(point.value, "doubleValue"), 0))') },
                          { streak: expr('if(value > threshold, if(period == last - 1, streak, 0) + 1, 0)') },
                          { last: expr('period') },
                        ],
                      },
                    },
                    { is_enough: { switch: [{ condition: expr('streak >= in_a_row'), return: expr('value') }] } },
                  ],
                },
              },
            },
          ],
        },
      },
    },
    { is_well: { return: null } },
  ],
});
