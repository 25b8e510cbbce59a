import * as budgets from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import { spendSignals } from '../../plan/signals';
import { DEFAULT_BUDGET_ALERTS } from '../../spec/governance';
import type { IAlerts } from '../alerts/alert-channel';

/** Most shares a budget may alert at: each takes two of its ten notifications. Source: AWS Budgets, "Quotas". */
export const MAX_BUDGET_ALERTS = 5;

export interface BudgetProps {
  /** Amount a month in a currency of ISO 4217: `{ amount: 5000, currency: 'USD' }`. */
  readonly monthly: { readonly amount: number; readonly currency: string };
  /** Shares of the amount in percent at which the channel is told. Default: DEFAULT_BUDGET_ALERTS. */
  readonly alertAt?: readonly number[];
  /** Who is told. */
  readonly alerts: IAlerts;
  /**
   * What the budget counts: resources that carry this tag. It must be an active cost-allocation tag of the account;
   * until then the budget reads zero.
   */
  readonly tag: { readonly name: string; readonly value: string };
}

/**
 * A monthly budget that tells the alert channel when a share of it is spent and when it is forecast to be. AWS replaces
 * a budget whose alerts change, so it has no name of its own.
 */
export class Budget extends Construct {
  public readonly resource: budgets.CfnBudget;
  /** Name that CloudFormation gave the budget. */
  public readonly budgetName: string;

  /** @throws Error for more shares than a budget can alert at, or none. */
  constructor(scope: Construct, id: string, props: BudgetProps) {
    super(scope, id);
    const { monthly, alerts, tag } = props;
    const shares = props.alertAt ?? DEFAULT_BUDGET_ALERTS.map((share) => Number.parseFloat(share));
    if (shares.length === 0 || shares.length > MAX_BUDGET_ALERTS)
      throw new Error(
        `${this.node.path}: alertAt has ${shares.length} shares; a budget can alert at 1 to ${MAX_BUDGET_ALERTS}`,
      );
    this.resource = new budgets.CfnBudget(this, 'Budget', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthly.amount, unit: monthly.currency },
        costFilters: { TagKeyValue: [`user:${tag.name}$${tag.value}`] },
      },
      notificationsWithSubscribers: spendSignals(shares).flatMap(({ threshold = 0 }) =>
        ['ACTUAL', 'FORECASTED'].map((notificationType) => ({
          notification: {
            notificationType,
            comparisonOperator: 'GREATER_THAN',
            thresholdType: 'PERCENTAGE',
            threshold,
          },
          subscribers: [{ subscriptionType: 'SNS', address: alerts.topic.topicArn }],
        })),
      ),
    });
    // AWS Budgets refuses a topic that it may not publish to yet.
    this.resource.node.addDependency(alerts.publishable);
    this.budgetName = this.resource.ref;
  }
}
