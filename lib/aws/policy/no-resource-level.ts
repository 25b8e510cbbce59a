/**
 * Actions that IAM can only allow on every resource, each with what it lets a workload do. Source: Service Authorization
 * Reference, where these actions have an empty column "Resource types".
 */
export const NO_RESOURCE_LEVEL: Readonly<Record<string, string>> = {
  'batch:DescribeJobs': 'Reads jobs.',
  'batch:ListJobs': 'Reads names of jobs.',
  'cloudwatch:PutMetricData': 'Metrics have no ARN; a condition names the namespace.',
  'ec2:DescribeDhcpOptions': 'Reads options of networks.',
  'ec2:DescribeNetworkInterfaces': 'Reads the state of network interfaces.',
  'ec2:DescribeSecurityGroups': 'Reads security groups.',
  'ec2:DescribeSubnets': 'Reads subnets.',
  'ec2:DescribeVpcs': 'Reads networks.',
  'ecr:GetAuthorizationToken': 'Logs in to the registry; pulling from a repository is allowed apart.',
  'ecs:DiscoverPollEndpoint': 'Asks where the agent of a node finds its scheduler.',
  'logs:CreateLogDelivery': 'Log delivery belongs to the account.',
  'logs:DeleteLogDelivery': 'Log delivery belongs to the account.',
  'logs:DescribeLogGroups': 'Reads names of log groups.',
  'logs:DescribeResourcePolicies': 'Resource policies of logs belong to the account.',
  'logs:GetLogDelivery': 'Log delivery belongs to the account.',
  'logs:ListLogDeliveries': 'Log delivery belongs to the account.',
  'logs:PutResourcePolicy': 'Resource policies of logs belong to the account.',
  'logs:UpdateLogDelivery': 'Log delivery belongs to the account.',
  'sagemaker:ListEndpointConfigs': 'Reads names of endpoint configurations.',
  'sagemaker:ListEndpoints': 'Reads names of endpoints.',
  'sagemaker:ListModelPackageGroups': 'Reads names of entries of the registry.',
  'sagemaker:ListModels': 'Reads names of models.',
  'xray:GetSamplingRules': 'Sampling rules belong to the account.',
  'xray:GetSamplingTargets': 'Sampling rules belong to the account.',
  'xray:PutTelemetryRecords': 'Traces have no ARN.',
  'xray:PutTraceSegments': 'Traces have no ARN.',
};
