import { contentHash } from '../../../plan/names';
import type { PipelinePlan } from '../../../plan/pipeline/pipeline-plan';
import type { PipelineDocument } from './pipeline-document';
import type { StoredDocument } from './stored-document';

/** How the parameter begins by which a run says whose it is. */
const TIE = 'document-';

/** Tokens in a text, whose numbers are others in each synthesis. */
const TOKENS = /[$#]\{Token\[[^\]]*\]\}/g;

/**
 * A definition that only who was made with it can start: an execution of the start machine goes on as it began, with its
 * revision, its images and its gate, while a deployment changes the pipeline in place. The definition has one more parameter,
 * `document-<hash of what it says>`, which is used nowhere and has no default; the service refuses a run that is given a
 * parameter which the definition does not name, or is not given one that it does. So nothing is deployed between a look and a
 * start. Source: service model of SageMaker, Parameter, Name: it must match a named parameter in the pipeline definition.
 *
 * What a step on the batch cluster runs is none of the definition, so the plan of the steps counts, too. What is known only
 * once it is deployed does not, as a hash of it would be a token: no code or image is.
 */
export function tiedDocument(
  { document, parameters }: StoredDocument,
  { revision, gate, steps }: Pick<PipelinePlan, 'revision' | 'gate' | 'steps'>,
): StoredDocument {
  const name = tieOf(document, { revision, gate, steps });
  return {
    document: { ...document, Parameters: [...document.Parameters, { Name: name, Type: 'String' }] },
    parameters: { ...parameters, [name]: revision },
  };
}

const tieOf = (document: PipelineDocument, plan: object): string =>
  `${TIE}${contentHash(JSON.stringify([document, plan]).replaceAll(TOKENS, ''))}`;
