import { REFERENCE_FIELD, withoutReference } from '../../../plan/drift/lineage';
import { SERVES_SINCE_THEN } from '../../../plan/drift/window';
import { type AslState, call, expr } from '../../machine/asl';
import { findFile } from '../../machine/find-file';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import type { DriftMachineProps } from './drift-props';
import { idle, withoutRows } from './idle-states';

const NO_RECORD = 'Ssm.ParameterNotFoundException';

/**
 * Finds out which version serves, `$champion`, with `from`, the time in the window from which it answered: what another
 * answered before tells nothing of it; and what it was trained on, `$reference`: the address that its registration gives.
 * Nothing serves, or not in the window: nothing to measure. A version that serves and says nothing of what it was trained on
 * is a failure: it would go unwatched.
 */
export function servedStates(props: DriftMachineProps): Readonly<Record<string, AslState>> {
  const { plan, championParameter, frozen } = props;
  const known = plan.runs.map(({ kind }) => `'${kind}'`).join(', ');
  const named = frozen.reference === undefined;
  return {
    IsKnown: {
      Type: 'Choice',
      Choices: [{ Condition: expr(`$run in [${known}]`), Next: 'ReadChampion' }],
      Default: 'UnknownRun',
    },
    UnknownRun: {
      Type: 'Fail',
      Error: 'UnknownRun',
      Cause: expr(
        `'There is no run ' & $string($run) & '. Start this machine with { "run": … }, one of: ' & $join([${known}], ', ')`,
      ),
    },
    ReadChampion: call(
      'ssm:getParameter',
      { Name: championParameter },
      {
        Retry: retry(NO_RECORD),
        Catch: [{ ErrorEquals: [NO_RECORD], Next: 'NothingServes' }],
        Assign: { champion: expr(CHAMPION) },
        Next: 'Serves',
      },
    ),
    Serves: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$champion.packageArn = ''"), Next: 'NothingServes' },
        { Condition: expr('$champion.from < $windowEnd'), Next: named ? 'DescribeChampion' : 'Captures' },
      ],
      Default: 'PublishServesSinceThen',
    },
    ...withoutRows(
      props,
      'ServesSinceThen',
      'serves-since-then',
      `'Version ' & $champion.version & '${SERVES_SINCE_THEN}'`,
    ),
    NothingServes: idle('nothing-serves', "'No version serves, so nobody asks it.'"),
    ...(named ? referenceStates(props) : {}),
  };
}

function referenceStates({ bucket, prefixes }: DriftMachineProps): Readonly<Record<string, AslState>> {
  const folders = prefixes.references.map((prefix) => `s3://${bucket}/${prefix}/`);
  return {
    DescribeChampion: call(
      'sagemaker:describeModelPackage',
      { ModelPackageName: expr('$champion.packageArn') },
      {
        Retry: retry(),
        Assign: { reference: expr(`$states.result.CustomerMetadataProperties.\`${REFERENCE_FIELD}\` & ''`) },
        Next: 'HasReference',
      },
    ),
    HasReference: {
      Type: 'Choice',
      Choices: folders.map((below) => ({
        Condition: expr(`$substring($reference, 0, $length('${below}')) = '${below}'`),
        Next: 'FindReference',
      })),
      Default: 'NoReference',
    },
    NoReference: {
      Type: 'Fail',
      Error: 'NoReference',
      Cause: expr(`'Version ' & $champion.version & '${withoutReference(folders)}'`),
    },
    FindReference: findFile(bucket, `$substringAfter($reference, 's3://${bucket}/')`, 'ReferenceThere'),
    ReferenceThere: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$states.input.found'), Next: 'Captures' }],
      Default: 'ReferenceGone',
    },
    ReferenceGone: {
      Type: 'Fail',
      Error: 'ReferenceGone',
      Cause: expr(
        "'There is nothing any more at ' & $reference & ', which version ' & $champion.version & ' was trained on. Train a version anew.'",
      ),
    },
  };
}

/** A record may be there before anything serves; one of an older deployment says not since when. */
const CHAMPION = oneLine(`(
  $record := $parse($states.result.Parameter.Value);
  {
    'packageArn': $record.packageArn & '',
    'version': $record.version & '',
    'from': $max([$windowStart, $exists($record.at) ? $toMillis($record.at) : 0])
  }
)`);
