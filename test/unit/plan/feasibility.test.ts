import { describe, expect, it } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { AWS_REGION_GAPS } from '../../../lib/plan/region-gaps';
import { SpecError } from '../../../lib/spec/problem';
import { ON_CLUSTER, WITH_CLUSTER } from '../../support/pipeline-spec';

const problems = (overlay: object) => {
  try {
    loadPlatformSpec({ name: 'churn', owner: 'ml@example.com', aws: { region: 'eu-central-1' }, ...overlay });
    return [];
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
};

const training = (cluster: object, region = 'eu-central-1') => problems({ aws: { region }, training: { cluster } });

describe('feasibility', () => {
  it('lets pass what the cloud has', () => {
    expect(training({ kind: 'managed', accelerator: { type: 'l4' } })).toEqual([]);
    expect(problems({ models: { churn: {} }, governance: { budget: { monthly: '100 USD' } } })).toEqual([]);
  });

  it('lists what exists where an accelerator does not', () => {
    const [problem] = training({ kind: 'batch', accelerator: { type: 'l4', count: 1 } }, 'eu-west-1');
    expect(problem).toMatchObject({ path: expect.stringContaining('training.cluster.accelerator') });
    expect(problem?.message).toContain('eu-west-1');
    expect(problem?.allowed).toMatch(/type: a10g|region: /);
  });

  it('refuses several nodes on spot machines where the service does', () => {
    const cluster = { kind: 'batch', capacity: 'spot', nodes: 2, accelerator: { type: 'l4', count: 1 } };
    expect(training(cluster)).toHaveLength(1);
    expect(training({ ...cluster, capacity: 'on-demand' })).toEqual([]);
    expect(training({ ...cluster, kind: 'managed' })).toEqual([]);
  });

  it.each([
    ['chat', { alerts: { slack: { ops: { workspace: 'T0123ABCD', channel: 'C0123ABCD' } } } }, 'alerts.slack.ops'],
    [
      'webhook',
      { alerts: { webhooks: { pager: { url: 'https://example.com', secret: 'pager' } } } },
      'alerts.webhooks.pager',
    ],
    ['pipe', { models: { churn: { pipeline: ON_CLUSTER } }, ...WITH_CLUSTER }, 'models.churn.pipeline.steps.train'],
    ['budget', { governance: { budget: { monthly: '100 USD' } } }, 'governance.budget'],
    ['registry', { models: { churn: {} } }, 'models.churn'],
  ] as const)('refuses %s in regions without it', (service, overlay, path) => {
    for (const region of AWS_REGION_GAPS[service].regions)
      expect(
        problems({ ...overlay, aws: { region } }).map((problem) => problem.path),
        region,
      ).toContain(path);
  });
});
