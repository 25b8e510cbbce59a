import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { type DriftMachineProps, MAX_CAPTURE_INPUTS } from './drift-props';
import { publishNoRows } from './result-states';
import { idle } from './served-states';

/**
 * Finds the folders of the window that requests were recorded in, `$captured`. SageMaker makes one for each hour,
 * `<endpoint>/<variant>/yyyy/mm/dd/hh`; here they are taken by the day, or by the month where there would be too many. A job
 * fails where an input has no file, so only folders that have some are taken; the job itself leaves out what is outside of
 * the window. Source: SageMaker developer guide, "Capture data from real-time endpoint".
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
            { Bucket: bucket, Prefix: expr(`'${prefixes.captures}/' & $states.input & '/'`), MaxKeys: 1 },
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
      Default: 'PublishNoRows',
    },
    PublishNoRows: publishNoRows(props, 'NoRequests'),
    NoRequests: idle('no-requests', "'Nothing was recorded in the window.'"),
  };
}

const afterCaptures = ({ frozen, plan }: DriftMachineProps): string => {
  if (frozen.reference !== undefined) return 'Reference';
  return plan.runs.some(({ kind }) => kind === 'quality') ? 'IsQuality' : 'PutDriftConfig';
};

const DAY = 86_400_000;

/** `2026/01/31` of every day of the window; `2026/01` of every month if those are too many. */
const FOLDERS = oneLine(`(
  $days := [[$floor($windowStart / ${DAY})..$floor(($windowEnd - 1) / ${DAY})].($replace($substring($fromMillis($ * ${DAY}), 0, 10), '-', '/'))];
  $count($days) <= ${MAX_CAPTURE_INPUTS} ? $days : [$distinct($days.($substring($, 0, 7)))]
)`);
