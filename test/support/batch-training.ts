import { attemptsOf, type BatchWorkflowProps } from '../../lib/gcp/training-cluster/machine/batch-props';
import { batchWorkflow } from '../../lib/gcp/training-cluster/machine/batch-workflow';
import { recordsEnv } from '../../lib/gcp/workflow/record-steps';
import { GCP_CLUSTER_RULES } from '../../lib/plan/cluster-rules';
import { gcpMachines } from '../../lib/plan/machines/gcp-machines';
import { planTrainingCluster, type TrainingClusterPlan } from '../../lib/plan/training-cluster';
import { training } from '../../lib/spec/training';
import { TARGET } from './gcp-synth';
import type { Json, WorkflowsRequest, WorkflowsRun } from './workflows-judge';

export const REPOSITORY = 'europe-west4-docker.pkg.dev/fraud-prod/fraud-prod-training';
export const IMAGE = `${REPOSITORY}/training:initial`;
export const JOBS = 'projects/123456789012/locations/europe-west4/jobs';
const BUCKET = 'fraud-prod-records-123456789012';

/** A batch cluster as a spec writes it, planned. */
export function clusterPlan(cluster: object): TrainingClusterPlan {
  const parsed = training.shape.cluster.parse({ kind: 'batch', maxRuntime: '2 hours', ...cluster });
  const choice = planTrainingCluster(gcpMachines, parsed, TARGET.region, GCP_CLUSTER_RULES);
  if (!choice.ok) throw new Error(JSON.stringify(choice.findings));
  return choice.plan;
}

export function batchProps(cluster: object): BatchWorkflowProps {
  const plan = clusterPlan(cluster);
  return {
    target: TARGET,
    platform: 'fraud-prod',
    plan,
    ways: plan.purchases.map(({ capacity }) => ({ capacity, template: `nodes-${capacity}` })),
    account: 'training@fraud-prod.iam.gserviceaccount.com',
    repository: REPOSITORY,
    image: IMAGE,
    variables: {
      MLOPS_ARTIFACTS: 'gs://artifacts/training/artifacts/',
      MLOPS_CHECKPOINTS: 'gs://artifacts/training/checkpoints/',
    },
    labels: { platform: 'fraud' },
  };
}

/** Where trainings are asked for. */
export const REQUESTS = { bucket: 'artifacts', prefix: 'training/requests/detector' };

const request = (name: string): string => `${REQUESTS.prefix}/${name}/request.json`;

/** The message that names a training. */
export const asked = (name: string): object => ({
  data: { message: { data: Buffer.from(JSON.stringify({ training: name })).toString('base64') } },
});

/** Trainings that a program asked for by their names, each with its request; null where that was taken back. */
export function askedRun(
  cluster: object,
  wanted: Readonly<Record<string, Json | null>>,
  batch: Json = {},
  props: Partial<BatchWorkflowProps> = {},
): WorkflowsRequest {
  const more = { requests: REQUESTS, buckets: [REQUESTS.bucket], variables: {}, ...props };
  const objects = Object.entries(wanted).flatMap(([name, one]) => (one === null ? [] : [[request(name), one]]));
  const run = trainingRun(cluster, null, batch, { ...more, objects: Object.fromEntries(objects) });
  return { ...run, start: Object.keys(wanted).map((name) => ({ workflow: 'train', argument: asked(name) })) };
}

/** The same, where somebody takes one back after some seconds. */
export function takenBackAt(run: WorkflowsRequest, name: string, seconds: number): WorkflowsRequest {
  const { bucket } = REQUESTS;
  const url = `https://storage.googleapis.com/storage/v1/b/${bucket}/o/${encodeURIComponent(request(name))}`;
  const steps = [{ remove: { call: 'http.delete', args: { url, auth: { type: 'OAuth2' } } } }];
  return {
    ...run,
    workflows: { ...run.workflows, take_back: { main: { steps } } },
    start: [...run.start, { workflow: 'take_back', at: seconds }],
  };
}

/** What was said of a training that a program asked for. */
export function stateOf({ world }: Pick<WorkflowsRun, 'world'>, name: string): unknown {
  const { buckets } = world.state.storage as unknown as {
    buckets: Record<string, Record<string, { text: string }>>;
  };
  const held = buckets[REQUESTS.bucket]?.[`${REQUESTS.prefix}/${name}/state.json`];
  return held === undefined ? undefined : JSON.parse(held.text);
}

/** The world of a run, where somebody took back what was asked for. */
export function takenBack<W extends Pick<WorkflowsRun, 'world'>>(run: W, name: string): W {
  const world = structuredClone(run.world) as unknown as { state: { storage: { buckets: Record<string, Json> } } };
  const { [request(name)]: _, ...left } = world.state.storage.buckets[REQUESTS.bucket] ?? {};
  world.state.storage.buckets[REQUESTS.bucket] = left;
  return { ...run, world } as W;
}

/** One training on a cluster, in a world where its machines fare as `outcomes` say. */
export function trainingRun(
  cluster: object,
  argument: object | null,
  batch: Json = {},
  { objects = {}, ...more }: Partial<BatchWorkflowProps> & { readonly objects?: Json } = {},
): WorkflowsRequest {
  const props = { ...batchProps(cluster), ...more };
  return {
    workflows: { train: batchWorkflow(props) },
    env: recordsEnv(BUCKET),
    start: [{ workflow: 'train', argument }],
    world: {
      state: {
        storage: { buckets: { [BUCKET]: {}, [REQUESTS.bucket]: objects } },
        batch: {
          spotTemplates: attemptsOf(props).flatMap((one) => (one.capacity === 'spot' ? [one.template] : [])),
          ...batch,
        },
      },
    },
  };
}

/** Jobs that a run left, by id, with the state of each. */
export function jobsOf(run: Pick<WorkflowsRun, 'world'>): Readonly<Record<string, string>> {
  const { jobs = {} } = (run.world.state.batch ?? {}) as { jobs?: Record<string, { course: [string, string][] }> };
  return Object.fromEntries(
    Object.entries(jobs).map(([name, { course }]) => [
      name.replace(`${JOBS}/`, ''),
      course.filter(([at]) => at <= run.world.now).at(-1)?.[1] ?? '',
    ]),
  );
}

/** Objects of the bucket of records that a run left. */
export function recordsOf(run: Pick<WorkflowsRun, 'world'>): Readonly<Record<string, unknown>> {
  const { buckets } = run.world.state.storage as unknown as {
    buckets: Record<string, Record<string, { text: string }>>;
  };
  return Object.fromEntries(Object.entries(buckets[BUCKET] ?? {}).map(([name, { text }]) => [name, JSON.parse(text)]));
}

/** Signals that the alert channel heard of, each with its reason. */
export const announcedIn = ({ log }: Pick<WorkflowsRun, 'log'>): readonly string[] =>
  log.flatMap(({ json }) => {
    const { signal, reason } = (json ?? {}) as { signal?: string; reason?: string };
    return signal === undefined ? [] : [`${signal}: ${reason}`];
  });
