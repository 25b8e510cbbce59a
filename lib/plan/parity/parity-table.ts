import { RESERVED_PREFIX } from '../../spec/gcp-target';
import { MOST_CLUSTERING_COLUMNS, UNCLUSTERED_TYPES } from '../bigquery-clustering';
import { NUMERIC_DIGITS } from '../bigquery-columns';
import { TIME_TRAVEL_DAYS } from '../bigquery-time-travel';
import { BATCH_LONGEST } from '../cluster-rules';
import { RESERVED_COLUMNS } from '../gcp-lake-checks';
import { GCP_UNMEASURED } from '../gcp-unmeasured';
import { MOST_ADDRESSES, RELAYED_LIMITS } from '../google-receivers';
import { MOST_READ_OF_A_ZONE } from '../object-grants-checks';
import { ONE_KIND_OF_DAYS } from '../pipeline/aws-schedule';
import { MOST_SERVING_ACCOUNTS, MOST_TRAINING_ACCOUNTS } from '../vertex-accounts';
import {
  always,
  BOTH,
  DISK,
  emulated,
  limited,
  MACHINES,
  NATIVE,
  native,
  ownOf,
  type ParityRow,
  unsupported,
} from './parity';
import { PIPELINE_ROWS } from './pipeline-rows';
import { RULES_ROWS } from './rules-rows';

const SPOT_OF_MANAGED = native('managed spot training', 'training and processing');
const NO_TEAMS =
  'Cloud Monitoring has no channel for Microsoft Teams; give the address of a Teams workflow under webhooks';

/**
 * Source: documentation of Vertex AI, "Use Private Service Connect interface for Vertex AI Training", internet egress and
 * Cloud NAT.
 */
const AROUND = 'a job on Vertex AI reaches the internet by gateways of Google';
const PERIMETER = 'unless a VPC Service Controls perimeter is around the project';

const network: Readonly<Record<string, ParityRow>> = {
  'network[isolated]': {
    aws: native('private subnets and interface endpoints'),
    gcp: native(`no route but to Private Service Connect, egress denied by firewall; ${AROUND} ${PERIMETER}`),
  },
  'network[isolated].cidr': BOTH,
  'network[isolated].zones': {
    aws: NATIVE,
    gcp: always(native('a subnetwork spans every zone of its region')),
  },
  'network[nat]': { aws: native('NAT gateways'), gcp: native(`Cloud NAT; ${AROUND} instead ${PERIMETER}`) },
  'network[nat].cidr': BOTH,
  'network[nat].zones': { aws: NATIVE, gcp: always(native('a subnetwork spans every zone of its region')) },
  'network[nat].gateways': {
    aws: NATIVE,
    gcp: always(native('Cloud NAT is one gateway of the region and survives the loss of a zone')),
  },
  'network[existing]': BOTH,
  'network[existing].aws.vpc': ownOf('aws'),
  'network[existing].aws.subnets': ownOf('aws'),
  'network[existing].gcp.network': ownOf('gcp'),
  'network[existing].gcp.subnetwork': ownOf('gcp'),
  'network[existing].gcp.attachment': ownOf('gcp'),
  'network[existing].gcp.hostProject': ownOf('gcp'),
};

const receivers = (at: string): Readonly<Record<string, ParityRow>> => ({
  [`${at}.email`]: {
    aws: native('SNS; each address confirms once'),
    gcp: native('notification channels', `${MOST_ADDRESSES} addresses`),
  },
  [`${at}.slack.*.workspace`]: {
    aws: native('the chat service of AWS'),
    gcp: always(emulated('a workflow speaks as a bot, whose token says which workspace it is of')),
  },
  [`${at}.slack.*.channel`]: {
    aws: native('the chat service of AWS'),
    gcp: emulated('a workflow speaks as a bot of the workspace', RELAYED_LIMITS.most),
  },
  [`${at}.slack.*.gcp.secret`]: ownOf('gcp', emulated('a workflow reads it of Secret Manager')),
  [`${at}.teams.*.tenant`]: { aws: native('the chat service of AWS'), gcp: unsupported(NO_TEAMS) },
  [`${at}.teams.*.team`]: { aws: native('the chat service of AWS'), gcp: unsupported(NO_TEAMS) },
  [`${at}.teams.*.channel`]: { aws: native('the chat service of AWS'), gcp: unsupported(NO_TEAMS) },
  [`${at}.webhooks.*.url`]: {
    aws: native('EventBridge API destination'),
    gcp: emulated('a workflow posts each alert', RELAYED_LIMITS.most, RELAYED_LIMITS.addresses),
  },
  [`${at}.webhooks.*.secret`]: {
    aws: native('Secrets Manager'),
    gcp: emulated('a workflow reads it of Secret Manager', 'letters, digits, - and _'),
  },
  [`${at}.webhooks.*.header`]: {
    aws: native('EventBridge API destination'),
    gcp: emulated('a workflow posts each alert'),
  },
});

const BUDGET = 'a budget of gcp.billingAccount';

const GOOGLE = 'google or a close misspelling';
/** What a part of a spec is refused for that needs what its region has not. */
const REGION = 'what a region lacks is refused where something needs it';

