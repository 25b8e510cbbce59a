import type { WatchMetric } from '../../plan/drift/drift-metrics';
import { MODEL_LABEL, PLATFORM_LABEL } from '../monitoring/scorecard-metrics';

/** Where metrics of drift and quality are. */
const DRIFT_PREFIX = 'custom.googleapis.com/mlops/drift';

/** Type of a metric: `custom.googleapis.com/mlops/drift/DriftShare`. */
export const driftType = ({ name }: Pick<WatchMetric, 'name'>): string => `${DRIFT_PREFIX}/${name}`;

/** Labels of a model's figures. */
export const driftLabels = (platform: string, model: string): Readonly<Record<string, string>> => ({
  [PLATFORM_LABEL]: platform,
  [MODEL_LABEL]: model,
});
