import type { KeyName } from '../../plan/access';
import { numberOf, type Target } from '../target';

/** How the agent of a service comes to be before anything was made that needs it. there: Google has one for everybody. */
export type AgentCreation = 'identity' | 'storage' | 'bigquery' | 'there';

/** Topics of a platform that agents publish to. */
export type AgentTopic = 'alerts' | 'spend' | 'runs';

/** Datasets of a platform that agents make tables in and fill. */
export type AgentDataset = 'captures';

/** Accounts of a platform that agents run containers as. */
export type AgentAccount = 'serving';

/** What agents do to resources of a platform. attach: takes interfaces from a network attachment. */
export type AgentTask = 'attach';

export interface ServiceAgent {
  /** API whose agent it is. */
  readonly api: string;
  /** Address, with `{n}` for the number of the project. */
  readonly address: string;
  readonly creation: AgentCreation;
  /**
   * Role on the project without which its service does not work. Google gives it to agents that come by themselves, and
   * not to those that somebody asked for. Absent: there is none.
   */
  readonly role?: string;
  /** What it encrypts, by key of the platform. */
  readonly encrypts: Partial<Readonly<Record<KeyName, string>>>;
  /** Topics that it publishes to, and what. */
  readonly publishes: Partial<Readonly<Record<AgentTopic, string>>>;
  /** Datasets that it fills, and by what role on them. */
  readonly fills: Partial<Readonly<Record<AgentDataset, string>>>;
  /** Accounts that it runs containers as, and by what role on them. */
  readonly runsAs: Partial<Readonly<Record<AgentAccount, string>>>;
  /** Permissions beside those that Google gives every agent, and what for. */
  readonly may: Partial<Readonly<Record<AgentTask, readonly string[]>>>;
}

/**
 * Agents of Google's services that act in a project by themselves. Every grant on a key, topic, dataset or account that an
 * agent needs comes from here, and so does what is printed to make them: an agent exists only after its service was first used.
 * Sources: IAM documentation, "Service agents" (addresses, and roles that are granted on the project) and "Create and grant
 * roles to service agents"; Cloud KMS documentation, "Customer-managed encryption keys (CMEK)", and the page of each service
 * about them; Vertex AI documentation, "Set up a Private Service Connect interface" and "Log and view inference requests and
 * responses"; Monitoring documentation, "Create and manage notification channels", Pub/Sub; Resource Manager documentation,
 * "Restricting identities by domain", Cloud Billing budgets.
 */
export const SERVICE_AGENTS = {
  storage: agent('storage', 'service-{n}@gs-project-accounts.iam', {
    creation: 'storage',
    encrypts: {
      data: 'files of the lake',
      artifacts: 'artifacts, checkpoints and captures',
      operations: 'records and locks',
    },
  }),
  bigquery: agent('bigquery', 'bq-{n}@bigquery-encryption.iam', {
    creation: 'bigquery',
    encrypts: { data: 'tables of the lake', artifacts: 'requests that endpoints log' },
  }),
  aiplatform: agent('aiplatform', 'service-{n}@gcp-sa-aiplatform.iam', {
    role: 'roles/aiplatform.serviceAgent',
    encrypts: { artifacts: 'trainings, models, and endpoints with what they serve' },
    may: {
      attach: ['compute.networkAttachments.get', 'compute.networkAttachments.update', 'compute.regionOperations.get'],
    },
    // Endpoints make the table of what they record, and no narrower role makes any.
    fills: { captures: 'roles/bigquery.dataEditor' },
    // Source: Vertex AI documentation, "Use a custom service account", set up a custom service account: for predictions. It
    // names this role and no permission of it; that of the agent on the project acts as accounts, and is not enough.
    runsAs: { serving: 'roles/iam.serviceAccountAdmin' },
  }),
  artifactregistry: agent('artifactregistry', 'service-{n}@gcp-sa-artifactregistry.iam', {
    role: 'roles/artifactregistry.serviceAgent',
    encrypts: { artifacts: 'images of containers' },
  }),
  compute: agent('compute', 'service-{n}@compute-system.iam', {
    role: 'roles/compute.serviceAgent',
    encrypts: { artifacts: 'disks of machines that train' },
  }),
  batch: agent('batch', 'service-{n}@gcp-sa-cloudbatch.iam', { role: 'roles/batch.serviceAgent' }),
  pubsub: agent('pubsub', 'service-{n}@gcp-sa-pubsub.iam', {
    role: 'roles/pubsub.serviceAgent',
    encrypts: { operations: 'messages of topics' },
  }),
  workflows: agent('workflows', 'service-{n}@gcp-sa-workflows.iam', {
    role: 'roles/workflows.serviceAgent',
    encrypts: { operations: 'sources and executions of workflows' },
  }),
  eventarc: agent('eventarc', 'service-{n}@gcp-sa-eventarc.iam', {
    role: 'roles/eventarc.serviceAgent',
    encrypts: { operations: 'events on their way to workflows' },
  }),
  cloudscheduler: agent('cloudscheduler', 'service-{n}@gcp-sa-cloudscheduler.iam', {
    role: 'roles/cloudscheduler.serviceAgent',
  }),
  monitoring: agent('monitoring', 'service-{n}@gcp-sa-monitoring-notification.iam', {
    role: 'roles/monitoring.notificationServiceAgent',
    publishes: { alerts: 'notifications for chat and webhooks', runs: 'signals that start runs of pipelines' },
  }),
  budgets: agent('billingbudgets', 'billing-budget-alert@system', {
    creation: 'there',
    publishes: { spend: 'what was spent' },
  }),
} as const satisfies Readonly<Record<string, ServiceAgent>>;

