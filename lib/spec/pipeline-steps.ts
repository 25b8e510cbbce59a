import { z } from 'zod';
import { accelerator } from './accelerator';
import { command } from './command';
import { datasetName, entryName } from './identifiers';
import { machineDisk } from './machine-disk';
import { MACHINE_SIZES } from './machine-keys';
import { duration } from './quantity';

/** Machine of a step without accelerators. */
export const DEFAULT_STEP_MACHINE = 'medium';
/** Machine of a validation, which reads its dataset piece by piece. */
export const DEFAULT_VALIDATION_MACHINE = 'medium';
/** Disk of one machine of a step. */
export const DEFAULT_STEP_DISK = '30 GiB';
/** Disk of a validation. On AWS the snapshot is copied to it; on Google Cloud that is mounted, and needs none. */
export const DEFAULT_VALIDATION_DISK = '100 GiB';
/** A step that runs longer is stopped. */
export const DEFAULT_STEP_RUNTIME = '4 hours';
/** Times that a step which failed is tried again. */
export const DEFAULT_RETRIES = 1;
/** Arguments that every container knows besides its own: where metrics and checkpoints go. */
export const RESERVED_ARGUMENTS = ['metrics', 'checkpoints'] as const;
/** What Vertex AI calls the record of a task's job: no output and no metric of a step. */
export const RECORD_OF_JOB = 'gcp_resources';

/** Longest run of a processing job in seconds. Source: SageMaker's service model, ProcessingMaxRuntimeInSeconds. */
const LONGEST_PROCESSING = '5 days';

/** An argument of a container: `--train-data`. */
const argument = z
  .string()
  .max(32)
  .regex(/^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/, {
    error: 'must match ^[a-z][a-z0-9]*([_-][a-z0-9]+)*$, for example train-data',
  })
  .describe('Name of an argument of the container: lower-case letters, digits, single hyphens and underscores.');

const OUTPUT = /^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*([_-][a-z0-9]+)*$/;

/** What a step made: `prepare.train`. */
export const stepOutput = z
  .string()
  .max(65)
  .regex(OUTPUT, { error: 'must be step.output, for example prepare.train' })
  .describe('An output of a step: step.output.');

/** What a step measured: `evaluate.auc`. */
export const stepMetric = z
  .string()
  .max(65)
  .regex(OUTPUT, { error: 'must be step.metric, for example evaluate.auc' })
  .describe('A metric of a step: step.metric.');

/** What a step reads: `transactions`, or `prepare.train`. */
export const stepInput = z
  .string()
  .max(65)
  .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$|^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*([_-][a-z0-9]+)*$/, {
    error: 'must be a dataset, for example transactions, or step.output, for example prepare.train',
  })
  .describe('A dataset, as the frozen snapshot of this run, or an output of a step: step.output.');

/** Tag of an image in the platform's repository. Source: OCI distribution specification, "Pulling manifests". */
export const imageTag = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, {
    error: "must be a tag in the platform's image repository, for example fraud-1.4.0",
  })
  .describe("Image: a tag in the platform's repository, where tags are immutable.");

/** A threshold for a metric: at least or at most, one of the two. */
export const metricThreshold = {
  metric: stepMetric,
  atLeast: z.number().optional().describe('The metric has to be this or more.'),
  atMost: z.number().optional().describe('The metric has to be this or less.'),
};

const order = {
  after: z
    .array(entryName)
    .max(20)
    .default([])
    .describe('Steps that have to be done before, beside those it reads from.'),
};

