import { type AccessEdge, type AccessKind, EVERY } from '../../lib/plan/access';
import type { PlatformPlan } from '../../lib/plan/platform-plan';
import type { Permission } from './iam';
import { alarm, endpoint, scaling } from './serving-permissions';

/** Whether an edge of the access plan covers a permission. Written here from the services' own documentation of actions. */
export type Rule = (permission: Permission, edge: AccessEdge, plan: PlatformPlan) => boolean;

const READ_FILES = ['s3:GetObject'];
const WRITE_FILES = [
  's3:GetObject',
  's3:PutObject',
  's3:DeleteObject',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
];
const FILES: Readonly<Record<string, readonly string[]>> = { read: READ_FILES, write: WRITE_FILES };
const SEE_TABLE = ['glue:GetDatabase', 'glue:GetTable'];

const EVOLVE_TABLES = [
  ...SEE_TABLE,
  'glue:GetDatabases',
  'glue:GetTables',
  'glue:GetPartitions',
  'glue:CreateTable',
  'glue:UpdateTable',
  'glue:GetTableOptimizer',
  'glue:CreateTableOptimizer',
  'glue:UpdateTableOptimizer',
];
const QUERY = [
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
  'athena:GetQueryExecution',
  'athena:GetQueryResults',
];

const zoneOf = (dataset: string, { spec }: PlatformPlan): string => spec.dataLake?.datasets[dataset]?.zone ?? 'none';

/** Files below one prefix of one bucket, and listing that prefix. */
function filesBelow(
  { action, resource, condition }: Permission,
  bucket: RegExp,
  prefix: string,
  actions: readonly string[],
): boolean {
  const [, name, path] = /^arn:aws:s3:::([^/]+)(?:\/(.*))?$/.exec(resource) ?? [];
  if (name === undefined || !bucket.test(name)) return false;
  if (path !== undefined) return actions.includes(action) && path === `${prefix}/*`;
  if (action === 's3:GetBucketLocation') return true;
  const prefixes = /^\{StringLike: \{s3:prefix: \[(.*)\]\}\}$/.exec(condition)?.[1]?.split(', ') ?? [];
  return action === 's3:ListBucket' && prefixes.includes(`${prefix}/*`);
}

const lakeBucket = (zone: string, { names }: PlatformPlan): RegExp => new RegExp(`^${names.slug}-lake-${zone}-`);

/** Entries of the catalog that a permission on a table names, or on every table of the zone (`*`). */
function catalog({ action, resource }: Permission, zone: string, table: string, plan: PlatformPlan) {
  const database = `${plan.names.slug.replaceAll('-', '_')}_${zone}`;
  const [, entry] = /^arn:aws:glue:[^:]+:[^:]+:(.+)$/.exec(resource) ?? [];
  const known = ['catalog', `database/${database}`, `table/${database}/${table}`].includes(entry ?? '');
  return (actions: readonly string[]) => known && actions.includes(action);
}

/** What freezes tables reads them by queries. */
const queries = ({ action, resource }: Permission, workload: string, { names }: PlatformPlan): boolean =>
  /^(start|drift-watch)\//.test(workload) &&
  ((resource.endsWith(`:workgroup/${names.slug}-tables`) && QUERY.includes(action)) ||
    (resource.endsWith(':datacatalog/AwsDataCatalog') && action === 'athena:GetDataCatalog'));

const dataset: Rule = (permission, { verb, name, workload }, plan) => {
  const zone = zoneOf(name, plan);
  return (
    queries(permission, workload, plan) ||
    filesBelow(permission, lakeBucket(zone, plan), `tables/${name}`, verb === 'write' ? WRITE_FILES : READ_FILES) ||
    catalog(permission, zone, name, plan)(verb === 'write' ? [...SEE_TABLE, 'glue:UpdateTable'] : SEE_TABLE)
  );
};

