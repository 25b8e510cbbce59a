import { describe, expect, it } from 'vitest';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { Budget, type BudgetProps } from '../../../lib/gcp/budget/budget';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { Records } from '../../../lib/gcp/records/records';
import { planGcpAccess, spendWatchAccess, spendWatchTriggerAccess } from '../../../lib/plan/gcp-access';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { PlatformNames } from '../../../lib/plan/names';
import { bindingsOf, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';

const NAMES = new PlatformNames('fraud', 'prod');
const ACCOUNT = '01AB23-45CD67-89EF01';

const budget = (props: Partial<BudgetProps> = {}) => {
  const stack = gcpStack();
  const channel = new AlertChannel(stack, 'Channel', {
    target: TARGET,
    platform: NAMES.slug,
    email: ['a@example.com'],
  });
  const made = new Budget(stack, 'Budget', {
    target: TARGET,
    names: NAMES,
    billingAccount: ACCOUNT,
    monthly: { amount: 5000.5, currency: 'EUR' },
    channel,
    records: Records.fromName('fraud-prod-records-123456789012'),
    encryptionKey: keyFromId('projects/p/locations/europe-west4/keyRings/k/cryptoKeys/operations'),
    ...props,
  });
  return { stack, made };
};

describe('Budget', () => {
  it('counts what carries the label of the platform in its project, and watches each share twice', () => {
    expect(resourceOf(budget().stack, 'google_billing_budget')).toMatchObject({
      billing_account: ACCOUNT,
      budget_filter: {
        projects: ['projects/123456789012'],
        labels: { 'mlops-platform': 'fraud-prod' },
        calendar_period: 'MONTH',
      },
      amount: { specified_amount: { currency_code: 'EUR', units: '5000', nanos: 500_000_000 } },
      threshold_rules: [0.5, 0.8, 1].flatMap((threshold_percent) => [
        { threshold_percent, spend_basis: 'CURRENT_SPEND' },
        { threshold_percent, spend_basis: 'FORECASTED_SPEND' },
      ]),
      all_updates_rule: {
        pubsub_topic: 'projects/fraud-prod/topics/fraud-prod-spend',
        schema_version: '1.0',
        disable_default_iam_recipients: false,
      },
    });
  });

  it('is of whole cents', () => {
    const amountOf = (amount: number) =>
      resourceOf(budget({ monthly: { amount, currency: 'EUR' } }).stack, 'google_billing_budget').amount;
    for (const [amount, units, nanos] of [
      [99.99999999999, '100', 0],
      [99.99, '99', 990_000_000],
    ] as const)
      expect(amountOf(amount)).toMatchObject({ specified_amount: { units, nanos } });
  });

  it('comes after the grant to publish, and after what hears of it', () => {
    const waits = resourceOf(budget().stack, 'google_billing_budget').depends_on?.join();
    for (const type of ['pubsub_topic', 'pubsub_topic_iam_member', 'eventarc_trigger'])
      expect(waits).toContain(`google_${type}.`);
  });

  it('tells the channel of each share in the words of the plan', () => {
    const policies = Object.values(resourcesOf(budget({ alertAt: [100, 80] }).stack, 'google_monitoring_alert_policy'));
    expect(
      policies.map(({ user_labels, severity }) => [(user_labels as { signal: string }).signal, severity]).sort(),
    ).toEqual([
      ['spend-100', 'CRITICAL'],
      ['spend-80', 'WARNING'],
    ]);
  });

  it('may do what the plan says and no more', () => {
    const { stack, made } = budget();
    expect(made.workflow.workload.access).toEqual(spendWatchAccess());
    expect(made.trigger.workload.access).toEqual(spendWatchTriggerAccess());
    expect(bindingsOf(stack).map((one) => one.replace(/ to \$\{.*?\}/, ''))).toEqual([
      'roles/logging.logWriter on fraud-prod',
      expect.stringContaining(
        'roles/pubsub.publisher to serviceAccount:billing-budget-alert@system.gserviceaccount.com',
      ),
      'roles/storage.objectUser on fraud-prod-records-123456789012 (write spend)',
      'roles/workflows.invoker on fraud-prod',
    ]);
  });

  it('is in the access plan where the spec has one', () => {
    const planned = (governance: object) =>
      planGcpAccess(
        loadPlatformSpec({
          name: 'fraud',
          owner: 'ml@example.com',
          governance,
          gcp: {
            project: 'fraud-prod',
            projectNumber: 123456789012,
            region: 'europe-west4',
            billingAccount: ACCOUNT,
          },
        }),
        NAMES,
      ).filter(({ workload }) => workload.startsWith('spend'));
    expect(planned({ budget: { monthly: '100 USD' } })).toEqual([...spendWatchAccess(), ...spendWatchTriggerAccess()]);
    expect(planned({})).toEqual([]);
  });

  it('refuses amounts and shares that no budget can have, all at once', () => {
    expect(() => budget({ monthly: { amount: 0, currency: 'EUR' }, alertAt: [0, 5, 5, 2000, 6, 7] })).toThrow(
      /monthly\.amount is 0.*6 shares.*has 0,.*has 2000,.*share twice/,
    );
    expect(() => budget({ alertAt: [] })).toThrow(/0 shares/);
  });
});