export type AgentId = keyof typeof SERVICE_AGENTS;

export const AGENT_IDS = Object.keys(SERVICE_AGENTS) as readonly AgentId[];

/** Agents of one project, which have to be made before anything is granted to them. */
export const AGENTS_TO_MAKE: readonly AgentId[] = AGENT_IDS.filter((id) => tableRow(id).creation !== 'there');

/** An agent as IAM writes it. */
export const agentMember = (id: AgentId, { projectNumber }: Pick<Target, 'projectNumber'>): string =>
  `serviceAccount:${agentEmail(id, { projectNumber })}`;

export const agentEmail = (id: AgentId, { projectNumber }: Pick<Target, 'projectNumber'>): string =>
  SERVICE_AGENTS[id].address.replace('{n}', numberOf({ projectNumber }));

/** Agents that encrypt with a key of the platform. */
export const encryptersOf = (key: KeyName): readonly AgentId[] =>
  AGENT_IDS.filter((id) => tableRow(id).encrypts[key] !== undefined);

/** Agents that publish to a topic of the platform. */
export const publishersOf = (topic: AgentTopic): readonly AgentId[] =>
  AGENT_IDS.filter((id) => tableRow(id).publishes[topic] !== undefined);

/** Agents that do something to resources of a platform, with the permissions that it takes. */
export const agentsThat = (
  task: AgentTask,
): readonly { readonly id: AgentId; readonly permissions: readonly string[] }[] =>
  AGENT_IDS.flatMap((id) => {
    const permissions = tableRow(id).may[task];
    return permissions === undefined ? [] : [{ id, permissions }];
  });

/**
 * The agent that fills a dataset of the platform, and the role on it that it takes.
 * @throws Error when the table has none.
 */
export function fillerOf(dataset: AgentDataset): AgentRole {
  return agentRole(({ fills }) => fills[dataset], `fills the dataset ${dataset}`);
}

/**
 * The agent that runs containers as an account of the platform, and the role on it that it takes.
 * @throws Error when the table has none.
 */
export function runnerOf(account: AgentAccount): AgentRole {
  return agentRole(({ runsAs }) => runsAs[account], `runs containers as the account ${account}`);
}

/** An agent, and a role on a resource of the platform that it takes. */
export interface AgentRole {
  readonly id: AgentId;
  readonly role: string;
}

function agentRole(roleOf: (row: ServiceAgent) => string | undefined, what: string): AgentRole {
  for (const id of AGENT_IDS) {
    const role = roleOf(tableRow(id));
    if (role !== undefined) return { id, role };
  }
  throw new Error(`no agent of the table ${what}`);
}

/** What the table says of an agent. */
export function tableRow(id: AgentId): ServiceAgent {
  return SERVICE_AGENTS[id];
}

function agent(
  service: string,
  account: string,
  more: Partial<Omit<ServiceAgent, 'api' | 'address'>> = {},
): ServiceAgent {
  return {
    api: `${service}.googleapis.com`,
    address: `${account}.gserviceaccount.com`,
    creation: 'identity',
    encrypts: {},
    publishes: {},
    fills: {},
    runsAs: {},
    may: {},
    ...more,
  };
}
