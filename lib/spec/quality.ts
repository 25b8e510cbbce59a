import { z } from 'zod';
import { DEFAULT_MIN_ROWS, heard, requestColumn } from './drift';
import { columnName, datasetName } from './identifiers';
import { duration } from './quantity';

/** Time after a request at which its label is taken to be there. */
export const DEFAULT_LABEL_DELAY = '1 day';
/** Time whose requests are measured. */
export const DEFAULT_QUALITY_WINDOW = '7 days';

/** What a metric says, and what it takes to compute it. */
export interface QualityMetricFacts {
  /** Of what the labels are. */
  readonly labels: 'numeric' | 'categorical';
  /** Types that the prediction may have. A numeric one of categorical labels is the probability of the positive one. */
  readonly predictions: readonly ('numeric' | 'categorical')[];
  /** Whether it is about one value of the label: labels.positive. */
  readonly positive: boolean;
  /** The least that it can be; nothing where there is no end. */
  readonly least?: number;
  /** The most that it can be. */
  readonly most?: number;
  /** Which of two models is better: that with more of it, with less, or with what is nearer to zero. */
  readonly better: 'more' | 'less' | 'nearer';
}

const SHARE = { least: 0, most: 1, better: 'more' } as const;
const ERROR = { least: 0, better: 'less' } as const;
const OF_NUMBERS = { labels: 'numeric', predictions: ['numeric'], positive: false } as const;
const OF_PROBABILITIES = { labels: 'categorical', predictions: ['numeric'], positive: true } as const;
const OF_CATEGORIES = { labels: 'categorical', predictions: ['categorical'], positive: false } as const;
const OF_EITHER = { labels: 'categorical', predictions: ['categorical', 'numeric'], positive: true } as const;

/** What the drift job measures where labels are known. Each equals the metric of scikit-learn by that name. */
export const QUALITY_METRICS = {
  auc: { ...OF_PROBABILITIES, ...SHARE },
  logLoss: { ...OF_PROBABILITIES, ...ERROR },
  accuracy: { ...OF_EITHER, positive: false, ...SHARE },
  precision: { ...OF_EITHER, ...SHARE },
  recall: { ...OF_EITHER, ...SHARE },
  f1: { ...OF_EITHER, ...SHARE },
  f1Macro: { ...OF_CATEGORIES, ...SHARE },
  mae: { ...OF_NUMBERS, ...ERROR },
  rmse: { ...OF_NUMBERS, ...ERROR },
  bias: { ...OF_NUMBERS, better: 'nearer' },
  r2: { ...OF_NUMBERS, most: 1, better: 'more' },
} as const satisfies Readonly<Record<string, QualityMetricFacts>>;
export type QualityMetric = keyof typeof QUALITY_METRICS;

const METRIC_NAMES = Object.keys(QUALITY_METRICS) as [QualityMetric, ...QualityMetric[]];

export const quality = z
  .strictObject({
    labels: z
      .strictObject({
        dataset: datasetName.describe('Dataset that labels arrive in.'),
        requestId: columnName.describe(
          'Its column with the id: that of requestField, else of the request, with /0, /1 and so on after it where a request has several rows.',
        ),
        requestField: requestColumn
          .optional()
          .describe(
            "Field of each row of a request with its id, which the model need not know. Default on AWS: the caller's inference id of the request. Google Cloud needs it: Vertex AI gives requests numbers of its own.",
          ),
        column: columnName.describe(
          'Its column with the label: what the model should have answered. An id with labels that differ is left out, and told of.',
        ),
        positive: z
          .union(
            [
              z
                .string()
                .max(128)
                .regex(/^[^{}%\r\n\t]+$/),
              z.number(),
              z.boolean(),
            ],
            {
              error: 'is not a value of a label',
            },
          )
          .optional()
          .describe('The label that a probability is of, and that precision, recall and f1 are about.'),
      })
      .describe('Where the truth arrives, and how it is found by the request.'),
    metric: z.enum(METRIC_NAMES).describe('What is measured.'),
    atLeast: z.number().optional().describe('The metric has to be this or more.'),
    atMost: z.number().optional().describe('The metric has to be this or less.'),
    delay: duration({ max: '365 days' })
      .prefault(DEFAULT_LABEL_DELAY)
      .describe('How long after a request its label is there: younger requests are not measured.'),
    window: duration({ min: '1 hour', max: '90 days' })
      .prefault(DEFAULT_QUALITY_WINDOW)
      .describe(
        'Time whose requests are measured, up to the delay ago. It begins when the version that serves began to, at the earliest.',
      ),
    minRows: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .default(DEFAULT_MIN_ROWS)
      .describe('Fewer requests with a label than that are not measured.'),
    ...heard,
  })
  .describe('Quality: how well the model answered, once the truth is known. Needs monitoring.drift with prediction.');

export type QualitySpec = z.output<typeof quality>;
export type QualityInput = z.input<typeof quality>;
