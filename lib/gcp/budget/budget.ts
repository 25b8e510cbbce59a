import { BillingBudget } from '@cdktf/provider-google/lib/billing-budget';
import { Construct } from 'constructs';
import { spendWatchAccess, spendWatchTriggerAccess } from '../../plan/gcp-access';
import type { PlatformNames } from '../../plan/names';
import { spendSignals } from '../../plan/signals';
import { PLATFORM_TAG } from '../../plan/tags';
import { DEFAULT_BUDGET_ALERTS } from '../../spec/governance';
import type { AlertChannel } from '../alerts/alert-channel';
import { announceGrantors } from '../alerts/announce-grantors';
import { PublishedTopic } from '../alerts/published-topic';
import { TopicTrigger } from '../alerts/topic-trigger';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { EncryptionKey } from '../keys/encryption-key';
import { labelText } from '../labels';
import type { IRecords } from '../records/records';
import { agentMember, publishersOf } from '../services/service-agents';
import { numberOf, type Target } from '../target';
import { recordsEnv } from '../workflow/record-steps';
import { Workflow } from '../workflow/workflow';
import { spendSource } from './spend-source';

/** Shares of one budget at most, each watched as spent and as forecast. Source: Cloud Billing Budget API, thresholdRules. */
export const MAX_SHARES = 5;

export interface BudgetProps {
  readonly target: Target;
  readonly names: PlatformNames;
  /** Id of the billing account that pays for the project, `01AB23-45CD67-89EF01`. */
  readonly billingAccount: string;
  /** Amount a month, to the cent, in the currency of the billing account: Google refuses any other. */
  readonly monthly: { readonly amount: number; readonly currency: string };
  /** Shares of the amount in percent at which the channel is told, from 1 and five at most. Default: DEFAULT_BUDGET_ALERTS. */
  readonly alertAt?: readonly number[];
  /** Who is told. */
  readonly channel: AlertChannel;
  /** Where it is kept which shares were told of. */
  readonly records: IRecords;
  /** Key of the topic and the workflow. */
  readonly encryptionKey: EncryptionKey;
  /** What the budget counts: resources that carry this label. Default: the label of the platform. */
  readonly label?: { readonly name: string; readonly value: string };
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A monthly budget that tells the alert channel, once a month each, when a share of it is spent and when it is forecast to
 * be. Administrators of the billing account hear of it from Google as well.
 */
export class Budget extends Construct {
  public readonly resource: BillingBudget;
  public readonly topic: PublishedTopic;
  public readonly workflow: Workflow;
  public readonly trigger: TopicTrigger;

  /** @throws Error when the amount or the shares are not what a budget can have. */
  constructor(scope: Construct, id: string, props: BudgetProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, names, monthly, channel, records, encryptionKey, labels = {} } = props;
    const shares = [...(props.alertAt ?? DEFAULT_BUDGET_ALERTS.map((share) => Number.parseFloat(share)))].sort(
      (a, b) => a - b,
    );
    refuse(this, monthly.amount, shares);
    const name = names.of('compute', 'spend-watch');
    const common = { target, encryptionKey, labels };
    this.topic = new PublishedTopic(this, 'Topic', {
      ...common,
      name: names.of('compute', 'spend'),
      publishers: Object.fromEntries(publishersOf('spend').map((agent) => [agent, agentMember(agent, target)])),
    });
    this.workflow = new Workflow(this, 'Machine', {
      ...common,
      name,
      description: 'Tells of the shares of the budget',
      source: spendSource(channel.platform, shares),
      env: recordsEnv(records.bucketName),
      accountId: names.of('serviceAccount', 'spend-watch'),
      access: spendWatchAccess(),
      grantors: { ...announceGrantors(target), ...records.grantors },
    });
    this.trigger = new TopicTrigger(this, 'Trigger', {
      ...common,
      name,
      accountId: names.of('serviceAccount', 'spend-watch-trigger'),
      access: spendWatchTriggerAccess(),
      topic: this.topic.topicId,
      ready: this.topic.ready,
      workflow: this.workflow,
    });
    for (const signal of spendSignals(shares))
      channel.announce(this, `Share-${signal.threshold ?? 0}`, {
        signal,
        where: `https://console.cloud.google.com/billing/${props.billingAccount}/budgets`,
      });
    this.resource = this.budget(props, shares);
  }

  private budget(props: BudgetProps, shares: readonly number[]): BillingBudget {
    const { target, names, monthly } = props;
    const label = props.label ?? { name: PLATFORM_TAG, value: labelText(names.slug) };
    const cents = Math.round(monthly.amount * 100);
    return new BillingBudget(this, 'Budget', {
      billingAccount: props.billingAccount,
      displayName: names.of('budget', 'monthly'),
      budgetFilter: {
        projects: [`projects/${numberOf(target)}`],
        labels: { [label.name]: label.value },
        calendarPeriod: 'MONTH',
        creditTypesTreatment: 'INCLUDE_ALL_CREDITS',
      },
      amount: {
        specifiedAmount: {
          currencyCode: monthly.currency,
          units: String(Math.floor(cents / 100)),
          nanos: (cents % 100) * 1e7,
        },
      },
      thresholdRules: shares.flatMap((share) =>
        ['CURRENT_SPEND', 'FORECASTED_SPEND'].map((spendBasis) => ({ thresholdPercent: share / 100, spendBasis })),
      ),
      allUpdatesRule: {
        pubsubTopic: this.topic.topicId,
        schemaVersion: '1.0',
        disableDefaultIamRecipients: false,
      },
      dependsOn: [...this.topic.ready, this.trigger.resource],
    });
  }
}

function refuse(scope: Construct, amount: number, shares: readonly number[]): void {
  const problems = [
    ...(amount >= 1 ? [] : [`monthly.amount is ${amount}, and 1 is the least`]),
    ...(shares.length >= 1 && shares.length <= MAX_SHARES
      ? []
      : [`alertAt has ${shares.length} shares, and 1 to ${MAX_SHARES} are allowed`]),
    ...shares
      .filter((share) => !(share >= 1 && share <= 1000))
      .map((share) => `alertAt has ${share}, and 1 to 1000 percent are allowed`),
    ...(new Set(shares).size === shares.length ? [] : ['alertAt has a share twice']),
  ];
  if (problems.length > 0) throw new Error(`${scope.node.path}: ${problems.join('; ')}`);
}