const lake: Readonly<Record<string, ParityRow>> = {
  'dataLake.zones.*.retention': { aws: NATIVE, gcp: limited(NATIVE, `no zone with ${GOOGLE} in its name`) },
  'dataLake.datasets.*.zone': BOTH,
  'dataLake.datasets.*.description': { aws: native('template only', 'Athena does not carry it'), gcp: NATIVE },
  'dataLake.datasets.*.columns.*': {
    aws: emulated('a machine owns the columns and changes them by Athena DDL'),
    gcp: native(
      'managed Iceberg table of BigQuery',
      'int is as wide as bigint, float as double',
      `decimals have ${NUMERIC_DIGITS.beforePoint} digits before the point and ${NUMERIC_DIGITS.afterPoint} after it`,
      `no name that begins with ${RESERVED_COLUMNS.join(', ')}`,
    ),
  },
  'dataLake.datasets.*.partitionBy': {
    aws: native('Iceberg partitions'),
    gcp: emulated(
      'managed Iceberg tables are clustered instead',
      `${MOST_CLUSTERING_COLUMNS} columns`,
      `never by a column of type ${[...UNCLUSTERED_TYPES].join(', ')}`,
    ),
  },
  'dataLake.datasets.*.snapshots.keep': {
    aws: native('table optimizer of Glue'),
    gcp: unsupported('BigQuery keeps the history of a table by its age alone, not by a number of snapshots'),
  },
  'dataLake.datasets.*.snapshots.maxAge': {
    aws: native('table optimizer of Glue'),
    gcp: native(
      'time travel of the BigQuery dataset, the longest of its zone',
      `${TIME_TRAVEL_DAYS.min} to ${TIME_TRAVEL_DAYS.max} days`,
    ),
  },
};

const cluster = (kind: 'managed' | 'batch'): Readonly<Record<string, ParityRow>> => {
  const at = (option: string) => `training.cluster[${kind}]${option}`;
  const queued = emulated(
    'Terraform cannot create jobs of Batch; a workflow submits and watches them, and whoever may start trainings may start every workflow of the project',
  );
  return {
    [at('')]:
      kind === 'managed'
        ? { aws: native('SageMaker training'), gcp: native('Vertex AI custom training', MOST_TRAINING_ACCOUNTS) }
        : { aws: native('AWS Batch'), gcp: queued },
    [at('.accelerator.type')]: MACHINES,
    [at('.accelerator.count')]: MACHINES,
    [at('.machine')]: MACHINES,
    [at('.nodes')]:
      kind === 'managed'
        ? BOTH
        : { aws: NATIVE, gcp: native('tasks of one job', 'E2, N1 and N4 machines stand anywhere in their zone') },
    [at('.capacity')]:
      kind === 'managed'
        ? { aws: SPOT_OF_MANAGED, gcp: native('scheduling strategy of the job') }
        : {
            aws: native('spot first, then on demand', 'spot with one node'),
            gcp: emulated('spot first, then on demand, by the workflow'),
          },
    [at('.maxRuntime')]: kind === 'managed' ? BOTH : { aws: NATIVE, gcp: native('jobs of Batch', BATCH_LONGEST) },
    [at('.disk')]: kind === 'managed' ? DISK : BOTH,
    ...(kind === 'managed'
      ? {}
      : {
          [at('.maxNodes')]: {
            aws: native('ceiling of the compute environment'),
            gcp: emulated('the workflow lets no more nodes run at once'),
          },
          [at('.attempts')]: BOTH,
        }),
  };
};

const guarded = (strategy: string, own?: string): Readonly<Record<string, ParityRow>> => {
  const row: ParityRow = {
    aws: native('blue/green update of SageMaker with auto-rollback'),
    gcp: emulated('a workflow splits the traffic, watches and takes it back'),
  };
  const at = `models.*.serving.rollout[${strategy}]`;
  return {
    [at]: row,
    ...(own === undefined ? {} : { [`${at}.${own}`]: row }),
    [`${at}.bake`]: row,
    [`${at}.guards`]: row,
  };
};

const serving: Readonly<Record<string, ParityRow>> = {
  'models.*.registry.approval': {
    aws: emulated('a status of each model package; what approves by itself is a machine'),
    gcp: emulated('a label of the version; audit logs start what follows'),
  },
  'models.*.serving.mode': inOneWay(BOTH),
  'models.*.serving.accelerator.type': MACHINES,
  'models.*.serving.accelerator.count': MACHINES,
  'models.*.serving.machine': MACHINES,
  'models.*.serving.replicas.min': {
    aws: limited(NATIVE, '2 or more, unless rollout.strategy is allAtOnce'),
    gcp: NATIVE,
  },
  'models.*.serving.replicas.max': BOTH,
  'models.*.serving.scaling.requestsPerReplica': BOTH,
  ...guarded('allAtOnce'),
  ...guarded('canary', 'size'),
  ...guarded('linear', 'step'),
  'models.*.serving.capture.sampling': {
    aws: native('data capture to the artifact store'),
    gcp: native('request-response logging to BigQuery'),
  },
  'models.*.serving.gcp.access': ownOf('gcp'),
  'models.*.serving.gcp.serviceAccount': ownOf(
    'gcp',
    native("a service account of the model's own, or that of Vertex AI", MOST_SERVING_ACCOUNTS),
  ),
};

