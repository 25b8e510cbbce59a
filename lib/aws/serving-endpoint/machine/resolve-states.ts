import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { guardSuffix, ownStart } from '../endpoint-names';
import { result } from './decide-states';
import { atOnce, configRequest, deploymentConfig, fingerprint, modelRequest } from './endpoint-requests';
import { RETIRED } from './retired';
import type { RolloutMachineProps } from './rollout-props';

/**
 * Says which version is meant, and whether its turn is still to come. Decisions count in the order in which they were made,
 * whatever the order in which executions get the lock and whatever the numbers of the versions: one that was made before
 * the last that was carried out is over. An event may come again days later, and a person who approves or promotes an
 * older version after a newer one means it.
 *
 * A rollback without a version goes to the one before the one that serves. One that was asked for while a rollout ran which
 * was then taken back has what it wanted.
 */
export function resolveStates(props: RolloutMachineProps): Readonly<Record<string, AslState>> {
  return {
    ResolveVersion: {
      Type: 'Pass',
      Assign: { target: expr(TARGET), version: expr(`${TARGET}.version`) },
      Next: 'IsDue',
    },
    IsDue: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$not($owned)'), Next: 'NotOwned' },
        { Condition: expr(RETIRED), Next: 'WasRetired' },
        { Condition: expr(`${DECIDED} and $record.decided.millis = $request.millis and ${SAME}`), Next: 'DoneBefore' },
        { Condition: expr(`${DECIDED} and ${LATER}`), Next: 'Superseded' },
        { Condition: expr(`${DECIDED} and ${FULFILLED}`), Next: 'TakenBackBefore' },
        { Condition: expr("$version = ''"), Next: 'NoVersion' },
      ],
      Default: 'ReadPackage',
    },
    NotOwned: {
      Type: 'Pass',
      Output: result("'withdrawn'", "'The model does not serve any more: its stack is gone or about to go.'"),
      End: true,
    },
    WasRetired: {
      Type: 'Pass',
      Output: result(
        "'withdrawn'",
        "'The model was retired at ' & $record.retired & '. To have it serve again, promote the version by hand.'",
      ),
      End: true,
    },
    DoneBefore: {
      Type: 'Pass',
      Output: result("'noop'", "'This decision was carried out before. It ended so: ' & $record.decided.outcome & '.'"),
      End: true,
    },
    Superseded: {
      Type: 'Pass',
      Output: result(
        "'superseded'",
        "'A later decision, for version ' & $record.decided.version & ', was carried out before its turn came.'",
      ),
      End: true,
    },
    TakenBackBefore: {
      Type: 'Pass',
      Output: result(
        "'noop'",
        "'Version ' & $record.decided.version & ', which was being rolled out, has been taken back meanwhile.'",
      ),
      End: true,
    },
    NoVersion: {
      Type: 'Fail',
      Error: 'NoVersion',
      Cause: 'There is no version to go back to: none served before the one that serves. Say which.',
    },
    ReadPackage: call(
      'sagemaker:describeModelPackage',
      { ModelPackageName: expr('$target.packageArn') },
      {
        Retry: retry(),
        Assign: {
          approval: expr("$states.result.ModelApprovalStatus & ''"),
          // As SageMaker writes it, which puts names into lower case.
          target: expr("{ 'packageArn': $states.result.ModelPackageArn, 'version': $version }"),
          name: expr(nameOf(props)),
        },
        Next: 'Want',
      },
    ),
    Want: {
      Type: 'Pass',
      Assign: {
        wanted: {
          model: modelRequest(props.settings, expr('$target.packageArn')),
          config: configRequest(props.settings),
          promote: deploymentConfig(props.rollout, guardNames(props)),
          rollback: deploymentConfig(atOnce(props.rollout), guardNames(props)),
        },
      },
      Next: 'Decide',
    },
  };
}

const DECIDED = '$exists($record.decided)';

/** Without a version asked for, the time alone says that it is the same decision. */
const SAME = "($request.version = '' or $request.version = $record.decided.version)";

/** Of two that were made in one moment, as by a program that approves all it sees, the higher version is the later. */
const LATER = oneLine(`($record.decided.millis = $request.millis
  ? $number($record.decided.version) > $number($version)
  : $record.decided.millis > $request.millis)`);

const FULFILLED = oneLine(`$request.action = 'rollback' and $request.version = ''
  and $record.decided.outcome = 'rolled-back' and $record.decided.ended > $request.millis`);

/** What was asked for; or what this decision was found to mean when its update was begun; or the version before. */
const TARGET = oneLine(`(
  $found := $request.version != '' ? $request
    : $exists($record.trying) and $record.trying.millis = $request.millis ? $record.trying
    : $record.previous;
  { 'packageArn': $found.packageArn & '', 'version': $found.version & '' }
)`);

/** One name for model and configuration, which no two settings share. */
function nameOf({ endpoint, settings }: RolloutMachineProps): string {
  const texts = fingerprint(settings)
    .map((line) => JSON.stringify(line))
    .join(', ');
  return oneLine(`(
  $containers := $states.result.InferenceSpecification.Containers.(Image & ' ' & ModelDataUrl);
  $settings := $join($append([${texts}], $containers), ' ');
  '${ownStart(endpoint)}' & $version & '-' & $substring($hash($settings, 'SHA-256'), 0, 8)
)`);
}

/** Names of the guards of the configuration that is to serve. */
export const guardNames = ({ guards }: RolloutMachineProps): readonly string[] =>
  guards.flatMap(({ watches }) =>
    watches === 'errorRate' || watches === 'latencyP95' ? [expr(`$name & '${guardSuffix(watches)}'`)] : [],
  );
