import { type AccessEdge, edges, type Grant, PREFIXES, pipelinePrefix } from '../access';
import { championPath } from '../serving-access';
import type { PipelinePlan } from './pipeline-plan';

/** Where the frozen snapshots of a dataset are, in the artifact store. */
export const snapshotPrefix = (dataset: string): string => `${PREFIXES.snapshots}/${dataset}`;

/** The lock of a model's pipeline: whoever starts a run holds it. */
export const pipelineLock = (model: string): string => `${PREFIXES.pipelines}/${model}`;

/** Path of what the start of a pipeline publishes, below the platform's published facts. */
export const pipelinePath = (model: string): readonly string[] => [PREFIXES.pipelines, model];

/** What orchestrates the steps of a pipeline, where that is not the steps themselves. */
export function pipelineAccess({ model, register }: PipelinePlan): readonly AccessEdge[] {
  return edges(`pipeline/${model}`, [
    ['job', 'run', `pipeline/${model}`, 'runs the steps'],
    ['prefix', 'read', pipelinePrefix(model), 'reads the metrics that conditions and the gate compare'],
    ['key', 'decrypt', 'artifacts', 'results are encrypted'],
    ...(register === undefined
      ? []
      : [['model', 'register', model, 'registers the model that passed the gate'] satisfies Grant]),
  ]);
}

/** What the steps of a pipeline may do: they read frozen snapshots, never the tables. */
export function pipelineStepAccess({ model, steps, datasets }: PipelinePlan): readonly AccessEdge[] {
  const validates = steps.some(({ kind }) => kind === 'validation');
  return edges(`pipeline-step/${model}`, [
    ['repository', 'pull', 'training', 'the containers of the steps'],
    ...datasets.map(
      (dataset): Grant => ['prefix', 'read', snapshotPrefix(dataset), 'the frozen snapshot of a dataset'],
    ),
    ...(validates ? [['prefix', 'read', PREFIXES.jobs, 'the code of the validation'] satisfies Grant] : []),
    ['prefix', 'write', pipelinePrefix(model), 'what a step makes, and what it reads of the others'],
    ['key', 'encrypt', 'artifacts', 'snapshots and results are encrypted'],
    ['network', 'attach', 'training', 'steps run in private subnets'],
    ['log', 'write', `pipeline-${model}`, 'what a step prints'],
    ['metric', 'publish', 'training', 'what a step measures'],
  ]);
}

/** What the machine may do that starts runs: freezes the data, compares with what serves, starts and reports. */
export function startAccess({ model, datasets }: PipelinePlan): readonly AccessEdge[] {
  const freezes: readonly Grant[] = [
    ...datasets.flatMap((dataset): Grant[] => [
      ['dataset', 'read', dataset, 'freezes what a run reads'],
      ['prefix', 'write', snapshotPrefix(dataset), 'the frozen snapshot'],
    ]),
    ['prefix', 'write', PREFIXES.queries, 'the query engine leaves its results here'],
    ['key', 'decrypt', 'data', 'tables are encrypted'],
  ];
  return edges(`start/${model}`, [
    ['lock', 'hold', pipelineLock(model), 'one run is started at a time'],
    ...(datasets.length === 0 ? [] : freezes),
    ['parameter', 'read', championPath(model).join('/'), 'the version that serves'],
    ['model', 'read', model, 'what the version that serves was measured at'],
    ['prefix', 'read', pipelinePrefix(model), 'its metrics'],
    ['repository', 'pull', 'training', 'digests of the images that run'],
    ['pipeline', 'start', model, 'starts a run and sees how it ends'],
    ['key', 'encrypt', 'artifacts', 'snapshots and metrics are encrypted'],
    ['channel', 'publish', 'alerts', 'says how a run ended'],
    ['key', 'encrypt', 'operations', 'the alert channel and the locks are encrypted'],
    ['log', 'write', `start-${model}`, 'every decision is on record'],
  ]);
}

/** What starts that machine: schedules, new data, signals. */
export function startTriggerAccess({ model }: Pick<PipelinePlan, 'model'>): readonly AccessEdge[] {
  return edges(`start-trigger/${model}`, [
    ['machine', 'start', `start/${model}`, 'a schedule, new data, or a signal'],
    ['key', 'encrypt', 'operations', 'executions of the machine are encrypted'],
  ]);
}

/**
 * The same on AWS, where a schedule hands over itself what it could not start; what events could not start is handed over
 * by others.
 */
export function awsStartTriggerAccess(plan: Pick<PipelinePlan, 'model' | 'triggers'>): readonly AccessEdge[] {
  if (plan.triggers.length === 0) return [];
  const scheduled = plan.triggers.some(({ kind }) => kind === 'schedule');
  return [
    ...startTriggerAccess(plan),
    ...(scheduled
      ? edges(`start-trigger/${plan.model}`, [
          ['queue', 'send', plan.model, 'what could not be started waits for a person'],
        ])
      : []),
  ];
}
