import { describe, expect, it } from 'vitest';
import { GCP_CLUSTER_RULES } from '../../../lib/plan/cluster-rules';
import { GCP_FEASIBILITY_CHECKS } from '../../../lib/plan/gcp-feasibility';
import { GCP_REGIONS_WITHOUT_SCHEDULER } from '../../../lib/plan/gcp-region-gaps';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { gcpMachines } from '../../../lib/plan/machines/gcp-machines';
import { planTrainingCluster } from '../../../lib/plan/training-cluster';
import { type PlatformSpec, platformSchema } from '../../../lib/spec/platform';
import type { Finding } from '../../../lib/spec/problem';
import { training } from '../../../lib/spec/training';
import { PREPARED } from '../../support/watched-spec';

const FRAUD = 'examples/fraud-detection/platform.yaml';

const target = (region: string) => ({ project: 'fraud-prod', projectNumber: 123456789012, region });

function findings(spec: PlatformSpec): readonly Finding[] {
  const found: Finding[] = [];
  for (const check of GCP_FEASIBILITY_CHECKS) check(spec, (finding) => found.push(finding));
  return found;
}

const of = (overlay: object, region = 'europe-west4') =>
  findings(platformSchema.parse({ name: 'churn', owner: 'ml@example.com', gcp: target(region), ...overlay }));

const trained = (cluster: object, region?: string) => of({ training: { cluster } }, region);
const served = (serving: object, region?: string) => of({ models: { churn: { serving } } }, region);

const bought = (cluster: object, region = 'europe-west4') => {
  const choice = planTrainingCluster(gcpMachines, training.parse({ cluster }).cluster, region, GCP_CLUSTER_RULES);
  if (!choice.ok) throw new Error(choice.findings.map(({ message }) => message).join('; '));
  return choice.plan.purchases.map(({ capacity, machines }) => [capacity, machines.map(({ name }) => name)]);
};

describe('a spec on Google Cloud', () => {
  it.each(['dev', 'staging', 'prod'])('as that of the fraud team, %s, can be had in the Netherlands', (environment) => {
    const spec = {
      ...loadPlatformSpec(FRAUD, { environment }),
      gcp: platformSchema.shape.gcp.parse(target('europe-west4')),
    };
    expect(findings(spec)).toEqual([]);
  });

  it('of the fraud team names what Frankfurt does not train on', () => {
    const spec = {
      ...loadPlatformSpec(FRAUD, { environment: 'prod' }),
      gcp: platformSchema.shape.gcp.parse(target('europe-west3')),
    };
    expect(findings(spec)).toMatchObject([
      {
        path: ['training', 'cluster', 'accelerator'],
        received: '1 × l4, spot',
        allowed: expect.stringContaining('region: europe-west4'),
        fix: expect.stringMatching(/^for example /),
      },
    ]);
  });

  const stepped = (kind: string, maxRuntime: string, more: object = {}) => {
    const train = { kind, image: 'a-1', outputs: ['model'], maxRuntime };
    const models = { churn: { pipeline: { steps: { train, ...more } } } };
    return of({ training: { cluster: { kind: 'batch', accelerator: { type: 'l4' } } }, models });
  };

  it.each(['training', 'cluster-training'])('lets a step of kind %s end before its task is cancelled', (kind) => {
    expect(stepped(kind, '6 days')).toEqual([]);
    expect(stepped(kind, '145 hours')).toEqual([
      {
        path: ['models', 'churn', 'pipeline', 'steps', 'train', 'maxRuntime'],
        message: 'Vertex AI cancels a task of a pipeline after 7 days, and that of a step waits for machines too',
        allowed: '1 minute to 6 days',
        fix: 'write maxRuntime: 6 days and add nodes or accelerators, or make two trainings of it, the second of which reads the model of the first',
      },
    ]);
    const further = { kind, image: 'a-1', inputs: { begun: 'train.model' }, outputs: ['model'], maxRuntime: '6 days' };
    expect(stepped(kind, '6 days', { further })).toEqual([]);
  });

  it('is not judged without a target there', () => {
    const spec = platformSchema.parse({
      name: 'churn',
      owner: 'ml@example.com',
      aws: { region: 'eu-central-1' },
      training: { cluster: { kind: 'managed', accelerator: { type: 'a10g' } } },
      models: { churn: { serving: { accelerator: { type: 'a10g' } } } },
    });
    expect(findings(spec)).toEqual([]);
  });
});

