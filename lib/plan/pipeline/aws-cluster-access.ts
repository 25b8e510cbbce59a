import { type AccessEdge, edges, type Grant, pipelinePrefix } from '../access';
import { PROVIDED_IMAGES } from '../drift/drift-access';
import { pipelineLock } from './pipeline-access';
import type { PipelinePlan } from './pipeline-plan';
import { isClusterStep } from './step-plan';

/** The queue in which steps of a model's pipeline wait for the machine that runs them on the cluster. */
export const clusterQueue = (model: string): string => `cluster-step/${model}`;

/** The locks of those steps, one for each message of that queue. */
export const clusterLock = (model: string): string => `${pipelineLock(model)}/cluster-steps`;

/** Where that machine notes what steps made, to use it again, in the artifact store. Runs are called otherwise. */
export const clusterRecords = (model: string): string => `${pipelinePrefix(model)}/cluster-steps`;

/** What hands such a step over: the pipeline itself. */
export const clusterHandOver = (model: string): readonly Grant[] => [
  ['queue', 'send', clusterQueue(model), 'a step on the cluster waits here until its machine took it'],
  ['key', 'encrypt', 'operations', 'what waits is encrypted'],
];

/** What runs steps of a pipeline on the batch cluster may do, as what starts that, and what starts their containers. */
export function clusterStepAccess({ model, steps }: Pick<PipelinePlan, 'model' | 'steps'>): readonly AccessEdge[] {
  const remembers = steps.filter(isClusterStep).some(({ cacheSeconds }) => cacheSeconds !== undefined);
  return edges(`cluster-step/${model}`, [
    ['lock', 'hold', clusterLock(model), 'a step that is handed over twice runs once'],
    ['cluster', 'submit', 'training', 'submits a training and takes it back when its run is stopped'],
    ['pipeline', 'answer', model, 'says how the step ended'],
    ...(remembers
      ? ([
          ['prefix', 'write', clusterRecords(model), 'what an equal step made'],
          ['key', 'encrypt', 'artifacts', 'records are encrypted'],
        ] satisfies Grant[])
      : []),
    ['key', 'encrypt', 'operations', 'locks are encrypted'],
    ['log', 'write', `cluster-step-${model}`, 'every decision is on record'],
  ]);
}

export const clusterStepTriggerAccess = ({ model }: Pick<PipelinePlan, 'model'>): readonly AccessEdge[] =>
  edges(`cluster-step-trigger/${model}`, [
    ['queue', 'consume', clusterQueue(model), 'steps that wait for the cluster'],
    ['machine', 'start', `cluster-step/${model}`, 'runs a step on the cluster'],
    ['key', 'encrypt', 'operations', 'messages, and executions of the machine, are encrypted'],
  ]);

export const clusterStepLauncherAccess = ({ model }: Pick<PipelinePlan, 'model'>): readonly AccessEdge[] =>
  edges(`cluster-step-launcher/${model}`, [
    ['repository', 'pull', 'training', 'the containers of the steps'],
    ['repository', 'pull', PROVIDED_IMAGES, 'the image of the cloud that files are carried on'],
    ['log', 'write', 'training', 'what a step prints'],
  ]);
