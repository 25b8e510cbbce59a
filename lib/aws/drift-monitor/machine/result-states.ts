import { RUN_FILES } from '../../../plan/drift/drift-access';
import { INSUFFICIENT_DATA, UNMEASURED, type WatchMetric } from '../../../plan/drift/drift-metrics';
import { type AslState, call, expr } from '../../machine/asl';
import { findFile } from '../../machine/find-file';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import type { DriftMachineProps } from './drift-props';
import { datumOf, publish } from './publish-state';

/**
 * Reads what the job found and publishes it. Too little data is an answer as any other: what it leaves out says so. Data by
 * which nothing can be told is a failure as any other.
 */
export function resultStates(props: DriftMachineProps): Readonly<Record<string, AslState>> {
  const { bucket } = props;
  const key = `$runFolder & '/${RUN_FILES.figures}'`;
  return {
    FindResult: findFile(bucket, key, 'HasResult'),
    HasResult: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$states.input.found'), Next: 'ReadResult' }],
      Default: 'NoResult',
    },
    NoResult: {
      Type: 'Fail',
      Error: 'NoResult',
      Cause: expr(`'The job ended well and left nothing at s3://${bucket}/' & ${key}`),
    },
    ReadResult: call(
      's3:getObject',
      { Bucket: bucket, Key: expr(key) },
      { Retry: retry(), Assign: { found: expr(found(props)) }, Next: 'IsMeasured' },
    ),
    IsMeasured: {
      Type: 'Choice',
      Choices: [{ Condition: expr(`$found.status = '${UNMEASURED}'`), Next: 'Unmeasured' }],
      Default: 'Publish',
    },
    Unmeasured: { Type: 'Fail', Error: 'Unmeasured', Cause: expr('$found.reasons') },
    Publish: publish('$found.data', 'Measured'),
    Measured: {
      Type: 'Pass',
      Output: {
        outcome: 'measured',
        start: expr('$fromMillis($champion.from)'),
        status: expr('$found.status'),
        detail: expr('$found.reasons'),
        report: expr(`'s3://${bucket}/' & $runFolder & '/${RUN_FILES.report}'`),
      },
      End: true,
    },
  };
}

/** JSONata over the reply with figures.json: the data to publish, and what the machine says of it. */
function found(props: DriftMachineProps): string {
  const of = (metrics: readonly WatchMetric[]): string =>
    `[${metrics.map((metric) => figureOf(props, metric)).join(', ')}]`;
  const data = props.plan.runs.map(({ kind, metrics }) => `$run = '${kind}' ? ${of(metrics)} : `).join('');
  return oneLine(`(
    $json := $parse($states.result.Body);
    $enough := $json.status != '${INSUFFICIENT_DATA}';
    { 'status': $json.status, 'reasons': $join($json.reasons, '; '), 'data': ${data}[] }
  )`);
}

/** What is not there, or null, gives nothing. */
function figureOf(props: DriftMachineProps, metric: WatchMetric): string {
  const path = ['$json', ...metric.path.map((key) => `\`${key}\``)].join('.');
  const value = metric.is === undefined ? path : `${path} = ${JSON.stringify(metric.is)} ? 1 : 0`;
  const there = metric.is === undefined ? `$type(${path}) = 'number'` : `$exists(${path})`;
  return `${metric.always ? '' : '$enough and '}${there} ? ${datumOf(props, metric, `(${value})`)}`;
}
