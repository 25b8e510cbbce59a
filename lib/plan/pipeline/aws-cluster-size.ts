import type { SpecCheck } from '../../spec/references';
import type { BatchClusterSpec } from '../../spec/training';
import { pipelinePrefix } from '../access';
import { PlatformNames } from '../names';
import { CARRIERS, CLUSTER_PLACES, PLACES_VARIABLE } from './aws-cluster-carriers';
import { checkpointPrefix } from './aws-pipeline-access';
import { eachPlan } from './each-plan';
import type { InputSource } from './graph';
import { snapshotPrefix } from './pipeline-access';
import type { PipelinePlan } from './pipeline-plan';
import { stepArguments } from './step-arguments';
import { type ClusterStep, isClusterStep } from './step-plan';

/** Bytes of a job definition. Source: AWS Batch user guide, "Service quotas", maximum job definition size: 24 KiB. */
export const LARGEST_DEFINITION = 24_576;

/**
 * Bytes of a definition beside the words of its training, with the longest names that there are: of the whole, of each kind of
 * node, and of the devices of the largest machine with accelerators. Of several nodes the main one is a kind of its own.
 */
const REST = 900;
const REST_OF_NODE = 4800;
const DEVICES_OF_NODE = 1400;

/** Characters of what a task is started with. Source: ECS API reference, RunTask, overrides, with the signs of JSON in it. */
const LONGEST_OVERRIDES = 8192;

/**
 * Of these, what AWS Batch says itself to each of the containers: names of the queue and the environment, of 128 characters
 * each, the job, the try, and of several nodes which one it is. Source: AWS Batch user guide, "AWS Batch job environment
 * variables", which does not say how they are handed over.
 */
export const OVERRIDES_OF_BATCH = 2800;

/** The same, for people. */
export const CLUSTER_LIMITS = {
  definition: `${LARGEST_DEFINITION} bytes of a job definition`,
  addresses: `${LONGEST_OVERRIDES} characters of addresses in all`,
} as const;

/** What a node is, and how many there are. */
type Nodes = Pick<BatchClusterSpec, 'nodes'> & { readonly accelerator?: object | undefined };

/** Bytes that the job definition of a step has at most: a bound from above, as names are known only once it is deployed. */
export function largestDefinition(step: ClusterStep, { accelerator, nodes }: Nodes): number {
  const words = Buffer.byteLength(JSON.stringify([...(step.command ?? []), ...stepArguments(step, CLUSTER_PLACES)]));
  const devices = accelerator === undefined ? 0 : DEVICES_OF_NODE;
  return REST + (nodes === 1 ? 1 : 2) * (words + REST_OF_NODE + devices);
}

/** What stands for a part of an address that is known only at run time: as long as that is at its longest. */
const RUN = 'r'.repeat('run-'.length + 16);
const SNAPSHOT = '9'.repeat(19);
const ATTEMPT = 'f'.repeat(16);
const JOB = 'j'.repeat(63);
const ACCOUNT = '1'.repeat(12);

/** Characters of what carriers are told when a job is submitted: a bound from above, likewise. */
export function longestOverrides(
  { model, steps }: Pick<PipelinePlan, 'model' | 'steps'>,
  step: ClusterStep,
  names: PlatformNames,
  region: string,
): number {
  const end = `-${ACCOUNT}-${region}`;
  const bucket = `s3://${names.bucket('artifacts', end.length)}${end}`;
  const uri = (...parts: readonly string[]) => [bucket, ...parts].join('/');
  const read = (from: InputSource): string => {
    if ('dataset' in from) return uri(snapshotPrefix(from.dataset), SNAPSHOT, ATTEMPT, '');
    const trained = steps.find(({ name }) => name === from.step)?.kind === 'training';
    const folder = trained ? `${JOB}/output/model` : from.output;
    return uri(pipelinePrefix(model), RUN, from.step, folder, '');
  };
  const places = {
    inputs: Object.fromEntries(step.inputs.map(({ argument, from }) => [argument, read(from)])),
    outputs: Object.fromEntries(
      step.outputs.map((output) => [output, uri(pipelinePrefix(model), RUN, step.name, output)]),
    ),
    checkpoints: uri(checkpointPrefix(model), RUN, step.name),
  };
  const told = (name: string, value: object) => ({
    name,
    environment: [{ name: PLACES_VARIABLE, value: JSON.stringify(value) }],
  });
  const overrides = CARRIERS.map((name) => told(name, name === 'fetch' ? places : { ...places, inputs: {} }));
  return JSON.stringify({ containerOverrides: overrides }).length + OVERRIDES_OF_BATCH;
}

/** What AWS Batch and ECS take of a step on the cluster. */
export const clusterTakesSteps: SpecCheck = (spec, report) => {
  const { aws, training } = spec;
  if (aws === undefined || training?.cluster.kind !== 'batch') return;
  const { nodes } = training.cluster;
  const names = new PlatformNames(spec.name, spec.environment);
  eachPlan(spec, (plan, steps) => {
    for (const step of plan.steps.filter(isClusterStep)) {
      const path = [...steps, step.name];
      const bytes = largestDefinition(step, training.cluster);
      if (bytes > LARGEST_DEFINITION)
        report({
          path: [...path, step.parameters.length > 0 ? 'parameters' : 'command'],
          at: 'key',
          message: 'are more than the job definition of a step on the cluster holds',
          received: `up to ${bytes} bytes of a definition${nodes === 1 ? '' : ', which says them twice for several nodes'}`,
          allowed: `on AWS: ${LARGEST_DEFINITION} bytes of it with names of images, roles and logs`,
          fix: 'put what is long into the image or into a dataset, and name it in a parameter',
        });
      const length = longestOverrides(plan, step, names, aws.region);
      if (length > LONGEST_OVERRIDES)
        report({
          path: [...path, 'inputs'],
          at: 'key',
          message: 'have longer addresses in all than a task of ECS is started with',
          received: `${step.inputs.length} inputs, whose addresses and what AWS Batch adds come to ${length} characters`,
          allowed: `on AWS: ${LONGEST_OVERRIDES} characters`,
          fix: 'let a step before it put some of them into one folder, or shorten names',
        });
    }
  });
};
