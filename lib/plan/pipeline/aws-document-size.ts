import type { SpecCheck } from '../../spec/references';
import { givenWords, type StepsFinding } from './document-size';
import { eachPlan } from './each-plan';
import type { PipelinePlan } from './pipeline-plan';
import { runParameters } from './run-parameters';
import { usesCluster } from './step-plan';

/**
 * Characters of a definition that the template holds. CloudFormation takes a template of 1 MB, in which a definition takes
 * half as much again, as every quote and every token is written longer; the rest of a model's stack comes to a third of it.
 * Source: CloudFormation user guide, "Understand CloudFormation quotas", template body size in an Amazon S3 object.
 */
export const LONGEST_INLINE = 262_144;

/**
 * Characters of a definition wherever it is: CloudFormation reads the file and hands on what is in it.
 * Source: service model of SageMaker, PipelineDefinition; handlers of AWS::SageMaker::Pipeline, `S3ClientWrapper`.
 */
export const LONGEST_DEFINITION = 1_048_576;

/** Parameters that a run is given. Source: service model of SageMaker, ParameterList. */
export const MOST_PARAMETERS = 200;

/** Of these the one by which a run says whose document it is of. */
const PARAMETERS_OF_DOCUMENT = 1;

/** The same, for people. */
export const DEFINITION_LIMITS = {
  characters: `${LONGEST_DEFINITION} characters of a pipeline's definition`,
  withoutAccount: `${LONGEST_INLINE} characters of the definition where aws.account is not written`,
  parameters: `${MOST_PARAMETERS} parameters of a run, two for each dataset`,
} as const;

/** @param received - how long the definition is: `1100000 characters` */
export const definitionTooLong = (received: string): StepsFinding => ({
  message: 'make a definition that is too long for SageMaker, from a file too',
  received,
  allowed: `on AWS: ${LONGEST_DEFINITION} characters`,
  fix: 'make it of fewer steps, or give them fewer parameters',
});

export const tooManyParameters = (count: number): StepsFinding => ({
  message: 'read more datasets than a run of SageMaker is told of, two parameters for each',
  received: `${count} parameters`,
  allowed: `on AWS: ${MOST_PARAMETERS}`,
  fix: 'let them read fewer datasets, or put what belongs together into one before',
});

/**
 * The address of a queue is the one value that a definition takes as no parameter. Source: SageMaker Python SDK,
 * `sagemaker.workflow.callback_step`, sqs_queue_url, a str.
 */
export const queueUnknown = (received: string): StepsFinding => ({
  message:
    'make a definition that is a file written before anything is deployed, with the queue of steps on the cluster in it',
  received,
  allowed: `on AWS: ${LONGEST_INLINE} characters, where the account or the region is not known`,
  fix: 'write aws.account beside aws.region, which the address of the queue is made of',
});

/** Characters that a definition has at least. */
export const leastDefinition = ({ steps }: Pick<PipelinePlan, 'steps'>): number =>
  steps.flatMap(givenWords).reduce((sum, word) => sum + JSON.stringify(word).length, 0);

/** SageMaker takes the definition. */
export const definitionFits: SpecCheck = (spec, report) => {
  const { aws } = spec;
  if (aws === undefined) return;
  eachPlan(spec, (plan, path) => {
    const refuse = (finding: StepsFinding) => report({ path, at: 'key', ...finding });
    const parameters = runParameters(plan).length + PARAMETERS_OF_DOCUMENT;
    if (parameters > MOST_PARAMETERS) refuse(tooManyParameters(parameters));
    const characters = leastDefinition(plan);
    const received = `at least ${characters} characters`;
    if (characters > LONGEST_DEFINITION) refuse(definitionTooLong(received));
    else if (characters > LONGEST_INLINE && usesCluster(plan) && aws.account === undefined)
      refuse(queueUnknown(received));
  });
};
