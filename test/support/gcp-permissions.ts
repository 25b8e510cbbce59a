import type { AccessEdge, AccessKind } from '../../lib/plan/access';
import type { PlanOn } from '../../lib/plan/platform-plan';
import { hasOwnAccount } from '../../lib/spec/serving';
import type { Binding } from './gcp-iam';

/**
 * What an edge of the access plan is on Google Cloud: grants as `grantText` writes them. Written here from the services'
 * own documentation of roles and permissions.
 */
type Rule = (edge: AccessEdge, plan: PlanOn<'gcp'>) => readonly string[];

/** A grant as a text: role or permissions, on what, and which part of it. */
export function grantText({ role, permissions, on, condition }: Omit<Binding, 'stack' | 'address' | 'member'>): string {
  const what = permissions === undefined ? role : `{${permissions.join(', ')}}`;
  return [what, 'on', on, ...(condition === undefined ? [] : ['where', condition])].join(' ');
}

const onProject =
  (role: string): Rule =>
  (_edge, { spec }) => [`${role} on project ${spec.gcp.project}`];

const permissions = (...names: readonly string[]): Rule => onProject(`{${[...names].sort().join(', ')}}`);

const bucket = (part: string, { names, spec }: PlanOn<'gcp'>): string =>
  `${names.slug}-${part}-${spec.gcp.projectNumber}`;

const clauses = (name: string, path: string): readonly string[] => [
  `resource.name.startsWith("projects/_/buckets/${name}/objects/${path}/")`,
  `api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("${path}/")`,
];

/** One object, all below it, and lists that ask for it or for what is below it. */
function below(role: string, name: string, path: string): string {
  const object = `resource.name == "projects/_/buckets/${name}/objects/${path}"`;
  const listed = `api.getAttribute("storage.googleapis.com/objectListPrefix", "") == "${path}"`;
  return `${role} on storage_bucket ${name} where ${[object, ...clauses(name, path), listed].join(' || ')}`;
}

/** All below a folder, and lists that ask for it: a part of a condition, whose parts are written out by `parts`. */
const folder = (role: string, name: string, path: string): string =>
  `${role} on storage_bucket ${name} where ${clauses(name, path).join(' || ')}`;

const isNamed = (test = ''): boolean => test.startsWith('resource.name == ');

/** A grant whose condition names several objects and folders, as one for each of them. */
export function parts(text: string): readonly string[] {
  const [grant = '', condition] = text.split(' where ');
  if (condition === undefined) return [text];
  const tests = condition.split(' || ');
  // An object is named before what is below it; a folder is only what is below it.
  const begins = tests.flatMap((test, i) =>
    isNamed(test) || (test.startsWith('resource.name.') && !isNamed(tests[i - 1])) ? [i] : [],
  );
  return begins.map((from, i) => `${grant} where ${tests.slice(from, begins[i + 1]).join(' || ')}`);
}

/** `a` and `a/b` of `a/b/c`. */
function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

const VIEWER = 'roles/storage.objectViewer';
const USER = 'roles/storage.objectUser';

const account = (parts: readonly string[], { names, spec: { gcp } }: PlanOn<'gcp'>): string =>
  `projects/${gcp.project}/serviceAccounts/${names.of('serviceAccount', ...parts)}@${gcp.project}.iam.gserviceaccount.com`;

const database = (zone: string, { names }: PlanOn<'gcp'>): string => `${names.slug}_${zone}`.replaceAll('-', '_');

