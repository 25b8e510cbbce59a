/** A kind of wildcard in a resource that the access plan may come to. */
export interface PlannedWildcard {
  /** Actions that it may be given to. */
  readonly actions: readonly string[];
  /** What it looks like as a whole, with tokens as cdk-nag writes them. */
  readonly resource: RegExp;
  /** Key of a condition that has to keep it in bounds. */
  readonly under?: string;
  readonly reason: string;
}

/** Part of an ARN: written out, or a token such as `<AWS::Region>`. */
const PART = '(?:<[^<>*]+>|[\\w-]*)';
const arn = (service: string, resource: string): RegExp =>
  new RegExp(`^arn:${PART}:${service}:${PART}:${PART}:${resource}$`);

/**
 * Every kind of wildcard that grants of the access plan have, and why it is no narrower. One that is not written here stays
 * a finding of whoever checks policies, as does one that somebody adds to a workload beside its plan.
 */
export const PLANNED_WILDCARDS: readonly PlannedWildcard[] = [
  {
    actions: [
      's3:AbortMultipartUpload',
      's3:DeleteObject',
      's3:GetObject',
      's3:ListMultipartUploadParts',
      's3:PutObject',
    ],
    resource: /^(?:arn:(?:<[^<>*]+>|[\w-]*):s3:::|<)[^*/]+(?:\/[^*/]+)+\/\*$/,
    reason: 'Objects get their names at run time; the plan gives one folder of one bucket.',
  },
  {
    actions: [
      'glue:CreateTable',
      'glue:CreateTableOptimizer',
      'glue:GetDatabase',
      'glue:GetDatabases',
      'glue:GetPartitions',
      'glue:GetTable',
      'glue:GetTableOptimizer',
      'glue:GetTables',
      'glue:UpdateTable',
      'glue:UpdateTableOptimizer',
    ],
    resource: arn('glue', 'table/[^*/]+/\\*'),
    reason:
      'Whoever looks after the tables of a zone does so for all of its one database, also those that are yet to come.',
  },
  {
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resource: arn('logs', 'log-group:/[^*]+:\\*'),
    reason: 'Streams get their names from AWS; the group is named.',
  },
  {
    actions: ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'],
    resource: arn('ssm', 'parameter/mlops/[^*/]+/(?:datasets|models)/\\*'),
    reason:
      'The plan gives what is published of all datasets or all models of one platform, also of those that left the spec.',
  },
  {
    actions: [
      'sagemaker:AddTags',
      'sagemaker:CreateModelPackage',
      'sagemaker:DescribeModelPackage',
      'sagemaker:ListModelPackages',
      'sagemaker:UpdateModelPackage',
    ],
    resource: arn('sagemaker', 'model-package/[^*/]+/\\*'),
    reason: 'Versions get their numbers at run time; the group is named.',
  },
  {
    actions: ['sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages'],
    resource: arn('sagemaker', 'model-package(?:-group/[^*/]+-\\*|/[^*/]+-\\*/\\*)'),
    reason: 'What versions of all models name is kept, also of those that left the spec; this reads only.',
  },
  {
    actions: [
      'sagemaker:DescribePipelineExecution',
      'sagemaker:ListPipelineExecutionSteps',
      'sagemaker:ListPipelineParametersForExecution',
      'sagemaker:SendPipelineExecutionStepFailure',
      'sagemaker:SendPipelineExecutionStepSuccess',
    ],
    resource: arn('sagemaker', 'pipeline/[^*/]+/execution/\\*'),
    reason: 'Runs get their ids from SageMaker; the pipeline is named.',
  },
  {
    actions: [
      'sagemaker:AddTags',
      'sagemaker:CreateEndpoint',
      'sagemaker:CreateEndpointConfig',
      'sagemaker:CreateModel',
      'sagemaker:DeleteEndpointConfig',
      'sagemaker:DeleteModel',
      'sagemaker:DescribeEndpoint',
      'sagemaker:DescribeEndpointConfig',
      'sagemaker:DescribeModel',
      'sagemaker:ListTags',
      'sagemaker:UpdateEndpoint',
    ],
    resource: arn('sagemaker', '(?:endpoint|endpoint-config|model)/[^*/]+-\\*'),
    reason:
      'What belongs to an endpoint, or to a platform, gets its name at run time and begins with the name of that.',
  },
  {
    actions: ['sagemaker:AddTags', 'sagemaker:CreateProcessingJob', 'sagemaker:DescribeProcessingJob'],
    resource: arn('sagemaker', 'processing-job/[^*/]+--\\*'),
    reason: 'Each run of a job gets its name at run time; it begins with a name of the plan.',
  },
  {
    actions: [
      'sagemaker:AddTags',
      'sagemaker:CreateProcessingJob',
      'sagemaker:CreateTrainingJob',
      'sagemaker:DescribeProcessingJob',
      'sagemaker:DescribeTrainingJob',
      'sagemaker:StopProcessingJob',
      'sagemaker:StopTrainingJob',
    ],
    resource: arn('sagemaker', '(?:processing|training)-job/pipelines-\\*'),
    reason:
      'SageMaker names the jobs of all pipelines of an account alike; what such a job may do is what its role may, which only this pipeline can pass on.',
  },
  {
    actions: ['sagemaker:DeleteEndpoint', 'sagemaker:DeleteEndpointConfig', 'sagemaker:DeleteModel'],
    resource: arn('sagemaker', '(?:endpoint|endpoint-config|model)/[^*/]+-\\*'),
    under: 'aws:ResourceTag/',
    reason: 'Models that left the spec are retired too; a condition asks for the tag of the platform.',
  },
  {
    actions: [
      'cloudwatch:DeleteAlarms',
      'cloudwatch:DescribeAlarmHistory',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:ListTagsForResource',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:TagResource',
    ],
    resource: arn('cloudwatch', 'alarm:(?:TargetTracking-endpoint/)?[^*/]+[-/]\\*'),
    reason: 'Alarms of an endpoint, or of a platform, get their names at run time and begin with the name of that.',
  },
  {
    actions: ['cloudwatch:DescribeAlarms'],
    resource: arn('cloudwatch', 'alarm:\\*'),
    reason: 'Alarms are looked for by how their names begin, which IAM takes for all of them; this reads only.',
  },
  {
    actions: [
      'application-autoscaling:DeregisterScalableTarget',
      'application-autoscaling:PutScalingPolicy',
      'application-autoscaling:RegisterScalableTarget',
    ],
    resource: arn('application-autoscaling', 'scalable-target/\\*'),
    under: 'application-autoscaling:service-namespace',
    reason:
      'AWS gives scalable targets their ids; a condition lets in those of endpoints, and which endpoint none can say safely: a target takes tags only when it is new.',
  },
  {
    actions: ['iam:CreateServiceLinkedRole'],
    resource: arn('iam', 'role/aws-service-role/[\\w.-]+/\\*'),
    under: 'iam:AWSServiceName',
    reason: 'AWS names the role; path and condition name the service whose it is.',
  },
  {
    actions: ['ec2:CreateNetworkInterface'],
    resource: arn('ec2', 'network-interface/\\*'),
    reason: 'An interface that is being made has no id yet; the same statement names the subnets that it may be in.',
  },
  {
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:CreateNetworkInterfacePermission',
      'ec2:DeleteNetworkInterface',
      'ec2:DeleteNetworkInterfacePermission',
    ],
    resource: arn('ec2', '(?:network-interface|security-group)/\\*'),
    under: 'ec2:Vpc',
    reason: 'Interfaces get their ids at run time; a condition names the network.',
  },
  {
    actions: ['batch:SubmitJob'],
    resource: arn('batch', 'job-definition/(?:[^*/]+|<[^*]+>|\\{.+\\}):\\*'),
    reason: 'Batch numbers the revisions of a job definition; the definition is named.',
  },
  {
    actions: ['batch:TagResource'],
    resource: arn('batch', 'job/\\*'),
    under: 'aws:RequestTag/',
    reason: 'Jobs get their ids when they are submitted; a condition asks for the tags of the platform and the model.',
  },
  {
    actions: ['batch:TerminateJob'],
    resource: arn('batch', 'job/\\*'),
    under: 'aws:ResourceTag/',
    reason: 'Jobs get their ids when they are submitted; a condition asks for the tags of the platform and the model.',
  },
  {
    actions: [
      'ecs:DeregisterContainerInstance',
      'ecs:Poll',
      'ecs:RegisterContainerInstance',
      'ecs:StartTelemetrySession',
      'ecs:SubmitAttachmentStateChanges',
      'ecs:SubmitContainerStateChange',
      'ecs:SubmitTaskStateChange',
      'ecs:TagResource',
      'ecs:UpdateContainerInstancesState',
    ],
    resource: arn('ecs', '(?:cluster|container-instance)/AWSBatch-\\*'),
    reason: 'AWS Batch makes the cluster and its nodes, and gives them their names.',
  },
];