const zone: Rule = (permission, { verb, name }, plan) => {
  const { action, resource, condition } = permission;
  const bucket = lakeBucket(name, plan);
  const inCatalog = catalog(permission, name, '*', plan);
  switch (verb) {
    case 'read':
      return filesBelow(permission, bucket, 'files', READ_FILES);
    case 'write':
      return filesBelow(permission, bucket, 'files', WRITE_FILES);
    case 'optimize':
      return filesBelow(permission, bucket, 'tables', WRITE_FILES) || inCatalog(['glue:GetTable', 'glue:UpdateTable']);
    case 'evolve':
      return (
        filesBelow(permission, bucket, 'tables', ['s3:GetObject', 's3:PutObject']) ||
        inCatalog(EVOLVE_TABLES) ||
        (resource.endsWith(`:workgroup/${plan.names.slug}-tables`) && QUERY.includes(action)) ||
        (resource.endsWith(':datacatalog/AwsDataCatalog') && action === 'athena:GetDataCatalog') ||
        // Glue runs the optimizer as a role that whoever creates the optimizer passes on.
        (action === 'iam:PassRole' &&
          /^<AWS::IAM::Role \S+\/Optimizer\/Role\/Resource>$/.test(resource) &&
          condition === '{StringEquals: {iam:PassedToService: glue.amazonaws.com}}')
      );
    default:
      return false;
  }
};

const logDelivery = new Set([
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
]);
const LOG_ACTIONS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'];
const JOIN_VPC = [
  'ec2:CreateNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:DeleteNetworkInterfacePermission',
];
const SEE_VPC = [
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
];
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const RUNS = [
  'sagemaker:DescribePipelineExecution',
  'sagemaker:ListPipelineExecutionSteps',
  'sagemaker:ListPipelineParametersForExecution',
];
const ANSWERS = [
  'sagemaker:DescribePipelineExecution',
  'sagemaker:SendPipelineExecutionStepFailure',
  'sagemaker:SendPipelineExecutionStepSuccess',
];
const ECS_AGENT =
  /^ecs:(DeregisterContainerInstance|RegisterContainerInstance|Submit(AttachmentStateChanges|ContainerStateChange|TaskStateChange)|Poll|StartTelemetrySession|UpdateContainerInstancesState|TagResource)$/;

/** Where in the app a webhook is that the plan calls `pager`, or `on-call--pager` on a route. */
function webhookPath(name: string): string {
  const [webhook, route] = name.split('--').reverse();
  return `Platform/Foundation/${route === undefined ? 'Alerts' : `Route-${route}`}/Webhook-${webhook}`;
}

/** Code of the platform's own jobs: one file of the bucket that the bootstrap made. */
function ownCode({ action, resource, condition }: Permission): boolean {
  const [, key] = /^arn:aws:s3:::cdk-[a-z0-9]+-assets-[^/]+?(?:\/([0-9a-f]{64}\.zip))?$/.exec(resource) ?? [];
  if (!resource.startsWith('arn:aws:s3:::cdk-')) return false;
  if (key !== undefined) return action === 's3:GetObject';
  return (
    action === 's3:GetBucketLocation' ||
    (action === 's3:ListBucket' && /^\{StringLike: \{s3:prefix: \[[0-9a-f]{64}\.zip\]\}\}$/.test(condition))
  );
}

const RUN_JOB = {
  'processing-job': ['sagemaker:CreateProcessingJob', 'sagemaker:DescribeProcessingJob', 'sagemaker:StopProcessingJob'],
  'training-job': ['sagemaker:CreateTrainingJob', 'sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'],
} as const;

/** Jobs by how their names begin, and what it takes to hand them their role and their disk. */
const job: Rule = ({ action, resource, condition }, { name }, { names }) => {
  const [kind, model = ''] = name.split('/');
  const passes = (role: RegExp): boolean =>
    action === 'iam:PassRole' &&
    role.test(resource) &&
    condition === '{StringEquals: {iam:PassedToService: sagemaker.amazonaws.com}}';
  const runs = (of: keyof typeof RUN_JOB, named: string): boolean =>
    resource.endsWith(`:${of}/${named}`) &&
    (action === 'sagemaker:AddTags' || RUN_JOB[of].some((allowed) => allowed === action));
  if (kind === 'drift')
    return (
      (action !== 'sagemaker:StopProcessingJob' &&
        runs('processing-job', `${names.of('endpoint', model, 'drift')}--*`)) ||
      passes(/\/Drift\/Job\/Workload\/Role\/Resource>$/)
    );
  // SageMaker names the jobs of every pipeline alike; the role is what is this pipeline's alone.
  return (
    runs('processing-job', 'pipelines-*') ||
    runs('training-job', 'pipelines-*') ||
    passes(new RegExp(`/Model-${model}/Pipeline/Steps/Role/Resource>$`)) ||
    (action === 'kms:CreateGrant' &&
      (resource === `</mlops/${names.slug}/keys/artifacts>` ||
        resource.endsWith('Foundation/Keys/artifacts/Resource>')) &&
      condition === '{Bool: {kms:GrantIsForAWSResource: true}}')
  );
};

