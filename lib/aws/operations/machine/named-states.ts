import { PREFIXES } from '../../../plan/access';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { SNAPSHOT_FIELD } from '../../training-pipeline/document/register-step';
import { listStates } from './list-states';
import { literal } from './machine-props';

/** Events of an execution that are shared out. It has 25,000: Step Functions developer guide, "Service quotas". */
export const ROOM = 24_000;
/** What a version takes of it with its part of a page, and what a group takes beside its versions. */
const VERSION_EVENTS = 7.1;
const GROUP_EVENTS = 20;

/**
 * States that look up every snapshot that a registered version of the platform names, also one of a model that left the spec:
 * the variable `named` gets their folders, as in `snapshots/transactions/123/`. The first is `GroupsList`. Whatever cannot be
 * read fails them, so that nobody goes on with a part of the names. The variable `room` gets how many events are left.
 *
 * Variables within: group, and the lists groups and versions. Some 3,300 versions leave none.
 */
export function namedStates(slug: string, next: string): Readonly<Record<string, AslState>> {
  const start = `${slug}-`;
  return {
    ...listStates({
      prefix: 'Groups',
      action: 'sagemaker:listModelPackageGroups',
      args: { NameContains: start, MaxResults: 100 },
      keep: `$page.ModelPackageGroupSummaryList[$substring(ModelPackageGroupName, 0, ${start.length}) = ${literal(start)}].ModelPackageGroupName`,
      into: 'groups',
      next: 'EachGroup',
    }),
    EachGroup: {
      Type: 'Map',
      Items: expr('$groups'),
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'GroupBegin',
        States: {
          GroupBegin: { Type: 'Pass', Assign: { group: expr('$states.input') }, Next: 'VersionsList' },
          ...listStates({
            prefix: 'Versions',
            action: 'sagemaker:listModelPackages',
            args: { ModelPackageGroupName: expr('$group'), MaxResults: 100 },
            keep: '$page.ModelPackageSummaryList.ModelPackageArn',
            into: 'versions',
            next: 'EachVersion',
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
                  { Retry: retry(), Output: { names: expr(NAMES) }, End: true },
                ),
              },
            },
            Output: { names: expr('[$distinct($states.result.names)]'), versions: expr('$count($versions)') },
            End: true,
          },
        },
      },
      Assign: {
        named: expr('[$distinct($states.result.names)]'),
        room: expr(`${ROOM} - ${GROUP_EVENTS} * $count($groups) - ${VERSION_EVENTS} * $sum([$states.result.versions])`),
      },
      Next: next,
    },
  };
}

const NAMES = oneLine(`(
  $made := $states.result.CustomerMetadataProperties;
  [$keys($made)[$contains($, /^${SNAPSHOT_FIELD}/)].(
    '${PREFIXES.snapshots}/' & $substringAfter($, '${SNAPSHOT_FIELD}') & '/' & $lookup($made, $) & '/'
  )]
)`);
