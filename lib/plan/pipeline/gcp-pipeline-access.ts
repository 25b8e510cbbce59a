import type { ModelSpec } from '../../spec/model';
import { type AccessEdge, edges, type Grant, PREFIXES, without } from '../access';
import { submissionGrants } from '../gcp-submission-grants';
import type { PlatformNames } from '../names';
import { pipelineAccess, pipelineStepAccess, startAccess, startTriggerAccess } from './pipeline-access';
import { type PipelinePlan, planPipelines } from './pipeline-plan';
import { usesCluster } from './step-plan';

/** Where steps of a model's pipeline ask for trainings on the batch cluster, in the artifact store. */
export const requestsPrefix = (model: string): string => `training/requests/${model}`;

/**
 * What a pipeline with steps on the batch cluster needs beside: a step asks for its training, and the launcher, which may
 * run things as the account of steps, believes only what that account wrote.
 */
function clusterGrants({ model }: PipelinePlan): readonly Grant[] {
  return [
    ['cluster', 'join', 'training', 'tells Batch how its training goes'],
    ['prefix', 'write', requestsPrefix(model), 'asks for trainings on the cluster, and takes them back'],
    ['queue', 'send', `trainings/${model}`, 'says that it asked for one'],
  ];
}

/** What submits the trainings that steps ask for, waits for them and says how they go, and what starts that. */
export function clusterStepAccess({ model }: Pick<PipelinePlan, 'model'>): readonly AccessEdge[] {
  return edges(`cluster-step/${model}`, [
    ...submissionGrants(`cluster-step-${model}`),
    ['prefix', 'write', requestsPrefix(model), 'reads what steps ask for, and says how it goes'],
  ]);
}

export const clusterStepTriggerAccess = ({ model }: Pick<PipelinePlan, 'model'>): readonly AccessEdge[] =>
  edges(`cluster-step-trigger/${model}`, [
    ['machine', 'start', `cluster-step/${model}`, 'a step asked for a training, or took it back'],
  ]);

/**
 * What the tasks of a pipeline may do on Google Cloud, where one account runs the steps and starts their jobs: what both do
 * elsewhere. The program that runs steps is code of the platform's own.
 */
export function gcpPipelineAccess(plan: PipelinePlan): readonly AccessEdge[] {
  const all = [...pipelineAccess(plan), ...pipelineStepAccess(plan)];
  const grants = [
    ...all.map(({ kind, verb, name, why }) => [kind, verb, name, why] as Grant),
    ['prefix', 'read', PREFIXES.jobs, 'the program that runs the steps'] satisfies Grant,
    ...(usesCluster(plan) ? clusterGrants(plan) : []),
  ];
  // Who writes below a prefix reads there too, and who encrypts with a key decrypts.
  const more = new Set(['prefix write', 'key encrypt']);
  const wider = new Set(
    grants.filter(([kind, verb]) => more.has(`${kind} ${verb}`)).map(([kind, _verb, name]) => `${kind} ${name}`),
  );
  const needed = grants.filter(([kind, verb, name]) => more.has(`${kind} ${verb}`) || !wider.has(`${kind} ${name}`));
  const once = new Map(needed.map((grant) => [grant.slice(0, 3).join(' '), grant]));
  return edges(`pipeline-step/${plan.model}`, [...once.values()]);
}

/** What starts runs there, each as an account of its own: schedules, and what comes as messages. */
export const startersOf = ({ triggers }: Pick<PipelinePlan, 'triggers'>): readonly ('schedules' | 'messages')[] => [
  ...new Set(triggers.map(({ kind }) => (kind === 'schedule' ? 'schedules' : 'messages'))),
];

/** What the workflow may do there that starts runs: no query leaves anything behind. */
export const gcpStartMachineAccess = (plan: PipelinePlan): readonly AccessEdge[] =>
  without(startAccess(plan), `prefix write ${PREFIXES.queries}`);

/** The same, with what starts it. */
export const gcpStartAccess = (plan: PipelinePlan): readonly AccessEdge[] => [
  ...gcpStartMachineAccess(plan),
  ...startersOf(plan).flatMap(() => startTriggerAccess(plan)),
];

/** Every permission of the pipelines of a platform there. */
export const planGcpPipelineAccess = (
  models: Readonly<Record<string, ModelSpec>>,
  names: PlatformNames,
): readonly AccessEdge[] =>
  Object.values(planPipelines(models, names)).flatMap((plan) => [
    ...gcpPipelineAccess(plan),
    ...gcpStartAccess(plan),
    ...(usesCluster(plan) ? [...clusterStepAccess(plan), ...clusterStepTriggerAccess(plan)] : []),
  ]);
