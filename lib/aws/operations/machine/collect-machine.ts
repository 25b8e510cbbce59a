import { PREFIXES } from '../../../plan/access';
import { COLLECTOR_SIGNALS } from '../../../plan/pipeline/snapshot-collection';
import { type AslMachine, expr } from '../../machine/asl';
import { collectStates } from './collect-states';
import { dailyMachine } from './daily-machine';
import { listStates } from './list-states';
import { ANNOUNCED_ERRORS, type OperationsMachineProps } from './machine-props';
import { namedStates } from './named-states';

export interface CollectMachineProps extends OperationsMachineProps {
  /** Name of the bucket of the artifact store; a token. */
  readonly bucket: string;
  /** Seconds that nothing may have happened to a snapshot before each step. */
  readonly graceSeconds: number;
}

/**
 * The machine that collects frozen snapshots which no version names. What is old it decides before it looks for names, so that
 * whatever registers meanwhile names nothing that is due.
 */
export function collectMachine(props: CollectMachineProps): AslMachine {
  const { bucket, graceSeconds, slug } = props;
  /** What is below a prefix as folders. */
  const folders = { action: 's3:listObjectsV2', tokens: ['NextContinuationToken', 'ContinuationToken'] } as const;
  return dailyMachine(props, {
    comment: 'Collects frozen snapshots that no version names.',
    failed: COLLECTOR_SIGNALS.failed,
    error: ANNOUNCED_ERRORS.collector,
    work: {
      StartAt: 'Begin',
      States: {
        Begin: {
          Type: 'Pass',
          Assign: { before: expr(`$millis() - ${graceSeconds * 1000}`) },
          Next: 'GroupsList',
        },
        ...namedStates(slug, 'DatasetsList'),
        ...listStates({
          ...folders,
          prefix: 'Datasets',
          args: { Bucket: bucket, Prefix: `${PREFIXES.snapshots}/`, Delimiter: '/' },
          keep: '$page.CommonPrefixes.Prefix',
          into: 'datasets',
          next: 'EachDataset',
        }),
        EachDataset: {
          Type: 'Map',
          Items: expr('$datasets'),
          MaxConcurrency: 1,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'INLINE' },
            StartAt: 'DatasetBegin',
            States: {
              DatasetBegin: { Type: 'Pass', Assign: { dataset: expr('$states.input') }, Next: 'SnapshotsList' },
              ...listStates({
                ...folders,
                prefix: 'Snapshots',
                args: { Bucket: bucket, Prefix: expr('$dataset'), Delimiter: '/' },
                keep: '$page.CommonPrefixes.Prefix[$not($ in $named)]',
                into: 'unnamed',
                next: 'EachSnapshot',
              }),
              EachSnapshot: {
                Type: 'Map',
                Items: expr('$unnamed'),
                MaxConcurrency: 1,
                ItemProcessor: {
                  ProcessorConfig: { Mode: 'INLINE' },
                  StartAt: 'Look',
                  States: collectStates(bucket),
                },
                Output: { done: expr("[$states.result[$ != '']]") },
                End: true,
              },
            },
          },
          Output: {
            outcome: 'collected',
            withdrawn: expr("$count($states.result.done[$ = 'withdrawn'])"),
            deleted: expr("$count($states.result.done[$ = 'deleted'])"),
          },
          End: true,
        },
      },
    },
  });
}
