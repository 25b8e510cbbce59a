import { describe, expect, it } from 'vitest';
import { type AccessEdge, planAccess } from '../../../lib/plan/access';
import { alertChannels, alertWebhooks, receiverName } from '../../../lib/plan/alert-receivers';
import { channelFor, routesOf } from '../../../lib/plan/alert-routes';
import { planGcpAccess } from '../../../lib/plan/gcp-access';
import { loadEveryEnvironment, loadPlatformSpec } from '../../../lib/plan/load';
import { PlatformNames } from '../../../lib/plan/names';
import { servingSignals } from '../../../lib/plan/serving-signals';
import { planSignals } from '../../../lib/plan/signals';
import { monitoring } from '../../../lib/spec/monitoring';
import { serving } from '../../../lib/spec/serving';
import { problemsOf } from '../../support/problems';

const AWS = { aws: { region: 'eu-central-1' } };
const GCP = { gcp: { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' } };
const BASE = { name: 'fraud', owner: 'ml@example.com' };
const HOOK = { url: 'https://example.com/hook', secret: 'hook-token' };
const SLACK = { workspace: 'T0123ABCD', channel: 'C0123ABCD', gcp: { secret: 'slack-bot' } };
const UUID = '00000000-0000-4000-8000-000000000000';
const TEAMS = { tenant: UUID, team: UUID, channel: '19%3Aa' };

const on = (cloud: object, alerts: object, thresholds: object = {}) => ({
  ...BASE,
  ...cloud,
  alerts,
  models: { m: { serving: {}, monitoring: thresholds } },
});
const load = (alerts: object, thresholds?: object, cloud: object = AWS) =>
  loadPlatformSpec(on(cloud, alerts, thresholds));
const problems = (alerts: object, thresholds: object = {}, cloud: object = AWS) =>
  problemsOf(() => load(alerts, thresholds, cloud)).map(({ path, fix }) => `${path}: ${fix}`);

const PAGER = { routes: { pager: { webhooks: { duty: HOOK } } } };

describe('a route of alerts', () => {
  it('is named by a threshold, with or without the rest of it', () => {
    const { models } = load(PAGER, { errorRate: { threshold: '2%', severity: 'warning', route: 'pager' } });
    expect(models.m?.monitoring?.errorRate).toEqual({ threshold: 2, severity: 'warning', route: 'pager' });
    const usual = load(PAGER, { errorRate: { route: 'pager' }, cpu: '80%' }).models.m?.monitoring;
    expect(usual?.errorRate).toEqual({ threshold: 1, severity: 'critical', route: 'pager' });
    expect(usual?.cpu).toEqual({ threshold: 80, severity: 'warning' });
  });

  it('has to be there, and a close one is asked for', () => {
    expect(problems(PAGER, { errorRate: { route: 'pagr' }, disk: { route: 'mail' } })).toEqual([
      'models.m.monitoring.disk.route: name one of these, or add the route to alerts.routes',
      'models.m.monitoring.errorRate.route: write pager',
    ]);
    expect(problemsOf(() => load({}, { cpu: { route: 'pager' } }))).toMatchObject([
      {
        message: 'there is no route "pager"',
        allowed: 'none: the spec has no route',
        fix: 'add the route to alerts.routes',
      },
    ]);
  });

  it('may be used by nothing, but has to tell somebody', () => {
    expect(Object.keys(load(PAGER).alerts.routes)).toEqual(['pager']);
    expect(problems({ routes: { pager: {} } })).toEqual([
      'alerts.routes.pager: for example email: [on-call@example.com]',
    ]);
    const paths = problemsOf(() => load({ routes: { pager: { routes: {} } } })).map(({ path }) => path);
    expect(paths).toContain('alerts.routes.pager.routes');
  });

  it('may have other receivers in an environment', () => {
    const quiet = { alerts: { routes: { pager: { webhooks: null, email: ['dev@example.com'] } } } };
    const spec = { ...on(AWS, PAGER, { errorRate: { route: 'pager' } }), environments: { dev: quiet, prod: {} } };
    const loaded = loadEveryEnvironment(spec);
    expect(loaded.get('dev')?.alerts.routes.pager).toMatchObject({ webhooks: {}, email: ['dev@example.com'] });
    expect(Object.keys(loaded.get('prod')?.alerts.routes.pager?.webhooks ?? {})).toEqual(['duty']);
  });
});

describe('receivers of routes', () => {
  const everything = { slack: { ops: SLACK }, teams: { ops: TEAMS }, webhooks: { duty: HOOK } };

  it('are told where the region has what tells them', () => {
    const alerts = { ...everything, routes: { pager: everything } };
    expect(problems(alerts, {}, { aws: { region: 'us-gov-west-1' } }).map((line) => line.split(':')[0])).toEqual(
      ['alerts', 'alerts.routes.pager']
        .flatMap((at) => [`${at}.slack.ops`, `${at}.teams.ops`, `${at}.webhooks.duty`])
        .sort(),
    );
    expect(() => load(alerts)).not.toThrow();
  });

  it('say on Google Cloud what it needs to know, and are none that it cannot tell', () => {
    const { gcp: _, ...plain } = SLACK;
    const pager = { slack: { ops: plain }, teams: { ops: TEAMS }, webhooks: { duty: { ...HOOK, secret: 'a/b' } } };
    expect(problems({ routes: { pager } }, {}, GCP)).toEqual([
      'alerts.routes.pager.slack.ops.gcp: add gcp: { secret: slack-ops }',
      expect.stringMatching(/^alerts\.routes\.pager\.teams\.ops: remove it/),
      'alerts.routes.pager.webhooks.duty.secret: write a-b',
    ]);
  });

  it('do not keep the owner from hearing of everything else', () => {
    const channels = alertChannels(load(PAGER));
    expect(channels.map(({ route, path, receivers }) => [route, path.join('.'), receivers.email])).toEqual([
      [undefined, 'alerts', ['ml@example.com']],
      ['pager', 'alerts.routes.pager', []],
    ]);
  });
});

describe('the plan of routes', () => {
  // Joined with one hyphen all three would be called on-call-pager.
  const alerts = {
    webhooks: { 'on-call-pager': HOOK },
    routes: { 'on-call': { webhooks: { pager: HOOK } }, on: { webhooks: { 'call-pager': HOOK } } },
  };
  const spec = load(alerts, { errorRate: { route: 'on-call' } }, { ...AWS, ...GCP });
  const text = ({ workload, verb, kind, name }: AccessEdge) => `${workload} may ${verb} ${kind} ${name}`;

  it('has a name for every receiver that no other has', () => {
    const names = alertWebhooks(spec).map(({ name, route }) => receiverName(name, route));
    expect(names).toEqual(['on-call-pager', 'on-call--pager', 'on--call-pager']);
    const failing = planSignals(spec).flatMap(({ name }) => (/^webhook-.*-failing$/.test(name) ? [name] : []));
    expect(failing).toEqual(names.map((name) => `webhook-${name}-failing`));
    const edges = planAccess(spec).map(text);
    expect(edges.filter((edge) => edge.includes('invoke webhook'))).toEqual(
      names.map((name) => `webhook/${name} may invoke webhook ${name}`),
    );
    expect(new Set(edges).size).toBe(edges.length);
  });

  it('has a signal for every Slack channel where a relay tells it, which is none of a webhook', () => {
    const receivers = { slack: { ops: SLACK }, webhooks: { 'slack-ops': HOOK } };
    const planned = (cloud: object) =>
      planSignals(load({ ...receivers, routes: { pager: receivers } }, {}, cloud)).filter(({ name }) =>
        name.endsWith('-failing'),
      );
    const webhooks = ['webhook-slack-ops-failing', 'webhook-pager--slack-ops-failing'];
    expect(planned(AWS).map(({ name }) => name)).toEqual(webhooks);
    const onGoogle = planned(GCP);
    expect(onGoogle.map(({ name }) => name)).toEqual([...webhooks, 'slack-ops-failing', 'slack-pager--ops-failing']);
    expect(onGoogle.at(-1)?.text).toContain('the Slack channel ops of the route pager ');
  });

  it('has a relay on Google Cloud for each, which may read its own secrets alone', () => {
    const edges = planGcpAccess(spec, new PlatformNames('fraud', 'prod'))
      .filter(({ workload }) => workload.startsWith('alert-relay'))
      .map(text);
    expect(edges.filter((edge) => edge.startsWith('alert-relay/on-call '))).toEqual([
      'alert-relay/on-call may invoke webhook webhook-pager',
      'alert-relay/on-call may read secret hook-token',
      'alert-relay/on-call may publish channel alerts',
      'alert-relay/on-call may write log alert-relay-on-call',
    ]);
    expect(edges).toContain('alert-relay-trigger/on may start machine alert-relay/on');
    expect(edges.filter((edge) => edge.includes('start machine'))).toHaveLength(3);
  });
});

describe('who hears of a signal', () => {
  const { metrics } = servingSignals(
    'm',
    serving.parse({}),
    monitoring.parse({ errorRate: { route: 'pager' }, cpu: { route: 'pager' }, noTraffic: { route: 'mail' } }),
  );
  const heard = (routes?: Readonly<Record<string, string>>) => {
    const channelOf = channelFor(metrics, 'usual', routes);
    return Object.fromEntries(metrics.map((signal) => [signal.watches, channelOf(signal)]));
  };

  it('is its route, or else the channel of the platform', () => {
    expect(routesOf(metrics)).toEqual(['pager', 'mail']);
    expect(heard({ pager: 'P', mail: 'M', unused: 'U' })).toEqual({
      latencyP95: 'usual',
      errorRate: 'P',
      noTraffic: 'M',
      cpu: 'P',
      memory: 'usual',
      disk: 'usual',
    });
  });

  it('is never anybody else', () => {
    expect(() => heard({ mail: 'M' })).toThrow(/m-error-rate goes by pager, m-cpu goes by pager\. Allowed: mail\./);
    expect(() => heard()).toThrow(/Allowed: none\. Give each as routes: \{ pager, mail \}/);
    expect(() => channelFor([{ name: 's', route: 'toString' }], 'usual', {})).toThrow('s goes by toString');
  });
});