/** Custom roles by the end of their name, each with all that it may do: of workloads, agents and people. */
export const CUSTOM_ROLES: Readonly<Record<string, readonly string[]>> = {
  attach_network: [
    'compute.networkAttachments.get',
    'compute.networkAttachments.update',
    'compute.regionOperations.get',
  ],
  write_rows: ['bigquery.tables.get', 'bigquery.tables.getData', 'bigquery.tables.updateData'],
  read_models: ['aiplatform.models.get', 'aiplatform.models.list'],
  register_models: ['aiplatform.models.get', 'aiplatform.models.upload'],
  approve_models: ['aiplatform.models.get', 'aiplatform.models.list', 'aiplatform.models.update'],
  ask_endpoints: ['aiplatform.endpoints.predict'],
  deploy_models: [
    'aiplatform.endpoints.deploy',
    'aiplatform.endpoints.get',
    'aiplatform.endpoints.undeploy',
    'aiplatform.endpoints.update',
    'aiplatform.models.get',
    'aiplatform.models.update',
    'aiplatform.operations.list',
    'compute.addresses.get',
    'compute.addresses.use',
    'compute.addresses.useInternal',
    'compute.forwardingRules.create',
    'compute.forwardingRules.delete',
    'compute.forwardingRules.get',
    'compute.forwardingRules.pscCreate',
    'compute.forwardingRules.pscDelete',
    'compute.networks.use',
    'compute.regionOperations.get',
    'compute.subnetworks.use',
    'servicedirectory.namespaces.create',
    'servicedirectory.services.create',
    'servicedirectory.services.delete',
  ],
  watch_endpoints: ['monitoring.timeSeries.list'],
  run_jobs: ['aiplatform.customJobs.create', 'aiplatform.customJobs.get'],
  run_steps: [
    'aiplatform.customJobs.cancel',
    'aiplatform.customJobs.create',
    'aiplatform.customJobs.get',
    'aiplatform.customJobs.list',
    'aiplatform.metadataStores.get',
  ],
  run_pipelines: ['aiplatform.pipelineJobs.create', 'aiplatform.pipelineJobs.get', 'aiplatform.pipelineJobs.list'],
  training_submit: [
    'aiplatform.customJobs.cancel',
    'aiplatform.customJobs.create',
    'aiplatform.customJobs.get',
    'aiplatform.customJobs.list',
  ],
  retire_list: ['aiplatform.endpoints.get', 'aiplatform.endpoints.list'],
  sweep_list: ['aiplatform.endpoints.get', 'aiplatform.endpoints.list'],
  scorecard_list: ['aiplatform.endpoints.get', 'aiplatform.endpoints.list'],
  retire_retire: [
    'aiplatform.endpoints.undeploy',
    'aiplatform.endpoints.update',
    'aiplatform.models.get',
    'aiplatform.models.update',
    'aiplatform.operations.list',
    'compute.forwardingRules.delete',
    'compute.forwardingRules.get',
    'compute.forwardingRules.pscDelete',
    'servicedirectory.namespaces.delete',
    'servicedirectory.services.delete',
  ],
  training_jobs: ['batch.jobs.cancel', 'batch.jobs.create', 'batch.jobs.get', 'compute.instanceTemplates.get'],
};

const custom = (role: string): Rule => permissions(...(CUSTOM_ROLES[role] ?? []));

/** Grants by what an edge is, `kind verb`. */
const RULES: Readonly<Record<string, Rule>> = {
  'dataset read': ({ name }, plan) => {
    const zone = plan.spec.dataLake?.datasets[name]?.zone ?? 'none';
    const { project } = plan.spec.gcp;
    return [
      `roles/bigquery.dataViewer on bigquery_table ${project}.${database(zone, plan)}.${name}`,
      `roles/bigquery.jobUser on project ${project}`,
      `roles/bigquery.readSessionUser on project ${project}`,
      folder(VIEWER, bucket(`tables-${zone}`, plan), `tables/${name}`),
    ];
  },
  'prefix read': ({ name }, plan) => [below(VIEWER, bucket('artifacts', plan), name)],
  'prefix write': ({ name }, plan) => [below(USER, bucket('artifacts', plan), name)],
  'parameter read': ({ name }, plan) => [below(VIEWER, bucket('records', plan), name)],
  'parameter write': ({ name }, plan) => [below(USER, bucket('records', plan), name)],
  'lock hold': ({ name }, plan) => [below(USER, bucket('records', plan), `locks/${name}`)],
  'repository pull': (_edge, { names, spec }) => [
    `roles/artifactregistry.reader on artifact_registry_repository ${spec.gcp.project}.${names.slug}-training`,
  ],
  'model read': custom('read_models'),
  'model register': custom('register_models'),
  'model approve': custom('approve_models'),
  'channel publish': onProject('roles/logging.logWriter'),
  'log write': onProject('roles/logging.logWriter'),
  'metric publish': onProject('roles/monitoring.metricWriter'),
  'machine start': onProject('roles/workflows.invoker'),
  'network attach': (_edge, { names, spec: { gcp, network } }) => {
    const existing = network.mode === 'existing' ? network.gcp : undefined;
    return [
      `roles/compute.networkUser on compute_subnetwork ${existing?.hostProject ?? gcp.project}.${existing?.subnetwork ?? `${names.slug}-net`}`,
    ];
  },
  'cluster join': onProject('roles/batch.agentReporter'),
  'cluster submit': custom('training_jobs'),
  'pipeline start': custom('run_pipelines'),
  'job run': (edge, plan) => custom(edge.workload.startsWith('pipeline-step/') ? 'run_steps' : 'run_jobs')(edge, plan),
  'capture read': ({ name }, { names, spec: { gcp } }) => [
    `roles/bigquery.dataViewer on bigquery_dataset ${gcp.project}.${`${names.slug}_captures_${name}`.replaceAll('-', '_')}`,
    `roles/bigquery.jobUser on project ${gcp.project}`,
  ],
  'endpoint deploy': custom('deploy_models'),
  'endpoint list': custom('retire_list'),
  'endpoint retire': custom('retire_retire'),
  'scaling set': custom('deploy_models'),
  'alarm set': custom('watch_endpoints'),
  'queue send': ({ name }, { names, spec }) => [
    `roles/pubsub.publisher on pubsub_topic ${spec.gcp.project}.${names.of('compute', ...name.split('/'))}`,
  ],
  'secret read': ({ name }, { spec }) => [
    `roles/secretmanager.secretAccessor on secret_manager_secret ${spec.gcp.project}.${name}`,
  ],
};

