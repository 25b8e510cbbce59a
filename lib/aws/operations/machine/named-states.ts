import { NO_ROOM_TO_COLLECT } from '../../../plan/pipeline/snapshot-collection';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { SNAPSHOT_FIELD } from '../../training-pipeline/document/register-step';
import { listStates } from './list-states';
import { literal } from './machine-props';

/** Events of an execution that are shared out. It has 25,000: Step Functions developer guide, "Service quotas". */
export const ROOM = 24_000;
/** What a version takes of it with its part of a page, and what a group takes beside its versions. */
export const VERSION_EVENTS = 7.3;
export const GROUP_EVENTS = 20;

/** Characters that the names may take. A variable has 256 KiB, and more is an error that no Catch sees. Source: ibid. */
export const NAMES_ROOM = 260_000;
/** Of an id the last characters alone are kept. Where two of a dataset share them, the unnamed one stays: it costs a folder. */
const TAIL = 7;
/** So many versions of one page, as what they name is one result, which has 256 KiB too: a version has 50 properties at most. */
const PAGE = 50;

/**
 * States that look up every snapshot that a registered version of the platform names, also one of a model that left the spec:
 * the variable `named` gets an object of dataset to text, which `unnamed` reads. The first is `NamesBegin`. Whatever cannot be
 * read fails them, so that nobody goes on with a part of the names. The variable `room` gets how many events are left.
 *
 * Variables within: group, groupAt, groups, versions. Some 3,200 versions leave no events, and some 32,000 snapshots that they
 * name no room for another: the error is NO_ROOM_TO_COLLECT.
 */
export function namedStates(slug: string, next: string): Readonly<Record<string, AslState>> {
  const start = `${slug}-`;
  return {
    NamesBegin: { Type: 'Pass', Assign: { named: {}, room: ROOM, groupAt: 0 }, Next: 'GroupsList' },
    ...listStates({
      prefix: 'Groups',
      action: 'sagemaker:listModelPackageGroups',
      args: { NameContains: start, MaxResults: 100 },
      keep: `$page.ModelPackageGroupSummaryList[$substring(ModelPackageGroupName, 0, ${start.length}) = ${literal(start)}].ModelPackageGroupName`,
      into: 'groups',
      next: 'NextGroup',
    }),
    // Loops, not Maps: results of a Map would be one text of all there is.
    NextGroup: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr('$groupAt < $count($groups)'),
          Assign: {
            group: expr('$groups[$groupAt]'),
            groupAt: expr('$groupAt + 1'),
            room: expr(roomAfter(`${GROUP_EVENTS}`)),
          },
          Next: 'VersionsList',
        },
      ],
      Default: next,
    },
    ...listStates({
      prefix: 'Versions',
      action: 'sagemaker:listModelPackages',
      args: { ModelPackageGroupName: expr('$group'), MaxResults: PAGE },
      keep: '$page.ModelPackageSummaryList.ModelPackageArn',
      into: 'versions',
      eachPage: 'EachVersion',
      next: 'NextGroup',
    }),
    EachVersion: {
      Type: 'Map',
      Items: expr('$versions'),
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'ReadVersion',
        States: {
          ReadVersion: call(
            'sagemaker:describeModelPackage',
            { ModelPackageName: expr('$states.input') },
            { Retry: retry(), Output: expr(NAMES), End: true },
          ),
        },
      },
      Assign: {
        named: expr(FOLDED),
        room: expr(roomAfter(`${VERSION_EVENTS} * $count($versions)`)),
      },
      Next: 'VersionsMore',
    },
  };
}

/** JSONata that is the folders of those given, as `123/`, that no version names. */
export const unnamed = (dataset: string, folders: string): string =>
  `($names := $lookup($named, ${dataset}); ${folders}[$not($contains($names & '', '/' & $substring($, ${-TAIL - 1})))])`;

const roomAfter = (events: string): string =>
  `($left := $room - ${events}; $left > 0 ? $left : $error(${literal(NO_ROOM_TO_COLLECT)}))`;

/** What a version names, by dataset. */
const NAMES = oneLine(`(
  $made := $states.result.CustomerMetadataProperties;
  $merge([$keys($made)[$contains($, /^${SNAPSHOT_FIELD}/)].{
    $substringAfter($, '${SNAPSHOT_FIELD}'): $substring($lookup($made, $), ${-TAIL})
  }])
)`);

/** With what a page of versions names: of each dataset a text as `/0000001/0000002/`. */
const FOLDED = oneLine(`(
  $page := $states.result;
  $folded := $merge([$distinct($append($keys($named), $keys($page))).($dataset := $; {
    $dataset: (
      $names := $lookup($named, $dataset);
      $known := $exists($names) ? $names : '/';
      $known & $join($distinct($lookup($page, $dataset))[$not($contains($known, '/' & $ & '/'))].($ & '/'))
    )
  })]);
  $length($string($folded)) <= ${NAMES_ROOM} ? $folded : $error(${literal(NO_ROOM_TO_COLLECT)})
)`);
