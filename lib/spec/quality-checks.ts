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
    readonly datasets: Readonly<Record<string, { readonly columns: Readonly<Record<string, string>> }>>;
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
        : 'add prediction: { type: numeric } to drift',
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

const labelIsNoFeature = eachQuality(({ labels: { column } }, report, { drift }) => {
  const feature = drift !== undefined && Object.hasOwn(drift.features, column);
  if (!feature && drift?.prediction?.name !== column) return;
  report({
    path: ['labels', 'column'],
    message: feature ? 'is a feature too, and a model is not asked the label' : 'is what the prediction is called too',
    received: column,
    allowed: 'a name that no feature and no prediction has',
    fix: feature ? `remove ${column} from drift.features, or rename the column` : 'call drift.prediction otherwise',
  });
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

/** Rules of quality that hold for a model alone. */
export const QUALITY_CHECKS_OF_MODEL: readonly SpecCheck[] = [
  answersRead,
  fieldHasPlace,
  labelIsNoFeature,
  positiveExact,
  metricFits,
  oneThreshold,
];

/** Every rule of quality that holds on any cloud. */
export const QUALITY_CHECKS: readonly SpecCheck[] = [...QUALITY_CHECKS_OF_MODEL, labelsThere];
