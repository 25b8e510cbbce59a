import type { StartWorkflowProps } from '../../lib/gcp/training-pipeline/workflow/start-props';
import { startWorkflow } from '../../lib/gcp/training-pipeline/workflow/start-workflow';
import { recordsEnv } from '../../lib/gcp/workflow/record-steps';
import { runParameters } from '../../lib/plan/pipeline/run-parameters';
import { EVERY_KIND, plannedPipeline } from '../support/pipeline-spec';
import type { Json, WorkflowsFault, WorkflowsRequest, WorkflowsRun } from '../support/workflows-judge';

export const ARTIFACTS = 'fraud-prod-artifacts-123456789012';
const RECORDS = 'fraud-prod-records-123456789012';
const DOCUMENT = 'pipelines/detector/documents/0123456789abcdef.json';
export const MODEL = 'fraud-prod-detector';
export const PIPELINE = 'fraud-detector-pipeline';
/** When a run of the tests starts, and when the tables last changed before. */
export const NOW = '2026-06-02T03:00:00Z';
export const CHANGED = { transactions: '2026-06-01T20:00:00.123Z', chargebacks: '2026-05-20T10:00:00Z' };
export const SNAPSHOTS = {
  transactions: String(Date.parse(CHANGED.transactions)),
  chargebacks: String(Date.parse(CHANGED.chargebacks)),
};

/** The lineage that a registered version has in its description, as far as the gate reads it. */
export const described = (auc: number): string => JSON.stringify({ metrics: { auc } });

const plan = plannedPipeline({
  ...EVERY_KIND,
  triggers: { ...EVERY_KIND.triggers },
});

export const PROPS: StartWorkflowProps = {
  target: { project: 'fraud-prod', region: 'europe-west4' },
  platform: 'fraud-prod',
  plan: { ...plan, triggers: [...plan.triggers, { name: 'drifted', kind: 'signal', signal: 'drift' }] },
  modelId: `projects/fraud-prod/locations/europe-west4/models/${MODEL}`,
  tables: {
    transactions: { databaseName: 'fraud_prod_curated', tableName: 'transactions' },
    chargebacks: { databaseName: 'fraud_prod_curated', tableName: 'chargebacks' },
  },
  artifactsBucket: ARTIFACTS,
  document: DOCUMENT,
  imagePackage: 'projects/fraud-prod/locations/europe-west4/repositories/fraud-prod-training/packages/training',
  account: 'fraud-prod-detector-steps@fraud-prod.iam.gserviceaccount.com',
  encryptionKeyId: 'projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod-keys/cryptoKeys/artifacts',
  attachment: 'projects/fraud-prod/regions/europe-west4/networkAttachments/fraud-prod-net',
  labels: { 'mlops-platform': 'fraud-prod' },
};

/** A pipeline document, of which a fake reads which parameters it declares. */
const DECLARED = {
  root: { inputDefinitions: { parameters: Object.fromEntries(runParameters(plan).map(({ name }) => [name, {}])) } },
};

export interface Written {
  readonly champion?: Json;
  readonly versions?: Json;
  readonly runs?: Json;
  readonly courses?: readonly Json[];
  readonly artifacts?: Json;
  /** Objects that somebody else writes just before the workflow does. */
  readonly raced?: Json;
  readonly tables?: Json;
  /** While rows are in the streaming buffer of a table: from and until. */
  readonly streamed?: Readonly<Record<string, readonly [string, string]>>;
  readonly tags?: Json;
  readonly failing?: readonly string[];
  /** Whether exports and runs end at the first look. */
  readonly quick?: true;
  readonly props?: StartWorkflowProps;
  readonly faults?: readonly WorkflowsFault[];
  /** One execution each. */
  readonly start?: WorkflowsRequest['start'];
}

