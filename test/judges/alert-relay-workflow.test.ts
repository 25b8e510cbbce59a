import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReceiverProps, receiversOf } from '../../lib/gcp/alerts/receivers';
import { RELAY_ATTEMPTS, RELAY_RETRY_SECONDS, relaySource } from '../../lib/gcp/alerts/relay-source';
import { alertMessage, fillAlert } from '../../lib/plan/alert-message';
import { approvalFailed } from '../../lib/plan/signals';
import { describeJudge } from '../support/describe-judge';
import { callNames, type WorkflowsFault, WorkflowsJudge, type WorkflowsRun } from '../support/workflows-judge';

const SLACK = 'https://slack.com/api/chat.postMessage';
const PAGER = 'https://pager.example.com/alerts';
const RECEIVERS: ReceiverProps = {
  slack: { ops: { channel: 'C0123ABCD', gcp: { secret: 'slack-bot' } } },
  webhooks: { pager: { url: `${PAGER}?team=ml`, secret: 'pager-token', header: 'X-Api-Key' } },
};
const SIGNAL = approvalFailed('fraud-detector');

const incident = (more: object = {}) => ({
  incident_id: '0.abc',
  scoping_project_id: 'fraud-prod',
  url: 'https://console.cloud.google.com/monitoring/alerting/incidents/0.abc?project=fraud-prod',
  started_at: 1767225600,
  ended_at: null,
  state: 'open',
  summary: 'Log match condition fired for Workflow.',
  policy_name: `fraud-prod: ${SIGNAL.name}`,
  policy_user_labels: {
    signal: SIGNAL.name,
    severity: SIGNAL.severity,
    model: 'fraud-detector',
    'mlops-platform': 'fraud-prod',
  },
  documentation: {
    subject: 'Critical: fraud-detector-approval-failed (fraud-prod)',
    content: `${SIGNAL.text}\n\nWhere to look: the workflow\n\nReason: <none> & more`,
    mime_type: 'text/markdown',
  },
  ...more,
});

const eventOf = (data: string) => ({
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  data: { message: { data: Buffer.from(data).toString('base64'), messageId: '1' } },
});
const published = (more?: object) => eventOf(JSON.stringify({ version: '1.2', incident: incident(more) }));

