import { describe, expect, it } from 'vitest';
import { SERVICE_AGENTS, type ServiceAgent } from '../../../lib/gcp/services/service-agents';
import type { AccessEdge } from '../../../lib/plan/access';
import { planGcpAccess } from '../../../lib/plan/gcp-access';
import { loadPlatformSpec } from '../../../lib/plan/load';
import type { PlanOn } from '../../../lib/plan/platform-plan';
import { hasOwnAccount } from '../../../lib/spec/serving';
import { exampleSpec } from '../../support/example-files';
import { GCP_EXAMPLES, synthGcpPlatform } from '../../support/examples-gcp';
import {
  accessListsIn,
  type Binding,
  bindingsIn,
  customRolesIn,
  READ_TYPES,
  workloadBindings,
} from '../../support/gcp-iam';
import {
  CUSTOM_ROLES,
  edgeGrants,
  grantText,
  NEEDS_NO_GRANT,
  needsNoGrant,
  parts,
  plannedGrants,
  RUNS_WITH,
} from '../../support/gcp-permissions';
import { datasets } from '../../support/many-datasets';
import { EVERY_KIND, ON_CLUSTER, pipelinePlatform, WITH_CLUSTER } from '../../support/pipeline-spec';
import { resourcesOf, type TerraformStack } from '../../support/terraform-stacks';
import { PREPARED } from '../../support/watched-spec';

const edgeText = ({ workload, verb, kind, name }: AccessEdge): string => `${workload} may ${verb} ${kind} ${name}`;

const GCP = { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' };
const platform = (more: object) => loadPlatformSpec({ name: 'fraud', owner: 'a@example.com', gcp: GCP, ...more });
const MANY = datasets(30, ['raw', 'curated']);
const IN_ONE_ZONE = datasets(100, ['raw']);

/** Reads no dataset, registers nothing, and nobody but a person starts it. */
const BARE = { image: 'a-1', steps: { guess: { kind: 'prediction' } } };

const CASES = [
  ...GCP_EXAMPLES.map((example) => ({ title: example.title, spec: exampleSpec(example) })),
  {
    title: 'trainings that read thirty datasets',
    spec: platform({
      dataLake: { zones: { raw: {}, curated: {} }, datasets: MANY },
      training: { cluster: { kind: 'managed' }, reads: Object.keys(MANY) },
    }),
  },
  {
    title: 'trainings that read a hundred datasets of one zone',
    spec: platform({
      dataLake: { zones: { raw: {} }, datasets: IN_ONE_ZONE },
      training: { cluster: { kind: 'batch' }, reads: Object.keys(IN_ONE_ZONE) },
    }),
  },
  {
    title: 'trainings and models in a network of somebody else',
    spec: platform({
      network: {
        mode: 'existing',
        gcp: { network: 'shared', subnetwork: 'ml', attachment: 'ml', hostProject: 'network-host' },
      },
      training: { cluster: { kind: 'managed' } },
      models: { ranker: { serving: { gcp: { access: 'public' } } } },
    }),
  },
  {
    title: 'forty models that serve, half of them as an account of their own',
    spec: platform({
      models: Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [
          `model-${i}`,
          { serving: { capture: {}, gcp: { serviceAccount: i < 20 ? 'own' : 'vertex-ai' } } },
        ]),
      ),
    }),
  },
  {
    title: 'models whose drift and quality are watched',
    spec: platform({
      dataLake: {
        zones: { curated: {} },
        datasets: {
          labels: { zone: 'curated', columns: { payment: 'string', fraud: 'string' } },
          trained: { zone: 'curated', columns: { amount: 'double', prediction: 'double' } },
        },
      },
      training: { cluster: { kind: 'managed' } },
      models: {
        detector: {
          serving: { capture: {} },
          monitoring: {
            drift: { features: { amount: 'numeric' }, prediction: { type: 'numeric' }, reference: 'trained' },
            quality: {
              labels: {
                dataset: 'labels',
                requestId: 'payment',
                requestField: 'payment_id',
                column: 'fraud',
                positive: '1',
              },
              metric: 'auc',
              atLeast: 0.8,
            },
          },
        },
        ranker: {
          pipeline: PREPARED,
          serving: { capture: {} },
          monitoring: { drift: { features: { amount: 'numeric' } } },
        },
      },
    }),
  },
  {
    title: 'models that a pipeline makes',
    spec: loadPlatformSpec(
      pipelinePlatform(EVERY_KIND, {
        models: { detector: { pipeline: EVERY_KIND, serving: {} }, bare: { pipeline: BARE } },
      }),
    ),
  },
  {
    title: 'a model that a pipeline makes on the batch cluster',
    spec: loadPlatformSpec(pipelinePlatform(ON_CLUSTER, WITH_CLUSTER)),
  },
  {
    title: 'alerts that go by routes',
    spec: platform({
      alerts: {
        webhooks: { 'on-call-pager': { url: 'https://example.com', secret: 'pager-token' } },
        routes: {
          'on-call': {
            slack: { ops: { workspace: 'T0123ABCD', channel: 'C0123ABCD', gcp: { secret: 'slack-bot' } } },
            webhooks: { pager: { url: 'https://example.com', secret: 'pager-token' } },
          },
          mail: { email: ['b@example.com'] },
        },
      },
      models: { ranker: { serving: {}, monitoring: { errorRate: { route: 'on-call' }, cpu: { route: 'mail' } } } },
    }),
  },
];