const work = {
  ...order,
  image: imageTag.optional().describe("Image of this step; without it the pipeline's."),
  command: command
    .optional()
    .describe("What the container runs, before its arguments; without it the image's own entry point."),
  inputs: z.record(argument, stepInput).default({}).describe('Folders that the step reads, by argument.'),
  parameters: z
    .record(argument, z.union([z.string().max(256), z.number(), z.boolean()]))
    .default({})
    .describe('Values that the step is given, by argument.'),
  retries: z
    .int()
    .min(0)
    .max(5)
    .default(DEFAULT_RETRIES)
    .describe(
      'Times that a step which failed is tried again; on AWS only after faults of machines and of the service.',
    ),
  cache: duration({ min: '1 hour', max: '365 days' })
    .optional()
    .describe('Time for which the results of an equal run of this step are used again; without it never.'),
  when: z
    .strictObject(metricThreshold)
    .optional()
    .describe('The step, and what depends on it, runs only if this holds.'),
};

const container = {
  ...work,
  accelerator: accelerator('machine'),
  machine: z.enum(MACHINE_SIZES).default(DEFAULT_STEP_MACHINE).describe('Size of a machine that has no accelerator.'),
};

const disk = (usual: string) => machineDisk(usual, 'what the step reads');

const outputs = (least: 0 | 1) => z.array(argument).min(least).max(8);

const processing = {
  ...container,
  outputs: outputs(0).default([]).describe('Folders that the step writes, by argument.'),
  metrics: z.array(argument).max(20).default([]).describe('What the step measures and writes to metrics.json.'),
  disk: disk(DEFAULT_STEP_DISK),
  maxRuntime: duration({ min: '1 minute', max: LONGEST_PROCESSING })
    .prefault(DEFAULT_STEP_RUNTIME)
    .describe('Longest run of the step.'),
};

const model = outputs(1).max(1).describe('The folder that the step writes: the model.');

const trainingRuntime = duration({ min: '1 minute', max: '28 days' })
  .prefault(DEFAULT_STEP_RUNTIME)
  .describe('Longest run of the step.');

const training = z.strictObject({
  kind: z
    .literal('training')
    .describe("Makes a model on the cloud's training service: on accelerators, spot machines or several nodes."),
  ...container,
  outputs: model,
  nodes: z.int().min(1).max(100).default(1).describe('Machines that the step runs on at once.'),
  capacity: z
    .enum(['on-demand', 'spot'])
    .default('on-demand')
    .describe('How machines are bought. Spot costs less and may be taken away: go on from --checkpoints.'),
  disk: disk(DEFAULT_STEP_DISK),
  maxRuntime: trainingRuntime,
});

const clusterTraining = z.strictObject({
  kind: z
    .literal('cluster-training')
    .describe(
      "Makes a model on the platform's batch cluster, on nodes as the cluster has them: as many, as large, bought as it says.",
    ),
  ...work,
  outputs: model,
  maxRuntime: trainingRuntime,
});

const validation = z.strictObject({
  kind: z
    .literal('validation')
    .describe(
      'Checks a dataset against its columns and rules. A breach stops the run; only a lost machine is made up for, once.',
    ),
  ...order,
  dataset: datasetName.describe('Dataset whose snapshot is checked.'),
  machine: z.enum(MACHINE_SIZES).default(DEFAULT_VALIDATION_MACHINE).describe('Size of the machine.'),
  disk: disk(DEFAULT_VALIDATION_DISK),
  maxRuntime: duration({ min: '1 minute', max: LONGEST_PROCESSING })
    .prefault(DEFAULT_STEP_RUNTIME)
    .describe('Longest run of the step.'),
});

export const pipelineStep = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('processing').describe('Any container.'), ...processing }),
  training,
  clusterTraining,
  z.strictObject({
    kind: z.literal('prediction').describe('Batch prediction: a model answers for many rows at once.'),
    ...processing,
  }),
  validation,
]);

export type PipelineStepSpec = z.output<typeof pipelineStep>;
export type ContainerStepSpec = Exclude<PipelineStepSpec, { kind: 'validation' }>;
/** A container on a machine of its own. */
export type ServiceStepSpec = Exclude<ContainerStepSpec, { kind: 'cluster-training' }>;
export type MetricThresholdSpec = NonNullable<ContainerStepSpec['when']>;
