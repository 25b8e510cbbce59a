import { type AslState, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import type { DriftMachineProps } from './drift-props';

const HOUR = 3_600_000;
/** Digits behind the name of a job, which SageMaker takes up to 63 characters of. Source: service model, ProcessingJobName. */
const TOKEN_LENGTH = 15;

/**
 * Says which run this is and which requests it is about: `$windowStart` (included) and `$windowEnd` (excluded), milliseconds
 * since 1970; `$runFolder`, where its files go, and `$jobName`. The window ends with a full hour, less the time that labels
 * take. Both names hang on the execution, so a call that is made twice is about one job.
 */
export function windowStates({ plan, prefixes }: DriftMachineProps): Readonly<Record<string, AslState>> {
  const ofRun = (value: (run: DriftMachineProps['plan']['runs'][number]) => number): string =>
    plan.runs.map((run) => `$run = '${run.kind}' ? ${value(run)} : `).join('');
  return {
    Begin: {
      Type: 'Pass',
      Assign: {
        run: expr("$states.input.run & ''"),
        hour: expr(`$floor(${AT} / ${HOUR}) * ${HOUR}`),
        token: expr(`$substring($hash($states.context.Execution.Id, 'SHA-256'), 0, ${TOKEN_LENGTH})`),
      },
      Next: 'Window',
    },
    Window: {
      Type: 'Pass',
      Assign: {
        windowEnd: expr(`$hour - (${ofRun(({ delaySeconds }) => delaySeconds)}0) * 1000`),
        windowStart: expr(
          `$hour - (${ofRun(({ delaySeconds, windowSeconds }) => delaySeconds + windowSeconds)}${HOUR / 1000}) * 1000`,
        ),
        jobName: expr(`'${plan.name}--' & $token`),
        runFolder: expr(
          oneLine(`'${prefixes.runs}/' & $run & '/'
            & $substring($fromMillis($hour), 0, 13) & '-' & $substring($token, 0, 8)`),
        ),
      },
      Next: 'Measure',
    },
  };
}

const AT = '($exists($states.input.at) ? $toMillis($states.input.at) : $millis())';
