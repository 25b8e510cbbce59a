import { Token } from 'aws-cdk-lib';
import type { DocumentProps, ZipFile } from './document-props';
import { type PipelineDocument, pipelineDocument } from './pipeline-document';
import { type Part, parameter } from './references';

/** A definition, and what its runs are given beside. */
export interface StoredDocument {
  readonly document: PipelineDocument;
  /** Values of the parameters that are none of a run's own: `{ 'deployed-key': 'arn:aws:kms:…' }`; they may be tokens. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The definition as a file can have it, which is written before the rest is deployed: what is known only then is a parameter
 * by the name of what it is. A parameter may stand for every value of an argument, and none for the name of anything.
 * Source: SageMaker Pipeline Definition JSON Schema, StringArgumentValue and JoinFunction; joins within a join it does not have.
 */
export function storedDocument(props: DocumentProps): StoredDocument {
  const found = new Map<string, string>();
  const deployed = (what: string, value: Part): Part => {
    if (typeof value !== 'string' || !Token.isUnresolved(value)) return value;
    const name = `deployed-${what}`;
    found.set(name, value);
    return parameter(name);
  };
  const zip = (file: ZipFile): ZipFile => ({ ...file, bucketUri: deployed('files', file.bucketUri) });
  const { validation, clusterDefinitions = {} } = props;
  const document = pipelineDocument({
    ...props,
    resultsUri: deployed('results', props.resultsUri),
    checkpointsUri: deployed('checkpoints', props.checkpointsUri),
    repositoryUri: deployed('repository', props.repositoryUri),
    stepRoleArn: deployed('step-role', props.stepRoleArn),
    keyArn: deployed('key', props.keyArn),
    subnetIds: props.subnetIds.map((id, i) => deployed(`subnet-${i + 1}`, id)),
    securityGroupId: deployed('security-group', props.securityGroupId),
    groupName: deployed('model-group', props.groupName),
    clusterDefinitions: Object.fromEntries(
      Object.entries(clusterDefinitions).map(([step, arn], i) => [step, deployed(`job-definition-${i + 1}`, arn)]),
    ),
    ...(validation === undefined
      ? {}
      : {
          validation: {
            imageUri: deployed('validation-image', validation.imageUri),
            code: zip(validation.code),
            rules: Object.fromEntries(Object.entries(validation.rules).map(([dataset, file]) => [dataset, zip(file)])),
          },
        }),
  });
  const steps = JSON.stringify(document.Steps);
  const parameters = [...found].filter(([name]) => steps.includes(`"Parameters.${name}"`));
  return {
    document: {
      ...document,
      Parameters: [...document.Parameters, ...parameters.map(([Name]) => ({ Name, Type: 'String' as const }))],
    },
    parameters: Object.fromEntries(parameters),
  };
}
