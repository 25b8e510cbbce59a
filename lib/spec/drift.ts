import { z } from 'zod';
import { advise } from './advice';
import { datasetName, entryName } from './identifiers';
import { machineDisk } from './machine-disk';
import { MACHINE_SIZES } from './machine-keys';
import { duration, percent } from './quantity';
import { DEFAULT_SEVERITY, SEVERITIES } from './severity';

/** Share of drifted columns from which on the data has drifted. */
export const DEFAULT_DRIFT_THRESHOLD = '30%';
/** Time whose requests are compared. */
export const DEFAULT_DRIFT_WINDOW = '1 day';
/** When the requests are compared: at night, after the last hour of a day was recorded. */
export const DEFAULT_DRIFT_SCHEDULE = '30 2 * * *';
/** Fewer rows than that are not compared: chance alone would look like drift. */
export const DEFAULT_MIN_ROWS = 500;
/** Values of a column beyond that are compared as one. */
export const DEFAULT_MAX_CATEGORIES = 1000;
/** Machine that compares: 1,000,000 rows of 50 columns take less than 4 GiB. */
export const DEFAULT_DRIFT_MACHINE = 'medium';

/** Disk of that machine. On Google Cloud what it reads is mounted, and needs none. */
export const DEFAULT_DRIFT_DISK = '100 GiB';

/** Seconds that what a run found counts for. Twice that lies between two runs, so that each is told anew. */
export const SIGNAL_PERIOD_SECONDS = 3600;

/** Kinds of columns. */
export const COLUMN_TYPES = ['numeric', 'categorical'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** How two samples of a column are compared, and what the job does unless told. */
export interface DriftMethodFacts {
  readonly types: readonly ColumnType[];
  /** distance: grows with drift and drifts from the threshold on. test: a probability that drifts below it. */
  readonly kind: 'distance' | 'test';
  /** Threshold of the job. */
  readonly threshold: number;
}

/**
 * Methods of the drift job. psi sees too little in skewed amounts, whose outliers stretch its bins, so it is nobody's
 * default; tests find ever smaller differences as rows grow in number.
 */
export const DRIFT_METHODS = {
  psi: { types: COLUMN_TYPES, kind: 'distance', threshold: 0.2 },
  'jensen-shannon': { types: COLUMN_TYPES, kind: 'distance', threshold: 0.1 },
  wasserstein: { types: ['numeric'], kind: 'distance', threshold: 0.1 },
  'kolmogorov-smirnov': { types: ['numeric'], kind: 'test', threshold: 0.05 },
  'chi-square': { types: ['categorical'], kind: 'test', threshold: 0.05 },
} as const satisfies Readonly<Record<string, DriftMethodFacts>>;
export type DriftMethod = keyof typeof DRIFT_METHODS;

/** The largest figure of a method that has one: that of two samples with nothing in common. */
export const LARGEST_FIGURE: Readonly<Partial<Record<DriftMethod, number>>> = { 'jensen-shannon': Math.sqrt(Math.LN2) };

/** Methods of columns that name none. */
export const DEFAULT_DRIFT_METHOD = {
  numeric: 'wasserstein',
  categorical: 'jensen-shannon',
} as const satisfies Readonly<Record<ColumnType, DriftMethod>>;

const METHOD_NAMES = Object.keys(DRIFT_METHODS) as [DriftMethod, ...DriftMethod[]];

/** Column of requests, as callers write it: JSON has no rule for names. */
export const requestColumn = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/, {
    error: 'must match ^[A-Za-z_][A-Za-z0-9_.-]{0,127}$, for example amount',
  })
  .describe('Column of requests, as in what the model was trained on.');

/** A column that is compared. */
export interface ComparedColumn {
  readonly type: ColumnType;
  /** Default: DEFAULT_DRIFT_METHOD of its type. */
  readonly method?: DriftMethod | undefined;
  /** Default: that of the method. */
  readonly threshold?: number | undefined;
}