/** Grants of Google's agents, as the table of agents has them. */
function agentGrants({ names, spec }: PlanOn<'gcp'>): readonly string[] {
  const { alerts, gcp, governance, models, network, training } = spec;
  const topics = {
    alerts: ['alerts', ...Object.keys(alerts.routes).map((route) => `route-${route}`)],
    spend: governance.budget === undefined || gcp.billingAccount === undefined ? [] : ['spend'],
    runs: Object.entries(models).flatMap(([model, { pipeline }]) =>
      Object.values(pipeline?.triggers ?? {}).some(({ signal }) => signal !== undefined) ? [`runs-${model}`] : [],
    ),
  };
  const captured = Object.keys(models).filter((model) => models[model]?.serving?.capture !== undefined);
  const datasets = { captures: captured.map((model) => names.of('database', 'captures', model)) };
  const own = Object.entries(models).filter(([, { serving }]) => serving !== undefined && hasOwnAccount(serving));
  const accounts = { serving: own.map(([model]) => names.of('serviceAccount', 'serving', model)) };
  const jobs = Object.values(models).some(
    ({ pipeline, monitoring }) => pipeline !== undefined || monitoring?.drift !== undefined,
  );
  const attaches = network.mode !== 'existing' && (jobs || training?.cluster.kind === 'managed');
  return Object.values(SERVICE_AGENTS).flatMap(({ address, encrypts, publishes, fills, runsAs, may }: ServiceAgent) => {
    const to = `serviceAccount:${address.replace('{n}', String(gcp.projectNumber))}`;
    const ring = `projects/${gcp.project}/locations/${gcp.region}/keyRings/${names.slug}-keys`;
    return [
      ...Object.keys(encrypts).map(
        (key) => `${to}: roles/cloudkms.cryptoKeyEncrypterDecrypter on kms_crypto_key ${ring}/cryptoKeys/${key}`,
      ),
      ...(Object.keys(publishes) as (keyof typeof topics)[])
        .flatMap((kind) => topics[kind])
        .map((topic) => `${to}: roles/pubsub.publisher on pubsub_topic ${gcp.project}.${names.slug}-${topic}`),
      ...(Object.entries(fills) as [keyof typeof datasets, string][]).flatMap(([kind, role]) =>
        datasets[kind].map((dataset) => `${to}: ${role} on bigquery_dataset ${gcp.project}.${dataset}`),
      ),
      ...(Object.entries(runsAs) as [keyof typeof accounts, string][]).flatMap(([kind, role]) =>
        accounts[kind].map(
          (account) =>
            `${to}: ${role} on service_account projects/${gcp.project}/serviceAccounts/${account}@${gcp.project}.iam.gserviceaccount.com`,
        ),
      ),
      ...Object.values(may).map(
        (permissions = []) =>
          `${to}: ${attaches ? `{${[...permissions].sort().join(', ')}} on project ${gcp.project}` : 'nothing'}`,
      ),
    ].filter((text) => !text.endsWith(': nothing'));
  });
}

