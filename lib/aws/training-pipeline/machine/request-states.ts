import { REASONS } from '../../../plan/pipeline/pipeline-plan';
import { NOTE, PERSON } from '../../../plan/pipeline/run-parameters';
import { type AslState, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';

/** Input of the machine. Triggers give reason and trigger; a person may start it with `{}`. */
export interface StartRequest {
  /** Why a run is to start. Default: manual. */
  readonly reason?: (typeof REASONS)[number];
  /** Name of the trigger. Default: person. */
  readonly trigger?: string;
  /** What a person says of it, for whoever is told how it ends. */
  readonly note?: string;
}

/**
 * Reads what is asked for, and calls the run: by its execution, so that it has one name however often it is tried. Never
 * fails: what is wrong is told like any other outcome.
 */
export function requestStates(): Readonly<Record<string, AslState>> {
  return {
    Begin: {
      Type: 'Pass',
      Assign: { request: expr(REQUEST), runId: expr(RUN_ID), announced: true },
      Next: 'IsRequest',
    },
    IsRequest: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$request.wrong = ''"), Next: 'Start' }],
      Default: 'WrongRequest',
    },
    WrongRequest: {
      Type: 'Pass',
      Assign: { report: { outcome: 'start-failed', detail: expr('$request.wrong') } },
      Next: 'Outcome',
    },
  };
}

/** Lower-case letters, digits and hyphens, as labels and names of jobs take them. */
const RUN_ID = "'run-' & $substring($hash($states.context.Execution.Id, 'SHA-256'), 0, 16)";

const REQUEST = oneLine(`(
  $input := $states.input;
  $text := function($value, $other) { $type($value) = 'string' and $trim($value) != '' ? $trim($value) : $other };
  $reason := $text($input.reason, 'manual');
  $trigger := $text($input.trigger, '${PERSON}');
  {
    'reason': $reason,
    'trigger': $trigger,
    'note': $replace($substring($text($input.note, '${NOTE.none}'), 0, ${NOTE.longest}), /\\s+/, ' '),
    'wrong': $not($reason in ${JSON.stringify(REASONS)})
        ? 'The reason is one of ${REASONS.join(', ')}, not ' & $substring($reason, 0, 100) & '.'
      : $count($match($trigger, /^[a-z][a-z0-9-]{0,62}$/)) != 1
        ? 'The trigger is a name of lower-case letters, digits and hyphens, not ' & $substring($trigger, 0, 100) & '.'
      : ''
  }
)`);
