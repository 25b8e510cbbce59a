import { INSUFFICIENT_DATA, type WatchMetric } from '../../../plan/drift/drift-metrics';
import type { WatchRun } from '../../../plan/drift/drift-plan';
import { SCORECARD_RESOURCE } from '../../monitoring/scorecard-metrics';
import { apiCall } from '../../workflow/http-steps';
import { expr, type Routine, type Step } from '../../workflow/syntax';
import { driftLabels, driftType } from '../drift-metrics';
import type { WatchWorkflowProps } from './watch-props';

/** Name of the routine that publishes what a run found. */
export const publishRoutineName = ({ kind }: Pick<WatchRun, 'kind'>): string => `publish_${kind}`;

/**
 * Publishes the figures of a run: `args: { result }`, what figures.json says. What is not there is not published. Nothing
 * declares the metrics: the first write does.
 */
export function publishRoutine(props: WatchWorkflowProps, run: WatchRun): Routine {
  return {
    params: ['result'],
    steps: [
      {
        begin: {
          assign: [
            { series: [] },
            { now: expr('time.format(int(sys.now()))') },
            { enough: expr(`map.get(result, "status") != ${JSON.stringify(INSUFFICIENT_DATA)}`) },
          ],
        },
      },
      ...run.metrics.flatMap((metric, i) => seriesSteps(props, metric, i)),
      { is_any: { switch: [{ condition: expr('len(series) == 0'), return: 0 }] } },
      apiCall('write', {
        method: 'POST',
        url: `https://monitoring.googleapis.com/v3/projects/${props.target.project}/timeSeries`,
        body: { timeSeries: expr('series') },
      }),
      { give: { return: expr('len(series)') } },
    ],
  };
}

/** Adds one figure, if it is there and means something. */
function seriesSteps({ target, platform, plan }: WatchWorkflowProps, metric: WatchMetric, i: number): readonly Step[] {
  const path = JSON.stringify(metric.path);
  const wanted = metric.is === undefined ? '' : JSON.stringify(metric.is);
  const value = metric.is === undefined ? 'double(found)' : `if(found == ${wanted}, 1.0, 0.0)`;
  const counts = metric.always ? 'found != null' : 'found != null and enough';
  return [
    { [`take_${i}`]: { assign: [{ found: expr(`map.get(result, ${path})`) }] } },
    {
      [`add_${i}`]: {
        switch: [
          {
            condition: expr(counts),
            steps: [
              {
                [`put_${i}`]: {
                  assign: [
                    {
                      entry: {
                        metric: { type: driftType(metric), labels: driftLabels(platform, plan.model) },
                        resource: { type: SCORECARD_RESOURCE, labels: { project_id: target.project } },
                        metricKind: 'GAUGE',
                        valueType: 'DOUBLE',
                        points: [{ interval: { endTime: expr('now') }, value: { doubleValue: expr(value) } }],
                      },
                    },
                    { series: expr('list.concat(series, entry)') },
                  ],
                },
              },
            ],
          },
        ],
      },
    },
  ];
}
