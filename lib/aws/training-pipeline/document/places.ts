import type { InputSource, OutputRef } from '../../../plan/pipeline/graph';
import { RUN, snapshotParameter } from '../../../plan/pipeline/run-parameters';
import { METRICS_FILE, type StepPlaces } from '../../../plan/pipeline/step-arguments';
import type { StepPlan } from '../../../plan/pipeline/step-plan';
import { FOLDER_OUTPUT } from '../cluster/machine/cluster-props';
import type { DocumentProps } from './document-props';
import { join, ofStep, type Part, parameter, type Reference } from './references';

/** Output of a processing job that takes the metrics, and what refers to the file in it. */
export const METRICS_OUTPUT = 'metrics';

/** Where a processing job has its files. Any folder below this one may be chosen. */
const PROCESSING = '/opt/ml/processing';
export const processingInput = (name: string): string => `${PROCESSING}/input/${name}`;
export const processingOutput = (name: string): string => `${PROCESSING}/output/${name}`;

export const PROCESSING_PLACES: StepPlaces = {
  input: processingInput,
  output: processingOutput,
  metrics: processingOutput(METRICS_OUTPUT),
  checkpoints: '',
};

/** Where a training has its files: SageMaker chooses. Source: SageMaker developer guide, "Amazon SageMaker AI Training Storage Folders". */
export const TRAINING_PLACES: StepPlaces = {
  input: (channel) => `/opt/ml/input/data/${channel}`,
  output: () => '/opt/ml/model',
  metrics: '',
  checkpoints: '/opt/ml/checkpoints',
};

/** Folder of a run, and in it of a step: `s3://…/pipelines/detector/<run>/train`. */
export const stepFolder = ({ resultsUri }: DocumentProps, step: string, ...below: readonly string[]): Reference =>
  join(resultsUri, parameter(RUN.id), ['', step, ...below].join('/'));

/** Where a training leaves what it goes on from, in this run and in no other. */
export const checkpointsUri = (props: DocumentProps, step: string): Reference =>
  join(props.checkpointsUri, parameter(RUN.id), `/${step}`);

/** Where a step finds what it reads. */
export function inputUri(steps: readonly StepPlan[], from: InputSource): Part {
  return 'dataset' in from ? parameter(snapshotParameter(from.dataset)) : outputUri(steps, from);
}

/**
 * Where a step left an output, also if an earlier run of it is used again. It ends in `/`: what is read is all that begins with
 * it, and `train` is how `train-labels` begins.
 *
 * A training that compresses nothing leaves its model in `<S3OutputPath>/<job>/output/model/`. The address that it answers
 * with when it is described has a `/` at its end or not. Source: SageMaker Python SDK, `Estimator.model_data`.
 * On the batch cluster the machine that ran the step says where it is.
 */
export function outputUri(steps: readonly StepPlan[], { step, output }: OutputRef): Reference {
  switch (steps.find(({ name }) => name === step)?.kind) {
    case 'training':
      return join(
        ofStep(step, 'OutputDataConfig.S3OutputPath'),
        '/',
        ofStep(step, 'TrainingJobName'),
        '/output/model/',
      );
    case 'cluster-training':
      return join(ofStep(step, `OutputParameters['${FOLDER_OUTPUT}']`), '/');
    default:
      return join(processed(step, output), '/');
  }
}

/** Address of a folder that a processing job wrote, as it was told: without `/` at its end. */
const processed = (step: string, output: string): Reference =>
  ofStep(step, `ProcessingOutputConfig.Outputs['${output}'].S3Output.S3Uri`);

/** The file with the metrics of a step. */
export const metricsUri = (step: string): Reference => join(processed(step, METRICS_OUTPUT), `/${METRICS_FILE}`);
