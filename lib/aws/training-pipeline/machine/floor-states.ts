import { FLOOR_SLACK } from '../../../plan/pipeline/gate';
import type { GatePlan } from '../../../plan/pipeline/pipeline-plan';
import { type AslState, call, expr } from '../../machine/asl';
import { findFile } from '../../machine/find-file';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import type { StartMachineProps } from './start-props';

const NO_RECORD = 'Ssm.ParameterNotFoundException';

/**
 * Says what the gate's metric has to reach, the text `$floor`, and why, `$gate`: the threshold, or what is so much better than the
 * version that serves; while another one is rolled out than that, which will serve by the time that this run has ended. Where
 * there is none, or nothing is known of its metric, the threshold alone counts.
 */
export function floorStates(props: StartMachineProps): Readonly<Record<string, AslState>> {
  const { gate, championParameter, bucket, runsPrefix } = props;
  if (gate === undefined) return { Floor: { Type: 'Pass', Assign: { gate: 'There is none.' }, Next: 'Images' } };
  const { by, alone } = texts(gate);
  if (by === undefined)
    return { Floor: { Type: 'Pass', Assign: { floor: String(gate.value), gate: alone }, Next: 'Images' } };
  const metric = JSON.stringify(gate.of.metric);
  const metricsKey = `$substringAfter($metricsUri, 's3://${bucket}/')`;
  return {
    Floor: { Type: 'Pass', Assign: { floor: String(gate.value) }, Next: 'ReadChampion' },
    ReadChampion: call(
      'ssm:getParameter',
      { Name: championParameter },
      {
        Retry: retry(NO_RECORD),
        Catch: [{ ErrorEquals: [NO_RECORD], Assign: { gate: `${alone} No version serves.` }, Next: 'Images' }],
        Assign: { champion: expr(CHAMPION), gate: `${alone} No version serves.` },
        Next: 'HasChampion',
      },
    ),
    HasChampion: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$champion.packageArn != ''"), Next: 'DescribeChampion' }],
      Default: 'Images',
    },
    DescribeChampion: call(
      'sagemaker:describeModelPackage',
      { ModelPackageName: expr('$champion.packageArn') },
      {
        Retry: retry(),
        Assign: {
          metricsUri: expr("$states.result.ModelMetrics.ModelQuality.Statistics.S3Uri & ''"),
          gate: expr(`'${alone} No run of this pipeline measured version ' & $champion.called & '.'`),
        },
        Next: 'HasMetrics',
      },
    ),
    HasMetrics: {
      Type: 'Choice',
      Choices: [
        { Condition: expr(`$substringBefore($metricsUri, '/${runsPrefix}/') = 's3://${bucket}'`), Next: 'FindMetrics' },
      ],
      Default: 'Images',
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
        "'There is nothing any more at ' & $metricsUri & ', the metrics of version ' & $champion.called & ': a new one cannot be compared with it.'",
      ),
    },
    ReadMetrics: call(
      's3:getObject',
      { Bucket: bucket, Key: expr(metricsKey) },
      {
        Retry: retry(),
        Assign: {
          gate: expr(`'${alone} Version ' & $champion.called & ', was not measured by it.'`),
        },
        Output: { metric: expr(`$lookup($parse($states.result.Body), ${metric}) & ''`) },
        Next: 'Compare',
      },
    ),
    Compare: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr(NUMERIC),
          Assign: {
            floor: expr(floor(gate, by)),
            gate: expr(`'${alone} Version ' & $champion.called & ', has ' & $states.input.metric & '.'`),
          },
          Next: 'Images',
        },
      ],
      Default: 'Images',
    },
  };
}

/** A record may be there before anything serves. */
const CHAMPION = oneLine(`(
  $record := $parse($states.result.Parameter.Value);
  $rolledOut := $exists($record.trying);
  $one := $rolledOut ? $record.trying : $record;
  {
    'packageArn': $one.packageArn & '',
    'called': $one.version & ', which ' & ($rolledOut ? 'is being rolled out' : 'serves')
  }
)`);

const NUMERIC = '$count($match($states.input.metric, /^-?[0-9.]+([eE][-+]?[0-9]+)?$/)) = 1';

/** `gateFloor` in JSONata. */
function floor({ must, value }: GatePlan, by: number): string {
  const [sign, give, beyond] = must === 'atLeast' ? ['+', '-', '>'] : ['-', '+', '<'];
  return oneLine(`(
  $measured := $number($states.input.metric);
  $better := $measured ${sign} ${by} ${give} ${FLOOR_SLACK} * ($abs($measured) + ${by});
  $better ${beyond} ${value} ? $string($better) : '${value}'
)`);
}

function texts({ of, must, value, betterThanChampionBy: by }: GatePlan) {
  const threshold = `${of.metric} of step ${of.step} has to be ${must === 'atLeast' ? 'at least' : 'at most'} ${value}`;
  return {
    by,
    alone:
      by === undefined ? `${threshold}.` : `${threshold}, and better by ${by} than that of the version that serves.`,
  };
}
