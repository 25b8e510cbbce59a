import { type App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { Budget, type BudgetProps } from '../../../lib/aws/budget/budget';
import { spendSignals } from '../../../lib/plan/signals';
import { DEFAULT_BUDGET_ALERTS } from '../../../lib/spec/governance';
import { nagFindings } from '../../support/nag';
import { problemsOf } from '../../support/problems';
import { synthTemplate, testStack } from '../../support/synth';

const TAG = { name: 'mlops-platform', value: 'fraud-prod' };
const MONTHLY = { amount: 5000, currency: 'USD' };

const build = (stack: Stack, props: Partial<BudgetProps> = {}) =>
  new Budget(stack, 'Budget', { monthly: MONTHLY, tag: TAG, alerts: new Alerts(stack, 'Alerts'), ...props });

function budgetOf(template: Template) {
  const [[, resource] = []] = Object.entries(template.findResources('AWS::Budgets::Budget'));
  if (resource === undefined) throw new Error('no budget');
  return resource;
}
const thresholds = (template: Template) =>
  budgetOf(template).Properties.NotificationsWithSubscribers.map(
    ({ Notification }: { Notification: { Threshold: number; NotificationType: string } }) =>
      `${Notification.Threshold} ${Notification.NotificationType}`,
  );

describe('a budget', () => {
  test('counts a month of what carries the tag of the platform', () => {
    expect(budgetOf(synthTemplate(build)).Properties.Budget).toEqual({
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: 5000, Unit: 'USD' },
      CostFilters: { TagKeyValue: ['user:mlops-platform$fraud-prod'] },
    });
  });

  test('has no name, since AWS replaces it when its alerts change', () => {
    expect(budgetOf(synthTemplate(build)).Properties.Budget).not.toHaveProperty('BudgetName');
  });

  test('tells the channel of every share, spent and forecast', () => {
    const template = synthTemplate((stack) => build(stack, { alertAt: [100, 50] }));
    expect(thresholds(template)).toEqual(['50 ACTUAL', '50 FORECASTED', '100 ACTUAL', '100 FORECASTED']);
    const topic = { Ref: Object.keys(template.findResources('AWS::SNS::Topic'))[0] };
    for (const { Subscribers } of budgetOf(template).Properties.NotificationsWithSubscribers)
      expect(Subscribers).toEqual([{ SubscriptionType: 'SNS', Address: topic }]);
  });

  test('alerts as the spec says by default', () => {
    const shares = DEFAULT_BUDGET_ALERTS.map((text) => Number.parseFloat(text));
    expect(thresholds(synthTemplate(build))).toEqual(
      spendSignals(shares).flatMap(({ threshold }) => [`${threshold} ACTUAL`, `${threshold} FORECASTED`]),
    );
  });

  test('waits until it may publish, which AWS asks at once', () => {
    const template = synthTemplate(build);
    expect(budgetOf(template).DependsOn).toEqual(Object.keys(template.findResources('AWS::SNS::TopicPolicy')));
  });

  test.each([[[]], [[1, 2, 3, 4, 5, 6]], [[0.5, 0.5]], [[50, 50]]])('refuses alertAt %j', (alertAt) => {
    const [problem] = problemsOf(() => build(testStack(), { alertAt }));
    expect(problem).toMatchObject({ file: 'Test/Budget', path: expect.stringMatching(/^alertAt/) });
  });

  test('refuses what a spec would refuse, all at once', () => {
    const problems = problemsOf(() =>
      build(testStack(), { monthly: { amount: -10, currency: 'EUR' }, alertAt: [50, 0.5] }),
    );
    expect(problems.map(({ file, path, received }) => [file, path, received])).toEqual([
      ['Test/Budget', 'alertAt[1]', '"0.5%"'],
      ['Test/Budget', 'monthly', '"-10 EUR"'],
    ]);
  });

  test('takes an amount and shares that are known at deployment only', () => {
    const template = synthTemplate((stack) => {
      const amount = new CfnParameter(stack, 'Amount', { type: 'Number' }).valueAsNumber;
      const share = new CfnParameter(stack, 'Share', { type: 'Number' }).valueAsNumber;
      build(stack, { monthly: { amount, currency: 'USD' }, alertAt: [share] });
    });
    expect(budgetOf(template).Properties.Budget.BudgetLimit.Amount).toEqual({ Ref: 'Amount' });
    expect(budgetOf(template).Properties.NotificationsWithSubscribers[0].Notification.Threshold).toEqual({
      Ref: 'Share',
    });
  });

  test('says what is missing', () => {
    const nothing = {} as BudgetProps;
    expect(() => new Budget(testStack(), 'Budget', nothing)).toThrow(
      "Test/Budget: 'monthly', 'alerts', 'tag' are required",
    );
  });

  test('tells a channel of another stack', () => {
    const topicArn = 'arn:aws:sns:eu-central-1:111111111111:alerts';
    const template = synthTemplate((stack) => {
      const { encryptionKey } = new Alerts(new Stack(stack.node.root as App, 'Other'), 'Alerts');
      build(stack, { alerts: Alerts.fromTopicArn(stack, 'Imported', { topicArn, encryptionKey }) });
    });
    expect(budgetOf(template).Properties.NotificationsWithSubscribers[0].Subscribers[0].Address).toBe(topicArn);
    expect(budgetOf(template)).not.toHaveProperty('DependsOn');
  });

  test('may be seen, whoever made it', () => {
    const stack = testStack();
    const role = new iam.Role(stack, 'Controller', { assumedBy: new iam.AccountRootPrincipal() });
    build(stack).grants.read(role);
    Budget.fromBudgetName(stack, 'Imported', 'all-teams').grants.read(role);
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    const arn = (name: unknown) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':budgets::', { Ref: 'AWS::AccountId' }, ...[name].flat()]],
    });
    expect(policy?.Properties.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'budgets:ViewBudget',
        Resource: arn([':budget/', { Ref: expect.stringMatching(/^Budget/) }]),
      },
      { Effect: 'Allow', Action: 'budgets:ViewBudget', Resource: arn(':budget/all-teams') },
    ]);
  });

  test('has no finding of the policy packs', () => {
    const stack = testStack();
    build(stack);
    expect(nagFindings(stack)).toEqual([]);
  });
});