/** A run of the workflow in a world. */
export function startRun(argument: unknown, written: Written = {}): WorkflowsRequest {
  return {
    workflows: { start: startWorkflow(written.props ?? PROPS) },
    env: recordsEnv(RECORDS),
    start: written.start ?? [{ workflow: 'start', argument }],
    faults: written.faults ?? [],
    world: {
      now: NOW,
      state: {
        aiplatform: {
          models: { [MODEL]: { versions: written.versions ?? {} } },
          endpoints: {},
          pipelineJobs: written.runs ?? {},
          ...(written.quick ? { pipelineSeconds: 0 } : {}),
          courses: written.courses ?? [{ registers: { model: MODEL } }],
        },
        storage: {
          buckets: {
            [RECORDS]: written.champion === undefined ? {} : { 'models/detector/champion': written.champion },
            [ARTIFACTS]: { [DOCUMENT]: DECLARED, ...written.artifacts },
          },
          raced: written.raced ?? {},
        },
        bigquery: {
          tables: {
            'fraud_prod_curated.transactions': [[CHANGED.transactions, ['t1']]],
            'fraud_prod_curated.chargebacks': [[CHANGED.chargebacks, ['c1']]],
            ...written.tables,
          },
          streamed: written.streamed ?? {},
          failing: written.failing ?? [],
          ...(written.quick ? { seconds: 0 } : {}),
        },
        artifactregistry: {
          tags: written.tags ?? { 'fraud-1.4.0': 'sha256:aaaa', 'fraud-serving-1.4.0': 'sha256:bbbb' },
        },
      },
    },
  };
}

/** A run of the pipeline that ended or goes on. */
export const pastRun = (state: string, createTime: string, snapshots: Json = {}): Json => ({
  displayName: PIPELINE,
  createTime,
  state: `PIPELINE_STATE_${state}`,
  ends: Number.MAX_SAFE_INTEGER,
  course: {},
  runtimeConfig: { gcsOutputDirectory: 'gs://x', parameterValues: snapshots },
});

/** Runs of the pipeline, by name. */
export const runsOf = (run: WorkflowsRun): Readonly<Record<string, Json>> =>
  (run.world.state.aiplatform as { pipelineJobs: Record<string, Json> }).pipelineJobs;

/** The one run that an execution began. */
export function onlyRun(run: WorkflowsRun): Json {
  const [one, ...more] = Object.values(runsOf(run));
  if (one === undefined || more.length > 0) throw new Error(`${more.length + 1} runs, and one was expected`);
  return one;
}

/** What a run of the pipeline was begun with. */
export const valuesOf = (one: Json): Json => (one.runtimeConfig as { parameterValues: Json }).parameterValues;

/** Objects of a bucket, by name, as text. */
export function objectsOf(run: WorkflowsRun, bucket = ARTIFACTS): Readonly<Record<string, string>> {
  const { buckets } = run.world.state.storage as { buckets: Record<string, Record<string, unknown>> };
  return Object.fromEntries(
    Object.entries(buckets[bucket] ?? {}).map(([name, held]) => [
      name,
      (held as { text?: string }).text ?? JSON.stringify(held),
    ]),
  );
}

export const locksOf = (run: WorkflowsRun): readonly string[] =>
  Object.keys(objectsOf(run, RECORDS)).filter((name) => name.startsWith('locks/'));

const messageOf = (told: Json): Json => ({
  id: 'e1',
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  data: { message: { data: Buffer.from(JSON.stringify(told)).toString('base64') } },
});

/** The argument that Eventarc gives of an entry of BigQuery's audit log that a sink published. */
export const changeOf = (dataset: string, metadata: Json = { tableDataChange: { reason: 'QUERY' } }): Json =>
  messageOf({
    protoPayload: {
      serviceName: 'bigquery.googleapis.com',
      methodName: 'google.cloud.bigquery.v2.JobService.InsertJob',
      resourceName: `projects/fraud-prod/datasets/fraud_prod_curated/tables/${dataset}`,
      metadata,
    },
  });

/** The argument that Eventarc gives of a notification of Monitoring. */
export const incidentOf = (signal: string, state = 'open'): Json =>
  messageOf({ version: '1.2', incident: { state, policy_user_labels: { signal: `detector-${signal}` } } });
