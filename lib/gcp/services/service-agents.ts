import type { KeyName } from '../../plan/access';
import type { Target } from '../target';

/** How the agent of a service comes to be before anything was made that needs it. */
type Creation = 'identity' | 'storage' | 'bigquery';

/** Topics of a platform that agents publish to. */
export type AgentTopic = 'alerts';

/** What agents do to resources of a platform. attach: takes interfaces from a network attachment. */
export type AgentTask = 'attach';

export interface ServiceAgent {
  /** API whose agent it is. */
  readonly api: string;
  /** Address, with `{n}` for the number of the project. */
  readonly address: string;
  readonly creation: Creation;
  /** What it encrypts, by key of the platform. */
  readonly encrypts: Partial<Readonly<Record<KeyName, string>>>;
  /** Topics that it publishes to, and what. */
  readonly publishes: Partial<Readonly<Record<AgentTopic, string>>>;
  /** Permissions beside those that Google gives every agent, and what for. */
  readonly may: Partial<Readonly<Record<AgentTask, readonly string[]>>>;
}

/**
 * Agents of Google's services that act in a project by themselves. Every grant on a key or topic that an agent needs comes
 * from here, and so does what is printed to make them: an agent exists only after its service was first used.
 * Sources: IAM documentation, "Service agents"; Cloud KMS documentation, "Customer-managed encryption keys (CMEK)", and the
 * page of each service about them; Vertex AI documentation, "Set up a Private Service Connect interface"; Monitoring documentation, "Create and manage notification channels", Pub/Sub.
 */
export const SERVICE_AGENTS = {
  storage: agent('storage', 'service-{n}@gs-project-accounts', {
    creation: 'storage',
    encrypts: {
      data: 'files of the lake',
      artifacts: 'artifacts, checkpoints and captures',
      operations: 'records and locks',
    },
  }),
  bigquery: agent('bigquery', 'bq-{n}@bigquery-encryption', {
    creation: 'bigquery',
    encrypts: { data: 'tables of the lake', artifacts: 'requests that endpoints log' },
  }),
  aiplatform: agent('aiplatform', 'service-{n}@gcp-sa-aiplatform', {
    encrypts: { artifacts: 'trainings, models, and endpoints with what they serve' },
    may: {
      attach: ['compute.networkAttachments.get', 'compute.networkAttachments.update', 'compute.regionOperations.get'],
    },
  }),
  artifactregistry: agent('artifactregistry', 'service-{n}@gcp-sa-artifactregistry', {
    encrypts: { artifacts: 'images of containers' },
  }),
  compute: agent('compute', 'service-{n}@compute-system', {
    encrypts: { artifacts: 'disks of machines that train' },
  }),
  batch: agent('batch', 'service-{n}@gcp-sa-cloudbatch'),
  pubsub: agent('pubsub', 'service-{n}@gcp-sa-pubsub', { encrypts: { operations: 'messages of topics' } }),
  workflows: agent('workflows', 'service-{n}@gcp-sa-workflows', {
    encrypts: { operations: 'sources and executions of workflows' },
  }),
  eventarc: agent('eventarc', 'service-{n}@gcp-sa-eventarc'),
  cloudscheduler: agent('cloudscheduler', 'service-{n}@gcp-sa-cloudscheduler'),
  monitoring: agent('monitoring', 'service-{n}@gcp-sa-monitoring-notification', {
    publishes: { alerts: 'notifications for chat and webhooks' },
  }),
} as const satisfies Readonly<Record<string, ServiceAgent>>;

export type AgentId = keyof typeof SERVICE_AGENTS;

export const AGENT_IDS = Object.keys(SERVICE_AGENTS) as readonly AgentId[];

/** An agent as IAM writes it. */
export const agentMember = (id: AgentId, { projectNumber }: Pick<Target, 'projectNumber'>): string =>
  `serviceAccount:${agentEmail(id, { projectNumber })}`;

export const agentEmail = (id: AgentId, { projectNumber }: Pick<Target, 'projectNumber'>): string =>
  SERVICE_AGENTS[id].address.replace('{n}', String(projectNumber));

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

/** The command that makes an agent, or says who it is where it exists. */
export function creationCommand(id: AgentId, { project }: Pick<Target, 'project'>): string {
  const { api, creation } = tableRow(id);
  const commands: Readonly<Record<Creation, string>> = {
    identity: `gcloud beta services identity create --service=${api} --project=${project}`,
    storage: `gcloud storage service-agent --project=${project}`,
    bigquery: `bq show --encryption_service_account --project_id=${project}`,
  };
  return commands[creation];
}

const tableRow = (id: AgentId): ServiceAgent => SERVICE_AGENTS[id];

function agent(
  service: string,
  account: string,
  more: Partial<Pick<ServiceAgent, 'creation' | 'encrypts' | 'publishes' | 'may'>> = {},
): ServiceAgent {
  return {
    api: `${service}.googleapis.com`,
    address: `${account}.iam.gserviceaccount.com`,
    creation: 'identity',
    encrypts: {},
    publishes: {},
    may: {},
    ...more,
  };
}