/** Jobs of a model's own definitions on the platform's queue, and of all jobs those with the tags of both. */
function submitsJobs({ action, resource, condition }: Permission, workload: string, slug: string): boolean {
  const model = workload.split('/')[1];
  const tagged = (key: string) =>
    resource.endsWith(':job/*') &&
    condition === `{StringEquals: {${key}/mlops-platform: ${slug}, ${key}/mlops-model: ${model}}}`;
  switch (action) {
    case 'batch:SubmitJob':
      return (
        resource === `</mlops/${slug}/training/queue>` ||
        new RegExp(`job-definition/.*<AWS::Batch::JobDefinition \\S+/Model-${model}/\\S+>.*:\\*$`).test(resource)
      );
    case 'batch:TagResource':
      return tagged('aws:RequestTag');
    case 'batch:TerminateJob':
      return tagged('aws:ResourceTag');
    default:
      return ['batch:DescribeJobs', 'batch:ListJobs'].includes(action) && resource === '*';
  }
}

const RULES: Readonly<Partial<Record<AccessKind, Rule>>> = {
  dataset,
  zone,
  prefix: (permission, { verb, name }, { names }) =>
    (name === 'jobs' && ownCode(permission)) ||
    filesBelow(permission, new RegExp(`^${names.slug}-artifacts-`), name, FILES[verb] ?? []),
  key: ({ action, resource, condition }, { verb, name }, { names }) =>
    (resource === `</mlops/${names.slug}/keys/${name}>` || resource.endsWith(`Foundation/Keys/${name}/Resource>`)) &&
    (verb === 'encrypt'
      ? ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey']
      : ['kms:Decrypt', 'kms:DescribeKey']
    )
      .concat(
        condition === '{Bool: {kms:GrantIsForAWSResource: true}}' && verb === 'encrypt' ? ['kms:CreateGrant'] : [],
      )
      .includes(action),
  job,
  repository: ({ action, resource }, { workload, name }) =>
    // What starts runs only asks what the tags of images are.
    (workload.startsWith('start/') &&
      action === 'ecr:DescribeImages' &&
      /:repository\/[a-z0-9-]+-training$/.test(resource)) ||
    // Images that AWS provides are in accounts of its own.
    (name === 'provided' &&
      PULL.includes(action) &&
      /^arn:aws:ecr:[^:]+:(?!111111111111)\d{12}:repository\/sagemaker-scikit-learn$/.test(resource)) ||
    (PULL.includes(action) && /^<AWS::ECR::Repository \S+>$|:repository\/[a-z0-9-]+-training$/.test(resource)) ||
    (action === 'ecr:GetAuthorizationToken' && resource === '*'),
  model: ({ action, resource }, { name, verb }, { names }) => {
    const versions = resource.endsWith(`:model-package/${names.slug}-${name}/*`);
    const group = resource.endsWith(`:model-package-group/${names.slug}-${name}`);
    const read = verb === 'read';
    return (
      (versions && action === 'sagemaker:DescribeModelPackage') ||
      (versions && action === 'sagemaker:UpdateModelPackage' && verb === 'approve') ||
      ((group || versions) && action === 'sagemaker:CreateModelPackage' && verb === 'register') ||
      (versions && action === 'sagemaker:AddTags' && verb === 'register') ||
      (read && (group || versions) && action === 'sagemaker:ListModelPackages') ||
      (read && group && action === 'sagemaker:DescribeModelPackageGroup') ||
      // Of all groups of a platform, which ones there are: a list of the account.
      (read && name === EVERY && resource === '*' && action === 'sagemaker:ListModelPackageGroups')
    );
  },
  pipeline: ({ action, resource }, { name, verb }, { names }) => {
    // How a run ended, its processing jobs say themselves. SageMaker names the jobs of every pipeline alike.
    if (resource.endsWith(':processing-job/pipelines-*')) return action === 'sagemaker:DescribeProcessingJob';
    const [, below] = resource.split(`:pipeline/${names.of('compute', name, 'pipeline')}`);
    if (verb === 'answer') return below === '/execution/*' && ANSWERS.includes(action);
    return below === ''
      ? ['sagemaker:StartPipelineExecution', 'sagemaker:ListPipelineExecutions'].includes(action)
      : below === '/execution/*' && RUNS.includes(action);
  },
  endpoint,
  scaling,
  alarm,
  channel: ({ action, resource }, _edge, { names }) =>
    action === 'sns:Publish' && resource === `</mlops/${names.slug}/alerts/topic>`,
  lock: ({ action, resource, condition }, { name }, { names }) =>
    ['dynamodb:PutItem', 'dynamodb:DeleteItem'].includes(action) &&
    resource.endsWith(`:table/${names.slug}-locks`) &&
    condition.includes(`dynamodb:LeadingKeys: [${name}, ${name}/*]`),
  parameter: ({ action, resource }, { name, verb }, { names }) =>
    (verb === 'write'
      ? ['ssm:PutParameter', 'ssm:DeleteParameter']
      : ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath']
    ).includes(action) &&
    ['', '/*'].some((below) => resource.endsWith(`:parameter/mlops/${names.slug}/${name}${below}`)),
  network: ({ action, resource, condition }) =>
    (SEE_VPC.includes(action) && resource === '*') ||
    (JOIN_VPC.includes(action) &&
      (/:subnet\/<\d of/.test(resource) ||
        // An interface that is being created has no network yet that a condition could name.
        (action === 'ec2:CreateNetworkInterface' && resource.endsWith(':network-interface/*')) ||
        (/:(security-group|network-interface)\/\*$/.test(resource) && condition.includes('ec2:Vpc')))),
  log: ({ action, resource }) =>
    (logDelivery.has(action) && resource === '*') ||
    (LOG_ACTIONS.includes(action) &&
      (/^<AWS::Logs::LogGroup \S+>$/.test(resource) ||
        /:log-group:\/mlops\/[\w-]+\/training:\*$/.test(resource) ||
        /:log-group:\/(aws-glue|aws\/sagemaker)\/\S+$/.test(resource))),
  metric: ({ action, resource, condition }) =>
    action === 'cloudwatch:PutMetricData' && resource === '*' && condition.includes('cloudwatch:namespace'),
  machine: ({ action, resource }) =>
    action === 'states:StartExecution' && /^<AWS::StepFunctions::StateMachine \S+>$/.test(resource),
  queue: ({ action, resource }, { name, verb }) => {
    const [, model] = /^cluster-step\/(.+)$/.exec(name) ?? [];
    const steps = `<AWS::SQS::Queue Platform/Model-${model}/Pipeline/Cluster/Queue/Resource>`;
    if (verb === 'consume')
      return (
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].includes(action) &&
        resource === (model === undefined ? `<AWS::SQS::Queue ${webhookPath(name)}/Queue/Resource>` : steps)
      );
    return (
      action === 'sqs:SendMessage' &&
      (model === undefined
        ? /^<AWS::SQS::Queue \S+\/Undelivered\/Queue\/Resource>$/.test(resource)
        : resource === steps)
    );
  },
  webhook: ({ action, resource }, { name }) =>
    action === 'events:InvokeApiDestination' &&
    resource.startsWith(`<AWS::Events::ApiDestination ${webhookPath(name)}/`),
  cluster: ({ action, resource, condition }, { verb, workload }, { names }) =>
    verb === 'submit'
      ? submitsJobs({ action, resource, condition }, workload, names.slug)
      : (ECS_AGENT.test(action) && /:(cluster|container-instance)\/AWSBatch-\*$/.test(resource)) ||
        (action === 'ecs:DiscoverPollEndpoint' && resource === '*'),
};

/** Whether the access plan says that the workload has this permission. */
export const covers = (permission: Permission, edge: AccessEdge, plan: PlatformPlan): boolean =>
  RULES[edge.kind]?.(permission, edge, plan) ?? false;
