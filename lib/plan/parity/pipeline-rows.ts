import type { Cloud } from '../../spec/clouds';
import { MOST_FROZEN_OF_A_PIPELINE } from '../object-grants-checks';
import { NODE_LIMIT } from '../pipeline/aws-cluster-checks';
import { CLUSTER_LIMITS } from '../pipeline/aws-cluster-size';
import { DEFINITION_LIMITS } from '../pipeline/aws-document-size';
import { IMAGES_LIMIT } from '../pipeline/aws-pipeline-checks';
import { ONE_KIND_OF_DAYS } from '../pipeline/aws-schedule';
import { STEP_LIMITS } from '../pipeline/aws-step-checks';
import { DOCUMENT_LIMIT } from '../pipeline/gcp-document-size';
import { SCHEDULES_LIMIT } from '../pipeline/gcp-schedules';
import { LONGEST_STEP } from '../pipeline/gcp-step-checks';
import { MOST_TRAINING_ACCOUNTS } from '../vertex-accounts';
import { BOTH, both, DISK, emulated, limited, MACHINES, NATIVE, native, type ParityRow } from './parity';

const KINDS = ['processing', 'training', 'cluster-training', 'prediction', 'validation'] as const;
type Kind = (typeof KINDS)[number];
/** Those that the spec lets run longer than any step may on Google Cloud. */
const MAKES_MODELS: readonly Kind[] = ['training', 'cluster-training'];

const STARTED = 'the machine that starts runs';

const JOBS: Readonly<Record<Kind, ParityRow>> = {
  processing: { aws: native('a processing job'), gcp: native('a custom job, which a task of the pipeline watches') },
  training: { aws: native('a training job'), gcp: native('a custom job, which a task of the pipeline watches') },
  'cluster-training': {
    aws: emulated("a job of AWS Batch, which a machine of the model's submits for a callback step"),
    gcp: emulated("a job of Batch, which a workflow of the model's submits for a task of the pipeline"),
  },
  prediction: { aws: native('a processing job'), gcp: native('a custom job, which a task of the pipeline watches') },
  validation: {
    aws: emulated("the platform's own program, on an image of AWS"),
    gcp: emulated("the platform's own program, on an image of Vertex AI"),
  },
};

/** What holds of all steps of a pipeline together. */
const IN_ALL: Readonly<Record<Cloud, readonly string[]>> = {
  aws: [
    STEP_LIMITS.steps,
    STEP_LIMITS.datasets,
    IMAGES_LIMIT,
    DEFINITION_LIMITS.parameters,
    DEFINITION_LIMITS.characters,
  ],
  gcp: [DOCUMENT_LIMIT, MOST_TRAINING_ACCOUNTS],
};
/** What holds of them where one is on the cluster. */
const WITH_CLUSTER = [DEFINITION_LIMITS.withoutAccount, NODE_LIMIT];

const CACHED_FOR_EVER = native(
  'results of an equal step are used again',
  'however old they are: Vertex AI Pipelines has no age for them',
);

const ITS_OWN_IS_FINAL = 'what a container itself ends with is final';
const TASK_AGAIN = native('the task that watches the job is tried again');

/** What AWS takes of the options of a container, which differs with what runs it. */
type WorkLimits = Readonly<Record<'inputs' | 'command' | 'parameters', readonly string[]>>;

/** What every container is, wherever it runs. */
const work = (at: string, limits: WorkLimits): Readonly<Record<string, ParityRow>> => ({
  [`${at}.image`]: BOTH,
  [`${at}.command`]: { aws: limited(NATIVE, ...limits.command), gcp: NATIVE },
  [`${at}.inputs.*`]: {
    aws: native('folders of S3, copied to the machine', ...limits.inputs),
    gcp: native('folders of Cloud Storage, mounted', `${MOST_FROZEN_OF_A_PIPELINE} datasets of a pipeline`),
  },
  [`${at}.outputs`]: {
    aws: native('folders, copied to S3'),
    gcp: native('folders of Cloud Storage, mounted'),
  },
  [`${at}.parameters.*`]: { aws: limited(NATIVE, ...limits.parameters), gcp: NATIVE },
});

/** Options of a training on the batch cluster. */
const onCluster = (at: string): Readonly<Record<string, ParityRow>> => ({
  ...work(at, {
    inputs: [STEP_LIMITS.inputsOfTraining, CLUSTER_LIMITS.addresses],
    command: [
      'an entry point of the image stays before it: AWS Batch has no word for one',
      STEP_LIMITS.lines,
      CLUSTER_LIMITS.definition,
    ],
    parameters: [STEP_LIMITS.lines, CLUSTER_LIMITS.definition],
  }),
  [`${at}.retries`]: { aws: emulated('the machine that submits the job', ITS_OWN_IS_FINAL), gcp: TASK_AGAIN },
  [`${at}.cache`]: {
    aws: emulated('the machine that submits the job keeps a record of what steps made'),
    gcp: CACHED_FOR_EVER,
  },
  ...conditions(`${at}.when`),
});

