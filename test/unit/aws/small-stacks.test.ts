import { App, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import 'jest-cdk-snapshot';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { Budget } from '../../../lib/aws/budget/budget';
import { Locks } from '../../../lib/aws/locks/locks';
import { ModelRegistry } from '../../../lib/aws/model-registry/model-registry';

const alertsOf = (stack: Stack) =>
  Alerts.fromTopicArn(stack, 'Alerts', {
    topicArn: 'arn:aws:sns:eu-central-1:111111111111:alerts',
    encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:111111111111:key/operations'),
  });

/** Constructs whose stacks are small enough to be read as a whole, told as little as they take. */
const SMALL: Readonly<Record<string, (stack: Stack) => Construct>> = {
  locks: (stack) => new Locks(stack, 'Locks'),
  'a registry': (stack) => new ModelRegistry(stack, 'Registry', { model: 'churn', alerts: alertsOf(stack) }),
  'a budget': (stack) =>
    new Budget(stack, 'Budget', {
      monthly: { amount: 500, currency: 'USD' },
      tag: { name: 'mlops-platform', value: 'churn' },
      alerts: alertsOf(stack),
    }),
};

describe('a stack with nothing but', () => {
  it.each(Object.keys(SMALL))('%s is as it was reviewed', (name) => {
    const stack = new Stack(new App(), 'Small', { env: { account: '111111111111', region: 'eu-central-1' } });
    SMALL[name]?.(stack);
    expect(stack).toMatchCdkSnapshot({ ignoreBootstrapVersion: true });
  });
});
