import { describe, expect, it } from 'vitest';
import type { AccessEdge, AccessKind } from '../../lib/plan/access';
import { loadPlatformSpec } from '../../lib/plan/load';
import { registryFacts, renderedAccess, specsOfBoth } from '../support/both-clouds';

/** Workloads that both clouds have. What starts and carries them is each cloud's own. */
const SHARED = /^(training|serving\/.*|rollout\/.*|retire|sweep|scorecard|collector)$/;

/** What is the same on both: things of the platform. How a cloud runs a workload differs: its log, its key, its schedule. */
const THINGS: readonly AccessKind[] = [
  'dataset',
  'zone',
  'prefix',
  'repository',
  'model',
  'endpoint',
  'scaling',
  'alarm',
  'parameter',
  'lock',
  'channel',
  'metric',
  'network',
];

const text = ({ workload, verb, kind, name }: AccessEdge): string => `${workload} may ${verb} ${kind} ${name}`;

const things = (edges: readonly AccessEdge[]): readonly string[] =>
  [...new Set(edges.filter(({ workload, kind }) => SHARED.test(workload) && THINGS.includes(kind)).map(text))].sort();

it('containers that run as an account of Vertex AI are no workload on Google Cloud, and all else is the same', () => {
  const of = (serving: object) =>
    renderedAccess(
      loadPlatformSpec({
        name: 'fraud',
        owner: 'a@example.com',
        aws: { account: '111111111111', region: 'eu-central-1' },
        gcp: { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' },
        models: { ranker: { serving } },
      }),
    );
  const { aws, gcp } = of({ gcp: { serviceAccount: 'vertex-ai' } });
  const served = (edges: readonly AccessEdge[]) => edges.filter(({ workload }) => workload === 'serving/ranker');
  expect(served(gcp)).toEqual([]);
  expect(things(gcp)).toEqual(things(aws.filter((edge) => !served(aws).includes(edge))));
  expect(things(of({}).gcp)).toEqual(things(aws));
});

describe.each(specsOfBoth)('access of $title', ({ spec }) => {
  const rendered = renderedAccess(spec);

  it('is the same on both clouds for everything that a platform has', () => {
    const batch = spec.training?.cluster.kind === 'batch';
    // Nodes of a queue of AWS pull the image, have the interfaces and carry the log: there they are workloads of their own.
    const nodes = batch ? [/^training may (pull repository|attach network)/] : [];
    const same = (edges: readonly AccessEdge[]) =>
      things(edges).filter((edge) => !nodes.some((pattern) => pattern.test(edge)));
    expect(same(rendered.gcp)).toEqual(same(rendered.aws));
    expect(same(rendered.aws).length).toBeGreaterThan(spec.training === undefined ? 10 : 20);
  });

  it('is approved by itself and rolled out for the same models', () => {
    const names = (edges: readonly AccessEdge[], kind: AccessKind, verb: string, prefix: string) => [
      ...new Set(
        edges.flatMap((edge) =>
          edge.kind === kind && edge.verb === verb && edge.name.startsWith(prefix)
            ? [edge.name.slice(prefix.length)]
            : [],
        ),
      ),
    ];
    const facts = registryFacts(spec);
    expect(facts.filter(({ approval }) => approval === 'automatic').map(({ model }) => model)).toEqual(
      names(rendered.aws, 'model', 'approve', ''),
    );
    expect(facts.filter(({ rollout }) => rollout !== undefined).map(({ model }) => model)).toEqual(
      names(rendered.aws, 'machine', 'start', 'rollout/'),
    );
  });
});