describeJudge('workflows', 'the alert relay', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  interface Told {
    readonly event?: unknown;
    readonly receivers?: ReceiverProps;
    readonly answers?: Readonly<Record<string, readonly object[]>>;
    readonly faults?: readonly WorkflowsFault[];
    readonly secrets?: Readonly<Record<string, string>>;
  }
  const run = ({ event = published(), receivers = RECEIVERS, answers = {}, faults = [], secrets = {} }: Told = {}) =>
    judge.run({
      workflows: { relay: relaySource('fraud-prod', 'fraud-prod', receiversOf(receivers)) },
      start: [{ workflow: 'relay', argument: event }],
      world: {
        state: {
          secretmanager: { secrets: { 'slack-bot': 'xoxb-1\n', 'pager-token': 'key-1', ...secrets } },
          receivers: { [SLACK]: [{ body: { ok: true } }], [PAGER]: [{ status: 202, body: 'taken' }], ...answers },
        },
      },
      faults,
    });
  const posts = (result: WorkflowsRun, url: string) => result.calls.filter(({ params }) => params.url === url);
  const slackPost = (result: WorkflowsRun) =>
    (posts(result, SLACK)[0] ?? { body: {} }).body as { readonly channel?: string; readonly text?: string };
  const announced = ({ log }: WorkflowsRun) =>
    log.map(({ json }) => (json as { signal?: string }).signal).filter((signal) => signal !== undefined);

  test('hands an alert to every receiver, each with its own secret', async () => {
    const result = await run();
    expect(result.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'told' } });
    expect(callNames(result)).toEqual([
      'secretmanager.projects.secrets.versions.access',
      'receivers.post',
      'secretmanager.projects.secrets.versions.access',
      'receivers.post',
    ]);
    expect(posts(result, PAGER)[0]?.params).toMatchObject({ team: 'ml', headers: { 'X-Api-Key': 'key-1' } });
    expect(posts(result, SLACK)[0]?.params.headers).toMatchObject({ Authorization: 'Bearer xoxb-1' });
    expect(result.slept).toEqual([]);
  });

  test('tells webhooks in the format of the plan', async () => {
    const body = posts(await run(), PAGER)[0]?.body as { content: { nextSteps: string[] } };
    const planned = fillAlert(
      alertMessage('gcp', SIGNAL, {
        platform: 'fraud-prod',
        where: 'the workflow',
        fields: { Reason: '<none> & more' },
      }),
      (text) => text.map((part) => (typeof part === 'string' ? part : part.from)).join(''),
    );
    const { nextSteps, ...content } = planned.content;
    expect(body).toMatchObject({ ...planned, content });
    expect(body.content.nextSteps).toEqual([...nextSteps, `Incident: ${incident().url}`]);
  });

  test('tells Slack in a text whose special characters are escaped', async () => {
    const { channel, text } = slackPost(await run());
    expect(channel).toBe('C0123ABCD');
    expect(text).toMatch(/^Critical: fraud-detector-approval-failed \(fraud-prod\)\nA registered version/);
    expect(text).toContain('• Reason: &lt;none&gt; &amp; more');
  });

  test('cuts what is too long for Slack', async () => {
    const event = published({ documentation: { subject: 's', content: 'x'.repeat(8000) } });
    const { text } = slackPost(await run({ event }));
    expect(text).toHaveLength(3001);
  });

  test('says when an incident is over', async () => {
    const body = posts(await run({ event: published({ state: 'CLOSED', ended_at: 1767226600 }) }), PAGER)[0]?.body;
    expect(body).toMatchObject({ content: { title: expect.stringMatching(/^Resolved: Critical/) } });
  });

  test('tells of policies that are nobody of the platform', async () => {
    const event = published({ policy_user_labels: {}, documentation: undefined, url: undefined, policy_name: 'mine' });
    expect(posts(await run({ event }), PAGER)[0]?.body).toMatchObject({
      content: { title: 'mine', description: 'Log match condition fired for Workflow.', nextSteps: [] },
      metadata: { eventType: 'mine', additionalContext: { severity: 'warning', platform: 'fraud-prod' } },
    });
  });

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['no JSON', eventOf('hello')],
    ['no incident', eventOf('{"version":"1.2"}')],
    ['no map', eventOf('[1]')],
  ])('puts %s on record and tells nobody', async (_, event) => {
    const result = await run({ event });
    expect(result.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'unreadable' } });
    expect(result.calls).toEqual([]);
    expect(result.log).toHaveLength(1);
  });

  describe('where a receiver fails', () => {
    test('tells the others at once, and it when it answers again', async () => {
      const result = await run({ answers: { [SLACK]: [{ status: 503 }, { status: 0 }, { body: { ok: true } }] } });
      expect(result.executions[0]).toMatchObject({ result: { outcome: 'told' } });
      expect(posts(result, SLACK)).toHaveLength(3);
      expect(posts(result, PAGER)).toHaveLength(1);
      const [pager] = posts(result, PAGER);
      expect(pager?.at).toBe(posts(result, SLACK)[0]?.at);
      expect(result.slept).toEqual([RELAY_RETRY_SECONDS, RELAY_RETRY_SECONDS]);
      expect(announced(result)).toEqual([]);
    });

    test.each<[string, object]>([
      ['refuses', { status: 200, body: { ok: false, error: 'not_in_channel' } }],
      ['is wrong', { status: 200, body: { error: 'x' } }],
      ['is down', { status: 500, body: 'oops' }],
      ['is not there', { status: 0 }],
    ])('announces it by name after an hour in which it %s', async (_, answer) => {
      const result = await run({ answers: { [SLACK]: [answer] } });
      expect(result.executions[0]).toMatchObject({
        status: 'SUCCEEDED',
        result: { outcome: 'untold', receivers: ['slack-ops'] },
      });
      expect(posts(result, SLACK)).toHaveLength(RELAY_ATTEMPTS);
      expect(result.slept.reduce((sum, one) => sum + one, 0)).toBe(RELAY_RETRY_SECONDS * (RELAY_ATTEMPTS - 1));
      expect(announced(result)).toEqual(['slack-ops-failing']);
    });

    test('says why', async () => {
      const result = await run({ answers: { [SLACK]: [{ body: { ok: false, error: 'not_in_channel' } }] } });
      expect(result.log.at(-1)?.json).toMatchObject({
        reason: 'Slack: not_in_channel',
        detail: 'Critical: fraud-detector-approval-failed (fraud-prod)',
        platform: 'fraud-prod',
      });
    });

    test('goes on where a secret is missing or may not be read', async () => {
      const result = await run({ faults: [{ method: 'versions.access', nth: 1, times: 1, code: 403 }] });
      expect(result.executions[0]).toMatchObject({ result: { outcome: 'told' } });
      expect(posts(result, PAGER)).toHaveLength(1);
      const receivers = { webhooks: { a: { url: PAGER, secret: 'gone' } } };
      expect(announced(await run({ receivers }))).toEqual(['webhook-a-failing']);
    });

    test('tells others that one fails, never itself, and never of a second failure', async () => {
      const event = published({ policy_user_labels: { signal: 'slack-ops-failing', severity: 'critical' } });
      const fine = await run({ event });
      expect(posts(fine, SLACK)).toEqual([]);
      expect(posts(fine, PAGER)).toHaveLength(1);
      const both = await run({ event, answers: { [PAGER]: [{ status: 500 }] } });
      expect(both.executions[0]).toMatchObject({ result: { outcome: 'untold', receivers: ['webhook-pager'] } });
      expect(announced(both)).toEqual([]);
      expect(both.log.map(({ severity }) => severity)).toEqual(['ERROR']);
    });

    test.each([
      ['slack-ops-failing', PAGER],
      ['webhook-slack-ops-failing', SLACK],
    ])('tells a webhook that is called as a Slack channel is of %s, or the other way round', async (signal, heard) => {
      const receivers = { ...RECEIVERS, webhooks: { 'slack-ops': { url: PAGER, secret: 'pager-token' } } };
      const event = published({ policy_user_labels: { signal, severity: 'critical' } });
      const result = await run({ event, receivers });
      expect(result.executions[0]).toMatchObject({ result: { outcome: 'told' } });
      expect([SLACK, PAGER].filter((url) => posts(result, url).length > 0)).toEqual([heard]);
    });

    test('holds no alert back where each call fails once', async () => {
      const request = {
        workflows: { relay: relaySource('fraud-prod', 'fraud-prod', receiversOf(RECEIVERS)) },
        start: [{ workflow: 'relay', argument: published() }],
        world: {
          state: {
            secretmanager: { secrets: { 'slack-bot': 'a', 'pager-token': 'b' } },
            receivers: { [SLACK]: [{ body: { ok: true } }], [PAGER]: [{}] },
          },
        },
      };
      for await (const { run: one } of judge.failEachCall(request, { code: 503 }))
        expect(one.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'told' } });
    });
  });

  test('gives secrets to nobody but their receiver: no log entry has one', async () => {
    const result = await run({ answers: { [SLACK]: [{ status: 500 }], [PAGER]: [{ status: 401 }] } });
    const told = JSON.stringify([result.log, result.executions.map(({ result: given, error }) => [given, error])]);
    expect(told).not.toContain('xoxb-1');
    expect(told).not.toContain('key-1');
    for (const { params } of posts(result, PAGER)) expect(JSON.stringify(params)).not.toContain('xoxb-1');
  });
});
