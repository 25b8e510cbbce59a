import { z } from 'zod';
import { SERVING_FEASIBILITY_CHECKS } from '../../lib/plan/serving-feasibility';
import { modelName } from '../../lib/spec/identifiers';
import { loadSpec } from '../../lib/spec/load';
import { model } from '../../lib/spec/model';
import { monitoring } from '../../lib/spec/monitoring';
import { platformSchema } from '../../lib/spec/platform';
import { type Problem, SpecError } from '../../lib/spec/problem';
import { serving } from '../../lib/spec/serving';
import { SERVING_CHECKS } from '../../lib/spec/serving-checks';

const servable = model.unwrap().extend({ serving: serving.optional(), monitoring: monitoring.optional() }).prefault({});

/** Platforms whose models may serve, and every rule of serving. */
const RULES = {
  schema: platformSchema.extend({ models: z.record(modelName, servable).default({}) }),
  checks: [...SERVING_CHECKS, ...SERVING_FEASIBILITY_CHECKS],
};

/** The one model `m` of a platform, as loaded. */
export function servedModel(written: object, region = 'eu-central-1') {
  const spec = loadSpec({ name: 'fraud', owner: 'a@example.com', aws: { region }, models: { m: written } }, RULES);
  const { m } = spec.models;
  if (m === undefined) throw new Error('the model was lost');
  return m;
}

/** What is wrong with the one model of a platform. */
export function servedProblems(written: object, region?: string): readonly Problem[] {
  try {
    servedModel(written, region);
    return [];
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
}
