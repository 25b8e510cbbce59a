import { type ColumnTypeName, isNumber, WHOLE } from './column-kinds';
import { alternatives } from './describe';
import type { DriftSpec } from './drift';
import { eachEntry } from './each-entry';
import { entryOf } from './entry-of';
import { isExact } from './exact';
import type { Report } from './problem';
import { QUALITY_METRICS, type QualityMetricFacts, type QualitySpec } from './quality';
import type { SpecCheck } from './references';
import { unknownName } from './unknown-name';

type QualityCheck = (
  quality: QualitySpec,
  report: Report,
  about: {
    readonly drift: DriftSpec | undefined;
    /** Columns of each dataset. */
    readonly datasets: Readonly<Record<string, { readonly columns: Readonly<Record<string, ColumnTypeName>> }>>;
  },
) => void;

/** Runs a rule on the quality of every model, with paths from there. */
const eachQuality =
  (check: QualityCheck): SpecCheck =>
  ({ models, dataLake }, report) =>
    eachEntry(models, ({ monitoring }, model) => {
      if (monitoring?.quality === undefined) return;
      const { quality, drift } = monitoring;
      const at: Report = (found) =>
        report({ ...found, path: ['models', model, 'monitoring', 'quality', ...found.path] });
      check(quality, at, { drift, datasets: dataLake?.datasets ?? {} });
    });

/** Requests are read as drift says; without its prediction there is nothing to hold against a label. */
const answersRead = eachQuality((_, report, { drift }) => {
  if (drift?.prediction !== undefined) return;
  report({
    path: [],
    at: 'key',
    message: 'measures answers, and nothing says how to read them',
    allowed: 'quality beside monitoring.drift with prediction',
    fix:
      drift === undefined
        ? 'add monitoring: { drift: { features: … , prediction: { type: numeric } } }'
        : 'add prediction: { type: numeric } to drift; its own drift is looked for where the reference has the column too',
  });
});

const labelsThere = eachQuality(({ labels }, report, { datasets }) => {
  const { dataset, requestId, column } = labels;
  const columns = entryOf(datasets, dataset)?.columns;
  if (columns === undefined) {
    unknownName(report, ['labels', 'dataset'], dataset, 'dataset', Object.keys(datasets));
    return;
  }
  for (const key of ['requestId', 'column'] as const)
    if (!Object.hasOwn(columns, labels[key]))
      unknownName(
        report,
        ['labels', key],
        labels[key],
        `column of ${dataset}`,
        Object.keys(columns),
        `dataLake.datasets.${dataset}.columns`,
      );
  if (requestId === column)
    report({
      path: ['labels', 'column'],
      message: 'is the id of the request, which is no label',
      received: column,
      allowed: 'another column than requestId',
      fix: 'name the column with the truth',
    });
});

/** Of requests without names the field is known by its place alone. */
const fieldHasPlace = eachQuality(({ labels: { requestField } }, report, { drift }) => {
  const columns = drift?.columns;
  if (requestField === undefined || columns === undefined || columns.includes(requestField)) return;
  unknownName(report, ['labels', 'requestField'], requestField, 'column of requests', columns, 'drift.columns');
});

const labelIsNotAsked = eachQuality(({ labels: { column } }, report, { drift }) => {
  const refuse = (message: string, fix: string) =>
    report({
      path: ['labels', 'column'],
      message,
      received: column,
      allowed: 'a name that no feature, no segment and no prediction has',
      fix,
    });
  if (drift !== undefined && Object.hasOwn(drift.features, column))
    refuse(
      'is a feature too, and a model is not asked the label',
      `remove ${column} from drift.features, or rename the column`,
    );
  else if (drift?.prediction?.name === column)
    refuse('is what the prediction is called too', 'call drift.prediction otherwise');
  else if (drift?.segments.includes(column))
    refuse(
      'is a segment too, and requests are told apart before the label is known',
      `remove ${column} from drift.segments, or rename the column`,
    );
});

const positiveExact = eachQuality(({ labels: { positive } }, report) => {
  if (typeof positive !== 'number' || isExact(positive)) return;
  report({
    path: ['labels', 'positive'],
    message: 'has more digits than a number keeps, and another label would be looked for',
    allowed: `whole numbers from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}, or a text`,
    fix: 'write it as a text, in quotes',
  });
});

type Positive = string | number | boolean;

const spelt = (as: RegExp) => (positive: Positive) => as.test(`${positive}`);
const POSITIVES = {
  boolean: { fits: spelt(/^(true|false)$/i), allowed: 'true or false', fix: 'write true' },
  whole: { fits: spelt(/^-?(0|[1-9]\d*)(\.0+)?$/), allowed: 'a whole number', fix: 'write 1' },
  number: {
    fits: (positive: Positive) =>
      typeof positive === 'number' || /^-?(0|[1-9]\d*)(\.(0+|\d*[1-9]))?$/.test(`${positive}`),
    allowed: 'a number',
    fix: 'write 1',
  },
  date: { fits: spelt(/^\d{4}-\d\d-\d\d$/), allowed: 'a day as 2026-01-31', fix: 'write it as 2026-01-31' },
  timestamp: { fits: () => false, allowed: 'nothing here', fix: 'name a column with a boolean, a number or a text' },
} as const;

