import type { Binding } from './gcp-iam';
import type { Json, WorkflowsCall } from './workflows-judge';

/** A permission that a call takes, and on what, spelled as those of grants are: `storage_bucket <name>`. */
export interface Needed {
  readonly permission: string;
  readonly on: string;
  /** Of a bucket: the object, or what a list asks for. */
  readonly object?: string;
  readonly listed?: string;
}

/** What roles of Google hold, as far as calls here need it. Source: IAM documentation, "IAM roles and permissions index". */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  'roles/artifactregistry.reader': ['artifactregistry.tags.get'],
  'roles/bigquery.dataViewer': ['bigquery.tables.get', 'bigquery.tables.getData'],
  'roles/bigquery.jobUser': ['bigquery.jobs.create'],
  'roles/iam.serviceAccountUser': ['iam.serviceAccounts.actAs'],
  'roles/logging.logWriter': ['logging.logEntries.create'],
  'roles/storage.objectUser': [
    'storage.objects.create',
    'storage.objects.delete',
    'storage.objects.get',
    'storage.objects.list',
  ],
  'roles/storage.objectViewer': ['storage.objects.get', 'storage.objects.list'],
};

type Rule = (call: WorkflowsCall, project: string) => readonly Needed[];

const onProject =
  (...permissions: readonly string[]): Rule =>
  (_call, project) =>
    permissions.map((permission) => ({ permission, on: `project ${project}` }));

const onObject =
  (...permissions: readonly string[]): Rule =>
  ({ params: { bucket, object, name, prefix } }) =>
    permissions.map((permission) => ({
      permission,
      on: `storage_bucket ${bucket}`,
      ...(permission === 'storage.objects.list'
        ? { listed: String(prefix ?? '') }
        : { object: String(object ?? name) }),
    }));

const actsAs = (email: string, project: string): readonly Needed[] => [
  { permission: 'iam.serviceAccounts.actAs', on: `service_account projects/${project}/serviceAccounts/${email}` },
];

interface Allocation {
  readonly serviceAccount: { readonly email: string };
}

/**
 * What each method takes. Sources: Cloud Storage documentation, "IAM permissions for JSON methods"; Vertex AI documentation,
 * "Vertex AI permissions"; BigQuery documentation, "BigQuery IAM roles and permissions", and "EXPORT DATA
 * statement"; Artifact Registry documentation, "Access control with IAM"; Batch documentation, "IAM
 * permissions reference" of jobs, and "Define job resources using a VM instance template"; IAM documentation, "Attach
 * service accounts to resources". Whoever began a job of BigQuery sees it without a permission.
 */
const METHODS: Readonly<Record<string, Rule>> = {
  'storage.objects.get': onObject('storage.objects.get'),
  'storage.objects.list': onObject('storage.objects.list'),
  'storage.objects.delete': onObject('storage.objects.delete'),
  // What is there already it takes away.
  'storage.objects.insert': onObject('storage.objects.create', 'storage.objects.delete'),
  'aiplatform.projects.locations.models.get': onProject('aiplatform.models.get'),
  'aiplatform.projects.locations.pipelineJobs.get': onProject('aiplatform.pipelineJobs.get'),
  'aiplatform.projects.locations.pipelineJobs.list': onProject('aiplatform.pipelineJobs.list'),
  'aiplatform.projects.locations.pipelineJobs.create': (call, project) => [
    ...onProject('aiplatform.pipelineJobs.create')(call, project),
    ...actsAs(String((call.body as Json).serviceAccount), project),
  ],
  'artifactregistry.projects.locations.repositories.packages.tags.get': ({ params }, project) => {
    const [, repository] = /\/repositories\/([^/]+)\//.exec(String(params.name)) ?? [];
    return [{ permission: 'artifactregistry.tags.get', on: `artifact_registry_repository ${project}.${repository}` }];
  },
  'batch.projects.locations.jobs.get': onProject('batch.jobs.get'),
  'batch.projects.locations.jobs.cancel': onProject('batch.jobs.cancel'),
  'batch.projects.locations.jobs.create': (call, project) => [
    ...onProject('batch.jobs.create', 'compute.instanceTemplates.get')(call, project),
    ...actsAs((call.body as { readonly allocationPolicy: Allocation }).allocationPolicy.serviceAccount.email, project),
  ],
  'bigquery.tables.get': ({ params }) => [
    {
      permission: 'bigquery.tables.get',
      on: `bigquery_table ${params.projectId}.${params.datasetId}.${params.tableId}`,
    },
  ],
  'bigquery.jobs.get': () => [],
  'bigquery.jobs.insert': (call, project) => [
    ...onProject('bigquery.jobs.create')(call, project),
    ...exported(
      (call.body as { readonly configuration: { readonly query: { readonly query: string } } }).configuration.query
        .query,
    ),
  ],
};

/** Rows of tables, `project.dataset.table` in backticks, and the folder that they are exported to. */
function exported(query: string): readonly Needed[] {
  const tables = [...query.matchAll(/`([^`]+)`/g)].map(([, table]) => `bigquery_table ${table}`);
  const [, bucket, object] = /uri='gs:\/\/([^/']+)\/([^']+)'/.exec(query) ?? [];
  if (tables.length === 0 || bucket === undefined || object === undefined)
    throw new Error(`a query that this does not understand: ${query}`);
  return [
    ...tables.map((on) => ({ permission: 'bigquery.tables.getData', on })),
    ...['storage.objects.create', 'storage.objects.delete'].map((permission) => ({
      permission,
      on: `storage_bucket ${bucket}`,
      object,
    })),
  ];
}

/**
 * What calls of a workflow take, and the log that it keeps of them. Source for that: Workflows documentation, "Grant a workflow
 * permission to access Google Cloud resources".
 * @throws Error for methods that this does not know.
 */
export function neededBy(calls: readonly WorkflowsCall[], project: string): readonly Needed[] {
  const ofCalls = calls.flatMap((call) => {
    const rule = METHODS[call.method];
    if (rule === undefined) throw new Error(`nobody has written down what ${call.method} takes`);
    return rule(call, project);
  });
  return [...ofCalls, { permission: 'logging.logEntries.create', on: `project ${project}` }];
}

/** Those of them that no grant gives, once each. */
export const refusedOf = (needed: readonly Needed[], bindings: readonly Binding[]): readonly string[] => [
  ...new Set(
    needed
      .filter((one) => !bindings.some((binding) => gives(binding, one)))
      .map(({ permission, on, object, listed }) => [permission, 'on', on, object ?? listed ?? ''].join(' ').trim()),
  ),
];

function gives({ role, permissions, on, condition }: Binding, needed: Needed): boolean {
  const held = permissions ?? ROLES[role] ?? [];
  if (!held.includes(needed.permission) || on !== needed.on) return false;
  return condition === undefined || condition.split(' || ').some((test) => passes(test, needed));
}

/** Source: IAM documentation, "Attribute reference for IAM Conditions": a list is of the bucket, and has no object. */
function passes(test: string, { on, object, listed }: Needed): boolean {
  const bucket = `projects/_/buckets/${on.replace(/^\w+ /, '')}`;
  const resource = object === undefined ? bucket : `${bucket}/objects/${object}`;
  const [, attribute = '', how = '', value = ''] = /^(.+?)(\.startsWith\(| == )"([^"]*)"\)?$/.exec(test) ?? [];
  const is = attribute === 'resource.name' ? resource : attribute.includes('objectListPrefix') ? (listed ?? '') : '';
  return how === ' == ' ? is === value : is.startsWith(value);
}
