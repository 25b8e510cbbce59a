import { Duration, SecretValue, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as pipes from 'aws-cdk-lib/aws-pipes';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { webhookAccess } from '../../plan/access';
import { ofRoute } from '../../plan/alert-receivers';
import { webhookFailing } from '../../plan/signals';
import { DEFAULT_WEBHOOK_HEADER } from '../../spec/alerts';
import { allow } from '../access/grant-statement';
import { serviceOfThisAccount, Workload } from '../access/workload';
import { grantKey } from '../keys/key-grants';
import type { IAlerts } from './alert-channel';
import { deadLetterQueue, waiting } from './dead-letters';

/** Time after which an alert that a webhook did not take is tried again. */
export const WEBHOOK_RETRY_AFTER = Duration.minutes(5);
/** Tries of one alert: an hour of them. */
export const WEBHOOK_ATTEMPTS = 12;

export interface WebhookReceiver {
  /** HTTPS address that receives each alert in the body of a POST. */
  readonly url: string;
  /**
   * Name of a secret in Secrets Manager whose whole value is sent in the header. CloudFormation reads it when the
   * webhook is created or its secret's name changes: a new value goes under a new name.
   */
  readonly secret: string;
  /** Default: DEFAULT_WEBHOOK_HEADER. */
  readonly header?: string;
}

export interface WebhookProps extends WebhookReceiver {
  /** Name of the entry: `on-call`. */
  readonly name: string;
  /** The channel that it hears of. */
  readonly alerts: IAlerts;
  /** The route that the channel is, and who is told when the webhook does not take its alerts. Default: the channel is. */
  readonly route?: { readonly name: string; readonly of: IAlerts };
}

/**
 * Carries alerts to one HTTPS address: topic → queue → pipe → API destination. The queue holds them while the receiver
 * is down, and gives up to a dead-letter queue with an alarm. An HTTPS subscription of the topic would be shorter, but a
 * receiver has to confirm it, which Slack and most others cannot, and it carries no secret.
 */
export class Webhook extends Construct {
  public readonly queue: sqs.Queue;
  public readonly deadLetterQueue: sqs.Queue;
  public readonly workload: Workload;
  public readonly connection: events.CfnConnection;
  public readonly pipe: pipes.CfnPipe;

  constructor(scope: Construct, id: string, props: WebhookProps) {
    super(scope, id);
    const { name, alerts, route } = props;
    this.deadLetterQueue = deadLetterQueue(this, 'Undelivered', alerts.encryptionKey);
    this.queue = this.alertQueue(alerts);

    this.connection = new events.CfnConnection(this, 'Connection', {
      authorizationType: 'API_KEY',
      authParameters: {
        apiKeyAuthParameters: {
          apiKeyName: props.header ?? DEFAULT_WEBHOOK_HEADER,
          // Only the reference reaches the template; CloudFormation resolves it.
          apiKeyValue: SecretValue.secretsManager(props.secret).unsafeUnwrap(),
        },
      },
      kmsKeyIdentifier: alerts.encryptionKey.keyArn,
    });
    const destination = new events.CfnApiDestination(this, 'Destination', {
      connectionArn: this.connection.attrArn,
      httpMethod: 'POST',
      invocationEndpoint: props.url,
    });

    this.workload = new Workload(this, 'Workload', {
      assumedBy: serviceOfThisAccount('pipes.amazonaws.com', Stack.of(this).account),
      access: webhookAccess(name, route?.name),
      grantors: {
        queue: (_verb, _name, to) =>
          allow(to, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [this.queue.queueArn]),
        webhook: (_verb, _name, to) => allow(to, ['events:InvokeApiDestination'], [destination.attrArn]),
        key: (verb, _name, to) => grantKey(alerts.encryptionKey, verb, to),
      },
    });
    this.pipe = new pipes.CfnPipe(this, 'Pipe', {
      roleArn: this.workload.role.roleArn,
      source: this.queue.queueArn,
      sourceParameters: { sqsQueueParameters: { batchSize: 1 } },
      target: destination.attrArn,
      // Without it the receiver would get the envelope of SQS around the alert.
      targetParameters: { inputTemplate: '<$.body>' },
    });
    (route?.of ?? alerts).alarm(this, 'Alarm', {
      signal: webhookFailing(name, route?.name),
      metric: waiting(this.deadLetterQueue),
      where: `the dead-letter queue of the webhook ${name}${ofRoute(route?.name)}; redrive it when the cause is mended`,
    });
  }

  /** Alerts as the topic publishes them, without the envelope of SNS: what e-mails show. */
  private alertQueue(alerts: IAlerts): sqs.Queue {
    const queue = new sqs.Queue(this, 'Queue', {
      encryption: sqs.QueueEncryption.KMS,
      encryptionMasterKey: alerts.encryptionKey,
      enforceSSL: true,
      visibilityTimeout: WEBHOOK_RETRY_AFTER,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: WEBHOOK_ATTEMPTS },
    });
    queue.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': alerts.topic.topicArn } },
      }),
    );
    new sns.Subscription(this, 'Subscription', {
      topic: alerts.topic,
      protocol: sns.SubscriptionProtocol.SQS,
      endpoint: queue.queueArn,
      rawMessageDelivery: true,
    });
    return queue;
  }
}
