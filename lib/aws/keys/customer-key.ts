import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * Services that use a key in their own name, so that its policy must let them in. Everything else (S3 objects, tables,
 * Glue, Athena, SageMaker, ECR, SQS consumers) uses a key with the permissions of whoever calls, which are grants.
 *
 * - `logs`: log groups of this account. Source: CloudWatch Logs user guide, "Encrypt log data using KMS".
 * - `log-delivery`: histories of encrypted state machines. Source: Step Functions developer guide, "Data at rest encryption".
 * - `alarms`, `events`, `budgets`, `s3`: what they send to encrypted topics and queues; `sns`: what topics send to
 *   encrypted queues. Source: SNS developer guide, "Managing encryption keys", which also says that EventBridge cannot
 *   be held to one account: with `aws:SourceAccount` in the key policy its messages are lost.
 * - `nodes`: disks of machines that EC2 Auto Scaling or a Spot Fleet starts, AWS Batch among them. Source: EC2 Auto
 *   Scaling user guide, "Required KMS key policy for use with encrypted volumes".
 */
export type KeyService = 'logs' | 'log-delivery' | 'nodes' | keyof typeof SENDERS;

const SENDERS = {
  alarms: 'cloudwatch.amazonaws.com',
  events: 'events.amazonaws.com',
  budgets: 'budgets.amazonaws.com',
  s3: 's3.amazonaws.com',
  sns: 'sns.amazonaws.com',
} as const;

export interface CustomerKeyProps {
  /** What the key protects. */
  readonly description: string;
  /** Services that use the key in their own name. Default: none. */
  readonly services?: readonly KeyService[];
  /** Alias without `alias/`, a name of the plan. Default: none. */
  readonly alias?: string;
}

/**
 * A symmetric key of the customer's: rotated every year, retained when its stack goes, because what it encrypted may
 * still be there. Its policy names services and this account only, never a role or resource, so that no stack has to
 * wait for another; who of this account may use the key is up to IAM.
 */
export function customerKey(scope: Construct, id: string, props: CustomerKeyProps): kms.Key {
  const key = new kms.Key(scope, id, {
    description: props.description,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
    ...(props.alias === undefined ? {} : { alias: props.alias }),
  });
  const stack = Stack.of(scope);
  for (const service of new Set(props.services ?? []))
    for (const statement of statementsFor(service, stack)) key.addToResourcePolicy(statement);
  return key;
}

const USE = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];

function statementsFor(service: KeyService, stack: Stack): readonly iam.PolicyStatement[] {
  const thisKey = ['*'];
  if (service === 'logs')
    return [
      new iam.PolicyStatement({
        sid: 'LogGroups',
        principals: [new iam.ServicePrincipal(`logs.${stack.region}.${Aws.URL_SUFFIX}`)],
        actions: USE,
        resources: thisKey,
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logsArn(stack, 'log-group:*') } },
      }),
    ];
  if (service === 'log-delivery')
    return [
      new iam.PolicyStatement({
        sid: 'LogDelivery',
        principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['kms:Decrypt'],
        resources: thisKey,
        conditions: { StringLike: { 'kms:EncryptionContext:SourceArn': logsArn(stack, '*') } },
      }),
    ];
  if (service === 'nodes') return nodeStatements(stack);
  return [
    new iam.PolicyStatement({
      sid: `From${service[0]?.toUpperCase()}${service.slice(1)}`,
      principals: [new iam.ServicePrincipal(SENDERS[service])],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: thisKey,
      ...(service === 'events' ? {} : { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    }),
  ];
}

/**
 * Service-linked roles may not exist yet and a policy that names a role that does not exist is refused, so they are
 * named by a condition.
 */
function nodeStatements(stack: Stack): readonly iam.PolicyStatement[] {
  const role = (service: string) => `arn:${Aws.PARTITION}:iam::${stack.account}:role/aws-service-role/${service}/*`;
  const conditions = {
    StringEquals: { 'kms:CallerAccount': stack.account },
    ArnLike: {
      'aws:PrincipalArn': [
        role('autoscaling.amazonaws.com'),
        role('spot.amazonaws.com'),
        role('spotfleet.amazonaws.com'),
      ],
    },
  };
  const common = { principals: [new iam.AnyPrincipal()], resources: ['*'] };
  return [
    new iam.PolicyStatement({ ...common, sid: 'NodeDisks', actions: USE, conditions }),
    new iam.PolicyStatement({
      ...common,
      sid: 'NodeDiskGrants',
      actions: ['kms:CreateGrant'],
      conditions: { ...conditions, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  ];
}

const logsArn = (stack: Stack, rest: string) => `arn:${Aws.PARTITION}:logs:${stack.region}:${stack.account}:${rest}`;
