import { eachEntry } from './each-entry';
import { eachPipeline } from './each-pipeline';
import { datasetsOf } from './pipeline-refs';
import type { Path } from './problem';
import type { SpecCheck } from './references';
import { scheduleProblem } from './schedule';
import { isTimeZone } from './time-zone';
import { unknownName } from './unknown-name';

const triggersWork = eachPipeline((pipeline, report, datasets) => {
  const read = datasetsOf(pipeline);
  eachEntry(pipeline.triggers, ({ schedule, timeZone, newData, signal }, name) => {
    const path = (key: string): Path => ['triggers', name, key];
    const kinds = [schedule, newData, signal].filter((kind) => kind !== undefined).length;
    if (kinds !== 1)
      report({
        path: ['triggers', name],
        message: kinds === 0 ? 'says nothing of when' : 'says more than one thing',
        allowed: 'one of schedule, newData and signal',
        fix: kinds === 0 ? "write schedule: '0 3 * * *', newData or signal" : 'write a trigger for each',
      });
    const problem = schedule === undefined ? undefined : scheduleProblem(schedule);
    if (problem !== undefined)
      report({
        path: path('schedule'),
        message: problem,
        allowed: 'minute, hour, day of month, month and day of week',
        fix: "write '0 3 * * *' for every night at three",
      });
    if (timeZone !== undefined && schedule === undefined)
      report({
        path: path('timeZone'),
        at: 'key',
        message: 'is of no schedule',
        allowed: 'timeZone beside schedule',
        fix: 'remove timeZone',
      });
    if (timeZone !== undefined && !isTimeZone(timeZone))
      report({
        path: path('timeZone'),
        message: 'is not a time zone',
        allowed: 'a name of the IANA, for example Europe/Berlin',
        fix: 'write the name as in the time zone database',
      });
    if (newData === undefined) return;
    if (!datasets.includes(newData)) unknownName(report, path('newData'), newData, 'dataset', datasets);
    else if (!read.includes(newData))
      report({
        path: path('newData'),
        message: 'is no dataset that a run would read',
        allowed: read.length === 0 ? 'none: no step reads a dataset' : read.join(', '),
        fix: 'name a dataset that a step reads, or let a step read it',
      });
  });
});

const signalsWatched: SpecCheck = ({ models }, report) =>
  eachEntry(models, ({ pipeline, monitoring }, model) =>
    eachEntry(pipeline?.triggers ?? {}, ({ signal }, name) => {
      if (signal === undefined || (monitoring as Readonly<Record<string, unknown>> | undefined)?.[signal] !== undefined)
        return;
      report({
        path: ['models', model, 'pipeline', 'triggers', name, 'signal'],
        message: `${signal} is not watched`,
        allowed: `${signal} with monitoring.${signal} of the model`,
        fix: `add monitoring: { ${signal}: … }, or remove this trigger`,
      });
    }),
  );

/** What starts runs can happen. */
export const PIPELINE_TRIGGER_CHECKS: readonly SpecCheck[] = [triggersWork, signalsWatched];