/** Grants to others than workloads and beside the table of agents, and why. */
const OTHERS: readonly { readonly grant: RegExp; readonly why: string }[] = [
  {
    grant:
      /^serviceAccount:<google_bigquery_connection\.\S+ cloud_resource\S+>: roles\/storage\.(objectUser|legacyBucketReader) on storage_bucket [a-z0-9-]+-tables-[a-z0-9-]+$/,
    why: 'BigQuery keeps the files of managed Iceberg tables as the account of a connection, which Google makes',
  },
  {
    grant:
      /^<google_logging_project_sink\.\S+ writer_identity>: roles\/pubsub\.publisher on pubsub_topic \S+-runs-\S+$/,
    why: 'Logging publishes changes of tables as an account that it makes up with the sink',
  },
];

/** Grants of roles whose name says that they edit or administer, and why nothing narrower does. */
const WIDE: readonly { readonly grant: RegExp; readonly why: string }[] = [
  {
    grant: /@gcp-sa-aiplatform\S+: roles\/bigquery\.dataEditor on bigquery_dataset \S+_captures_\S+$/,
    why: 'Vertex AI makes its tables there, and no narrower role makes any',
  },
  {
    grant: /@gcp-sa-aiplatform\S+: roles\/iam\.serviceAccountAdmin on service_account \S+-serving-\S+$/,
    why: 'Vertex AI deploys what runs as an account where its agent has this role on it, of which no part is documented',
  },
];

const toWhom = (binding: Binding): string => `${binding.member}: ${grantText(binding)}`;

