import { PlatformNames } from '../plan/names';
import { specOn } from '../spec/clouds';
import type { PlatformSpec } from '../spec/platform';
import { stacksOnGcp } from './destroy-on-gcp';
import { gcpProject, type WorkflowExecution } from './gcp-project';
import type { Execution, LivePlatform } from './live-platform';

/** A platform in the project that its spec names. */
export async function onGcp(given: PlatformSpec): Promise<LivePlatform> {
  const spec = specOn('gcp', given);
  const names = new PlatformNames(spec.name, spec.environment);
  const { project, region } = spec.gcp;
  const google = await gcpProject(project);
  const { gcpBucketName } = await import('../gcp/storage/bucket-name.js');
  const { operationsWorkflow } = await import('../gcp/operations/operations-names.js');
  const { startWorkflowName } = await import('../gcp/training-pipeline/start-names.js');
  const bucket = gcpBucketName(names, 'records', spec.gcp);
  const publishedModels = async () => {
    const found = await google.objectNames(bucket, 'models/');
    return [...new Set(found.flatMap((name) => name.split('/')[1] ?? []))];
  };
  return {
    spec,
    names,
    where: `${project}, ${region}`,
    publishedName: (path) => `object gs://${bucket}/${path.join('/')}`,
    published: (path) => google.object(bucket, path.join('/')),
    publishedModels,
    serving: (facts) => {
      const { endpoint, workflow } = facts as { readonly endpoint: string; readonly workflow: string };
      return { endpoint, machine: workflow };
    },
    retireMachine: async () => {
      const machine = `projects/${project}/locations/${region}/workflows/${operationsWorkflow(names, 'retire')}`;
      const name = `workflow ${machine}`;
      return (await google.hasWorkflow(machine)) ? { name, machine } : { name };
    },
    startMachine: async (model) => {
      const machine = `projects/${project}/locations/${region}/workflows/${startWorkflowName(names, model)}`;
      const name = `workflow ${machine}`;
      return (await google.hasWorkflow(machine)) ? { name, machine } : { name };
    },
    start: (machine, _name, input) => google.start(machine, input),
    execution: async (name) => executionOf(await google.execution(name)),
    look: (name) => `gcloud workflows executions describe ${name}`,
    stacks: async (model) => stacksOnGcp(spec, names, await publishedModels(), model),
  };
}

/** States of an execution that has not ended. Source: Workflow Executions API, Execution, State. */
const RUNNING = ['ACTIVE', 'QUEUED', 'STATE_UNSPECIFIED'];

function executionOf({ state, result, error }: WorkflowExecution): Execution {
  if (RUNNING.includes(state)) return { state: 'running' };
  if (state !== 'SUCCEEDED') return { state: 'failed', why: `${state}: ${error?.payload ?? 'Read the execution.'}` };
  return { state: 'succeeded', ...(result === undefined ? {} : { output: result }) };
}
