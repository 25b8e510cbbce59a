/** A call of an AWS SDK that a machine makes: `sagemaker:createModel`, with what it is given as JSON. */
export interface SdkCall {
  readonly name: string;
  readonly args: string;
}

/** Calls of every state of a machine or of a part of one, however deep. */
export function sdkCalls(part: unknown): readonly SdkCall[] {
  if (typeof part !== 'object' || part === null) return [];
  const { Type, Resource, Arguments } = part as Readonly<Record<string, unknown>>;
  const [, name] = /:states:::aws-sdk:(.+)$/.exec(String(Resource)) ?? [];
  if (Type === 'Task' && name === undefined) throw new Error(`a task that this test does not understand: ${Resource}`);
  const here = Type === 'Task' && name !== undefined ? [{ name, args: JSON.stringify(Arguments) }] : [];
  return [...here, ...Object.values(part).flatMap(sdkCalls)];
}

/** Services that IAM calls otherwise than Step Functions does. */
const IAM_SERVICE: Readonly<Record<string, string>> = { applicationautoscaling: 'application-autoscaling' };

/** Calls whose action has another name. Source: Amazon S3 user guide, "Required permissions for Amazon S3 API operations". */
const IAM_ACTION: Readonly<Record<string, string>> = {
  's3:listObjectsV2': 's3:ListBucket',
  's3:deleteObjects': 's3:DeleteObject',
};

interface Dependent {
  readonly calls: RegExp;
  /** Only where this is among the arguments. Default: always. */
  readonly given?: string;
  readonly actions: readonly string[];
}

/**
 * What else a caller needs. Everything here is encrypted with customer keys. Sources: Service Authorization Reference,
 * dependent actions of each service; SageMaker developer guide, "Amazon SageMaker AI API permissions" and "Encrypt your
 * data at rest"; SNS developer guide, "Key management"; DynamoDB developer guide, "How DynamoDB uses AWS KMS"; Athena user
 * guide, "Fine-grained access to databases and tables"; Application Auto Scaling user guide, "Permissions for target services".
 */
const DEPENDENT: readonly Dependent[] = [
  {
    calls: /^sagemaker:create(Endpoint|EndpointConfig|Model|ModelPackage|ProcessingJob|TrainingJob)$/,
    given: 'Tags',
    actions: ['sagemaker:AddTags'],
  },
  { calls: /^sagemaker:create(ProcessingJob|TrainingJob)$/, given: 'RoleArn', actions: ['iam:PassRole'] },
  { calls: /^sagemaker:createModel$/, given: 'ExecutionRoleArn', actions: ['iam:PassRole'] },
  { calls: /^sagemaker:create(ProcessingJob|TrainingJob)$/, given: 'VolumeKmsKeyId', actions: ['kms:CreateGrant'] },
  { calls: /^sagemaker:createEndpointConfig$/, given: 'KmsKeyId', actions: ['kms:CreateGrant'] },
  { calls: /^batch:submitJob$/, given: 'Tags', actions: ['batch:TagResource'] },
  { calls: /^cloudwatch:putMetricAlarm$/, given: 'Tags', actions: ['cloudwatch:TagResource'] },
  { calls: /^s3:getObject$/, actions: ['kms:Decrypt'] },
  { calls: /^(s3:putObject|sns:publish)$/, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  { calls: /^dynamodb:/, actions: ['kms:Decrypt'] },
  {
    calls: /^athena:startQueryExecution$/,
    actions: ['glue:GetDatabase', 'glue:GetTable', 's3:GetBucketLocation', 's3:GetObject', 's3:PutObject'],
  },
  {
    calls: /^applicationautoscaling:registerScalableTarget$/,
    actions: [
      'iam:CreateServiceLinkedRole',
      'sagemaker:DescribeEndpoint',
      'sagemaker:DescribeEndpointConfig',
      'sagemaker:UpdateEndpointWeightsAndCapacities',
    ],
  },
  {
    calls: /^applicationautoscaling:putScalingPolicy$/,
    actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
  },
];

/** Actions of IAM that whoever makes a call has to be allowed. */
export function neededActions({ name, args }: SdkCall): readonly string[] {
  const [service = '', operation = ''] = name.split(':');
  const own = `${IAM_SERVICE[service] ?? service}:${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
  const dependent = DEPENDENT.filter(
    ({ calls, given }) => calls.test(name) && (given === undefined || new RegExp(`\\b${given}\\b`).test(args)),
  );
  return [IAM_ACTION[name] ?? own, ...dependent.flatMap(({ actions }) => actions)];
}
