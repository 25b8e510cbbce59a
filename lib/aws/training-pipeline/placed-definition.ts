import { Stack, Token } from 'aws-cdk-lib';
import type * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import {
  definitionTooLong,
  LONGEST_DEFINITION,
  LONGEST_INLINE,
  MOST_PARAMETERS,
  queueUnknown,
  tooManyParameters,
} from '../../plan/pipeline/aws-document-size';
import { stepsRefused } from '../../plan/pipeline/document-size';
import { LateFile } from '../jobs/late-file';
import { jsonText } from '../machine/json-text';
import type { DocumentProps } from './document/document-props';
import { pipelineDocument } from './document/pipeline-document';
import { type StoredDocument, storedDocument } from './document/stored-document';
import { tiedDocument } from './document/tied-document';

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
 * @throws SpecError for more parameters than a run is given, and for a file with steps on the cluster where the account or
 * the region is not known; when the app is synthesised, for a definition that is too long.
 */
export function placedDefinition(scope: Construct, props: DocumentProps): PlacedDefinition {
  const stack = Stack.of(scope);
  const inline = pipelineDocument(props);
  const { model } = props.plan;
  const { length } = JSON.stringify(inline);
  const large = length > LONGEST_INLINE;
  if (large && Token.isUnresolved(props.clusterQueueUrl))
    throw stepsRefused(model, queueUnknown(`${length} characters`));
  const placed = tiedDocument(large ? storedDocument(props) : { document: inline, parameters: {} }, props.plan);
  const { document } = placed;
  const count = document.Parameters.length;
  if (count > MOST_PARAMETERS) throw stepsRefused(model, tooManyParameters(count));
  if (!large) return { ...placed, definition: { PipelineDefinitionBody: jsonText(stack, document) } };
  const resolved = (): object => stack.resolve(document);
  const file = new LateFile(scope, () => JSON.stringify(resolved()));
  scope.node.addValidation({
    validate: () => {
      const deployed = resolved();
      const { length } = JSON.stringify(deployed);
      // What is returned here is an error of the app's code, and this is one of its spec.
      if (length > LONGEST_DEFINITION) throw stepsRefused(model, definitionTooLong(`${length} characters`));
      return unknownIn(deployed, '').map(
        (path) =>
          `${path} of the definition of the pipeline is known only once it is deployed, and a definition of this size is a file that is written before. Give it a plain value.`,
      );
    },
  });
  return {
    ...placed,
    definition: { PipelineDefinitionS3Location: { Bucket: file.bucketName, Key: file.objectKey } },
  };
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
