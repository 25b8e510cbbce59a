import { WITHDRAWN } from '../../../plan/pipeline/snapshot-collection';
import { type AslState, call, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import { MANIFEST } from '../../training-pipeline/machine/freeze-states';
import { literal, NOTHING } from './machine-props';

/** Files of one page. A variable holds 256 KiB, and a file of a list is some 300 bytes. */
const PAGE = 500;

const MARK = expr(`$folder & ${literal(WITHDRAWN)}`);
const MANIFEST_FILE = expr(`$folder & ${literal(MANIFEST)}`);
/** When a file directly in the folder of the input was written, in milliseconds; 0 where it is not there. */
const writtenAt = (file: string): string =>
  `($at := $states.result.Contents[Key = $states.input & ${literal(file)}].LastModified; $exists($at) ? $toMillis($at) : 0)`;

/**
 * States that take a snapshot which no version names one step further, given its folder as the input and `$before`, in
 * milliseconds: nothing younger is touched. They begin at `Look`, end in `SnapshotDone`, and put out `withdrawn`, `deleted` or
 * nothing. What crashes in between is found by the next execution as it is.
 *
 * - With an old manifest: a mark takes its place.
 * - Without either, as while it is frozen for the first time, or where that was given up: a mark joins what there is.
 * - With an old mark alone: its files go, and the mark at last. Files that are young are those of somebody who freezes it
 *   anew right now.
 *
 * Variables: folder, manifestAt, markAt, old, after, more.
 */
export function collectStates(bucket: string): Readonly<Record<string, AslState>> {
  const file = { Bucket: bucket };
  return {
    Look: call(
      's3:listObjectsV2',
      { ...file, Prefix: expr('$states.input'), Delimiter: '/' },
      {
        Retry: retry(),
        Assign: {
          folder: expr('$states.input'),
          manifestAt: expr(writtenAt(MANIFEST)),
          markAt: expr(writtenAt(WITHDRAWN)),
        },
        Next: 'IsDue',
      },
    ),
    IsDue: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$manifestAt >= $before'), Output: NOTHING, Next: 'SnapshotDone' },
        { Condition: expr('$manifestAt > 0 or $markAt = 0'), Next: 'Mark' },
        {
          Condition: expr('$markAt < $before'),
          Assign: { after: expr('$folder') },
          Next: 'Files',
        },
      ],
      Default: 'SnapshotDone',
      Output: NOTHING,
    },
    Mark: call(
      's3:putObject',
      { ...file, Key: MARK, ContentType: 'application/json', Body: {} },
      { Retry: retry(), Next: 'IsListed' },
    ),
    IsListed: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$manifestAt > 0'), Next: 'Withdraw' }],
      Default: 'SnapshotDone',
      Output: NOTHING,
    },
    Withdraw: call(
      's3:deleteObject',
      { ...file, Key: MANIFEST_FILE },
      { Retry: retry(), Output: expr("'withdrawn'"), Next: 'SnapshotDone' },
    ),
    Files: call(
      's3:listObjectsV2',
      { ...file, Prefix: expr('$folder'), StartAfter: expr('$after'), MaxKeys: PAGE },
      {
        Retry: retry(),
        Assign: {
          old: expr(
            `[$states.result.Contents[$toMillis(LastModified) < $before and Key != $folder & ${literal(WITHDRAWN)}].{ 'Key': Key }]`,
          ),
          after: expr("$states.result.Contents[-1].Key & ''"),
          more: expr('$states.result.IsTruncated = true'),
        },
        Next: 'HasOld',
      },
    ),
    HasOld: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$count($old) > 0'), Next: 'Delete' }],
      Default: 'HasMore',
    },
    // S3 tells of files that it could not delete without an error.
    Delete: call(
      's3:deleteObjects',
      { ...file, Delete: { Objects: expr('$old'), Quiet: true } },
      {
        Retry: retry(),
        Output: expr(
          "$exists($states.result.Errors) ? $error($states.result.Errors[0].(Key & ' could not be deleted: ' & Message)) : ''",
        ),
        Next: 'HasMore',
      },
    ),
    HasMore: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$more'), Next: 'Files' }],
      Default: 'Unmark',
    },
    Unmark: call(
      's3:deleteObject',
      { ...file, Key: MARK },
      { Retry: retry(), Output: expr("'deleted'"), Next: 'SnapshotDone' },
    ),
    SnapshotDone: { Type: 'Succeed' },
  };
}
