import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { type DriftMachineProps, MAX_CAPTURE_INPUTS } from './drift-props';
import { withoutRows } from './idle-states';

/**
 * Finds what keys of requests of the window begin with, `$captured`, in the folder of the version that serves. SageMaker
 * makes one for each hour, `<endpoint>/<variant>/yyyy/mm/dd/hh`; here they are taken by the day, or by ten days or the
 * month where there would be too many. A job fails where an input has no file, so only those that have some are taken; the
 * job itself leaves out what is outside of the window. Source: SageMaker developer guide, "Capture data from real-time
 * endpoint".
 */
export function captureStates(props: DriftMachineProps): Readonly<Record<string, AslState>> {
  const { bucket, prefixes } = props;
  return {
    Captures: {
      Type: 'Map',
      Items: expr(FOLDERS),
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'FindCaptures',
        States: {
          FindCaptures: call(
            's3:listObjectsV2',
            { Bucket: bucket, Prefix: expr(`${recorded(prefixes)} & $states.input`), MaxKeys: 1 },
            {
              Retry: retry(),
              Output: { part: expr('$states.input'), found: expr('$states.result.KeyCount > 0') },
              End: true,
            },
          ),
        },
      },
      Assign: { captured: expr('[$states.result[found].part]') },
      Next: 'IsAsked',
    },
    IsAsked: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$count($captured) > 0'), Next: afterCaptures(props) }],
      Default: 'PublishNoRequests',
    },
    ...withoutRows(props, 'NoRequests', 'no-requests', "'Nothing was recorded in the window.'"),
  };
}

/** JSONata for the folder with the requests that the version that serves was asked, with a slash at the end. */
export const recorded = ({ captures }: DriftMachineProps['prefixes']): string =>
  `'${captures.model}/' & $champion.version & '/${captures.variant}/'`;

const afterCaptures = ({ frozen, plan }: DriftMachineProps): string => {
  if (frozen.reference !== undefined) return 'Reference';
  return plan.runs.some(({ kind }) => kind === 'quality') ? 'IsQuality' : 'PutDriftConfig';
};

const DAY = 86_400_000;

/** `2026/01/31/` of every day of the window; `2026/01/3` of all days with that digit, or `2026/01/`, if those are too many. */
const FOLDERS = oneLine(`(
  $days := [[$floor($champion.from / ${DAY})..$floor(($windowEnd - 1) / ${DAY})].($replace($substring($fromMillis($ * ${DAY}), 0, 10), '-', '/') & '/')];
  $tens := [$distinct($days.($substring($, 0, 9)))];
  $count($days) <= ${MAX_CAPTURE_INPUTS} ? $days : $count($tens) <= ${MAX_CAPTURE_INPUTS} ? $tens : [$distinct($days.($substring($, 0, 8)))]
)`);
