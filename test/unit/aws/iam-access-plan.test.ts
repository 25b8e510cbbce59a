import { describe, expect, it } from 'vitest';
import { NO_RESOURCE_LEVEL } from '../../../lib/aws/policy/no-resource-level';
import type { AccessEdge } from '../../../lib/plan/access';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { EXAMPLE_CASES, exampleSpec, synthPlatform } from '../../support/examples';
import { workloadPermissions } from '../../support/iam';
import { LARGE_PIPELINE, ON_AWS_ALONE } from '../../support/large-pipeline';
import { readsAll } from '../../support/many-datasets';
import { covers } from '../../support/permissions';
import { loadedPipeline, ON_CLUSTER, WITH_CLUSTER } from '../../support/pipeline-spec';
import { loadedWatched } from '../../support/watched-spec';

const edgeText = ({ workload, verb, kind, name }: AccessEdge): string => `${workload} may ${verb} ${kind} ${name}`;

const PAGER = { url: 'https://example.com', secret: 'pager-token' };

const CASES = [
  ...EXAMPLE_CASES.map((example) => ({ title: example.title, spec: exampleSpec(example) })),
  { title: 'a model whose drift and quality are watched', spec: loadedWatched() },
  { title: 'trainings that read thirty datasets', spec: readsAll(30, ['raw', 'curated']) },
  { title: 'a model whose runs start by schedule and new data', spec: loadedPipeline() },
  { title: 'a model whose pipeline is so large that it is a file', spec: loadedPipeline(LARGE_PIPELINE, ON_AWS_ALONE) },
  { title: 'a model that is trained on the batch cluster', spec: loadedPipeline(ON_CLUSTER, WITH_CLUSTER) },
  {
    title: 'alerts that go by routes',
    spec: loadPlatformSpec({
      name: 'fraud',
      owner: 'a@example.com',
      aws: { region: 'eu-central-1' },
      alerts: {
        webhooks: { 'on-call-pager': PAGER },
        routes: { 'on-call': { webhooks: { pager: PAGER } }, mail: { email: ['b@example.com'] } },
      },
      models: { ranker: { serving: {}, monitoring: { noTraffic: { route: 'on-call' }, cpu: { route: 'mail' } } } },
    }),
  },
];

describe.each(CASES)('IAM of $title', ({ spec }) => {
  const synthesised = synthPlatform(spec);
  const { plan } = synthesised.platform;
  const workloads = workloadPermissions(synthesised);

  it('grants nothing that the access plan does not say', () => {
    const unplanned = workloads.flatMap(({ path, access, permissions }) =>
      permissions
        .filter((permission) => !access.some((edge) => covers(permission, edge, plan)))
        .map(({ action, resource, condition }) => `${path}: ${action} on ${resource} ${condition}`),
    );
    expect(unplanned).toEqual([]);
  });

  it('grants everything that the access plan says', () => {
    const missing = workloads.flatMap(({ access, permissions }) =>
      access.filter((edge) => !permissions.some((permission) => covers(permission, edge, plan))).map(edgeText),
    );
    expect(missing).toEqual([]);
  });

  it('renders exactly the edges of the plan', () => {
    expect(workloads.flatMap(({ access }) => access.map(edgeText)).sort()).toEqual(plan.access.map(edgeText).sort());
  });

  it('uses * only for actions without a resource level', () => {
    const wide = workloads.flatMap(({ permissions }) => permissions.filter(({ resource }) => resource === '*'));
    expect(wide.filter(({ action }) => !(action in NO_RESOURCE_LEVEL))).toEqual([]);
    expect(workloads.flatMap(({ permissions }) => permissions.filter(({ action }) => action.includes('*')))).toEqual(
      [],
    );
  });

  it('has no inline policy, and no role beside those of workloads and receivers', () => {
    for (const { template } of synthesised.templates)
      for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
        expect(Type, id).not.toBe('AWS::IAM::Policy');
        if (Type === 'AWS::IAM::Role') expect(Properties?.Policies, id).toBeUndefined();
        const arns = JSON.stringify(Properties?.ManagedPolicyArns ?? []);
        expect(arns, id).not.toContain(':iam::aws:policy/');
      }
  });
});

describe('models whose names begin with one another', () => {
  const spec = loadPlatformSpec({
    name: 'fraud',
    owner: 'a@example.com',
    aws: { region: 'eu-central-1' },
    models: { risk: { serving: { capture: {} } }, 'risk-eu': { serving: { capture: {} } } },
  });
  const risk = workloadPermissions(synthPlatform(spec))
    .filter(({ access }) => access.some(({ workload }) => /^(rollout|serving)\/risk$/.test(workload)))
    .flatMap(({ permissions }) => permissions.map(({ action, resource }) => `${action} on ${resource}`));

  /** What there is of a model, as the ends of ARNs. */
  const thingsOf = (model: string): readonly string[] => {
    const endpoint = `fraud-${model}`;
    const served = `${endpoint}--3-0a1b2c3d`;
    return [
      `:endpoint/${endpoint}`,
      `:endpoint-config/${served}`,
      `:model/${served}`,
      `:alarm:${served}-errorRate`,
      `:alarm:${endpoint}--no-traffic`,
      `:alarm:TargetTracking-endpoint/${endpoint}/variant/main-AlarmHigh-0a1b`,
      `:log-group:/aws/sagemaker/Endpoints/${endpoint}:log-stream:main`,
      `:parameter/mlops/fraud/models/${model}/champion`,
      `:model-package/fraud-${model}/3`,
      `/serving/captures/${model}/main/2026/01/01/00/a.jsonl`,
    ];
  };
  const covering = (thing: string): readonly string[] => {
    const [kind = ''] = /^[:/][^:/]+[:/]/.exec(thing) ?? [];
    return risk.filter((permission) => {
      const at = permission.indexOf(kind);
      const pattern = permission
        .slice(at)
        .split('*')
        .map((part) => part.replace(/[.+^$()|[\]{}?\\]/g, '\\$&'));
      return at >= 0 && new RegExp(`^${pattern.join('.*')}$`).test(thing);
    });
  };

  it.each(thingsOf('risk'))('one may do something with its own %s', (thing) => {
    expect(covering(thing)).not.toEqual([]);
  });

  it.each(thingsOf('risk-eu'))('and nothing with %s of the other', (thing) => {
    expect(covering(thing)).toEqual([]);
  });
});
