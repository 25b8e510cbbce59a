import { PREFIXES } from '../../../plan/access';
import { COLLECTOR_SIGNALS, GOLDEN_SECTION, NO_ROOM_TO_COLLECT } from '../../../plan/pipeline/snapshot-collection';
import { type AslMachine, expr } from '../../machine/asl';
import { collectStates } from './collect-states';
import { dailyMachine } from './daily-machine';
import { listStates } from './list-states';
import { literal, type OperationsMachineProps } from './machine-props';
import { namedStates, unnamed } from './named-states';

export interface CollectMachineProps extends OperationsMachineProps {
  /** Name of the bucket of the artifact store; a token. */
  readonly bucket: string;
  /** Seconds that nothing may have happened to a snapshot before each step. */
  readonly graceSeconds: number;
}

/** What a dataset takes of the room beside its snapshots, and what the last of them may take more than is left. */
const DATASET_EVENTS = 60;
/** Snapshots of a dataset that a day chooses from, or up to a page more: one takes 23 bytes of a variable's 256 KiB. */
const MOST_UNNAMED = 10_000;
const DAY_MS = 86_400_000;

/**
 * The machine that collects frozen snapshots which no version names. What is old it decides before it looks for names,
 * so that whatever registers meanwhile names nothing that is due. Each dataset has a share of what the history of the
 * execution has room for; an execution that has none for any has failed, and says so. Snapshots that are too many wait
 * for another day, on which it begins at another place of the list.
 */
export function collectMachine(props: CollectMachineProps): AslMachine {
  const { bucket, graceSeconds, slug } = props;
  /** What is below a prefix as folders. */
  const folders = { action: 's3:listObjectsV2', tokens: ['NextContinuationToken', 'ContinuationToken'] } as const;
  return dailyMachine(props, {
    comment: 'Collects frozen snapshots that no version names.',
    failed: COLLECTOR_SIGNALS.failed,
    work: {
      StartAt: 'Begin',
      States: {
        Begin: {
          Type: 'Pass',
          Assign: {
            before: expr(`$millis() - ${graceSeconds * 1000}`),
            place: expr(`($turns := $floor($millis() / ${DAY_MS}) * ${GOLDEN_SECTION}; $turns - $floor($turns))`),
          },
          Next: 'NamesBegin',
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
              DatasetBegin: {
                Type: 'Pass',
                Assign: {
                  dataset: expr('$states.input'),
                  unnamed: [],
                  left: expr(
                    `($share := $room / $count($datasets) - ${DATASET_EVENTS}; $share > 0 ? $share : $error(${literal(NO_ROOM_TO_COLLECT)}))`,
                  ),
                },
                Next: 'SnapshotsList',
              },
              ...listStates({
                ...folders,
                prefix: 'Snapshots',
                args: { Bucket: bucket, Prefix: expr('$dataset'), Delimiter: '/' },
                keep: `($count($unnamed) < ${MOST_UNNAMED} ? ${unnamed("$split($dataset, '/')[1]", '$page.CommonPrefixes.Prefix.$substringAfter($, $dataset)')})`,
                into: 'unnamed',
                next: 'Queue',
              }),
              ...collectStates(bucket),
            },
          },
          Output: {
            outcome: 'collected',
            withdrawn: expr('$sum([$states.result.withdrawn])'),
            deleted: expr('$sum([$states.result.deleted])'),
            later: expr('$sum([$states.result.later])'),
          },
          End: true,
        },
      },
    },
  });
}
