import type { Request } from './iam';

/** Where a platform is, and what it is called there. */
export interface Place {
  /** `eu-central-1:111111111111` */
  readonly regionAndAccount: string;
  /** ARN of the network that jobs run in. */
  readonly vpcArn: string;
}

export type JobKind = 'ProcessingJob' | 'TrainingJob';

/** What a job is created with, the shapes of both kinds in one. Texts are those of a template, with references spelled out. */
export interface JobArguments {
  readonly RoleArn: string;
  readonly AppSpecification?: { readonly ImageUri: string };
  readonly AlgorithmSpecification?: { readonly TrainingImage: string };
  readonly ProcessingOutputConfig?: { readonly KmsKeyId?: string };
  readonly OutputDataConfig?: { readonly KmsKeyId?: string };
  readonly ProcessingResources?: { readonly ClusterConfig: { readonly VolumeKmsKeyId?: string } };
  readonly ResourceConfig?: { readonly VolumeKmsKeyId?: string };
  readonly NetworkConfig?: { readonly VpcConfig?: VpcConfig };
  readonly VpcConfig?: VpcConfig;
  readonly Environment?: { readonly MLOPS_METRICS?: string };
}

interface VpcConfig {
  readonly Subnets: readonly string[];
}

/** Folders and files of a job, `s3://bucket/path/` and `s3://bucket/code.zip`. */
export interface JobFiles {
  readonly read: readonly string[];
  readonly written: readonly string[];
}

const LOG_GROUPS: Readonly<Record<JobKind, string>> = {
  ProcessingJob: '/aws/sagemaker/ProcessingJobs',
  TrainingJob: '/aws/sagemaker/TrainingJobs',
};

/** Key of the disks of a job. */
export const diskKey = ({ ProcessingResources, ResourceConfig }: JobArguments): string | undefined =>
  (ProcessingResources?.ClusterConfig ?? ResourceConfig)?.VolumeKmsKeyId;

/**
 * What SageMaker calls as the role of a job. The grant for its disk is not among that: whoever creates the job may give it
 * instead. Sources: SageMaker developer guide, "SageMaker roles", CreateProcessingJob and CreateTrainingJob API: execution role
 * permissions, and "Amazon SageMaker AI API permissions"; Service Authorization Reference for which action is on what; Amazon
 * S3 user guide, "Protecting data with SSE-KMS", for uploads in parts.
 */
export function requestsOfJob(kind: JobKind, args: JobArguments, files: JobFiles, place: Place): readonly Request[] {
  const image = args.AppSpecification?.ImageUri ?? args.AlgorithmSpecification?.TrainingImage ?? '';
  const key = (args.ProcessingOutputConfig ?? args.OutputDataConfig)?.KmsKeyId;
  const metrics = args.Environment?.MLOPS_METRICS;
  return [
    ...pull(image),
    ...log(LOG_GROUPS[kind], place),
    ...joinNetwork((args.NetworkConfig?.VpcConfig ?? args.VpcConfig)?.Subnets ?? [], place),
    ...files.read.flatMap(read),
    ...files.written.map((uri) => ({ action: 's3:PutObject', resource: `${arnOf(uri)}/part` })),
    ...(key === undefined
      ? []
      : ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'].map((action) => ({ action, resource: key }))),
    ...(metrics === undefined ? [] : [publish(metrics)]),
    ...(kind === 'TrainingJob' ? [publish(LOG_GROUPS[kind])] : []),
  ];
}

/**
 * What SageMaker calls as the role of an endpoint to serve a model. Source: SageMaker service model, CreateModel,
 * ExecutionRoleArn.
 */
export const requestsOfModel = (image: string, uri: string): readonly Request[] => [...pull(image), ...read(uri)];

const arnOf = (uri: string): string => uri.replace(/^s3:\/\//, 'arn:aws:s3:::').replace(/\/$/, '');

const publish = (namespace: string): Request => ({
  action: 'cloudwatch:PutMetricData',
  resource: '*',
  context: { 'cloudwatch:namespace': namespace },
});

function read(uri: string): readonly Request[] {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const object = path.endsWith('.zip') ? arnOf(uri) : `${arnOf(uri)}/part`;
  return [
    { action: 's3:GetObject', resource: object },
    { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}`, context: { 's3:prefix': path } },
  ];
}

function pull(image: string): readonly Request[] {
  const [, account, region, repository] = /^(\d+)\.dkr\.ecr\.([^.]+)\.[^/]+\/([^:@]+)/.exec(image) ?? [];
  const resource = `arn:aws:ecr:${region}:${account}:repository/${repository}`;
  return [
    { action: 'ecr:GetAuthorizationToken', resource: '*' },
    ...['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'].map((action) => ({
      action,
      resource,
    })),
  ];
}

function log(name: string, { regionAndAccount }: Place): readonly Request[] {
  const group = `arn:aws:logs:${regionAndAccount}:log-group:${name}`;
  return [
    ...['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams'].map((action) => ({
      action,
      resource: group,
    })),
    { action: 'logs:PutLogEvents', resource: `${group}:log-stream:job/algo-1` },
  ];
}

/** An interface that is being created has no network yet. */
function joinNetwork(subnets: readonly string[], { regionAndAccount, vpcArn }: Place): readonly Request[] {
  if (subnets.length === 0) return [];
  const arn = (path: string): string => `arn:aws:ec2:${regionAndAccount}:${path}`;
  const context = { 'ec2:Vpc': vpcArn };
  const created = 'ec2:CreateNetworkInterface';
  return [
    ...subnets.map((subnet) => ({ action: created, resource: arn(`subnet/${subnet}`), context })),
    { action: created, resource: arn('security-group/sg-1'), context },
    { action: created, resource: arn('network-interface/eni-1') },
    ...['CreateNetworkInterfacePermission', 'DeleteNetworkInterface', 'DeleteNetworkInterfacePermission'].map(
      (action) => ({ action: `ec2:${action}`, resource: arn('network-interface/eni-1'), context }),
    ),
    ...['DhcpOptions', 'NetworkInterfaces', 'SecurityGroups', 'Subnets', 'Vpcs'].map((what) => ({
      action: `ec2:Describe${what}`,
      resource: '*',
    })),
  ];
}