interface Exception {
  readonly workload: RegExp;
  readonly kind: AccessKind;
  readonly verb?: string;
  readonly why: string;
}

/** Edges that need no grant here, and why. */
export const NEEDS_NO_GRANT: readonly Exception[] = [
  { workload: /^/, kind: 'key', why: 'services encrypt and decrypt as their own agents, which have the key' },
  { workload: /^serving\//, kind: 'alarm', why: 'the rollout looks at its guards itself, as itself' },
  {
    workload: /^serving\//,
    kind: 'prefix',
    verb: 'write',
    why: 'what an endpoint records the agent of Vertex AI writes, to BigQuery',
  },
  {
    workload: /^serving\//,
    kind: 'network',
    why: "machines that serve are in Google's own network; clients reach them by Private Service Connect",
  },
  { workload: /^retire$/, kind: 'scaling', why: 'scaling belongs to what is deployed, and goes with it' },
  { workload: /^retire$/, kind: 'alarm', why: 'guards of a rollout are no alarms that would stay behind' },
  { workload: /^alert-relay/, kind: 'webhook', why: 'whoever answers at an address is nobody that IAM knows' },
];

interface Extra {
  readonly workload: RegExp;
  readonly grants: Rule;
  readonly why: string;
}

const actAs =
  (parts: (edge: AccessEdge) => readonly string[]): Rule =>
  (edge, plan) => [`roles/iam.serviceAccountUser on service_account ${account(parts(edge), plan)}`];

/** What Google's way of running a workload adds to the grants of its edges, and why. */
export const RUNS_WITH: readonly Extra[] = [
  {
    workload: /^model-events-trigger$/,
    grants: onProject('roles/eventarc.eventReceiver'),
    why: 'a trigger of audit logs receives events as its own account',
  },
  {
    workload: /^training-launcher$/,
    grants: actAs(() => ['training']),
    why: 'who submits a job acts as the account that the job runs as',
  },
  {
    workload: /^cluster-step\//,
    grants: actAs(({ workload }) => ['steps', workload.replace('cluster-step/', '')]),
    why: 'who submits the job of a step acts as the account that the steps of the pipeline run as',
  },
  {
    workload: /^drift-watch\//,
    grants: actAs(({ workload }) => ['drift', workload.replace('drift-watch/', '')]),
    why: 'who begins a job acts as the account that it runs as',
  },
  {
    workload: /^start\//,
    grants: actAs(({ workload }) => ['steps', workload.replace('start/', '')]),
    why: 'who begins a run acts as the account that its steps run as',
  },
  {
    workload: /^pipeline-step\//,
    grants: actAs(({ workload }) => ['steps', workload.replace('pipeline-step/', '')]),
    why: 'a task begins the job of its step, which runs as the same account',
  },
  {
    workload: /^(pipeline-step|drift)\//,
    grants: ({ workload }, plan) => {
      const name = bucket('artifacts', plan);
      const below = plan.access.flatMap((edge) =>
        edge.workload === workload && edge.kind === 'prefix' ? edge.name : [],
      );
      const above = new Set(below.flatMap(foldersAbove));
      const objects = [...above].flatMap((folder) => [`/objects/${folder}`, `/objects/${folder}/`]);
      return ['', ...objects].map(
        (path) => `${VIEWER} on storage_bucket ${name} where resource.name == "projects/_/buckets/${name}${path}"`,
      );
    },
    why: 'a mounted bucket is listed once, and walked down folder by folder',
  },
  {
    workload: /^rollout\//,
    grants: (edge, plan) => {
      const model = edge.workload.replace('rollout/', '');
      const serving = plan.spec.models[model]?.serving;
      return serving !== undefined && hasOwnAccount(serving) ? actAs(() => ['serving', model])(edge, plan) : [];
    },
    why: 'who deploys a version acts as the account that its containers run as',
  },
];

/** Whether an edge is one of those that need no grant. */
export const needsNoGrant = (edge: AccessEdge): boolean =>
  NEEDS_NO_GRANT.some(
    ({ workload, kind, verb }) =>
      kind === edge.kind && (verb === undefined || verb === edge.verb) && workload.test(edge.workload),
  );

/** All grants that a workload should have for its edges, once each. */
export function plannedGrants(access: readonly AccessEdge[], plan: PlanOn<'gcp'>): readonly string[] {
  const [first] = access;
  const extra =
    first === undefined
      ? []
      : RUNS_WITH.filter(({ workload }) => workload.test(first.workload)).flatMap(({ grants }) => grants(first, plan));
  return [...new Set([...access.flatMap((edge) => edgeGrants(edge, plan)), ...extra])].sort();
}

/** Grants of one edge; none only where a reason is written down. */
export function edgeGrants(edge: AccessEdge, plan: PlanOn<'gcp'>): readonly string[] {
  if (needsNoGrant(edge)) return [];
  const rule = RULES[`${edge.kind} ${edge.verb}`];
  if (rule === undefined) throw new Error(`nobody has written down what '${edge.kind} ${edge.verb}' is`);
  return rule(edge, plan);
}
