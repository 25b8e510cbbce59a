/** A metric of the scorecard, in the words of both clouds; each renderer has its own spelling of name and unit. */
export interface ScorecardMetric {
  readonly name: string;
  /** count: how many. seconds: a length of time. */
  readonly unit: 'count' | 'seconds';
  /** Whether there is one value for each model, or one for the platform. */
  readonly per: 'platform' | 'model';
}

/**
 * What the scorecard publishes. A model is in production while an endpoint of its serves; the age of a champion is the
 * time since it was promoted.
 */
export const SCORECARD_METRICS = {
  modelsInProduction: { name: 'ModelsInProduction', unit: 'count', per: 'platform' },
  championAge: { name: 'ChampionAge', unit: 'seconds', per: 'model' },
} as const satisfies Readonly<Record<string, ScorecardMetric>>;
