import { driftMachine } from '../../lib/gcp/drift-monitor/drift-machine';
import type { WatchWorkflowProps } from '../../lib/gcp/drift-monitor/workflow/watch-props';
import { watchWorkflow } from '../../lib/gcp/drift-monitor/workflow/watch-workflow';
import { recordsEnv } from '../../lib/gcp/workflow/record-steps';
import { planDrift } from '../../lib/plan/drift/drift-plan';
import { loadPlatformSpec } from '../../lib/plan/load';
import { PlatformNames } from '../../lib/plan/names';
import { pipelinePlatform } from '../support/pipeline-spec';
import { PREPARED } from '../support/watched-spec';
import type { Json, WorkflowsFault, WorkflowsRequest, WorkflowsRun } from '../support/workflows-judge';

export const ARTIFACTS = 'fraud-prod-artifacts-123456789012';
const RECORDS = 'fraud-prod-records-123456789012';
const MODEL = 'fraud-prod-detector';
export const NOW = '2026-06-02T02:30:00Z';
export const REFERENCE = `gs://${ARTIFACTS}/pipelines/detector/run-1/prepare/train/`;

const MONITORING = {
  drift: { features: { amount: 'numeric', country: 'categorical' }, prediction: { type: 'numeric' }, minRows: 50 },
  quality: {
    labels: { dataset: 'labels', requestId: 'payment', requestField: 'payment_id', column: 'fraud', positive: '1' },
    metric: 'auc',
    atLeast: 0.8,
  },
};

/** The plan of a model whose requests and answers are watched. */
export function watchedPlan(monitoring: object = MONITORING) {
  const spec = loadPlatformSpec(
    JSON.stringify({
      ...pipelinePlatform(),
      dataLake: {
        zones: { curated: {} },
        datasets: {
          labels: { zone: 'curated', columns: { payment: 'string', fraud: 'string' } },
          trained: { zone: 'curated', columns: { amount: 'double', country: 'string' } },
        },
      },
      models: { detector: { pipeline: PREPARED, serving: { capture: {} }, monitoring } },
    }),
  );
  const plan = planDrift('detector', spec.models.detector ?? {}, new PlatformNames('fraud', 'prod'));
  if (plan === undefined) throw new Error('there is no drift to watch');
  return plan;
}

export const PROPS: WatchWorkflowProps = {
  target: { project: 'fraud-prod', region: 'europe-west4' },
  platform: 'fraud-prod',
  plan: watchedPlan(),
  modelId: `projects/fraud-prod/locations/europe-west4/models/${MODEL}`,
  captures: { databaseName: 'fraud_prod_captures_detector', tableName: 'requests' },
  tables: {
    labels: { databaseName: 'fraud_prod_curated', tableName: 'labels' },
    trained: { databaseName: 'fraud_prod_curated', tableName: 'trained' },
  },
  artifactsBucket: ARTIFACTS,
  references: ['pipelines/detector'],
  code: `/gcs/${ARTIFACTS}/jobs/drift/0123`,
  config: `/gcs/${ARTIFACTS}/jobs/config-detector/4567`,
  image: 'europe-docker.pkg.dev/vertex-ai/training/any:latest',
  machine: driftMachine('small', 'europe-west4'),
  account: 'fraud-prod-drift-detector@fraud-prod.iam.gserviceaccount.com',
  encryptionKeyId: 'projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod-keys/cryptoKeys/artifacts',
  attachment: 'projects/fraud-prod/regions/europe-west4/networkAttachments/fraud-prod-net',
  labels: { 'mlops-platform': 'fraud-prod' },
};

export interface Written {
  readonly champion?: Json | null;
  readonly description?: string;
  readonly ends?: readonly Json[];
  readonly tables?: Json;
  readonly artifacts?: Json;
  readonly failing?: readonly string[];
  readonly faults?: readonly WorkflowsFault[];
  readonly props?: WatchWorkflowProps;
  readonly aiplatform?: Json;
}

/** A run of the workflow in a world. */
export function watchRun(argument: unknown, written: Written = {}): WorkflowsRequest {
  const { champion = { version: '6', name: 'x', id: '611111' }, props = PROPS } = written;
  const configs = props.plan.runs.map((run) => [
    `jobs/config-detector/4567/${run.kind}.json`,
    JSON.stringify(run.config),
  ]);
  const described = written.description ?? JSON.stringify({ reference: REFERENCE });
  return {
    workflows: { watch: watchWorkflow(props) },
    env: recordsEnv(RECORDS),
    start: [{ workflow: 'watch', argument }],
    faults: written.faults ?? [],
    world: {
      now: NOW,
      state: {
        aiplatform: {
          models: {
            [MODEL]: { versions: { 6: { fields: { versionDescription: described }, aliases: ['champion'] } } },
          },
          endpoints: {},
          jobEnds: written.ends ?? [],
          jobSeconds: 60,
          ...written.aiplatform,
        },
        storage: {
          buckets: {
            [RECORDS]: champion === null ? {} : { 'models/detector/champion': champion },
            [ARTIFACTS]: { ...Object.fromEntries(configs), ...written.artifacts },
          },
        },
        bigquery: {
          tables: written.tables ?? {
            'fraud_prod_captures_detector.requests': [['2026-06-02T01:00:00Z', ['r']]],
            'fraud_prod_curated.labels': [['2026-06-01T01:00:00Z', ['l']]],
            'fraud_prod_curated.trained': [['2026-05-01T01:00:00Z', ['t']]],
          },
          failing: written.failing ?? [],
          seconds: 15,
        },
      },
    },
  };
}

/** Where a run of the job writes what it found. */
export const resultOf = (kind: string, execution: string): string =>
  `gs://${ARTIFACTS}/drift/detector/${kind}/${execution}/output/figures.json`;

/** Figures that were published, by name. */
export function publishedBy(run: WorkflowsRun): Readonly<Record<string, number>> {
  const { written } = run.world.state.monitoring as {
    written: readonly { metric: { type: string }; points: readonly { value: { doubleValue: number } }[] }[];
  };
  return Object.fromEntries(
    written.map(({ metric, points }) => [metric.type.replace(/^.*\//, ''), points[0]?.value.doubleValue ?? Number.NaN]),
  );
}

/** The custom jobs that were begun, in order. */
export const jobsOf = (run: WorkflowsRun): readonly Json[] =>
  Object.values((run.world.state.aiplatform as { customJobs: Record<string, Json> }).customJobs);

/** Arguments of the container of a job. */
export function argumentsOf(job: Json | undefined): readonly string[] {
  const { workerPoolSpecs } = (job?.jobSpec ?? { workerPoolSpecs: [] }) as {
    workerPoolSpecs: readonly { containerSpec: { args: readonly string[] } }[];
  };
  return workerPoolSpecs[0]?.containerSpec.args ?? [];
}

/** What an object of the artifact store holds: as it was written, or as an export left it. */
export const object = (run: WorkflowsRun, name: string): Json => {
  const { buckets } = run.world.state.storage as { buckets: Record<string, Record<string, Json & { text?: string }>> };
  const held = buckets[ARTIFACTS]?.[name];
  if (held === undefined) throw new Error(`there is no ${name}`);
  return held.text === undefined ? held : JSON.parse(held.text);
};
