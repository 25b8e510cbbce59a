import type { ModelSpec } from '../../spec/model';
import { type AccessEdge, edges, type Grant, PREFIXES } from '../access';
import type { PlatformNames } from '../names';
import { pipelineAccess, pipelineStepAccess, startAccess, startTriggerAccess } from './pipeline-access';
import { type PipelinePlan, planPipelines } from './pipeline-plan';

/**
 * What the tasks of a pipeline may do on Google Cloud, where one account runs the steps and starts their jobs: what both do
 * elsewhere. The program that runs steps is code of the platform's own.
 */
export function gcpPipelineAccess(plan: PipelinePlan): readonly AccessEdge[] {
  const all = [...pipelineAccess(plan), ...pipelineStepAccess(plan)];
  const grants = [
    ...all.map(({ kind, verb, name, why }) => [kind, verb, name, why] as Grant),
    ['prefix', 'read', PREFIXES.jobs, 'the program that runs the steps'] satisfies Grant,
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

/** What starts runs there: schedules as one account, and what comes as messages as another. */
export function gcpStartAccess(plan: PipelinePlan): readonly AccessEdge[] {
  const scheduled = plan.triggers.some(({ kind }) => kind === 'schedule');
  const told = plan.triggers.some(({ kind }) => kind !== 'schedule');
  return [
    ...startAccess(plan),
    ...(scheduled ? startTriggerAccess(plan) : []),
    ...(told ? startTriggerAccess(plan) : []),
  ];
}

/** Every permission of the pipelines of a platform there. */
export const planGcpPipelineAccess = (
  models: Readonly<Record<string, ModelSpec>>,
  names: PlatformNames,
): readonly AccessEdge[] =>
  Object.values(planPipelines(models, names)).flatMap((plan) => [...gcpPipelineAccess(plan), ...gcpStartAccess(plan)]);
