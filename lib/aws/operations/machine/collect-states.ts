import { WITHDRAWN } from '../../../plan/pipeline/snapshot-collection';
import { MANIFEST } from '../../../plan/pipeline/snapshot-manifest';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { literal, NOTHING } from './machine-props';

/** Files of one page. A variable holds 256 KiB, and a file of a list is some 300 bytes. */
const PAGE = 500;

/** What is left of the events of a dataset after a call, and so many choices that may follow it. */
const leftAfterCall = (choices = 1) => expr(`$left - ${5 + 2 * choices}`);
/** The same after a turn: its beginning and its end. */
const LEFT_AFTER_TURN = expr('$left - 4');

/** The folders from `$place` on and then those before it, as one text: to take one from a list, JSONata looks at all of it. */
const QUEUE = oneLine(`(
  $all := $join($unnamed);
  $cut := $floor($place * $length($all));
  $rest := $substring($all, $cut);
  $all = '' ? '' : $substringAfter($rest, '/') & $substring($all, 0, $cut) & $substringBefore($rest, '/') & '/'
)`);

const MARK = expr(`$folder & ${literal(WITHDRAWN)}`);
const MANIFEST_FILE = expr(`$folder & ${literal(MANIFEST)}`);
/** When a file directly in the folder of the input was written, in milliseconds; 0 where it is not there. */
const writtenAt = (file: string): string =>
  `($at := $states.result.Contents[Key = $states.input & ${literal(file)}].LastModified; $exists($at) ? $toMillis($at) : 0)`;

/**
 * States that take snapshots which no version names one step further, one after the other from `$place` of the list on, as
 * long as events are left. They begin at `Queue`, and put out how many were withdrawn and deleted, and how many wait for `later`.
 * What crashes in between, or is left with files, is found by a next execution as it is. A loop, not a Map: what one of them
 * took counts for the others.
 *
 * - With an old manifest: a mark takes its place.
 * - Without either, as while it is frozen for the first time, or where that was given up: a mark joins what there is.
 * - With an old mark alone: its files go, and the mark at last. Files that are young are those of somebody who freezes it
 *   anew right now.
 *
 * Variables given: dataset, its folder, and unnamed, the folders in it; place, from 0 to 1; before, in milliseconds: nothing
 * younger is touched; left, events. Within: queue, withdrawn, deleted, folder, manifestAt, markAt, old, after, more.
 */
export function collectStates(bucket: string): Readonly<Record<string, AslState>> {
  const file = { Bucket: bucket };
  return {
    Queue: {
      Type: 'Pass',
      Assign: { queue: expr(QUEUE), withdrawn: 0, deleted: 0 },
      Next: 'Turn',
    },
    Turn: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr("$queue != '' and $left > 0"),
          Assign: { left: LEFT_AFTER_TURN, queue: expr("$substringAfter($queue, '/')") },
          Output: expr("$dataset & $substringBefore($queue, '/') & '/'"),
          Next: 'Look',
        },
      ],
      Default: 'DatasetDone',
    },
    Look: call(
      's3:listObjectsV2',
      { ...file, Prefix: expr('$states.input'), Delimiter: '/' },
      {
        Retry: retry(),
        Assign: {
          left: leftAfterCall(),
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
      { Retry: retry(), Assign: { left: leftAfterCall() }, Next: 'IsListed' },
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
      {
        Retry: retry(),
        Assign: { left: leftAfterCall(0) },
        Output: expr("'withdrawn'"),
        Next: 'SnapshotDone',
      },
    ),
    Files: call(
      's3:listObjectsV2',
      { ...file, Prefix: expr('$folder'), StartAfter: expr('$after'), MaxKeys: PAGE },
      {
        Retry: retry(),
        Assign: {
          left: leftAfterCall(2),
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
        Assign: { left: leftAfterCall(0) },
        Output: expr(
          "$exists($states.result.Errors) ? $error($states.result.Errors[0].(Key & ' could not be deleted: ' & Message)) : ''",
        ),
        Next: 'HasMore',
      },
    ),
    HasMore: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$more and $left > 0'), Next: 'Files' },
        { Condition: expr('$more'), Output: NOTHING, Next: 'SnapshotDone' },
      ],
      Default: 'Unmark',
    },
    Unmark: call(
      's3:deleteObject',
      { ...file, Key: MARK },
      { Retry: retry(), Assign: { left: leftAfterCall(0) }, Output: expr("'deleted'"), Next: 'SnapshotDone' },
    ),
    SnapshotDone: {
      Type: 'Pass',
      Assign: {
        withdrawn: expr("$withdrawn + ($states.input = 'withdrawn' ? 1 : 0)"),
        deleted: expr("$deleted + ($states.input = 'deleted' ? 1 : 0)"),
      },
      Next: 'Turn',
    },
    DatasetDone: {
      Type: 'Succeed',
      Output: {
        withdrawn: expr('$withdrawn'),
        deleted: expr('$deleted'),
        later: expr("$count($split($queue, '/')) - 1"),
      },
    },
  };
}
