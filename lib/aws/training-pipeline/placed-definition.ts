import { Stack, Token } from 'aws-cdk-lib';
import type * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { LateFile } from '../jobs/late-file';
import { jsonText } from '../machine/json-text';
import type { DocumentProps } from './document/document-props';
import { pipelineDocument } from './document/pipeline-document';
import { type StoredDocument, storedDocument } from './document/stored-document';

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
const LONGEST_DEFINITION = 1_048_576;

/** Parameters that a run is given. Source: service model of SageMaker, ParameterList. */
const MOST_PARAMETERS = 200;

/** A definition where CloudFormation finds it. */
export interface PlacedDefinition extends StoredDocument {
  /** As AWS::SageMaker::Pipeline takes it. */
  readonly definition: sagemaker.CfnPipelineProps['pipelineDefinition'];
}

/**
 * Puts the definition of a pipeline into the template, or where it is large into a file in the bucket of the bootstrap.
 * Whoever deploys reads that file, and nobody who runs: `s3:GetObject` is a permission of the handler that creates the
 * pipeline. Source: resource schema of AWS::SageMaker::Pipeline, `handlers`.
 *
 * What is in the file is looked at when the app is synthesised, which fails where the service would not take it.
 * @throws Error for more parameters than a run is given, and for a file with steps on the cluster where the account or the
 * region is not known: the address of a queue is the one value that the definition takes as no parameter. Source: SageMaker
 * Python SDK, `sagemaker.workflow.callback_step`, sqs_queue_url, a str.
 */
export function placedDefinition(scope: Construct, props: DocumentProps): PlacedDefinition {
  const stack = Stack.of(scope);
  const inline = pipelineDocument(props);
  const large = JSON.stringify(inline).length > LONGEST_INLINE;
  if (large && Token.isUnresolved(props.clusterQueueUrl))
    throw new Error(
      `${scope.node.path}: the definition of the pipeline has more than ${LONGEST_INLINE} characters and is a file that is written before anything is deployed, and the queue of its steps on the cluster has an address only in a known account and region. Give aws.account beside aws.region.`,
    );
  const placed: StoredDocument = large ? storedDocument(props) : { document: inline, parameters: {} };
  const { document } = placed;
  const count = document.Parameters.length;
  if (count > MOST_PARAMETERS)
    throw new Error(
      `${scope.node.path}: runs of the pipeline have ${count} parameters, and SageMaker gives them ${MOST_PARAMETERS}. Let its steps read fewer datasets.`,
    );
  if (!large) return { ...placed, definition: { PipelineDefinitionBody: jsonText(stack, document) } };
  const resolved = (): object => stack.resolve(document);
  const file = new LateFile(scope, () => JSON.stringify(resolved()));
  scope.node.addValidation({ validate: () => problemsOf(resolved()) });
  return {
    ...placed,
    definition: { PipelineDefinitionS3Location: { Bucket: file.bucketName, Key: file.objectKey } },
  };
}

function problemsOf(document: object): string[] {
  const { length } = JSON.stringify(document);
  return [
    ...unknownIn(document, '').map(
      (path) =>
        `${path} of the definition of the pipeline is known only once it is deployed, and a definition of this size is a file that is written before. Give it a plain value.`,
    ),
    ...(length <= LONGEST_DEFINITION
      ? []
      : [
          `The definition of the pipeline has ${length} characters, and SageMaker takes ${LONGEST_DEFINITION}, from a file too. Make it of fewer steps, or give them fewer parameters.`,
        ]),
  ];
}

/** Where something stands that CloudFormation would fill in: `Steps[0].Arguments.Tags[1].Value`. */
function unknownIn(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  if (entries.some(([key]) => key === 'Ref' || key.startsWith('Fn::'))) return [path];
  return entries.flatMap(([key, item]) =>
    unknownIn(item, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
  );
}
