import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bootstrapSteps } from '../../../lib/aws/bootstrap/steps';
import { idleCost } from '../../../lib/aws/idle-cost';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { planPlatform } from '../../../lib/plan/platform-plan';
import { specOn } from '../../../lib/spec/clouds';
import { EVERY_KIND, GATE_LAST, pipelinePlatform } from '../../support/pipeline-spec';

const BASE = { name: 'churn', owner: 'ml@example.com', aws: { region: 'eu-central-1', account: '111111111111' } };
const plan = (overlay: object = {}) => planPlatform(specOn('aws', loadPlatformSpec({ ...BASE, ...overlay })));
const steps = (overlay?: object) => bootstrapSteps(plan(overlay));
const text = (overlay?: object) => JSON.stringify(steps(overlay));

describe('bootstrap', () => {
  it('asks of every account to be bootstrapped and of every address to confirm', () => {
    expect(steps().map(({ title }) => title)).toEqual(['Bootstrap CDK', 'Confirm the subscription of ml@example.com']);
    expect(text()).toContain('aws://111111111111/eu-central-1');
  });

  it('names the quota of the machines that trainings run on', () => {
    const cluster = { kind: 'managed', accelerator: { type: 'l4', count: 1 }, nodes: 2, capacity: 'spot' };
    expect(text({ training: { cluster } })).toContain('ml.g6.xlarge for spot training job usage');
    expect(text({ training: { cluster } })).toContain('at least 2 instances');
  });

  it('names both quotas of a queue that falls back on demand, and its service-linked roles', () => {
    const cluster = { kind: 'batch', accelerator: { type: 'l4', count: 1 }, capacity: 'spot', maxNodes: 4 };
    const all = text({ training: { cluster } });
    expect(all).toContain('All G and VT Spot Instance Requests');
    expect(all).toContain('Running On-Demand G and VT instances');
    expect(all).toContain('batch.amazonaws.com');
    expect(all).toContain('at least 16 vCPUs');
  });

  it('names the quotas of the jobs of pipelines and of drift watches, with what runs at a time', () => {
    const monitoring = { drift: { features: { amount: 'numeric' }, threshold: '20%' } };
    const { models } = pipelinePlatform(EVERY_KIND) as { models: { detector: object } };
    const quotas = steps(
      pipelinePlatform(EVERY_KIND, {
        ...BASE,
        models: { detector: { ...models.detector, serving: { capture: {} }, monitoring } },
      }),
    ).filter(({ title }) => title.includes(' job'));
    expect(quotas.map(({ title }) => title)).toEqual([
      'Check the quota "ml.m5.xlarge for training job usage": at least 1 instances',
      'Check the quota "Number of instances across all training jobs": at least 1 instances',
      'Check the quota "ml.m5.xlarge for processing job usage": at least 2 instances',
      'Check the quota "Number of instances across all processing jobs": at least 2 instances',
      'Check the quota "ml.m5.4xlarge for processing job usage": at least 1 instances',
      'Check the quota "ml.g6.xlarge for spot training job usage": at least 1 instances',
      'Check the quota "Number of instances across all spot training jobs": at least 1 instances',
    ]);
  });

  describe('of one training', () => {
    const model = (own: object) => ({
      pipeline: { ...GATE_LAST, steps: { ...GATE_LAST.steps, train: { ...GATE_LAST.steps.train, ...own } } },
    });
    const training = { cluster: { kind: 'managed' } };
    const one = (overlay: object) =>
      steps(overlay)
        .map(({ title }) => title)
        .filter((title) => /Longest|Maximum/.test(title));

    it('asks for the longest run and the most machines that any takes, of steps and of the managed cluster', () => {
      const models = {
        a: model({ nodes: 21, maxRuntime: '6 days' }),
        b: model({ nodes: 30, capacity: 'spot', maxRuntime: '7 days' }),
        c: model({ nodes: 25 }),
      };
      const cluster = { kind: 'managed', nodes: 22, maxRuntime: '28 days' };
      expect(one({ training, models })).toEqual([
        'Check the quota "Longest run time for a training job": at least 604800 seconds',
        'Check the quota "Maximum number of instances per training job": at least 25 instances',
        'Check the quota "Maximum number of instances per spot training job": at least 30 instances',
      ]);
      expect(one({ training: { cluster } })).toEqual([
        'Check the quota "Longest run time for a training job": at least 2419200 seconds',
        'Check the quota "Maximum number of instances per training job": at least 22 instances',
      ]);
    });

    it('asks for nothing that an account has unasked, or that AWS Batch runs', () => {
      expect(one({ training, models: { a: model({ nodes: 20, maxRuntime: '5 days' }) } })).toEqual([]);
      expect(one({ training: { cluster: { kind: 'batch', nodes: 30, maxNodes: 30, maxRuntime: '28 days' } } })).toEqual(
        [],
      );
    });
  });

  it('prints commands that a shell reads', () => {
    const cluster = { kind: 'managed', nodes: 100, maxRuntime: '28 days' };
    const input = steps({ training: { cluster }, models: { a: { serving: {} } } })
      .flatMap(({ commands }) => commands)
      .join('\n');
    expect(spawnSync('bash', ['-n'], { input, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('names a quota once, with what all models together need of it', () => {
    const models = {
      a: { serving: {} },
      b: { serving: { replicas: { max: 6 } } },
      c: { serving: { machine: 'small' } },
      d: {},
    };
    const quotas = steps({ models }).filter(({ title }) => title.startsWith('Check the quota'));
    expect(quotas.map(({ title }) => title)).toEqual([
      'Check the quota "ml.m5.xlarge for endpoint usage": at least 20 instances',
      'Check the quota "Number of instances across active endpoints": at least 28 instances',
      'Check the quota "ml.m5.large for endpoint usage": at least 8 instances',
    ]);
    expect(quotas[0]?.commands[1]).toContain('--desired-value 20');
  });

  it('says what only people can do: secrets, chat workspaces, the tag of the budget', () => {
    const all = text({
      alerts: {
        slack: { ops: { workspace: 'T0123ABCD', channel: 'C0123ABCD' } },
        webhooks: { pager: { url: 'https://example.com', secret: 'pager-token' } },
      },
      governance: { budget: { monthly: '100 USD' } },
    });
    expect(all).toContain("--name 'pager-token'");
    expect(all).toContain('Slack workspace T0123ABCD');
    expect(all).toContain('TagKey=mlops-platform');
  });
});

describe('bootstrap for routes', () => {
  const webhook = { url: 'https://example.com', secret: 'pager-token' };
  const alerts = {
    slack: { ops: { workspace: 'T0123ABCD', channel: 'C0123ABCD' } },
    routes: {
      pager: { webhooks: { duty: webhook }, email: ['duty@example.com'] },
      night: { webhooks: { duty: webhook }, slack: { ops: { workspace: 'T9999ZZZZ', channel: 'C0123ABCD' } } },
    },
  };

  it('asks for what each needs, and for what several need once', () => {
    expect(steps({ alerts }).map(({ title }) => title)).toEqual([
      'Bootstrap CDK',
      'Store the secret of the webhook duty of the route pager',
      'Authorise the Slack workspace T0123ABCD in AWS Chatbot (Amazon Q Developer in chat applications)',
      'Authorise the Slack workspace T9999ZZZZ in AWS Chatbot (Amazon Q Developer in chat applications)',
      'Confirm the subscription of duty@example.com to the route pager',
    ]);
  });

  it('counts the secrets of their webhooks', () => {
    const secrets = idleCost(plan({ alerts })).find(({ what }) => what === 'secrets of webhooks');
    expect(secrets?.count).toBe(4);
  });
});

describe('idle cost', () => {
  const count = (what: string, overlay?: object) =>
    idleCost(plan(overlay)).find((cost) => cost.what.startsWith(what))?.count;

  it('counts interface endpoints by zone, NAT gateways and keys', () => {
    const training = { cluster: { kind: 'batch' } };
    expect(count('interface endpoints')).toBe(0);
    expect(count('interface endpoints', { training })).toBe(14);
    expect(count('interface endpoints', { training, network: { mode: 'isolated', zones: 3 } })).toBe(21);
    expect(count('interface endpoints', { training, network: { mode: 'nat' } })).toBe(0);
    expect(count('NAT gateways', { training, network: { mode: 'nat', gateways: 2 } })).toBe(2);
    expect(count('customer keys')).toBe(3);
  });
});
