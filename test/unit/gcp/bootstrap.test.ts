import { describe, expect, it } from 'vitest';
import { creationCommands } from '../../../lib/gcp/bootstrap/agent-steps';
import { apisOfCommands } from '../../../lib/gcp/bootstrap/command-apis';
import { bootstrapSteps } from '../../../lib/gcp/bootstrap/steps';
import {
  AGENTS_TO_MAKE,
  agentMember,
  agentsThat,
  SERVICE_AGENTS,
  tableRow,
} from '../../../lib/gcp/services/service-agents';
import { countAccounts } from '../../../lib/plan/gcp-accounts';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { planPlatform } from '../../../lib/plan/platform-plan';
import { specOn } from '../../../lib/spec/clouds';
import { exampleSpec } from '../../support/example-files';
import { GCP_EXAMPLES, synthGcpPlatform } from '../../support/examples-gcp';
import { EVERY_KIND, ON_CLUSTER, pipelinePlatform, WITH_CLUSTER } from '../../support/pipeline-spec';
import { resourcesOf } from '../../support/terraform-stacks';

const GCP = { project: 'churn-prod', projectNumber: 123456789012, region: 'europe-west4' };
const steps = (overlay: object = {}) =>
  bootstrapSteps(
    planPlatform(specOn('gcp', loadPlatformSpec({ name: 'churn', owner: 'ml@example.com', gcp: GCP, ...overlay }))),
  );
/** A model whose containers run as an account that Vertex AI keeps. */
const AS_VERTEX_AI = { serving: { gcp: { access: 'public', serviceAccount: 'vertex-ai' } } } as const;
const text = (overlay?: object) => JSON.stringify(steps(overlay));
const titles = (overlay?: object) => steps(overlay).map(({ title }) => title);
const commands = (overlay?: object) => steps(overlay).flatMap((step) => step.commands);

/** APIs that the commands of gcloud call, by their group; what is in another project is turned on by its owner. */
const CALLS: Readonly<Record<string, string>> = {
  'bq show': 'bigquery',
  'gcloud auth': 'serviceusage',
  'gcloud billing': 'cloudbilling',
  'gcloud compute': 'compute',
  'gcloud iam': 'iam',
  'gcloud projects': 'cloudresourcemanager',
  'gcloud secrets': 'secretmanager',
  'gcloud services': 'serviceusage',
  'gcloud storage': 'storage',
};

const EVERYTHING = {
  gcp: { ...GCP, state: { bucket: 'churn-state' }, billingAccount: '01AB23-45CD67-89EF01' },
  alerts: { webhooks: { pager: { url: 'https://example.com', secret: 'pager-token' } } },
  governance: { budget: { monthly: '100 USD' } },
  network: { mode: 'existing', gcp: { network: 'main', subnetwork: 'ml', hostProject: 'shared-net' } },
  training: { cluster: { kind: 'batch', maxNodes: 2 } },
  models: { ranker: { serving: {} } },
};

