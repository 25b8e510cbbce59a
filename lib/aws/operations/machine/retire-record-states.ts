import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { shellOf } from '../../serving-endpoint/machine/retired';
import { putRecord } from '../../serving-endpoint/machine/see-states';
import { literal, PARAMETER_NOT_FOUND } from './machine-props';
import { readRecord, recordOf } from './read-record';
import type { RetireMachineProps } from './retire-props';

/**
 * Says whether the model is to be retired at all, from `MayBeOwned` on, and marks its record where it has a shell, before
 * anything is touched: what waits for its turn sees from then on that the model is retired.
 *
 * Variables: `$known`, whether all this was read; `$shell`, digest of what the shell published, '' without one; `$kept`, the record and what is said of it when
 * it goes; `$told`, whether the channel knows already that the model was retired; `$marked`; `$since`, when it was retired.
 */
export function retireRecordStates(props: RetireMachineProps): Readonly<Record<string, AslState>> {
  return {
    MayBeOwned: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$not($known)'), Next: 'ReadRecord' },
        { Condition: expr('$byEvent and $not($begun)'), Next: 'ReadShell' },
      ],
      Default: 'EndpointList',
    },
    ...readRecord({
      modelsPrefix: props.modelsPrefix,
      model: '$model',
      keep: KEPT,
      into: 'kept',
      absent: "{ 'record': {}, 'texts': [] }",
      unreadable: { record: {}, texts: ['the record of a version'] },
      next: 'ReadShell',
    }),
    ReadShell: call(
      'ssm:getParameter',
      { Name: expr(`${literal(props.modelsPrefix)} & $model & '/serving'`) },
      {
        Retry: retry(PARAMETER_NOT_FOUND),
        Catch: [
          { ErrorEquals: [PARAMETER_NOT_FOUND], Assign: { known: true, told: expr(TOLD) }, Next: 'EndpointList' },
        ],
        Assign: { known: true, shell: expr(shellOf('$states.result.Parameter.Value')) },
        Next: 'IsOwned',
      },
    ),
    IsOwned: { Type: 'Choice', Choices: [{ Condition: expr('$byEvent'), Next: 'Owned' }], Default: 'WasRetired' },
    Owned: {
      Type: 'Pass',
      Output: { outcome: 'owned', detail: 'The model has a shell, so its endpoint stays.' },
      End: true,
    },
    WasRetired: { Type: 'Pass', Assign: { told: expr(TOLD), since: expr(SINCE) }, Next: 'IsToMark' },
    IsToMark: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$shell != '' and $not($told)"), Next: 'Mark' }],
      Default: 'EndpointList',
    },
    Mark: putRecord(
      { championParameter: expr(recordOf(props, '$model')) },
      "$merge([$kept.record, { 'retired': $since, 'retiring': true, 'shell': $shell }])",
      { Assign: { marked: true }, Next: 'EndpointList' },
    ),
  };
}

const KEPT = oneLine(`$type($served) != 'object' ? $error('no record') : {
  'record': $served,
  'texts': [$exists($served.version) ? 'the record of version ' & $string($served.version) : 'its record']
}`);

const TOLD = oneLine(`$exists($kept.record.retired) and $not($exists($kept.record.retiring))
  and ($shell = '' or $kept.record.shell = $shell)`);

const SINCE = '$exists($kept.record.retired) and $kept.record.shell = $shell ? $kept.record.retired : $now()';
