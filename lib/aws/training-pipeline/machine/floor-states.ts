import { FLOOR_SLACK } from '../../../plan/pipeline/gate';
import type { GatePlan } from '../../../plan/pipeline/pipeline-plan';
import { type AslState, call, expr } from '../../machine/asl';
import { findFile } from '../../machine/find-file';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import type { StartMachineProps } from './start-props';

const NO_RECORD = 'Ssm.ParameterNotFoundException';

/**
 * Says what the gate's metric has to reach, the text `$floor`, and why, `$gate`: the threshold, or what is so much
 * better than the version that serves and than one that is being rolled out, either of which may serve by the time that
 * this run has ended. One whose metric is not known asks for nothing. The record does not say of a rollout that it is
 * being taken back: SageMaker does that by itself. One that never began may stay on record until the next decision.
 */
export function floorStates(props: StartMachineProps): Readonly<Record<string, AslState>> {
  const { gate, championParameter } = props;
  if (gate === undefined) return { Floor: { Type: 'Pass', Assign: { gate: 'There is none.' }, Next: 'Images' } };
  const { betterThanChampionBy: by } = gate;
  const threshold = thresholdText(gate);
  if (by === undefined)
    return { Floor: { Type: 'Pass', Assign: { floor: String(gate.value), gate: `${threshold}.` }, Next: 'Images' } };
  const asked = `${threshold}, and better by ${by} than that of the version that serves and of one that is being rolled out.`;
  return {
    Floor: call(
      'ssm:getParameter',
      { Name: championParameter },
      {
        Retry: retry(NO_RECORD),
        Catch: [{ ErrorEquals: [NO_RECORD], Assign: { versions: [] }, Next: 'LookAtVersions' }],
        Assign: { versions: expr(VERSIONS) },
        Next: 'LookAtVersions',
      },
    ),
    LookAtVersions: {
      Type: 'Map',
      Items: expr('$versions'),
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'DescribeVersion',
        States: lookStates(props, gate.of.metric),
      },
      Assign: { floor: expr(floor(gate, by)), gate: expr(`$join(['${asked}', ${SAID}], ' ')`) },
      Next: 'Images',
    },
  };
}

/** Looks up what a version was measured at: outputs the sentence `said` and, where it was, the number `measured`. */
function lookStates({ bucket, runsPrefix }: StartMachineProps, metric: string): Readonly<Record<string, AslState>> {
  const metricsKey = `$substringAfter($metricsUri, 's3://${bucket}/')`;
  return {
    DescribeVersion: call(
      'sagemaker:describeModelPackage',
      { ModelPackageName: expr('$states.input.packageArn') },
      {
        Retry: retry(),
        Assign: {
          called: expr('$states.input.called'),
          metricsUri: expr("$states.result.ModelMetrics.ModelQuality.Statistics.S3Uri & ''"),
        },
        Next: 'HasMetrics',
      },
    ),
    HasMetrics: {
      Type: 'Choice',
      Choices: [
        { Condition: expr(`$substringBefore($metricsUri, '/${runsPrefix}/') = 's3://${bucket}'`), Next: 'FindMetrics' },
      ],
      Default: 'NotMeasured',
    },
    NotMeasured: {
      Type: 'Pass',
      Output: { said: expr("'No run of this pipeline measured version ' & $called & '.'") },
      End: true,
    },
    FindMetrics: findFile(bucket, metricsKey, 'AreMetricsThere'),
    AreMetricsThere: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$states.input.found'), Next: 'ReadMetrics' }],
      Default: 'MetricsGone',
    },
    MetricsGone: {
      Type: 'Fail',
      Error: 'MetricsGone',
      Cause: expr(
        "'There is nothing any more at ' & $metricsUri & ', the metrics of version ' & $called & ': a new one cannot be compared with it.'",
      ),
    },
    ReadMetrics: call(
      's3:getObject',
      { Bucket: bucket, Key: expr(metricsKey) },
      { Retry: retry(), Output: expr(measured(metric)), End: true },
    ),
  };
}

/** A record may be there before anything serves, and keeps what was rolled out until it has been told how that ended. */
const VERSIONS = oneLine(`(
  $record := $parse($states.result.Parameter.Value);
  $recorded := [
    $record.{ 'packageArn': packageArn & '', 'called': version & ', which serves' },
    $record.trying[begun = true and $not(version = $record.version)].{
      'packageArn': packageArn & '', 'called': version & ', which is being rolled out'
    }
  ];
  [$recorded[packageArn != '']]
)`);

const measured = (metric: string): string =>
  oneLine(`(
  $metric := $lookup($parse($states.result.Body), '${metric}') & '';
  $isNumber := $count($match($metric, /^-?[0-9.]+([eE][-+]?[0-9]+)?$/)) = 1;
  {
    'said': 'Version ' & $called & ', has ' & ($isNumber ? $metric : 'no ${metric}') & '.',
    'measured': $isNumber ? $number($metric)
  }
)`);

const SAID = "$count($states.result) = 0 ? 'No version serves.' : $states.result.said";

/** `gateFloor` in JSONata. */
function floor({ must, value }: GatePlan, by: number): string {
  const [sign, give, best, beyond] = must === 'atLeast' ? ['+', '-', '$max', '>'] : ['-', '+', '$min', '<'];
  return oneLine(`(
  $better := $states.result.measured.($ ${sign} ${by} ${give} ${FLOOR_SLACK} * ($abs($) + ${by}));
  $best := ${best}([$better, ${value}]);
  $best ${beyond} ${value} ? $string($best) : '${value}'
)`);
}

const thresholdText = ({ of, must, value }: GatePlan): string =>
  `${of.metric} of step ${of.step} has to be ${must === 'atLeast' ? 'at least' : 'at most'} ${value}`;
