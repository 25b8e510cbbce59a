import { MOST_FROZEN_OF_A_PIPELINE } from '../object-grants-checks';
import { LONGEST_STEP } from '../pipeline/gcp-step-checks';
import { SMALLEST_DISK } from '../vertex-disk';
import { BOTH, emulated, NATIVE, native, type Parity, type ParityRow } from './parity';

const KINDS = ['processing', 'training', 'cluster-training', 'prediction', 'validation'] as const;
type Kind = (typeof KINDS)[number];
/** Those that the spec lets run longer than any step may on Google Cloud. */
const MAKES_MODELS: readonly Kind[] = ['training', 'cluster-training'];

const MACHINES = native('by the table of machines: what a region does not have is refused with what it has');
const machines: ParityRow = { aws: MACHINES, gcp: MACHINES };
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

const CACHED_FOR_EVER = native(
  'results of an equal step are used again',
  'however old they are: Vertex AI Pipelines has no age for them',
);

const ITS_OWN_IS_FINAL = 'what a container itself ends with is final';
const TASK_AGAIN = native('the task that watches the job is tried again');

/** What every container is, wherever it runs. */
const work = (at: string): Readonly<Record<string, ParityRow>> => ({
  [`${at}.image`]: BOTH,
  [`${at}.command`]: BOTH,
  [`${at}.inputs.*`]: {
    aws: native('folders of S3, copied to the machine'),
    gcp: native('folders of Cloud Storage, mounted', `${MOST_FROZEN_OF_A_PIPELINE} datasets of a pipeline`),
  },
  [`${at}.outputs`]: {
    aws: native('folders, copied to S3'),
    gcp: native('folders of Cloud Storage, mounted'),
  },
  [`${at}.parameters.*`]: BOTH,
});

/** Options of a training on the batch cluster. */
const onCluster = (at: string): Readonly<Record<string, ParityRow>> => ({
  ...work(at),
  [`${at}.command`]: {
    aws: native(
      "the container's command",
      'an entry point of the image stays before it: AWS Batch has no word for one',
    ),
    gcp: NATIVE,
  },
  [`${at}.retries`]: { aws: emulated('the machine that submits the job', ITS_OWN_IS_FINAL), gcp: TASK_AGAIN },
  [`${at}.cache`]: {
    aws: emulated('the machine that submits the job keeps a record of what steps made'),
    gcp: CACHED_FOR_EVER,
  },
  ...conditions(`${at}.when`),
});

/** Options of a container on a machine of its own. */
const container = (at: string): Readonly<Record<string, ParityRow>> => ({
  ...work(at),
  [`${at}.retries`]: {
    aws: native('after faults of machines and of the service', ITS_OWN_IS_FINAL),
    gcp: TASK_AGAIN,
  },
  [`${at}.cache`]: { aws: NATIVE, gcp: CACHED_FOR_EVER },
  ...conditions(`${at}.when`),
  [`${at}.accelerator.type`]: machines,
  [`${at}.accelerator.count`]: machines,
  [`${at}.disk`]: { aws: NATIVE, gcp: native('boot disk of the job', SMALLEST_DISK) },
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
    [at]: JOBS[kind],
    [`${at}.after`]: BOTH,
    [`${at}.maxRuntime`]: {
      aws: NATIVE,
      gcp: native('timeout of the job', MAKES_MODELS.includes(kind) ? LONGEST_STEP : undefined),
    },
  };
  if (kind === 'cluster-training') return { ...always, ...onCluster(at) };
  const common = { ...always, [`${at}.machine`]: machines };
  switch (kind) {
    case 'validation':
      return {
        ...common,
        [`${at}.dataset`]: both(emulated(`${STARTED} freezes it, and the platform's own program judges it`)),
      };
    case 'training':
      return {
        ...common,
        ...container(at),
        [`${at}.cache`]: {
          aws: native('results of an equal step are used again', 'not on spot machines: folders of checkpoints differ'),
          gcp: CACHED_FOR_EVER,
        },
        [`${at}.nodes`]: BOTH,
        [`${at}.capacity`]: { aws: native('managed spot training'), gcp: native('spot machines of the job') },
      };
    default:
      return { ...common, ...container(at), [`${at}.metrics`]: METRICS };
  }
}

const both = (parity: Parity): ParityRow => ({ aws: parity, gcp: parity });

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
    aws: native('EventBridge Scheduler', 'days of the month or days of the week, not both'),
    gcp: native('Cloud Scheduler'),
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
