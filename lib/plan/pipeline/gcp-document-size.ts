import type { SpecCheck } from '../../spec/references';
import { givenWords, type StepsFinding } from './document-size';
import { eachPlan } from './each-plan';
import type { PipelinePlan } from './pipeline-plan';
import { isClusterStep, type StepPlan } from './step-plan';

/**
 * Bytes of a document that the workflow can hand on, which holds it twice: as what it read, and as what it sends. The values of
 * all its variables and arguments may have 512 KB together. Source: Workflows documentation, "Quotas and limits", data size.
 */
export const LONGEST_DOCUMENT = 240_000;

/** The same, for people. */
export const DOCUMENT_LIMIT = `${LONGEST_DOCUMENT} bytes of a pipeline's document`;

/** @param received - how long the document is: `250000 bytes` */
export const documentTooLong = (received: string): StepsFinding => ({
  message: 'make a document that is too long for the workflow that starts its runs',
  received,
  allowed: `on Google Cloud: ${LONGEST_DOCUMENT} bytes`,
  fix: 'make it of fewer steps, or of shorter commands and parameters: put what is long into the image',
});

/** Bytes that a document has at least: each word is in the JSON of a job, which is a text within the document. */
export const leastDocument = ({ steps }: Pick<PipelinePlan, 'steps'>): number =>
  steps.reduce((sum, step) => sum + pools(step) * inText(givenWords(step)), 0);

/** Times that a job says what its container is given: once for the machine that leads, once for the others. */
const pools = (step: StepPlan): number => (isClusterStep(step) || step.machines.nodes === 1 ? 1 : 2);

const inText = (words: readonly string[]): number =>
  words.reduce((sum, word) => sum + Buffer.byteLength(JSON.stringify(JSON.stringify(word))) - '""'.length, 0);

/** A run can be started with the document. */
export const documentFits: SpecCheck = (spec, report) => {
  if (spec.gcp === undefined) return;
  eachPlan(spec, (plan, path) => {
    const bytes = leastDocument(plan);
    if (bytes > LONGEST_DOCUMENT) report({ path, at: 'key', ...documentTooLong(`at least ${bytes} bytes`) });
  });
};
