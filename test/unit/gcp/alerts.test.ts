import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret';
import { describe, expect, it } from 'vitest';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { alertNames } from '../../../lib/gcp/alerts/alert-names';
import { Alerts, type AlertsProps } from '../../../lib/gcp/alerts/alerts';
import { receiversOf } from '../../../lib/gcp/alerts/receivers';
import { relaySource } from '../../../lib/gcp/alerts/relay-source';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { alertRelayAccess, alertRelayTriggerAccess, relayedSecrets } from '../../../lib/plan/gcp-access';
import { PlatformNames } from '../../../lib/plan/names';
import { TRAINING_FAILED } from '../../../lib/plan/signals';
import { alerts as alertsSpec } from '../../../lib/spec/alerts';
import { bindingsOf, documentOf, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';

const NAMES = new PlatformNames('fraud', 'prod');
const KEY = 'projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/operations';
const TOPIC = 'projects/fraud-prod/topics/fraud-prod-alerts';
const RECEIVERS = {
  slack: { ops: { channel: 'C0123ABCD', gcp: { secret: 'slack-bot' } } },
  webhooks: { pager: { url: 'https://pager.example.com/a', secret: 'pager-token' } },
};

const alerts = (props: Partial<AlertsProps> = {}) => {
  const stack = gcpStack();
  const made = new Alerts(stack, 'Alerts', { target: TARGET, names: NAMES, encryptionKey: keyFromId(KEY), ...props });
  return { stack, made };
};

describe('Alerts', () => {
  it('go through an encrypted topic of the region that only Monitoring publishes to', () => {
    const { stack } = alerts({ email: ['ml@example.com'] });
    expect(resourceOf(stack, 'google_pubsub_topic')).toMatchObject({
      name: 'fraud-prod-alerts',
      kms_key_name: KEY,
      message_storage_policy: { allowed_persistence_regions: ['europe-west4'] },
    });
    expect(resourceOf(stack, 'google_pubsub_topic_iam_member')).toMatchObject({
      role: 'roles/pubsub.publisher',
      member: 'serviceAccount:service-123456789012@gcp-sa-monitoring-notification.iam.gserviceaccount.com',
    });
    expect(Alerts.topicId(NAMES, TARGET)).toBe(TOPIC);
  });

  it('tell e-mail by Monitoring itself, and the topic after the grant to publish to it', () => {
    const { stack, made } = alerts({ email: ['ml@example.com'] });
    expect(made.channel).toBe(made.channel);
    const channels = Object.values(resourcesOf(stack, 'google_monitoring_notification_channel'));
    expect(channels.map(({ type, labels }) => [type, labels])).toEqual([
      ['email', { email_address: 'ml@example.com' }],
      ['pubsub', { topic: TOPIC }],
    ]);
    expect(channels[1]?.depends_on?.join()).toMatch(/google_pubsub_topic\..*google_pubsub_topic_iam_member\./);
  });

  it('take a receiver from all policies before it goes, as Monitoring refuses otherwise', () => {
    const { stack, made } = alerts({ email: ['ml@example.com'] });
    expect(made.channel.channels).toHaveLength(2);
    for (const channel of Object.values(resourcesOf(stack, 'google_monitoring_notification_channel')))
      expect(channel).toMatchObject({ force_delete: false, lifecycle: { create_before_destroy: true } });
  });

  it('have no relay where nobody needs one', () => {
    const { stack, made } = alerts({ email: ['ml@example.com'] });
    expect(made.relay).toBeUndefined();
    for (const type of ['google_workflows_workflow', 'google_eventarc_trigger', 'google_service_account'])
      expect(resourcesOf(stack, type)).toEqual({});
  });

  it('start the relay with each message of their topic, after all that it needs', () => {
    const { stack } = alerts(RECEIVERS);
    const trigger = resourceOf(stack, 'google_eventarc_trigger');
    expect(trigger).toMatchObject({
      location: 'europe-west4',
      matching_criteria: [{ attribute: 'type', value: 'google.cloud.pubsub.topic.v1.messagePublished' }],
      transport: { pubsub: { topic: TOPIC } },
      destination: { workflow: 'projects/fraud-prod/locations/europe-west4/workflows/fraud-prod-alert-relay' },
    });
    for (const type of ['pubsub_topic', 'workflows_workflow', 'service_account', 'project_iam_member'])
      expect(trigger.depends_on?.join()).toContain(`google_${type}.`);
  });

  it('grant the relay just its secrets and its log: what the plan says', () => {
    const { stack, made } = alerts(RECEIVERS);
    const spec = alertsSpec.parse({
      slack: { ops: { workspace: 'T0123ABCD', channel: 'C0123ABCD', gcp: { secret: 'slack-bot' } } },
      webhooks: { pager: { url: 'https://pager.example.com/a', secret: 'pager-token' } },
    });
    expect(made.relay?.workflow.workload.access).toEqual(alertRelayAccess(relayedSecrets(spec)));
    const bindings = bindingsOf(stack).map((one) => one.replace(/ to \$\{.*?\}/, ''));
    expect(bindings).toEqual([
      'roles/logging.logWriter on fraud-prod',
      expect.stringMatching(/^roles\/pubsub.publisher to .*gcp-sa-monitoring-notification.* on /),
      'roles/secretmanager.secretAccessor on pager-token',
      'roles/secretmanager.secretAccessor on slack-bot',
      'roles/workflows.invoker on fraud-prod',
    ]);
  });

  it('put no call of the relay on record, which would put secrets there', () => {
    const { stack } = alerts(RECEIVERS);
    expect(resourceOf(stack, 'google_workflows_workflow')).toMatchObject({
      call_log_level: 'LOG_NONE',
      crypto_key_name: KEY,
      deletion_protection: false,
    });
  });

  it('tell of each receiver that fails', () => {
    const { stack } = alerts(RECEIVERS);
    const policies = Object.values(resourcesOf(stack, 'google_monitoring_alert_policy'));
    expect(policies.map(({ user_labels }) => (user_labels as { signal: string }).signal).sort()).toEqual([
      'slack-ops-failing',
      'webhook-pager-failing',
    ]);
    for (const policy of policies) expect(policy).toMatchObject({ severity: 'CRITICAL' });
    expect(JSON.stringify(policies)).not.toContain('dead-letter');
  });

  it('refuse Slack channels that no bot can write to, all at once', () => {
    const slack = { ops: { channel: 'C0123ABCD' }, ml: { channel: 'C0123ABCE', gcp: undefined } };
    expect(() => alerts({ slack })).toThrow(/gcp\.secret .* for slack\.ops, slack\.ml$/);
  });

  it('alone have a key of their own', () => {
    const stack = gcpStack();
    new Alerts(stack, 'Alerts', { target: TARGET, names: NAMES, email: ['ml@example.com'] });
    expect(resourceOf(stack, 'google_kms_key_ring').name).toBe('fraud-prod-alerts');
    expect(documentOf(stack)).toHaveProperty('resource.google_kms_crypto_key');
  });
});

describe('receivers that a spec would not allow', () => {
  const wrong = (props: Partial<AlertsProps>) => () => alerts(props);

  it('are refused all at once, with what may stand there', () => {
    expect(
      wrong({
        email: ['nobody'],
        slack: { ops: { channel: 'risk', gcp: { secret: 'a b' } } },
        webhooks: { 'On Call': { url: 'http://pager.example.com', secret: 'pager/token' } },
      }),
    ).toThrow(/^5 problems.*email\[0\].*slack\.ops\.channel.*slack\.ops\.gcp\.secret.*On Call.*Secret Manager/s);
  });

  it.each(['https://pager.example.com/a?token=s3cr3t', 'https://me:s3cr3t@pager.example.com'])(
    'are those with a credential in their address, which would be in the state: %s',
    (url) => {
      const refused = wrong({ webhooks: { pager: { url, secret: 'pager-token' } } });
      expect(refused).toThrow(/webhooks\.pager\.url: has a (credential|user or password) in it/);
      expect(refused).not.toThrow(/s3cr3t/);
    },
  );

  it('take a secret of the same app, whose name nobody knows yet', () => {
    const stack = gcpStack();
    const { secretId } = new SecretManagerSecret(stack, 'Secret', {
      secretId: 'pager-token',
      replication: { auto: {} },
    });
    new Alerts(stack, 'Alerts', {
      target: TARGET,
      names: NAMES,
      encryptionKey: keyFromId(KEY),
      webhooks: { pager: { url: 'https://pager.example.com/a', secret: secretId } },
    });
    const source = String(resourceOf(stack, 'google_workflows_workflow').source_contents);
    const name = /\$\{google_secret_manager_secret\.Secret\.secret_id\}/;
    expect(source).toMatch(name);
    expect(resourceOf(stack, 'google_secret_manager_secret_iam_member').secret_id).toMatch(name);
  });

  it('are more Slack channels and webhooks than the relay tells apart, or longer than it has room for', () => {
    const filled = (text: string, length: number, letter = 'a') => text + letter.repeat(length - text.length);
    const target = { ...TARGET, project: filled('', 30) };
    const usual = { target, names: new PlatformNames(filled('', 24), filled('', 12)), encryptionKey: keyFromId(KEY) };
    const told = (webhooks: number, address: number) => () => {
      const slack = { [filled('', 32)]: { channel: 'C0123ABCDEF', gcp: { secret: filled('', 255) } } };
      const webhook = {
        url: filled('https://pager.example.com/', address),
        secret: filled('', 200),
        header: filled('', 64, 'H'),
      };
      const named = Array.from({ length: webhooks }, (_, index) => [filled(`w${index}-`, 32), webhook]);
      const stack = gcpStack();
      const route = { name: filled('', 32), of: new Alerts(stack, 'Alerts', usual) };
      new Alerts(stack, 'Route', { ...usual, slack, webhooks: Object.fromEntries(named), route });
    };
    expect(told(49, 816)).not.toThrow();
    expect(told(50, 800)).toThrow(/has more .* received: 51 of them.*allowed: {2}50 Slack channels and webhooks/s);
    expect(told(40, 1001)).toThrow(/webhooks: has longer .* received: 40040 characters.*allowed: {2}40000 /s);
  });

  it('are more addresses than an alert policy tells beside the topic and what a signal starts', () => {
    const email = (count: number) => Array.from({ length: count }, (_, index) => `person-${index}@example.com`);
    expect(wrong({ email: email(14) })).not.toThrow();
    expect(wrong({ email: email(15) })).toThrow(/email.*received: 15 addresses.*allowed: {2}14 addresses/s);
    const alone = (count: number) => () =>
      new AlertChannel(gcpStack(), 'Channel', { target: TARGET, platform: 'fraud', email: email(count) }).announce(
        gcpStack(),
        'Policy',
        { signal: TRAINING_FAILED, where: 'here' },
      );
    expect(alone(16)).not.toThrow();
    expect(alone(17)).toThrow(/training-failed would tell 17 notification channels, and an alert policy tells 16/);
  });

  it('are not those of a spec, with their workspace or without', () => {
    expect(wrong(RECEIVERS)).not.toThrow();
    const { ops } = RECEIVERS.slack;
    expect(wrong(alertsSpec.parse({ slack: { ops: { ...ops, workspace: 'T0123ABCD' } } }))).not.toThrow();
  });
});

describe('a route', () => {
  const routed = () => {
    const stack = gcpStack();
    const common = { target: TARGET, names: NAMES, encryptionKey: keyFromId(KEY) };
    const usual = new Alerts(stack, 'Alerts', { ...common, email: ['ml@example.com'], webhooks: RECEIVERS.webhooks });
    const made = new Alerts(stack, 'Route', { ...common, ...RECEIVERS, route: { name: 'on-call', of: usual } });
    return { stack, usual, made };
  };

  it('is a topic and a relay of its own, under names of its own', () => {
    const { stack, made } = routed();
    const named = (type: string, key: string) => Object.values(resourcesOf(stack, type)).map((one) => one[key]);
    expect(named('google_pubsub_topic', 'name')).toEqual(['fraud-prod-alerts', 'fraud-prod-route-on-call']);
    expect(named('google_workflows_workflow', 'name')).toEqual([
      'fraud-prod-alert-relay',
      'fraud-prod-route-on-call-relay',
    ]);
    expect(named('google_eventarc_trigger', 'transport')).toEqual([
      { pubsub: { topic: TOPIC } },
      { pubsub: { topic: 'projects/fraud-prod/topics/fraud-prod-route-on-call' } },
    ]);
    expect(new Set(named('google_service_account', 'account_id')).size).toBe(4);
    expect(made.topic.topicId).toBe(Alerts.topicId(NAMES, TARGET, 'on-call'));
  });

  it('may do what the plan says of it', () => {
    const secrets = { 'slack-ops': 'slack-bot', 'webhook-pager': 'pager-token' };
    const { workflow, trigger } = routed().made.relay ?? {};
    expect(workflow?.workload.access).toEqual(alertRelayAccess(secrets, 'on-call'));
    expect(trigger?.workload.access).toEqual(alertRelayTriggerAccess('on-call'));
  });

  it('tells the other channel of receivers that fail: they would not hear it themselves', () => {
    const { stack, usual, made } = routed();
    const failing = Object.values(resourcesOf(stack, 'google_monitoring_alert_policy')).map(
      ({ user_labels, notification_channels }) => [(user_labels as { signal: string }).signal, notification_channels],
    );
    const told = usual.channel.channels.map(({ friendlyUniqueId }) => expect.stringContaining(friendlyUniqueId));
    expect(Object.fromEntries(failing)).toEqual({
      'webhook-pager-failing': told,
      'webhook-on-call--pager-failing': told,
      'slack-on-call--ops-failing': told,
    });
    expect(made.node.tryFindChild('Channel')).toBeUndefined();
  });

  it('tells of each receiver that fails by a label of its own, however long the names', () => {
    const webhooks = Object.fromEntries(
      ['a', 'b'].map((last) => [`${'w'.repeat(31)}${last}`, RECEIVERS.webhooks.pager] as const),
    );
    const source = relaySource('fraud-prod', 'fraud-prod', receiversOf({ webhooks }, 'r'.repeat(32)));
    const own = JSON.stringify(source).match(/metadata\.eventType == \\"[a-z0-9_-]{1,63}\\"/g);
    expect(new Set(own).size).toBe(2);
  });

  it('has names that no other route has', () => {
    const routes = [undefined, 'relay', 'trigger', 'x-relay', 'x-relay-trigger', 'x-trigger', 'x', 'y'.repeat(32)];
    const all = routes.map((route) => alertNames(NAMES, route));
    for (const key of ['topic', 'relay'] as const) expect(new Set(all.map((one) => one[key])).size).toBe(all.length);
    const accounts = all.flatMap(({ relayAccount, triggerAccount }) => [relayAccount, triggerAccount]);
    expect(new Set(accounts).size).toBe(2 * all.length);
    for (const account of accounts) expect(account).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
  });
});

describe('the source of the relay', () => {
  it('fits with many receivers', () => {
    const webhooks = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`w${i}`, { url: 'https://x.example.com/a?b=c', secret: `s${i}` }]),
    );
    const stack = gcpStack();
    expect(
      () => new Alerts(stack, 'Alerts', { target: TARGET, names: NAMES, encryptionKey: keyFromId(KEY), webhooks }),
    ).not.toThrow();
    const source = relaySource('fraud-prod', 'fraud-prod', receiversOf({ webhooks }));
    expect(JSON.stringify(source).length).toBeLessThan(64 * 1024);
  });
});