describe('bootstrap on Google Cloud', () => {
  it('makes every agent that a key or a topic is granted to, after its API is on', () => {
    expect(titles()).toEqual([
      'Turn on the APIs that come before the first deployment',
      'Let whoever deploys make what is in churn-prod, if that is no owner of it',
      'Make the agents of the services',
      'Give the agents the roles that their services work with',
    ]);
    const printed = commands();
    const made = printed.filter((line) => /identity create|service-agent --|encryption_service_account/.test(line));
    expect(made).toEqual(AGENTS_TO_MAKE.flatMap((id) => creationCommands(id, GCP)));
    expect(new Set(made).size).toBe(AGENTS_TO_MAKE.length);
    const [enable = ''] = printed;
    for (const id of AGENTS_TO_MAKE) expect(enable.split(' ')).toContain(SERVICE_AGENTS[id].api);
    for (const api of ['serviceusage', 'cloudresourcemanager', 'iam'])
      expect(enable).toContain(`${api}.googleapis.com`);
  });

  it('gives the agents exactly the roles of their table, without a question', () => {
    const bindings = commands().filter((line) => line.startsWith('gcloud projects add-iam-policy-binding'));
    for (const line of bindings)
      expect(line).toMatch(/^gcloud projects .* churn-prod .*--condition=None --quiet >\/dev\/null$/);
    const given = bindings.map((line) => /--member=(\S+) --role=(\S+)/.exec(line)?.slice(1).join(' '));
    const table = AGENTS_TO_MAKE.filter((id) => tableRow(id).role !== undefined);
    expect(given).toEqual(table.map((id) => `${agentMember(id, GCP)} ${tableRow(id).role}`));
    expect(given).toContain(
      'serviceAccount:service-123456789012@gcp-sa-eventarc.iam.gserviceaccount.com roles/eventarc.serviceAgent',
    );
  });

  it('says which roles whoever deploys needs, and gives them to nobody', () => {
    const [, { commands: roles = [] } = {}] = steps();
    for (const line of roles) expect(line).toMatch(/^# gcloud projects .* churn-prod --member=MEMBER --role=roles\//);
    expect(roles.join()).toMatch(/roles\/bigquery\.admin .*roles\/storage\.admin /);
    expect(new Set(roles).size).toBe(roles.length);
  });

  it.each([
    ['the least', {}],
    ['everything', EVERYTHING],
  ])('turns on the API of each command that it prints before it, with %s', (_, overlay) => {
    const [enable = '', ...rest] = commands(overlay);
    expect(enable).toMatch(/^gcloud services enable --project=churn-prod /);
    const on = enable.split(' ').filter((word) => word.endsWith('.googleapis.com'));
    // gcloud takes 20 at a time.
    expect(on.length).toBeLessThanOrEqual(20);
    for (const line of rest.filter((each) => !each.startsWith('# https://'))) {
      const group = line
        .replace(/^# /, '')
        .replace(/ (alpha|beta) /, ' ')
        .split(' ')
        .slice(0, 2)
        .join(' ');
      expect(on, line).toContain(`${CALLS[group]}.googleapis.com`);
    }
  });

  it('turns on nothing that neither a command nor an agent needs', () => {
    expect(commands()[0]).not.toMatch(/secretmanager|cloudbilling/);
    expect(() => apisOfCommands(['gcloud unheard-of list'])).toThrow(/not written down/);
  });

  it('throws away no question: what prints nothing is quiet', () => {
    for (const line of commands(EVERYTHING).filter((each) => each.includes('>/dev/null')))
      expect(line).toMatch(/--quiet >\/dev\/null/);
  });

  it('makes the bucket of the state, with versions, and again without harm', () => {
    const [first, second] = commands({ gcp: { ...GCP, state: { bucket: 'churn-state' } } }).filter((line) =>
      line.includes('gs://'),
    );
    expect(first).toMatch(/^gcloud storage buckets describe gs:\/\/churn-state .* \|\| gcloud storage buckets create/);
    expect(second).toContain('--versioning');
    expect(text()).not.toContain('buckets create');
  });

  it('names the quotas of managed trainings: chips and CPUs, spot machines apart', () => {
    const cluster = (capacity: string) => ({
      training: { cluster: { kind: 'managed', accelerator: { type: 'l4', count: 1 }, nodes: 2, capacity } },
    });
    expect(titles(cluster('on-demand'))).toContain(
      'Check the quota custom_model_training_nvidia_l4_gpus in europe-west4: at least 2 GPUs',
    );
    expect(titles(cluster('spot'))).toContain(
      'Check the quota custom_model_training_preemptible_nvidia_l4_gpus in europe-west4: at least 2 GPUs',
    );
    expect(text(cluster('spot'))).toContain('custom_model_training_preemptible_cpus');
  });

  it('names all quotas of a batch cluster that falls back on demand', () => {
    const cluster = { kind: 'batch', accelerator: { type: 'l4', count: 1 }, capacity: 'spot', maxNodes: 4 };
    const found = titles({ training: { cluster } }).filter((title) => title.includes('quota'));
    expect(found).toEqual([
      'Check the quota PREEMPTIBLE_NVIDIA_L4_GPUS in europe-west4: at least 4 GPUs',
      'Check the quota NVIDIA_L4_GPUS in europe-west4: at least 4 GPUs',
      'Check the quota GPUS_ALL_REGIONS over all regions: at least 4 GPUs',
    ]);
  });

  it('counts chips without a quota of their own by family, and machines without chips by their series', () => {
    const h100 = { kind: 'batch', accelerator: { type: 'h100', count: 8 }, capacity: 'spot', maxNodes: 2 };
    expect(text({ training: { cluster: h100 } })).toContain('PREEMPTIBLE_GPUS_PER_GPU_FAMILY of NVIDIA_H100');
    const plain = { kind: 'batch', machine: 'large', maxNodes: 3 };
    expect(text({ training: { cluster: plain } })).toContain('N2_CPUS in europe-west4: at least 48 vCPUs');
  });

  it('adds up what pipelines and drift watches need at a time, as trainings', () => {
    const monitoring = { drift: { features: { amount: 'numeric' }, threshold: '20%' } };
    const { models } = pipelinePlatform(EVERY_KIND) as { models: { detector: object } };
    const platform = pipelinePlatform(EVERY_KIND, {
      gcp: GCP,
      models: { detector: { ...models.detector, serving: { capture: {} }, monitoring } },
    });
    const found = titles(platform).filter((title) => title.includes('quota custom_model_training'));
    // Of the cluster 4, of the drift job 4, of the pipeline 16 of its largest step: its steps come after each other.
    expect(found).toEqual([
      'Check the quota custom_model_training_cpus in europe-west4: at least 24 vCPUs',
      'Check the quota custom_model_training_preemptible_cpus in europe-west4: at least 4 vCPUs',
      'Check the quota custom_model_training_preemptible_nvidia_l4_gpus in europe-west4: at least 1 GPUs',
    ]);
  });

  it('adds up what steps of a pipeline need that run beside each other', () => {
    const train = { kind: 'training', outputs: ['model'], accelerator: { type: 'l4' }, after: ['prepare'] };
    const steps = {
      prepare: { kind: 'processing', inputs: { data: 'transactions' }, machine: 'large' },
      one: train,
      other: train,
      last: { ...train, after: ['one', 'other'] },
      score: { kind: 'prediction', after: ['last'] },
    };
    const found = titles(pipelinePlatform({ image: 'i', steps }, { gcp: GCP }));
    expect(found).toContain('Check the quota custom_model_training_nvidia_l4_gpus in europe-west4: at least 2 GPUs');
  });

  it('adds up what endpoints need: both versions of each while one takes over from the other', () => {
    const serving = { machine: 'medium', replicas: { min: 2, max: 3 } };
    const models = { a: { serving }, b: { serving } };
    expect(titles({ models })).toContain(
      'Check the quota custom_model_serving_cpus in europe-west4: at least 48 vCPUs',
    );
  });

  it('says how many service accounts a project has to take where they are most of what a new one does', () => {
    const models = (count: number) => ({
      models: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`ranker-${index}`, index < 20 ? { serving: {} } : AS_VERTEX_AI]),
      ),
    });
    const asked = (count: number) => titles(models(count)).filter((title) => title.includes('service accounts'));
    // Seven of the platform itself, one of each rollout, and one of each model that serves as its own.
    expect(asked(53)).toEqual([]);
    expect(asked(54)).toEqual(['Check the quota of service accounts: at least 81']);
    expect(commands(models(54))).toContain(
      'gcloud alpha services quota list --service=iam.googleapis.com --consumer=projects/churn-prod --filter="metric:service-account-count"',
    );
  });

  it.each([
    ...GCP_EXAMPLES.map((example) => [example.title, exampleSpec(example)] as const),
    ['steps on a cluster', loadPlatformSpec(pipelinePlatform(ON_CLUSTER, { gcp: GCP, ...WITH_CLUSTER }))] as const,
    [
      'models that serve as their own and as that of Vertex AI',
      loadPlatformSpec({
        name: 'churn',
        owner: 'ml@example.com',
        gcp: GCP,
        models: { own: { serving: { gcp: { access: 'public' } } }, without: AS_VERTEX_AI },
      }),
    ] as const,
  ])('counts the service accounts of %s as they are made', (_, spec) => {
    const { stacks } = synthGcpPlatform(spec);
    const made = stacks.flatMap(resourcesOf).filter(({ type }) => type === 'google_service_account');
    expect(countAccounts(spec, planPlatform(spec).names)).toBe(made.length);
  });

  it('says what only people can do: secrets, bots, the billing account', () => {
    const all = text({
      alerts: {
        slack: { ops: { workspace: 'T0123ABCD', channel: 'C0123ABCD', gcp: { secret: 'slack-bot' } } },
        webhooks: { pager: { url: 'https://example.com', secret: 'pager-token' } },
      },
      governance: { budget: { monthly: '100 USD' } },
      gcp: { ...GCP, billingAccount: '01AB23-45CD67-89EF01' },
    });
    expect(all).toContain('gcloud secrets create slack-bot');
    expect(all).toContain('gcloud secrets versions add pager-token');
    expect(all).toContain('Let a bot write to the Slack channel C0123ABCD of T0123ABCD');
    expect(all).toContain('roles/billing.costsManager');
    expect(all).toContain('billed in USD');
  });

  it('says it of routes too, of each secret and each bot once', () => {
    const ops = { workspace: 'T0123ABCD', channel: 'C0123ABCD', gcp: { secret: 'slack-bot' } };
    const found = titles({
      alerts: {
        slack: { ops },
        routes: { pager: { slack: { ops }, webhooks: { duty: { url: 'https://example.com', secret: 'duty' } } } },
      },
    });
    expect(found.filter((title) => /secret|bot/.test(title))).toEqual([
      'Store the secret of slack-ops as slack-bot',
      'Store the secret of webhook-duty of the route pager as duty',
      'Let a bot write to the Slack channel C0123ABCD of T0123ABCD',
    ]);
  });

  it('says that a job on Vertex AI leaves an isolated network, and what closes that', () => {
    const perimeter = (overlay: object) => steps(overlay).filter(({ title }) => title.includes('perimeter'));
    const managed = { training: { cluster: { kind: 'managed' } } };
    expect(perimeter(managed)).toEqual([
      expect.objectContaining({
        title: 'Put a VPC Service Controls perimeter around churn-prod, if jobs may not reach the internet',
        why: expect.stringContaining('jobs on Vertex AI (managed trainings) are in a network'),
      }),
    ]);
    expect(perimeter({ ...managed, network: { mode: 'nat' } })).toEqual([]);
    expect(perimeter({ training: { cluster: { kind: 'batch' } } })).toEqual([]);
  });

  it('asks the owner of a shared network for it', () => {
    const network = (gcp: object) => ({ network: { mode: 'existing', gcp } });
    const own = { network: 'main', subnetwork: 'ml' };
    expect(text(network({ ...own, hostProject: 'shared-net' }))).toContain(
      'add-iam-policy-binding ml --project=shared-net',
    );
    expect(text(network(own))).not.toContain('add-iam-policy-binding ml');
    expect(text(network(own))).toContain('privateIpGoogleAccess');
  });

  it('asks the owner of a shared attachment to let Vertex AI use it, as Network does for its own', () => {
    const shared = (more: object) => ({
      network: { mode: 'existing', gcp: { network: 'main', subnetwork: 'ml', attachment: 'ml', ...more } },
      training: { cluster: { kind: 'managed' } },
    });
    const asked = commands(shared({ hostProject: 'shared-net' })).filter((line) => line.includes('attach_network'));
    const permissions = agentsThat('attach').flatMap((agent) => agent.permissions);
    expect(asked).toEqual([
      `gcloud iam roles describe churn_attach_network --project=shared-net --quiet >/dev/null 2>&1 || gcloud iam roles create churn_attach_network --project=shared-net --title=churn_attach_network --permissions=${permissions.join(',')}`,
      `gcloud iam roles update churn_attach_network --project=shared-net --permissions=${permissions.join(',')} --quiet`,
      expect.stringMatching(
        /^gcloud projects add-iam-policy-binding shared-net --member=\S+@gcp-sa-aiplatform\S+ --role=projects\/shared-net\/roles\/churn_attach_network /,
      ),
    ]);
    expect(text(shared({}))).not.toContain('attach_network');
  });

  it('asks for it again for the rollouts of private endpoints, whose accounts a deployment makes', () => {
    const network = (hostProject?: string) => ({
      network: { mode: 'existing', gcp: { network: 'main', subnetwork: 'ml', ...(hostProject && { hostProject }) } },
      models: { ranker: { serving: {} }, open: { serving: { gcp: { access: 'public' } } }, offline: {} },
    });
    const last = steps(network('shared-net')).at(-1);
    expect(last?.title).toMatch(/^After the first deployment/);
    expect(last?.commands).toEqual([
      '# gcloud projects add-iam-policy-binding shared-net --member=serviceAccount:churn-rollout-ranker@churn-prod.iam.gserviceaccount.com --role=roles/compute.networkUser --condition=None --quiet >/dev/null',
    ]);
    for (const own of [undefined, 'churn-prod']) expect(text(network(own))).not.toContain('After the first deployment');
  });

  it('prints commands that a shell reads as one line each', () => {
    for (const line of commands(EVERYTHING)) expect(line).not.toMatch(/[\n`$]/);
  });
});
