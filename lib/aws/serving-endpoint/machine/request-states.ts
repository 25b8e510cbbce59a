import { VERSION_NUMBER } from '../../../plan/version-number';
import { type AslState, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import type { RolloutMachineProps } from './rollout-props';

/** Reads what is asked for. Never fails: what is wrong with it is told like any other outcome. */
export function requestStates(props: RolloutMachineProps): Readonly<Record<string, AslState>> {
  return {
    Begin: {
      Type: 'Pass',
      Assign: { request: expr(request(props.packagePrefix)), announced: true, remembered: true },
      Next: 'IsRequest',
    },
    IsRequest: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$request.wrong = ''"), Next: 'Work' }],
      Default: 'Outcome',
      Assign: {
        report: {
          outcome: 'failed',
          detail: expr('$request.wrong'),
          version: expr('$request.version'),
          serves: 'What served before.',
        },
      },
    },
  };
}

const ISO = '/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z$/';

/**
 * { action, packageArn, version, reason, millis, event, wrong }. A decision was made when the registry changed the version, or
 * failing that when it said so, or when a person started the machine: whatever comes first of these is there. Who
 * asks by hand asks now; events say when somebody decided.
 */
const request = (packagePrefix: string): string =>
  oneLine(`(
  $input := $states.input;
  $text := function($value) { $type($value) = 'string' ? $trim($value) : $type($value) = 'number' ? $string($value) : '' };
  $or := function($value, $other) { $text($value) = '' ? $other : $text($value) };
  $prefix := '${packagePrefix}';
  $action := $or($input.action, 'promote');
  $asked := $or($input.packageArn, $text($input.version) = '' ? '' : $prefix & $text($input.version));
  $ours := $lowercase($substring($asked, 0, $length($prefix))) = $lowercase($prefix);
  $version := $ours ? $substring($asked, $length($prefix)) : '';
  $numbered := $count($match($version, /^${VERSION_NUMBER}$/)) = 1;
  $times := [$input.changedAt, $input.sentAt, $states.context.Execution.StartTime][$count($match($text($), ${ISO})) = 1];
  {
    'action': $action,
    'packageArn': $asked,
    'version': $numbered ? $version : $asked = '' ? '' : $asked,
    'reason': $or($input.reason, 'None was given.'),
    'millis': $toMillis($times[0]),
    'event': $or($input.changedAt, $text($input.sentAt)) != '',
    'wrong': $not($action in ['promote', 'rollback'])
        ? 'The action is promote or rollback, not ' & $action & '.'
      : $asked = '' and $action = 'promote' ? 'No version is given to promote.'
      : $asked != '' and $not($numbered) ? $asked & ' is no version of this model. Versions are ' & $prefix & '<number>.'
      : ''
  }
)`);