const usage: ParityRow = { aws: NATIVE, gcp: NATIVE };
const monitoring: Readonly<Record<string, ParityRow>> = {
  'models.*.monitoring.latencyP95': usage,
  'models.*.monitoring.errorRate': usage,
  'models.*.monitoring.noTraffic': usage,
  'models.*.monitoring.cpu': usage,
  'models.*.monitoring.gpu': usage,
  'models.*.monitoring.memory': usage,
  'models.*.monitoring.disk': { aws: NATIVE, gcp: unsupported(GCP_UNMEASURED.disk ?? '') },
};

const WATCHED_ON_GCP = "a workflow runs the platform's own job by schedule: the same figures as on AWS";
const watched: ParityRow = {
  aws: emulated("a machine runs the platform's own job by schedule: SageMaker Model Monitor takes no new customers"),
  gcp: emulated(WATCHED_ON_GCP),
};
/** An alarm is of a service, be it on figures of the platform's own job. */
const alarmed: ParityRow = {
  aws: native("an alarm of CloudWatch on what the platform's own job found"),
  gcp: native("an alert policy on what the platform's own job found"),
};
const scheduled: ParityRow = { aws: native('EventBridge Scheduler'), gcp: native('Cloud Scheduler') };
const cron: ParityRow = { ...scheduled, aws: limited(scheduled.aws, ONE_KIND_OF_DAYS) };
const all = (at: 'drift' | 'quality', options: readonly string[], row: ParityRow) =>
  Object.fromEntries(options.map((option) => [`models.*.monitoring.${at}.${option}`, row]));

const drift: Readonly<Record<string, ParityRow>> = {
  ...all(
    'drift',
    [
      'columns',
      'prediction.name',
      'prediction.type',
      'prediction.method',
      'prediction.threshold',
      'prediction.index',
      'window',
      'minRows',
      'segments',
      'maxCategories',
      'reference',
    ],
    watched,
  ),
  'models.*.monitoring.drift.features.*': {
    ...watched,
    gcp: emulated(WATCHED_ON_GCP, MOST_TRAINING_ACCOUNTS),
  },
  ...all('drift', ['threshold', 'severity', 'route'], alarmed),
  ...all('drift', ['schedule'], cron),
  ...all('drift', ['timeZone'], scheduled),
  'models.*.monitoring.drift.machine': MACHINES,
  'models.*.monitoring.drift.disk': DISK,
  ...all(
    'quality',
    ['labels.dataset', 'labels.requestId', 'labels.column', 'labels.positive', 'metric', 'delay', 'window', 'minRows'],
    watched,
  ),
  ...all('quality', ['atLeast', 'atMost', 'severity', 'route'], alarmed),
  'models.*.monitoring.quality.labels.requestField': {
    aws: emulated('the job reads it of each row of a request; without it, the inference id that the caller gave'),
    gcp: emulated(
      'the job reads it of each row of a request',
      'never left out: Vertex AI gives requests numbers of its own',
    ),
  },
};

/** Every option of a spec, and how each cloud does what it says. */
export const PARITY: Readonly<Record<string, ParityRow>> = {
  name: {
    aws: NATIVE,
    gcp: limited(
      NATIVE,
      `no name that begins with ${RESERVED_PREFIX}`,
      `no ${GOOGLE} in it or in that of an environment`,
    ),
  },
  owner: BOTH,
  'aws.account': ownOf('aws'),
  'aws.region': ownOf('aws', limited(NATIVE, REGION)),
  'gcp.project': ownOf('gcp'),
  'gcp.projectNumber': ownOf('gcp'),
  'gcp.region': ownOf('gcp', limited(NATIVE, REGION)),
  'gcp.state.bucket': ownOf('gcp'),
  'gcp.billingAccount': ownOf('gcp'),
  'gcp.roleGeneration': ownOf('gcp'),
  ...network,
  ...PIPELINE_ROWS,
  ...receivers('alerts'),
  ...receivers('alerts.routes.*'),
  'governance.budget.monthly': {
    aws: native('AWS Budgets', 'US dollars'),
    gcp: native(BUDGET, 'US dollars, in which that account must be billed'),
  },
  'governance.budget.alertAt': { aws: native('AWS Budgets'), gcp: native(BUDGET) },
  ...lake,
  ...RULES_ROWS,
  ...cluster('managed'),
  ...cluster('batch'),
  'training.reads': {
    aws: NATIVE,
    gcp: native('rows by IAM of BigQuery, files by conditions of IAM', `${MOST_READ_OF_A_ZONE} datasets of a zone`),
  },
  ...serving,
  ...monitoring,
  ...drift,
};

/** Both clouds do it in one way only. */
function inOneWay({ aws, gcp }: ParityRow): ParityRow {
  return { aws: always(aws), gcp: always(gcp) };
}
