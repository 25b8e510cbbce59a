import type { CallbackMessage } from '../../lib/aws/training-pipeline/cluster/machine/cluster-props';
import { PlatformNames } from '../../lib/plan/names';
import { aslFromTemplate, machinesOf } from '../support/asl-from-template';
import type { AslRequest, AslRun } from '../support/asl-judge';
import { synthPlatform } from '../support/examples';
import { loadedPipeline, ON_CLUSTER, WITH_CLUSTER } from '../support/pipeline-spec';

/** What the tests of the machine that runs steps on the cluster share. */

const NAMES = new PlatformNames('fraud');
const PIPELINE = NAMES.of('compute', 'detector', 'pipeline');
const RUN = `arn:aws:sagemaker:eu-central-1:111111111111:pipeline/${PIPELINE}/execution/7pinimwddh3a`;
export const BUCKET = 'fraud-artifacts-111111111111-eu-central-1';
const QUEUE = 'arn:aws:batch:eu-central-1:111111111111:job-queue/queue';
export const DEFINITION = 'arn:aws:batch:eu-central-1:111111111111:job-definition/train:3';
export const TOKEN = '26vcYbeWsZ';
export const FOLDER = `s3://${BUCKET}/pipelines/detector/run-1/train/model`;
export const STARTED = '2026-01-01T12:00:00Z';

const synthesised = new Map<string, object>();

/** The machine as it stands in the template of a platform. */
export function clusterMachineOfTemplate(train: object = {}, cluster: object = {}): object {
  const key = JSON.stringify([train, cluster], (_name, value) => (value === undefined ? 'none' : value));
  const known = synthesised.get(key);
  if (known !== undefined) return known;
  const pipeline = { ...ON_CLUSTER, steps: { ...ON_CLUSTER.steps, train: { ...ON_CLUSTER.steps.train, ...train } } };
  const training = { cluster: { ...WITH_CLUSTER.training.cluster, ...cluster } };
  const { templates } = synthPlatform(loadedPipeline(pipeline, { training }));
  const template = templates.find(({ name }) => name === NAMES.of('stack', 'model-detector'))?.template ?? {};
  const machine = machinesOf(template).find((id) => id.includes('Cluster')) ?? '';
  const made = aslFromTemplate(template, machine, {
    ref: () => QUEUE,
  });
  synthesised.set(key, made);
  return made;
}

/** How a job ends: see test/judges/asl/services/batch.py. */
export interface JobEnd {
  readonly seconds?: number;
  readonly status?: 'FAILED';
  readonly statusReason?: string;
  readonly containers?: readonly { readonly name: string; readonly exitCode?: number; readonly reason?: string }[];
}

export interface Situation {
  /** What the step says otherwise than that of ON_CLUSTER. */
  readonly train?: object;
  readonly cluster?: object;
  readonly jobs?: readonly JobEnd[];
  readonly status?: CallbackMessage['status'];
  readonly inputs?: Readonly<Record<`input-${string}`, string>>;
  /** Objects of the bucket, by key. */
  readonly objects?: Readonly<Record<string, string>>;
  /** Of which the run is that the step is of. Default: DEFINITION. */
  readonly definition?: string;
  readonly runStatus?: 'Stopping' | 'Stopped' | 'Failed';
}

export const INPUTS = {
  'input-train': `s3://${BUCKET}/pipelines/detector/run-1/prepare/train/`,
  'input-labels': `s3://${BUCKET}/snapshots/chargebacks/77/run-1/`,
} as const;

/** Starts the machine with a message of the pipeline. */
export function request(situation: Situation = {}, rest: Partial<AslRequest> = {}): AslRequest {
  const {
    jobs = [{}],
    status = 'Executing',
    inputs = INPUTS,
    objects = {},
    definition = DEFINITION,
    runStatus,
  } = situation;
  const message: CallbackMessage = {
    token: TOKEN,
    pipelineExecutionArn: RUN,
    status,
    arguments: {
      step: 'train',
      definition,
      run: 'run-1',
      output: FOLDER,
      checkpoints: `s3://${BUCKET}/training/checkpoints/detector/run-1/train`,
      ...inputs,
    },
  };
  return {
    definition: clusterMachineOfTemplate(situation.train, situation.cluster),
    input: [{ messageId: 'one', body: JSON.stringify(message), eventSource: 'aws:sqs' }],
    world: {
      kind: 'cluster',
      now: STARTED,
      state: {
        dynamodb: { tables: { [NAMES.of('machine', 'locks')]: { key: { lock: 'S' }, items: [] } } },
        s3: {
          buckets: { [BUCKET]: Object.fromEntries(Object.entries(objects).map(([key, text]) => [key, { text }])) },
        },
        batch: { runs: jobs },
        sagemaker: {
          pipelines: { [PIPELINE]: {} },
          callbacks: { [TOKEN]: { execution: RUN } },
          executions: {
            [RUN]: {
              pipeline: PIPELINE,
              name: 'run-1',
              description: '',
              token: 'run-1'.padEnd(32, '-'),
              parameters: {},
              started: STARTED,
              run: { seconds: 10_000_000, steps: [] },
              ...(runStatus === undefined ? {} : { ended: runStatus }),
            },
          },
        },
      },
    },
    ...rest,
  };
}

interface Job {
  readonly request: Readonly<Record<string, unknown>> & { readonly jobName: string };
  readonly run: { readonly status?: string; readonly statusReason?: string };
}

interface State {
  readonly batch: { readonly jobs: Readonly<Record<string, Job>> };
  readonly s3: { readonly buckets: Readonly<Record<string, Readonly<Record<string, { readonly text: string }>>>> };
  readonly sagemaker: {
    readonly callbacks: Readonly<Record<string, { readonly answer?: Answer }>>;
    readonly executions: Readonly<Record<string, { readonly ended?: string }>>;
  };
}

interface Answer {
  readonly OutputParameters?: readonly { readonly Name: string; readonly Value: string }[];
  readonly FailureReason?: string;
}

/** What an execution left behind. */
export function left(run: Pick<AslRun, 'world'>) {
  const state = run.world.state as unknown as State;
  const answer = state.sagemaker.callbacks[TOKEN]?.answer;
  const jobs = Object.values(state.batch.jobs);
  return {
    /** Folder that the pipeline was told of. */
    folder: answer?.OutputParameters?.find(({ Name }) => Name === 'folder')?.Value,
    failure: answer?.FailureReason,
    runStatus: state.sagemaker.executions[RUN]?.ended ?? 'Executing',
    jobs,
    names: jobs.map(({ request: { jobName } }) => jobName),
    records: Object.fromEntries(
      Object.entries(state.s3.buckets[BUCKET] ?? {})
        .filter(([key]) => key.startsWith('pipelines/detector/cluster-steps/'))
        .map(([key, { text }]) => [key, JSON.parse(text) as { readonly folder: string; readonly at: string }]),
    ),
  };
}
