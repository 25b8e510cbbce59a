import { eachPipeline } from '../../spec/each-pipeline';
import type { SpecCheck } from '../../spec/references';

/**
 * Schedules of a pipeline that one filter of log entries has room for, however long their names are. Source: Cloud
 * Logging documentation, "Quotas and limits": length of a query, 20,000 characters.
 */
const MOST_SCHEDULES = 250;

/** The same, for people. */
export const SCHEDULES_LIMIT = `${MOST_SCHEDULES} schedules of a pipeline`;

/** One filter finds the starts that no schedule of a pipeline could make in the log. */
const watched = eachPipeline(({ triggers }, report) => {
  const found = Object.values(triggers).filter(({ schedule }) => schedule !== undefined).length;
  if (found <= MOST_SCHEDULES) return;
  report({
    path: ['triggers'],
    message: 'has more schedules than a filter of log entries on Google Cloud has room for',
    received: `${found} schedules`,
    allowed: `on Google Cloud: ${SCHEDULES_LIMIT}`,
    fix: 'write several times as one schedule, for example 0 3,15 * * *',
  });
});

/** A start that was not made is told of, whichever schedule it is of. */
export const schedulesFit: SpecCheck = (spec, report) => {
  if (spec.gcp !== undefined) watched(spec, report);
};