/** Which values labels of a type can equal, as the drift job spells both; undefined where that is any text. */
function positivesOf(type: ColumnTypeName) {
  if (type === 'boolean' || type === 'date' || type === 'timestamp') return POSITIVES[type];
  if (WHOLE.includes(type)) return POSITIVES.whole;
  return isNumber(type) ? POSITIVES.number : undefined;
}

/** A label that cannot be what the metric, or `positive`, is of is found in no request, and nobody would hear of it. */
const labelFits = eachQuality(({ labels, metric }, report, { datasets }) => {
  const { dataset, column, positive } = labels;
  const type = entryOf(entryOf(datasets, dataset)?.columns ?? {}, column);
  if (type === undefined) return;
  if (QUALITY_METRICS[metric].labels === 'numeric') {
    if (!isNumber(type))
      report({
        path: ['labels', 'column'],
        message: `is ${type}, and ${metric} is of numbers`,
        received: column,
        allowed: `a column of ${dataset} with numbers`,
        fix: 'name a column with numbers, or write a metric of categories',
      });
    return;
  }
  const fitting = positivesOf(type);
  if (positive === undefined || fitting === undefined || fitting.fits(positive)) return;
  report({
    path: ['labels', 'positive'],
    message: `is no label of ${column}, which is ${type}`,
    allowed: fitting.allowed,
    fix: fitting.fix,
  });
});

const metricFits = eachQuality(({ metric, labels }, report, { drift }) => {
  const facts: QualityMetricFacts = QUALITY_METRICS[metric];
  const type = drift?.prediction?.type;
  if (type !== undefined && !facts.predictions.includes(type))
    report({
      path: ['metric'],
      message: `cannot be measured of a ${type} prediction`,
      received: metric,
      allowed: Object.entries(QUALITY_METRICS)
        .filter(([, { predictions }]) => predictions.some((one) => one === type))
        .map(([name]) => name)
        .join(', '),
      fix: `write another metric, or prediction: { type: ${alternatives(facts.predictions)} } in drift`,
    });
  const probability = facts.labels === 'categorical' && type === 'numeric';
  if ((facts.positive || probability) && labels.positive === undefined)
    report({
      path: ['labels', 'positive'],
      at: 'missing',
      message: `is missing: ${metric} is about one value of the label`,
      allowed: 'the label that means yes, for example 1 or true',
      fix: 'add positive: 1, as the labels have it',
    });
  if (facts.labels === 'numeric' && labels.positive !== undefined)
    report({
      path: ['labels', 'positive'],
      at: 'key',
      message: `means nothing: ${metric} is of numbers`,
      allowed: 'nothing here',
      fix: 'remove positive',
    });
});

const oneThreshold = eachQuality(({ atLeast, atMost }, report) => {
  if ((atLeast === undefined) !== (atMost === undefined)) return;
  report({
    path: [],
    message: atLeast === undefined ? 'has no threshold' : 'has two thresholds',
    allowed: 'atLeast where more is better, or atMost where less is',
    fix: 'write one of atLeast and atMost',
  });
});

/** One that every model breaks would start a retraining each night, and one that none breaks would start none ever. */
const thresholdFits = eachQuality(({ metric, atLeast, atMost }, report) => {
  if ((atLeast === undefined) === (atMost === undefined)) return;
  const { least = -Infinity, most = Infinity, better }: QualityMetricFacts = QUALITY_METRICS[metric];
  if (better === 'nearer') return;
  const [key, threshold] = atMost === undefined ? (['atLeast', atLeast ?? 0] as const) : (['atMost', atMost] as const);
  const right = better === 'more' ? 'atLeast' : 'atMost';
  const above = Number.isFinite(least) ? ` above ${least} and` : '';
  const range = better === 'more' ? `a number${above} up to ${most}` : `a number from ${least}`;
  if (key !== right)
    report({
      path: [key],
      at: 'key',
      message: `is what a good model breaks: more ${metric} is ${better === 'more' ? 'better' : 'worse'}`,
      received: `${key}: ${threshold}`,
      allowed: `${right}: ${range}`,
      fix: `write ${right} instead`,
    });
  else if (better === 'more' ? threshold > most || threshold <= least : threshold < least)
    report({
      path: [key],
      message: `is what a model ${threshold <= least && better === 'more' ? 'never' : 'always'} breaks: ${metric} is no number ${threshold > most ? `above ${most}` : `below ${least}`}`,
      allowed: range,
      fix: threshold > most && threshold <= 100 ? `write ${threshold / 100}` : `write ${range}`,
    });
});

/** Rules of quality that hold for a model alone. */
export const QUALITY_CHECKS_OF_MODEL: readonly SpecCheck[] = [
  answersRead,
  fieldHasPlace,
  labelIsNotAsked,
  positiveExact,
  metricFits,
  oneThreshold,
  thresholdFits,
];

/** Every rule of quality that holds on any cloud. */
export const QUALITY_CHECKS: readonly SpecCheck[] = [...QUALITY_CHECKS_OF_MODEL, labelsThere, labelFits];