describe.each(CASES)('IAM of $title', ({ spec }) => {
  const synthesised = synthGcpPlatform(spec);
  const { plan } = synthesised.platform;
  const workloads = workloadBindings(synthesised);
  const all = bindingsIn(synthesised.stacks);

  it('grants workloads what the access plan says, what running them takes, and nothing else', () => {
    for (const { path, access, bindings } of workloads)
      expect(bindings.map(grantText).flatMap(parts).sort(), path).toEqual(plannedGrants(access, plan));
  });

  it('has a grant for every edge, unless a reason says why it needs none', () => {
    const without = workloads
      .flatMap(({ access }) => access)
      .filter((edge) => !needsNoGrant(edge) && edgeGrants(edge, plan).length === 0);
    expect(without.map(edgeText)).toEqual([]);
  });

  it('renders exactly the edges of the plan', () => {
    const rendered = workloads.flatMap(({ access }) => access.map(edgeText));
    expect(rendered.sort()).toEqual(plan.access.map(edgeText).sort());
    expect(plan.access).toEqual(planGcpAccess(plan.spec, plan.names));
  });

  it('grants agents what their table says', () => {
    const ofWorkloads = new Set(workloads.flatMap(({ bindings }) => bindings.map(({ address }) => address)));
    const others = all
      .filter(({ address }) => !ofWorkloads.has(address))
      .map(toWhom)
      .filter((text) => !OTHERS.some(({ grant }) => grant.test(text)));
    expect(others.sort()).toEqual([...agentGrants(plan)].sort());
  });

  it('gives no basic role, none that administers, and none to everybody', () => {
    for (const binding of all) {
      const text = toWhom(binding);
      expect(text).not.toMatch(/roles\/(owner|editor|viewer|browser) /);
      if (!WIDE.some(({ grant }) => grant.test(text))) expect(text).not.toMatch(/: roles\/\S*(admin|editor|owner)\b/i);
      expect(text).not.toMatch(/allUsers|allAuthenticatedUsers|domain:/);
      // Acting as an account is of that account alone: on a project it would be every account.
      if (binding.on.startsWith('project ')) expect(text).not.toMatch(/serviceAccount(User|TokenCreator)/);
    }
  });

  it('lets custom roles do what is written down of each', () => {
    const { slug } = plan.names;
    const written = (id: string) =>
      CUSTOM_ROLES[
        id
          .replace(`projects/${GCP.project}`, '')
          .replace(/^.*\/roles\//, '')
          .replace(`${slug.replaceAll('-', '_')}_`, '')
      ];
    for (const { id, permissions } of customRolesIn(synthesised.stacks)) expect(permissions, id).toEqual(written(id));
    const known = new Set(customRolesIn(synthesised.stacks).map(({ id }) => id));
    for (const { role, address } of all) if (role.startsWith('projects/')) expect(known.has(role), address).toBe(true);
  });

  it('lets whatever starts a workflow start it, be it a clock or a message', () => {
    const starters = synthesised.stacks.flatMap(startersIn);
    const allowed = all.filter(
      ({ role, on }) => role === 'roles/workflows.invoker' && on === `project ${plan.spec.gcp.project}`,
    );
    const members = allowed.map(({ member }) => member);
    expect(starters.filter((email) => !members.includes(`serviceAccount:${email}`))).toEqual([]);
  });

  it('grants by additive members alone, of types that this test reads', () => {
    const iam = synthesised.stacks.flatMap(resourcesOf).filter(({ type }) => /_iam_/.test(type));
    const unread = iam.filter(
      ({ type }) =>
        !READ_TYPES.includes(type) &&
        !['google_project_iam_custom_role', 'google_project_iam_audit_config'].includes(type),
    );
    expect(unread.map(({ address }) => address)).toEqual([]);
    expect(synthesised.stacks.flatMap(accessListsIn)).toEqual([]);
  });

  it('keeps the limits of IAM', () => {
    expect(overLimits(all)).toEqual([]);
    expect(customRolesIn(synthesised.stacks).length).toBeLessThan(300);
  });
});

/**
 * Addresses of the accounts as which Scheduler and Eventarc start workflows. Sources: Workflows documentation, "Schedule a
 * workflow using Cloud Scheduler"; Eventarc documentation, "Roles and permissions for Workflows targets".
 */
const startersIn = (stack: TerraformStack): readonly string[] =>
  resourcesOf(stack).flatMap(({ type, body }) => {
    if (type === 'google_eventarc_trigger') return String(body.service_account);
    if (type !== 'google_cloud_scheduler_job') return [];
    const { uri, oauth_token: token } = body.http_target as {
      readonly uri: string;
      readonly oauth_token: { readonly service_account_email: string };
    };
    expect(uri).toMatch(/^https:\/\/workflowexecutions\.googleapis\.com\//);
    return token.service_account_email;
  });

/**
 * Policies that IAM would refuse. Source: IAM documentation, "Quotas and limits" (logical operators of a condition, bindings
 * of one role and principal with other conditions), "Overview of IAM Conditions" (conditional bindings of a policy).
 */
function overLimits(bindings: readonly Binding[]): readonly string[] {
  const conditional = bindings.filter(({ condition }) => condition !== undefined);
  const grouped = (keyOf: (binding: Binding) => string, most: number) => {
    const conditions = new Map<string, Set<string>>();
    for (const binding of conditional) {
      const key = keyOf(binding);
      conditions.set(key, (conditions.get(key) ?? new Set()).add(`${binding.role} ${binding.condition}`));
    }
    return [...conditions].flatMap(([key, { size }]) =>
      size > most ? [`${key}: ${size} conditions, ${most} are allowed`] : [],
    );
  };
  return [
    ...conditional.flatMap(({ condition = '', address }) =>
      condition.split(/\|\||&&|!(?!=)/).length - 1 > 12 ? [`${address}: more than 12 operators`] : [],
    ),
    ...grouped(({ on, role, member }) => `${on} ${role} ${member}`, 20),
    ...grouped(({ on }) => on, 100),
  ];
}

describe('what is written down', () => {
  const synthesised = CASES.map(({ spec }) => synthGcpPlatform(spec));
  const used = synthesised.flatMap(({ platform }) => platform.plan.access);

  it('is of edges and workloads that there are', () => {
    for (const exception of NEEDS_NO_GRANT)
      expect(used.some((edge) => exception.kind === edge.kind && exception.workload.test(edge.workload))).toBe(true);
    for (const { workload } of RUNS_WITH) expect(used.some((edge) => workload.test(edge.workload))).toBe(true);
  });

  it('is of platforms in which something starts workflows, by a clock and by messages', () => {
    const starters = synthesised.flatMap(({ stacks }) => stacks.flatMap(startersIn));
    for (const account of ['clock', 'runs', 'trainings', 'wakes']) expect(starters.join()).toContain(`-${account}-`);
  });

  it('says why', () => {
    for (const { why } of [...NEEDS_NO_GRANT, ...RUNS_WITH, ...OTHERS, ...WIDE]) expect(why.length).toBeGreaterThan(20);
  });
});
