import { z } from 'zod';
import { datasetName, entryName } from './identifiers';
import { imageTag, metricThreshold, pipelineStep, stepInput, stepMetric, stepOutput } from './pipeline-steps';
import { duration } from './quantity';

/** Time after the start of a run in which nothing but a person starts another. */
export const DEFAULT_COOLDOWN = '6 hours';
/** Time zone of schedules. */
export const DEFAULT_TIME_ZONE = 'Etc/UTC';

/** Signals that can start a run. */
export const RETRAINING_SIGNALS = ['drift', 'quality'] as const;
export type RetrainingSignal = (typeof RETRAINING_SIGNALS)[number];

const trigger = z.strictObject({
  schedule: z
    .string()
    .max(64)
    .overwrite((fields) => fields.trim().replaceAll(/\s+/g, ' '))
    .optional()
    .describe('Times at which a run starts: minute, hour, day of month, month and day of week, as cron writes them.'),
  timeZone: z
    .string()
    .max(64)
    .optional()
    .describe(`Time zone of the schedule as the IANA calls it, such as Europe/Berlin. Default: ${DEFAULT_TIME_ZONE}.`),
  newData: datasetName.optional().describe('Dataset whose new data starts a run.'),
  signal: z.enum(RETRAINING_SIGNALS).optional().describe('Signal of monitoring that starts a run.'),
});

export const pipeline = z
  .strictObject({
    image: imageTag.optional().describe('Image of every step that names none.'),
    revision: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
        error: 'must be the name of a revision, for example 3f2a91c',
      })
      .optional()
      .describe(
        "Revision of the code that made the images. Default: the image's tag of the step that makes the model.",
      ),
    steps: z.record(entryName, pipelineStep).describe('Steps by name.'),
    gate: z
      .strictObject({
        ...metricThreshold,
        metric: stepMetric.describe(
          'A metric of the model that is registered, step.metric: of the step that makes it, or of one that reads it, or what was made with it. Another training makes another model.',
        ),
        betterThanChampionBy: z
          .number()
          .min(0)
          .optional()
          .describe(
            'By how much the metric has to be better than that of the version that serves and of one that is being rolled out, on a model with serving. Each was measured on the test data of its own run: where the data become harder, what it reached may be out of reach.',
          ),
      })
      .optional()
      .describe('What a model has to fulfil to be registered; without it every one is.'),
    register: z
      .strictObject({
        model: stepOutput.describe('The model: step.output.'),
        image: imageTag.optional().describe("Image that serves the model; without it the pipeline's."),
        reference: stepInput
          .optional()
          .describe(
            'What the model was trained on, which later requests are compared with: a dataset or step.output. Default: the first input of the step that made the model.',
          ),
      })
      .optional()
      .describe('What is registered as a new version of the model; without it nothing is.'),
    triggers: z.record(entryName, trigger).default({}).describe('What starts a run, by name. People always can.'),
    cooldown: duration({ min: '1 minute', max: '90 days' })
      .prefault(DEFAULT_COOLDOWN)
      .describe('Time after the start of a run in which nothing but a person starts another.'),
  })
  .describe('Training pipeline: how versions of the model are made.');

export type PipelineSpec = z.output<typeof pipeline>;
export type TriggerSpec = PipelineSpec['triggers'][string];
export type GateSpec = NonNullable<PipelineSpec['gate']>;
