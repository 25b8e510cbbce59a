import { eachEntry } from '../../spec/each-entry';
import type { SpecCheck } from '../../spec/references';

/**
 * Labels meet requests by an id that callers know. Vertex AI gives each request a number of its own, `request_id`, and its
 * API takes none from callers. Source: Vertex AI documentation, "Log and view inference requests".
 */
const idOfCaller: SpecCheck = ({ gcp, models }, report) => {
  if (gcp === undefined) return;
  eachEntry(models, ({ monitoring }, model) => {
    const labels = monitoring?.quality?.labels;
    if (labels === undefined || labels.requestField !== undefined) return;
    report({
      path: ['models', model, 'monitoring', 'quality', 'labels', 'requestField'],
      at: 'missing',
      message: 'is missing: Vertex AI gives requests numbers of its own, and no label would ever meet one',
      allowed: 'the field of each row of a request that has the id, on Google Cloud',
      fix: `add requestField: ${labels.requestId}, and let callers write the id into that field of each instance`,
    });
  });
};

/** Rules of drift and quality that come from what Google Cloud has and takes. */
export const GCP_DRIFT_CHECKS: readonly SpecCheck[] = [idOfCaller];
