import { OPERATIONS_SIGNALS } from '../../../plan/outcome-signals';
import { SCORECARD_METRICS, type ScorecardMetric } from '../../../plan/scorecard';
import { type AslMachine, call, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import {
  MODEL_DIMENSION,
  PLATFORM_DIMENSION,
  SCORECARD_NAMESPACE,
  SCORECARD_UNITS,
} from '../../monitoring/scorecard-metrics';
import { dailyMachine } from './daily-machine';
import { literal, NOTHING, type OperationsMachineProps } from './machine-props';
import { platformEndpoints } from './platform-endpoints';
import { readRecord } from './read-record';

/** Statuses in which an endpoint does not serve, or not yet. Source: SageMaker's API reference, DescribeEndpoint. */
const NOT_SERVING = ['Creating', 'Failed', 'OutOfService'];

/**
 * The machine that publishes how many models serve and how long ago the version of each was promoted. A record that it
 * cannot read leaves out that age, and is told of once all the others are published.
 */
export function scorecardMachine(props: OperationsMachineProps): AslMachine {
  return dailyMachine(props, {
    comment: 'Publishes how many models serve, and the age of their versions.',
    failed: OPERATIONS_SIGNALS.scorecardFailed,
    work: {
      StartAt: 'EndpointsList',
      States: {
        ...platformEndpoints(
          props.slug,
          {
            StartAt: 'Serves',
            States: {
              Serves: {
                Type: 'Choice',
                Choices: [
                  {
                    Condition: expr(`$endpoint.model != '' and $not($endpoint.status in ${literal(NOT_SERVING)})`),
                    Next: 'ReadRecord',
                  },
                ],
                Default: 'EndpointDone',
                Output: NOTHING,
              },
              ...readRecord({
                modelsPrefix: props.modelsPrefix,
                model: '$endpoint.model',
                keep: AGE,
                into: 'record',
                absent: '{}',
                unreadable: { unreadable: true },
                next: 'ReportModel',
              }),
              ReportModel: {
                Type: 'Pass',
                Output: expr("$merge([{ 'model': $endpoint.model }, $record])"),
                Next: 'EndpointDone',
              },
            },
          },
          { Assign: { models: expr("[$states.result[$ != '']]") }, Next: 'Publish' },
        ),
        Publish: call(
          'cloudwatch:putMetricData',
          { Namespace: SCORECARD_NAMESPACE, MetricData: expr(metricData(props.slug)) },
          { Retry: retry(), Next: 'IsComplete' },
        ),
        IsComplete: {
          Type: 'Choice',
          Choices: [{ Condition: expr('$count($models[$exists(unreadable)]) = 0'), Next: 'Published' }],
          Default: 'Unreadable',
        },
        Published: {
          Type: 'Pass',
          Output: { outcome: 'published', models: expr('$count($distinct($models.model))') },
          End: true,
        },
        Unreadable: {
          Type: 'Fail',
          Error: 'RecordUnreadable',
          Cause: expr(
            `'The record of the version that serves cannot be read of: ' & $join([$models[$exists(unreadable)].model], ', ') & '. It is the parameter ' & ${literal(props.modelsPrefix)} & '<model>/champion; promote a version, which writes it anew.'`,
          ),
        },
      },
    },
  });
}

/** Seconds since the promotion, of a version that is on record. A record without a time fails as one does that is no JSON. */
const AGE =
  "$type($served) = 'object' and $not($exists($served.version)) ? {} : $type($served.at) = 'string' ? { 'age': $round(($millis() - $toMillis($served.at)) / 1000) } : $error('no time')";

function metricData(slug: string): string {
  const { modelsInProduction, championAge } = SCORECARD_METRICS;
  const platform = `{ 'Name': ${literal(PLATFORM_DIMENSION)}, 'Value': ${literal(slug)} }`;
  const model = `{ 'Name': ${literal(MODEL_DIMENSION)}, 'Value': model }`;
  const datum = ({ name, unit }: ScorecardMetric, dimensions: string, value: string) =>
    `{ 'MetricName': ${literal(name)}, 'Unit': ${literal(SCORECARD_UNITS[unit])}, 'Dimensions': [${dimensions}], 'Value': ${value} }`;
  return `[${datum(modelsInProduction, platform, '$count($distinct($models.model))')}, $models[$exists(age)].${datum(championAge, `${platform}, ${model}`, 'age')}]`;
}
