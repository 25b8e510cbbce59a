import { SCORECARD_METRICS, type ScorecardMetric } from '../../plan/scorecard';
import { over, selector } from './promql';

/** Where custom metrics of the platform are. */
const SCORECARD_PREFIX = 'custom.googleapis.com/mlops/models';

/** Labels of the scorecard. */
export const PLATFORM_LABEL = 'platform';
export const MODEL_LABEL = 'model';

/**
 * Resource that the scorecard is of. Source: Cloud Monitoring documentation, "Create user-defined metrics with the API",
 * "Monitored-resource types": global where no other fits.
 */
export const SCORECARD_RESOURCE = 'global';

/** Type of a metric: `custom.googleapis.com/mlops/models/ChampionAge`. The plan's names have no character that needs care. */
export const scorecardType = ({ name }: ScorecardMetric): string => `${SCORECARD_PREFIX}/${name}`;

/** It is measured once a day, and a day may be late by some hours. */
const LAST_SECONDS = 30 * 3600;

const last = (metric: ScorecardMetric, labels: Readonly<Record<string, string>>): string =>
  `last_over_time(${over(selector(scorecardType(metric), SCORECARD_RESOURCE, labels), { seconds: LAST_SECONDS })})`;

/** Models of a platform that serve, as counted once a day, in PromQL. */
export const modelsInProduction = (platform: string): string =>
  `max(${last(SCORECARD_METRICS.modelsInProduction, { [PLATFORM_LABEL]: platform })})`;

const SECONDS_OF_A_DAY = 86_400;

/** Days since the version of a model that serves was promoted; of each model of the platform without one. */
export function championAgeDays(platform: string, model?: string): string {
  const labels = { [PLATFORM_LABEL]: platform, ...(model === undefined ? {} : { [MODEL_LABEL]: model }) };
  return `max by (${MODEL_LABEL}) (${last(SCORECARD_METRICS.championAge, labels)}) / ${SECONDS_OF_A_DAY}`;
}