describe('a training cluster on Google Cloud', () => {
  it('is never given H200, B200 or a small H100 machine on demand', () => {
    for (const accelerator of [
      { type: 'h200', count: 8 },
      { type: 'b200', count: 8 },
      { type: 'h100', count: 1 },
    ])
      for (const kind of ['managed', 'batch']) {
        expect(trained({ kind, accelerator }, 'us-central1')).toMatchObject([
          {
            path: ['training', 'cluster', 'accelerator'],
            allowed: 'capacity: spot',
            fix: 'for example capacity: spot',
          },
        ]);
        expect(trained({ kind, accelerator, capacity: 'spot' }, 'us-central1')).toEqual([]);
      }
  });

  it('falls back from spot to on demand only on machines that are sold so', () => {
    const batch = { kind: 'batch', capacity: 'spot' };
    expect(bought({ ...batch, accelerator: { type: 'l4' } })).toEqual([
      ['spot', ['g2-standard-4']],
      ['on-demand', ['g2-standard-4']],
    ]);
    expect(bought({ ...batch, accelerator: { type: 'h200', count: 8 } })).toEqual([['spot', ['a3-ultragpu-8g']]]);
  });

  it('may have several spot nodes, which no service of Google refuses', () => {
    for (const kind of ['managed', 'batch'])
      expect(trained({ kind, nodes: 4, capacity: 'spot', accelerator: { type: 'l4' } })).toEqual([]);
  });

  it.each([
    [{ accelerator: { type: 'l4' } }, 14],
    [{ accelerator: { type: 'h100', count: 8 } }, 7],
    [{ accelerator: { type: 'h100', count: 8 }, capacity: 'spot' }, 7],
    [{ accelerator: { type: 'h200', count: 8 }, capacity: 'spot' }, 14],
  ])('of kind batch with %o runs for at most %i days', (written, days) => {
    const lasting = (maxRuntime: string) => trained({ kind: 'batch', ...written, maxRuntime });
    expect(lasting(`${days} days`)).toEqual([]);
    expect(lasting(`${days + 1} days`)).toMatchObject([
      { path: ['training', 'cluster', 'maxRuntime'], fix: expect.stringContaining(`maxRuntime: ${days} days`) },
    ]);
    expect(trained({ kind: 'managed', ...written, maxRuntime: `${days + 1} days` })).toEqual([]);
  });

  it('has all its faults said at once', () => {
    expect(
      trained({ kind: 'batch', machine: 'small', maxRuntime: '20 days', nodes: 9 }, 'africa-south1').map(({ path }) =>
        path.at(-1),
      ),
    ).toEqual(['machine', 'maxRuntime', 'nodes']);
  });
});

describe('a machine that serves on Google Cloud', () => {
  it('is found, with an accelerator or of a size', () => {
    expect(served({ accelerator: { type: 'l4' } })).toEqual([]);
    expect(served({ machine: 'large' })).toEqual([]);
  });

  it('is an error with a fix that is taken', () => {
    const [finding, ...more] = served({ accelerator: { type: 'l4', count: 3 } });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ path: ['models', 'churn', 'serving', 'accelerator'], received: '3 × l4' });
    expect(finding?.message).toContain('no machine for hosting in europe-west4 has exactly 3 × l4');
    const [, type, count] = /type: ([\w-]+), count: (\d+)/.exec(finding?.fix ?? '') ?? [];
    expect(served({ accelerator: { type, count: Number(count) } })).toEqual([]);
  });

  it('is not one that is only sold as spot', () => {
    const [finding] = served({ accelerator: { type: 'h100', count: 1 } });
    expect(finding?.message).toContain('cannot be had as on-demand capacity for hosting');
    expect(finding?.allowed).toContain('accelerator: { type: h100, count: 8 }');
    expect(finding?.allowed).not.toContain('spot');
  });
});

describe('accounts that Vertex AI runs things as', () => {
  const many = (count: number, model: object) =>
    of({ models: Object.fromEntries(Array.from({ length: count }, (_, i) => [`model-${i}`, model])) });

  it('are refused beyond those that it serves as, with what to do', () => {
    expect(many(20, { serving: {} })).toEqual([]);
    expect(many(25, { serving: {} })).toEqual([
      {
        path: ['models'],
        at: 'key',
        message: 'are too many: Vertex AI serves as 20 accounts of a project in a region at most',
        received: '25 models that serve as an account of their own',
        allowed: '20 models with own on Google Cloud, and any number with serving.gcp.serviceAccount: vertex-ai',
        fix: 'write serving: { gcp: { serviceAccount: vertex-ai } } for models whose container needs nothing but its artifacts, or move models to a platform in another project',
      },
    ]);
    expect(many(25, { serving: { gcp: { serviceAccount: 'vertex-ai' } } })).toEqual([]);
  });

  it('are refused beyond those that it trains as', () => {
    const drift = { features: { amount: 'numeric' }, reference: 'trained' };
    const watched = { pipeline: PREPARED, serving: { capture: {} }, monitoring: { drift } };
    expect(many(10, watched)).toEqual([]);
    expect(many(11, watched)).toEqual([
      {
        path: ['models'],
        at: 'key',
        message: 'are too many: Vertex AI trains as 20 accounts of a project in a region at most',
        received: '22 pipelines, drift watches and managed clusters, each of which trains as an account',
        allowed: '20 pipelines, drift watches and managed clusters in all, on Google Cloud',
        fix: 'move models to a platform in another project',
      },
    ]);
  });
});

describe('a region of Google Cloud without Cloud Scheduler', () => {
  it('has no models, which are looked after by the clock', () => {
    const gaps = (region: string) =>
      of({ models: { churn: {} } }, region).filter(({ message }) => message.includes('Cloud Scheduler'));
    for (const region of GCP_REGIONS_WITHOUT_SCHEDULER)
      expect(gaps(region), region).toEqual([
        expect.objectContaining({
          path: ['models', 'churn'],
          message: expect.stringContaining(`${region} has no Cloud Scheduler, which `),
          allowed: expect.stringContaining('southamerica-west1'),
        }),
      ]);
    expect(gaps('southamerica-east1')).toEqual([]);
  });

  it('is good for what no clock starts', () => {
    const batch = { kind: 'batch', accelerator: { type: 'l4' } };
    const lake = { zones: { raw: {} }, datasets: { events: { zone: 'raw', columns: { id: 'string' } } } };
    expect(of({ dataLake: lake, models: {} }, 'southamerica-west1')).toEqual([]);
    expect(trained(batch, 'europe-southwest1').filter(({ message }) => message.includes('Scheduler'))).toEqual([]);
  });
});
