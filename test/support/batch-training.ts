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

/** One training on a cluster, in a world where its machines fare as `outcomes` say. */
export function trainingRun(cluster: object, argument: object | null, batch: Json = {}): WorkflowsRequest {
  const props = batchProps(cluster);
  return {
    workflows: { train: batchWorkflow(props) },
    env: recordsEnv(BUCKET),
    start: [{ workflow: 'train', argument }],
    world: {
      state: {
        storage: { buckets: { [BUCKET]: {} } },
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
