import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlertText, alertMessage, alertTitle, fillAlert, type Hole } from '../../../lib/plan/alert-message';
import {
  approvalFailed,
  eventsUndelivered,
  modelSignals,
  slackFailing,
  TABLE_CHANGED,
  TABLE_FAILED,
  TABLE_REFUSED,
  TRAINING_FAILED,
  webhookFailing,
} from '../../../lib/plan/signals';

const longest = `${'m'.repeat(38)}-9`;
const SIGNALS = [
  TRAINING_FAILED,
  TABLE_CHANGED,
  TABLE_REFUSED,
  TABLE_FAILED,
  ...modelSignals(longest, 'manual'),
  ...modelSignals(longest, 'automatic'),
  approvalFailed(longest),
  webhookFailing('w'.repeat(32), 'r'.repeat(32)),
  slackFailing('s'.repeat(32), 'r'.repeat(32)),
  eventsUndelivered(longest),
];

const fill = (values: Readonly<Record<string, string>>) => (text: AlertText) =>
  text.map((part) => (typeof part === 'string' ? part : (values[part.from] ?? ''))).join('');

const leaves = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];

const reason: Hole = { from: 'reason', freeText: true };

describe('the message of an alert', () => {
  const message = fillAlert(
    alertMessage('aws', TRAINING_FAILED, {
      platform: 'fraud-prod',
      where: ['https://example.com/jobs/', { from: 'name' }],
      fields: { Training: { from: 'name' }, Reason: reason, Queue: 'gpu' },
    }),
    fill({ name: 'fraud-7', reason: 'OOM: "killed"\n' }),
  );

  test('says how bad it is, what happened, where to look and what else is known', () => {
    expect(message.content).toEqual({
      title: 'Warning: training-failed (fraud-prod)',
      description: TRAINING_FAILED.text,
      nextSteps: [
        'Where to look: https://example.com/jobs/fraud-7',
        'Training: fraud-7',
        'Reason:',
        'OOM: "killed"\n',
        'Queue: gpu',
      ],
      keywords: ['warning', 'fraud-prod'],
    });
  });

  test('can be sorted by machines', () => {
    expect(message.metadata).toEqual({
      eventType: 'training-failed',
      additionalContext: { severity: 'warning', platform: 'fraud-prod' },
    });
    expect(alertMessage('aws', approvalFailed('churn'), { where: 'here' }).metadata.additionalContext).toEqual({
      severity: ['critical'],
      model: ['churn'],
    });
  });

  test('starts with what a reader of the raw text needs', () => {
    expect(JSON.stringify(message)).toMatch(/^\{"content":\{"title":"Warning: training-failed/);
  });

  test('keeps to the schema of custom chat notifications, whatever it is about', () => {
    const text = fc.string();
    fc.assert(
      fc.property(
        fc.constantFrom(...SIGNALS),
        fc.option(text, { nil: undefined }),
        text,
        fc.dictionary(text, fc.boolean()),
        (signal, platform, where, labels) => {
          const fields = Object.fromEntries(
            Object.entries(labels).map(([label, freeText]): [string, Hole] => [label, { from: label, freeText }]),
          );
          const details = { where, fields, ...(platform === undefined ? {} : { platform }) };
          const filled = fillAlert(alertMessage('aws', signal, details), fill({}));
          expect(filled).toMatchObject({ version: '1.0', source: 'custom' });
          expect(filled.content.description.length).toBeGreaterThan(0);
          expect(leaves(filled).every((leaf) => typeof leaf === 'string')).toBe(true);
        },
      ),
    );
  });

  test('never puts free text inside other text', () => {
    const { content } = alertMessage('aws', TRAINING_FAILED, { where: 'here', fields: { Reason: reason } });
    expect(content.nextSteps.filter((text) => text.includes(reason))).toEqual([[reason]]);
  });
});

describe('the title of an alert', () => {
  test.each(SIGNALS.map((signal) => [signal.name, signal] as const))('of %s fits a subject of e-mail', (_, signal) => {
    expect(alertTitle(signal)).toMatch(/^[\x20-\x7e]{1,99}$/);
  });
});

describe('signals', () => {
  test.each(SIGNALS.map((signal) => [signal.name, signal] as const))(
    '%s can stand in an input template',
    (_, signal) => {
      expect(signal.text).not.toMatch(/[<>]/);
    },
  );

  test('say what a registered version waits for', () => {
    expect(modelSignals('m', 'manual')[0].text).toContain('Approve or reject');
    expect(modelSignals('m', 'automatic')[0].text).toContain('automatically');
  });
});

test('an undelivered event says that a run which handed a step over waits until it is stopped', () => {
  expect(eventsUndelivered('training-failed').text).toMatch(/waits until it is stopped\.$/);
});