/** Options of a container on a machine of its own. */
const container = (at: string, inputs: string): Readonly<Record<string, ParityRow>> => ({
  ...work(at, {
    inputs: [inputs],
    command: [STEP_LIMITS.lines],
    parameters: [STEP_LIMITS.words, STEP_LIMITS.lines],
  }),
  [`${at}.retries`]: {
    aws: native('after faults of machines and of the service', ITS_OWN_IS_FINAL),
    gcp: TASK_AGAIN,
  },
  [`${at}.cache`]: { aws: NATIVE, gcp: CACHED_FOR_EVER },
  ...conditions(`${at}.when`),
  [`${at}.accelerator.type`]: MACHINES,
  [`${at}.accelerator.count`]: MACHINES,
  [`${at}.disk`]: DISK,
});

const conditions = (at: string): Readonly<Record<string, ParityRow>> =>
  Object.fromEntries(
    ['metric', 'atLeast', 'atMost'].map((key) => [
      `${at}.${key}`,
      { aws: native('a condition step'), gcp: native('a condition on a group of tasks') },
    ]),
  );

const METRICS: ParityRow = {
  aws: native('read from metrics.json'),
  gcp: native('outputs of the task, read from metrics.json'),
};

/** Options of one kind of step. */
function step(kind: Kind): Readonly<Record<string, ParityRow>> {
  const at = `models.*.pipeline.steps.*[${kind}]`;
  const always = {
    [at]: within(
      JOBS[kind],
      kind === 'cluster-training' ? { ...IN_ALL, aws: [...IN_ALL.aws, ...WITH_CLUSTER] } : IN_ALL,
    ),
    [`${at}.after`]: BOTH,
    [`${at}.maxRuntime`]: {
      aws: NATIVE,
      gcp: native('timeout of the job', ...(MAKES_MODELS.includes(kind) ? [LONGEST_STEP] : [])),
    },
  };
  if (kind === 'cluster-training') return { ...always, ...onCluster(at) };
  const common = { ...always, [`${at}.machine`]: MACHINES };
  switch (kind) {
    case 'validation':
      return {
        ...common,
        [`${at}.disk`]: DISK,
        [`${at}.dataset`]: both(emulated(`${STARTED} freezes it, and the platform's own program judges it`)),
      };
    case 'training':
      return {
        ...common,
        ...container(at, STEP_LIMITS.inputsOfTraining),
        [`${at}.cache`]: {
          aws: native('results of an equal step are used again', 'not on spot machines: folders of checkpoints differ'),
          gcp: CACHED_FOR_EVER,
        },
        [`${at}.nodes`]: BOTH,
        [`${at}.capacity`]: {
          aws: native('managed spot training'),
          gcp: native('spot machines of the job', 'outputs keep what was written before one was taken away'),
        },
      };
    default:
      return { ...common, ...container(at, STEP_LIMITS.inputs), [`${at}.metrics`]: METRICS };
  }
}

const within = ({ aws, gcp }: ParityRow, limits: typeof IN_ALL): ParityRow => ({
  aws: limited(aws, ...limits.aws),
  gcp: limited(gcp, ...limits.gcp),
});

/** What each cloud does of the options of a training pipeline. */
export const PIPELINE_ROWS: Readonly<Record<string, ParityRow>> = {
  'models.*.pipeline.image': BOTH,
  'models.*.pipeline.revision': both(native('a parameter of each run, written down with each version')),
  'models.*.pipeline.cooldown': both(emulated(`${STARTED} refuses`)),
  ...Object.assign({}, ...KINDS.map(step)),
  ...conditions('models.*.pipeline.gate'),
  'models.*.pipeline.gate.betterThanChampionBy': both(emulated(`${STARTED} says what the metric has to reach`)),
  'models.*.pipeline.register.model': {
    aws: native('a model package that waits for approval'),
    gcp: native('a version of the model that waits for approval: labels, an alias, and a description in JSON'),
  },
  'models.*.pipeline.register.image': BOTH,
  'models.*.pipeline.register.reference': both(native('written down with each version')),
  'models.*.pipeline.triggers.*.schedule': {
    aws: native('EventBridge Scheduler', ONE_KIND_OF_DAYS),
    gcp: native('Cloud Scheduler', SCHEDULES_LIMIT),
  },
  'models.*.pipeline.triggers.*.timeZone': BOTH,
  'models.*.pipeline.triggers.*.newData': {
    aws: native('events of the Glue Data Catalog'),
    gcp: native('entries of the audit log of BigQuery'),
  },
  'models.*.pipeline.triggers.*.signal': {
    aws: native('a state change of the alarm'),
    gcp: emulated(`${STARTED} is told of every signal of the model, and takes this one`),
  },
};