const compared = {
  type: z
    .enum(COLUMN_TYPES)
    .describe('numeric: numbers. categorical: anything else, also numbers that name something.'),
  method: z
    .enum(METHOD_NAMES)
    .optional()
    .describe(
      `How it is compared. Default: ${DEFAULT_DRIFT_METHOD.numeric} of numbers, ${DEFAULT_DRIFT_METHOD.categorical} of categories.`,
    ),
  threshold: z
    .number()
    .min(0)
    .max(1000)
    .optional()
    .describe('From which on the column has drifted; below which for tests, which give a probability.'),
};

const written = advise(z.union([z.enum(COLUMN_TYPES), z.strictObject(compared)], { error: 'is not a column' }), {
  allowed: `${COLUMN_TYPES.join(' or ')}, or a map with type, method and threshold`,
  fix: () => `write ${COLUMN_TYPES.join(' or ')}`,
});

const feature = z.codec(written, z.custom<ComparedColumn>(), {
  decode: (value) => (typeof value === 'string' ? { type: value } : value),
  encode: ({ type, method, threshold }) => ({
    type,
    ...(method === undefined ? {} : { method }),
    ...(threshold === undefined ? {} : { threshold }),
  }),
});

/** What a signal of a comparison has beside its threshold. */
export const heard = {
  severity: z.enum(SEVERITIES).default(DEFAULT_SEVERITY).describe('critical: now. warning: today.'),
  route: entryName.optional().describe("One of alerts.routes that hears of it instead of the platform's channel."),
};

export const drift = z
  .strictObject({
    features: z.record(requestColumn, feature).describe('Columns that are compared, by name, each with its type.'),
    columns: z
      .array(requestColumn)
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'Names of the values of a request in their order, where requests have no names. Default: the features.',
      ),
    prediction: z
      .strictObject({
        name: requestColumn.default('prediction').describe('What the answer is called, where answers have names.'),
        ...compared,
        index: z.int().min(0).max(10_000).optional().describe('Which one it is, where a row is answered with several.'),
      })
      .optional()
      .describe(
        'What the model answered; without it answers are not compared. The reference needs it as a column: what the model answers for the rows that it was trained on.',
      ),
    threshold: percent({ min: 1, max: 100 })
      .prefault(DEFAULT_DRIFT_THRESHOLD)
      .describe('Share of drifted columns from which on the data has drifted.'),
    ...heard,
    window: duration({ min: '1 hour', max: '90 days' })
      .prefault(DEFAULT_DRIFT_WINDOW)
      .describe(
        'Time whose requests are compared: up to the last full hour, and from when on the version that serves did so.',
      ),
    schedule: z
      .string()
      .max(64)
      .default(DEFAULT_DRIFT_SCHEDULE)
      .describe('When they are compared, and quality is measured: minute, hour, day of month, month, day of week.'),
    timeZone: z
      .string()
      .max(64)
      .optional()
      .describe('Time zone of the schedule as the IANA calls it, such as Europe/Berlin. Default: Etc/UTC.'),
    minRows: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .default(DEFAULT_MIN_ROWS)
      .describe('Fewer rows than that are not compared.'),
    segments: z
      .array(requestColumn)
      .max(10)
      .default([])
      .describe('Categorical columns by whose values the rows are also compared apart. The reference needs them too.'),
    maxCategories: z
      .int()
      .min(2)
      .max(100_000)
      .default(DEFAULT_MAX_CATEGORIES)
      .describe('More values than that are compared as the most frequent ones and the others.'),
    reference: datasetName
      .optional()
      .describe(
        'Dataset that requests are compared with, with the features, the prediction and the segments as columns. Default: what the version that serves was trained on, as pipeline.register.reference says; needed where no pipeline registers.',
      ),
    machine: z.enum(MACHINE_SIZES).default(DEFAULT_DRIFT_MACHINE).describe('Size of the machine that compares.'),
    disk: machineDisk(DEFAULT_DRIFT_DISK, 'what was recorded in the window, and what it is compared with,'),
  })
  .describe('Drift: whether the model is asked for something else than what it was trained on. Needs serving.capture.');

export type DriftSpec = z.output<typeof drift>;
export type DriftInput = z.input<typeof drift>;
