import { Stack, Token } from 'aws-cdk-lib';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { requireProps } from '../../plan/props';
import { spendSignals } from '../../plan/signals';
import { DEFAULT_BUDGET_ALERTS, governance } from '../../spec/governance';
import { allow } from '../access/grant-statement';
import type { IAlerts } from '../alerts/alert-channel';
import { checkProps } from '../props';

/** A budget as a spec has it. Each of its shares takes two of ten notifications. Source: AWS Budgets, "Quotas". */
const budget = governance.unwrap().shape.budget.unwrap();

export interface BudgetProps {
  /** Amount a month in a currency that a spec may name: `{ amount: 5000, currency: 'USD' }`. */
  readonly monthly: { readonly amount: number; readonly currency: string };
  /** Shares of the amount in percent at which the channel is told, from 1 and five at most. Default: DEFAULT_BUDGET_ALERTS. */
  readonly alertAt?: readonly number[];
  /** Who is told. */
  readonly alerts: IAlerts;
  /**
   * What the budget counts: resources that carry this tag. It must be an active cost-allocation tag of the account;
   * until then the budget reads zero.
   */
  readonly tag: { readonly name: string; readonly value: string };
}

/** A budget, made here or elsewhere. AWS has no metrics of budgets. */
export interface IBudget {
  readonly budgetName: string;
  readonly budgetArn: string;
  readonly grants: BudgetGrants;
}

/** Grants on one budget. Source: Service Authorization Reference, "AWS Budget Service". */
export class BudgetGrants {
  constructor(private readonly budgetArn: string) {}

  /** Lets someone see the budget, and how much of it is spent. */
  read(to: iam.IGrantable): void {
    allow(to, ['budgets:ViewBudget'], [this.budgetArn]);
  }
}

/**
 * A monthly budget that tells the alert channel when a share of it is spent and when it is forecast to be. AWS replaces
 * a budget whose alerts change, so it has no name of its own.
 */
export class Budget extends Construct implements IBudget {
  /** The budget of another stack or of somebody else. */
  static fromBudgetName(scope: Construct, id: string, budgetName: string): IBudget {
    return named(new Construct(scope, id), budgetName);
  }

  public readonly resource: budgets.CfnBudget;
  /** Name that CloudFormation gave the budget. */
  public readonly budgetName: string;
  public readonly budgetArn: string;
  public readonly grants: BudgetGrants;

  /** @throws SpecError when the amount or the shares are not what a spec allows; Error when something is missing. */
  constructor(scope: Construct, id: string, props: BudgetProps) {
    super(scope, id);
    requireProps(this, props, ['monthly', 'alerts', 'tag']);
    const { monthly, alerts, tag } = props;
    const shares = props.alertAt ?? DEFAULT_BUDGET_ALERTS.map((share) => Number.parseFloat(share));
    checkProps(this, budget, { monthly: moneyText(monthly), alertAt: shares.map(percentText) });
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
    const { budgetName, budgetArn, grants } = named(this, this.resource.ref);
    this.budgetName = budgetName;
    this.budgetArn = budgetArn;
    this.grants = grants;
  }
}

/** Budgets are of an account, not of a region. */
function named(scope: Construct, budgetName: string): IBudget {
  const budgetArn = Stack.of(scope).formatArn({
    service: 'budgets',
    region: '',
    resource: 'budget',
    resourceName: budgetName,
  });
  return { budgetName, budgetArn, grants: new BudgetGrants(budgetArn) };
}

/** As a spec writes it; the token in it where there is one. */
const moneyText = ({ amount, currency }: BudgetProps['monthly']): string | number =>
  [amount, currency].find((part) => Token.isUnresolved(part)) ?? `${amount} ${currency}`;

const percentText = (share: number): string | number => (Token.isUnresolved(share) ? share : `${share}%`);
