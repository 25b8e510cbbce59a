import { describe, expect, it } from 'vitest';
import { loadEveryEnvironment, loadPlatformSpec } from '../../../lib/plan/load';
import { specOn } from '../../../lib/spec/clouds';
import { SpecError } from '../../../lib/spec/problem';

const BASE = { name: 'fraud', owner: 'ml@example.com' };
const AWS = { region: 'eu-central-1' };
const GCP = { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' };

function problems(spec: object) {
  try {
    loadPlatformSpec(spec);
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(({ path, fix }) => `${path}: ${fix}`);
  }
}

describe('where a platform lives', () => {
  it('is AWS, Google Cloud or both', () => {
    expect(problems({ ...BASE, aws: AWS })).toEqual([]);
    expect(problems({ ...BASE, gcp: GCP })).toEqual([]);
    expect(problems({ ...BASE, aws: AWS, gcp: GCP })).toEqual([]);
    expect(problems(BASE)).toEqual([': for example aws: { region: eu-central-1 }']);
  });

  it('may be said by the environments alone', () => {
    const spec = { ...BASE, environments: { dev: { aws: AWS }, prod: { gcp: GCP } } };
    expect([...loadEveryEnvironment(spec).keys()]).toEqual(['dev', 'prod']);
    expect(problems(spec)).toContain(
      "environments: choose one, for example with --environment dev; a program loads it with { environment: 'dev' }",
    );
  });

  it('is missing where a cloud is asked for that the spec says nothing of', () => {
    const spec = loadPlatformSpec({ ...BASE, aws: AWS });
    expect(() => specOn('gcp', spec)).toThrow(/says nothing of where the platform lives on Google Cloud/);
  });
});

describe('what Google Cloud cannot do', () => {
  const gcp = { ...BASE, gcp: GCP };
  const teams = {
    ops: {
      tenant: '00000000-0000-4000-8000-000000000000',
      team: '00000000-0000-4000-8000-000000000001',
      channel: '19%3Aa',
    },
  };

  it('is refused at its path, a whole entry at once', () => {
    expect(problems({ ...gcp, alerts: { teams } })).toEqual([expect.stringMatching(/^alerts\.teams\.ops: remove it/)]);
    expect(problems({ ...BASE, aws: AWS, alerts: { teams } })).toEqual([]);
  });

  it('is left alone where it is switched off, or not said', () => {
    const models = (monitoring: object) => ({ m: { serving: {}, monitoring } });
    expect(problems({ ...gcp, models: models({ disk: '80%' }) })).toEqual([
      expect.stringMatching(/^models\.m\.monitoring\.disk: remove it/),
    ]);
    expect(problems({ ...gcp, models: models({ disk: 'off' }) })).toEqual([]);
    expect(problems({ ...gcp, models: models({}) })).toEqual([]);
  });

  it('is a budget in another currency than dollars, which is told with what it needs', () => {
    expect(() => loadPlatformSpec({ ...gcp, governance: { budget: { monthly: '10 USD' } } })).toThrow(
      /gcp\.billingAccount: is missing.*\n.*a billing account that is billed in US dollars/s,
    );
  });

  it('is said beside what is wrong with where the platform lives, all in one error', () => {
    const found = problems({
      ...BASE,
      gcp: { ...GCP, projectNumber: 'fraud-prod' },
      training: { cluster: { kind: 'managed', accelerator: { type: 'l4', count: 3 } } },
      dataLake: { zones: { raw: {} }, datasets: { a: { zone: 'raw', columns: { x: 'decimal(38,20)' } } } },
    });
    expect(found.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'dataLake.datasets.a.columns.x',
      'gcp.projectNumber',
      'training.cluster.accelerator',
    ]);
  });

  it('is told what it needs to know beside', () => {
    expect(
      problems({
        ...gcp,
        network: { mode: 'existing', aws: { vpc: 'vpc-0a1b2c3d', subnets: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'] } },
        alerts: {
          slack: { ops: { workspace: 'T01FRAUD42', channel: 'C04RISKOPS' } },
          webhooks: { pager: { url: 'https://example.com', secret: 'fraud/pager' } },
        },
        governance: { budget: { monthly: '10 USD' } },
      }).sort(),
    ).toEqual([
      'alerts.slack.ops.gcp: add gcp: { secret: slack-ops }',
      'alerts.webhooks.pager.secret: write fraud-pager',
      'gcp.billingAccount: add gcp.billingAccount, or remove governance.budget',
      'network.gcp: add gcp to network',
    ]);
  });

  it('is told of the attachment by which jobs are in an existing network, whatever runs them', () => {
    const drift = { features: { amount: 'numeric' }, threshold: '40%', reference: 'trained' };
    const trainedOn = { trained: { zone: 'curated', columns: { amount: 'double' } } };
    const dataLake = { zones: { curated: {} }, datasets: trainedOn };
    const watched = { serving: { capture: {} }, monitoring: { drift } };
    const trained = { pipeline: { image: 'v1', steps: { publish: { kind: 'prediction' } } } };
    const missing = (rest: object, network: object = {}) =>
      problems({
        ...gcp,
        network: { mode: 'existing', gcp: { network: 'main', subnetwork: 'ml', ...network } },
        ...rest,
      });
    const batch = { training: { cluster: { kind: 'batch' } } };
    for (const [rest, fix] of [
      [{ training: { cluster: { kind: 'managed' } } }, 'name one, or let trainings run on kind: batch'],
      [{ ...batch, models: { fraud: trained } }, 'name one'],
      [{ dataLake, models: { fraud: watched } }, 'name one'],
    ] as const) {
      expect(missing(rest)).toEqual([`network.gcp.attachment: ${fix}`]);
      expect(missing(rest, { attachment: 'ml' })).toEqual([]);
    }
    expect(missing(batch)).toEqual([]);
  });
});
