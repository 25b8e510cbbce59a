import { type AslState, call, expr } from '../../../machine/asl';
import { findFile } from '../../../machine/find-file';
import { oneLine } from '../../../machine/one-line';
import { retry } from '../../../machine/retry';
import { type ClusterMachineProps, INPUTS } from './cluster-props';

/**
 * SageMaker Pipelines keeps no results of callback steps, so this machine does: where an equal step left its output, and when.
 * Steps are equal whose job definition and inputs are. Source: SageMaker developer guide, "Caching pipeline steps".
 */
export function recallStates(props: ClusterMachineProps, next: string): Readonly<Record<string, AslState>> {
  return {
    BeginTraining: {
      Type: 'Pass',
      Assign: {
        step: expr(`$lookup(${JSON.stringify(props.steps)}, $message.arguments.step)`),
        began: expr('$millis()'),
        try: 0,
      },
      Next: 'IsKept',
    },
    IsKept: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$step.cacheSeconds > 0'), Next: 'FindRecord' }],
      Default: next,
    },
    FindRecord: findFile(props.bucket, key(props), 'HasRecord'),
    HasRecord: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$states.input.found'), Next: 'Recall' }],
      Default: next,
    },
    Recall: call(
      's3:getObject',
      { Bucket: props.bucket, Key: expr(key(props)) },
      {
        Retry: retry(),
        Assign: { record: expr('$parse($states.result.Body)') },
        Next: 'IsRecent',
      },
    ),
    IsRecent: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr('$toMillis($record.at) + $step.cacheSeconds * 1000 > $millis()'),
          Next: 'Recalled',
        },
      ],
      Default: next,
    },
    Recalled: { Type: 'Pass', Output: { kind: 'done', folder: expr('$record.folder') }, End: true },
  };
}

/** Notes what the step made, and ends the branch with it. */
export function recordStates(props: ClusterMachineProps): Readonly<Record<string, AslState>> {
  const folder = '$message.arguments.output';
  return {
    IsToKeep: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$step.cacheSeconds > 0'), Next: 'Record' }],
      Default: 'Trained',
    },
    Record: call(
      's3:putObject',
      {
        Bucket: props.bucket,
        Key: expr(key(props)),
        ContentType: 'application/json',
        // Step Functions writes a value as JSON.
        Body: { folder: expr(folder), at: expr('$now()') },
      },
      { Retry: retry(), Next: 'Trained' },
    ),
    Trained: { Type: 'Pass', Output: { kind: 'done', folder: expr(folder) }, End: true },
  };
}

/** Inputs are in the order of their names, so that equal ones are equal texts. */
const key = ({ recordsPrefix }: ClusterMachineProps): string =>
  oneLine(`(
  $inputs := $sort(${INPUTS}).(
    $ & '=' & $lookup($message.arguments, $)
  );
  '${recordsPrefix}/' & $message.arguments.step & '/'
    & $hash($message.arguments.definition & ' ' & $join([$inputs], ' '), 'SHA-256') & '.json'
)`);
