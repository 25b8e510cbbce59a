import { isNumber } from './column-kinds';
import { alternatives } from './describe';
import {
  COLUMN_TYPES,
  type ComparedColumn,
  DEFAULT_DRIFT_METHOD,
  DRIFT_METHODS,
  type DriftSpec,
  LARGEST_FIGURE,
  SIGNAL_PERIOD_SECONDS,
} from './drift';
import { eachEntry } from './each-entry';
import { entryOf } from './entry-of';
import type { ModelSpec } from './model';
import { referenceOf, stepRef } from './pipeline-refs';
import { type Path, type Report, show } from './problem';
import type { SpecCheck } from './references';
import { scheduleProblem, shortestGapSeconds } from './schedule';
import { isTimeZone } from './time-zone';
import { unknownName } from './unknown-name';

/** Columns that are compared at most: more would make the job's answer larger than a machine can read. */
export const MAX_FEATURES = 500;

type DriftCheck = (drift: DriftSpec, report: Report, model: ModelSpec) => void;

/** Runs a rule on the drift of every model, with paths from there. */
const eachDrift =
  (check: DriftCheck): SpecCheck =>
  ({ models }, report) =>
    eachEntry(models, (model, name) => {
      const drift = model.monitoring?.drift;
      if (drift === undefined) return;
      check(
        drift,
        (found) => report({ ...found, path: ['models', name, 'monitoring', 'drift', ...found.path] }),
        model,
      );
    });

const captured = eachDrift((_, report, { serving }) => {
  if (serving !== undefined && serving.capture === undefined)
    report({
      path: [],
      at: 'key',
      message: 'compares requests, and none are recorded',
      allowed: 'drift beside serving.capture',
      fix: 'add serving: { capture: {} }, or remove drift',
    });
});

const someFeatures = eachDrift(({ features }, report) => {
  const count = Object.keys(features).length;
  if (count >= 1 && count <= MAX_FEATURES) return;
  report({
    path: ['features'],
    message: count === 0 ? 'there is nothing to compare' : 'are more than the job compares',
    received: `${count} columns`,
    allowed: `1 to ${MAX_FEATURES} columns by name, each with its type`,
    fix: count === 0 ? 'write features: { amount: numeric }' : 'name the columns that matter most',
  });
});

const methodsFit = eachDrift(({ features, prediction }, report) => {
  eachEntry(features, (column, name) => methodFits(column, ['features', name], report));
  if (prediction !== undefined) methodFits(prediction, ['prediction'], report);
});

function methodFits({ type, method, threshold }: ComparedColumn, path: Path, report: Report): void {
  const fitting = Object.entries(DRIFT_METHODS).filter(([, { types }]) => types.some((one) => one === type));
  const name = method ?? DEFAULT_DRIFT_METHOD[type];
  if (!fitting.some(([fits]) => fits === name)) {
    report({
      path: [...path, 'method'],
      message: `compares no ${type} column`,
      received: name,
      allowed: fitting.map(([fits]) => fits).join(', '),
      fix: `write ${DEFAULT_DRIFT_METHOD[type]}, or another type`,
    });
    return;
  }
  const test = DRIFT_METHODS[name].kind === 'test';
  const end = test ? 1 : LARGEST_FIGURE[name];
  if (threshold === undefined || (threshold > 0 && (end === undefined || (test ? threshold < end : threshold <= end))))
    return;
  const always = test === threshold > 0;
  report({
    path: [...path, 'threshold'],
    message: `is one by which a column ${always ? 'always' : 'never'} drifts: ${name} gives ${test ? 'a probability' : 'a distance'}${end === undefined ? '' : ` of ${end.toFixed(2)} at most`}`,
    received: String(threshold),
    allowed: `a number above 0${end === undefined ? '' : ` and ${test ? 'below' : 'up to'} ${end.toFixed(2)}`}`,
    fix: `write ${DRIFT_METHODS[name].threshold}`,
  });
}

const namesOnce = eachDrift(({ features, columns, prediction, segments }, report) => {
  const once = (names: readonly string[] | undefined, key: string) => {
    const seen = new Set<string>();
    eachEntry(names ?? [], (name, i) => {
      if (seen.has(name))
        report({
          path: [key, i],
          message: `${show(name)} is named twice`,
          allowed: 'each column once',
          fix: 'remove this one',
        });
      seen.add(name);
    });
  };
  once(columns, 'columns');
  once(segments, 'segments');
  if (prediction !== undefined && Object.hasOwn(features, prediction.name))
    report({
      path: ['prediction', 'name'],
      message: 'is a feature, and what is answered is none',
      received: prediction.name,
      allowed: 'a name that no feature has',
      fix: `call it otherwise, or remove ${prediction.name} from features`,
    });
});

/** What is compared has to be somewhere in a request that gives its values by their order. */
const columnsHold = eachDrift(({ features, columns, segments }, report) => {
  if (columns === undefined) return;
  const demand = (name: string, path: Path) => {
    if (!columns.includes(name)) unknownName(report, path, name, 'column', columns, 'monitoring.drift.columns');
  };
  eachEntry(features, (_, name) => demand(name, ['features', name]));
  eachEntry(segments, (name, i) => demand(name, ['segments', i]));
});

const segmentsCategorical = eachDrift(({ features, prediction, segments }, report) =>
  eachEntry(segments, (name, i) => {
    const numeric =
      entryOf(features, name)?.type === 'numeric' || (prediction?.name === name && prediction.type === 'numeric');
    if (numeric)
      report({
        path: ['segments', i],
        message: 'is numeric, and each of its values would be a segment',
        received: name,
        allowed: 'categorical columns',
        fix: 'name a categorical column',
      });
  }),
);

const scheduled = eachDrift(({ schedule, timeZone }, report) => {
  const problem = scheduleProblem(schedule);
  if (problem !== undefined)
    report({
      path: ['schedule'],
      message: problem,
      allowed: 'minute, hour, day of month, month and day of week',
      fix: "write '30 2 * * *' for every night",
    });
  else if (shortestGapSeconds(schedule) <= 2 * SIGNAL_PERIOD_SECONDS)
    report({
      path: ['schedule'],
      message: `has runs ${shortestGapSeconds(schedule) / 60} minutes apart, and an alarm on one is not sure to be over before the next: that would start no retraining`,
      allowed: `more than ${(2 * SIGNAL_PERIOD_SECONDS) / 3600} hours between two runs`,
      fix: "write '0 */3 * * *' for every three hours",
    });
  if (timeZone !== undefined && !isTimeZone(timeZone))
    report({
      path: ['timeZone'],
      message: 'is not a time zone',
      allowed: 'a name of the IANA, for example Europe/Berlin',
      fix: 'write the name as in the time zone database',
    });
});

/** Only a registration by the pipeline says what a version was trained on: any other could not be compared. */
const compared = eachDrift(({ reference }, report, { pipeline }) => {
  if (reference !== undefined) return;
  const { steps = {}, register } = pipeline ?? {};
  if (register === undefined) {
    report({
      path: [],
      at: 'key',
      message: `has nothing to compare requests with: ${pipeline === undefined ? 'no pipeline registers' : 'the pipeline does not register'} versions of the model`,
      allowed: 'drift of a model that its pipeline registers, or drift with a reference',
      fix: 'add reference: a dataset, to drift; or register to the pipeline of the model',
    });
    return;
  }
  const made = entryOf(steps, stepRef(register.model)?.step ?? '');
  if (made === undefined) return;
  if (referenceOf({ steps, register }) !== undefined) return;
  report({
    path: [],
    at: 'key',
    message: `has nothing to compare requests with: the step that makes ${register.model} reads no data`,
    received: `register: { model: ${register.model} }`,
    allowed: 'drift of a model whose registration, or whose drift, says what it was trained on',
    fix: 'add reference: a dataset or step.output, to pipeline.register; or reference: a dataset, to drift',
  });
});

const referenceThere: SpecCheck = ({ models, dataLake }, report) => {
  const datasets = dataLake?.datasets ?? {};
  eachEntry(models, ({ monitoring, pipeline }, model) => {
    const drift = monitoring?.drift;
    if (drift === undefined) return;
    const at = (key: string): Path => ['models', model, 'monitoring', 'drift', key];
    const reference = drift.reference ?? (pipeline === undefined ? undefined : referenceOf(pipeline));
    const columns = reference === undefined ? undefined : entryOf(datasets, reference)?.columns;
    if (columns === undefined) {
      if (drift.reference !== undefined)
        unknownName(report, at('reference'), drift.reference, 'dataset', Object.keys(datasets));
      return;
    }
    const features = Object.keys(drift.features);
    const demand = (key: string, names: readonly string[], fix: string) => {
      const lost = names.filter((name) => !Object.hasOwn(columns, name));
      if (lost.length > 0)
        report({
          path: at(drift.reference === undefined ? key : 'reference'),
          message: `the dataset ${reference}, which requests are compared with, has no ${lost.length === 1 ? 'column' : 'columns'} ${alternatives(lost.map(show))}`,
          received: drift.reference ?? names.join(', '),
          allowed: `a dataset with the features, the prediction and the segments as columns (${COLUMN_TYPES.join(' or ')})`,
          fix: `${drift.reference === undefined ? 'say in pipeline.register.reference' : 'name a dataset, or a step.output in pipeline.register.reference,'} what has the features as they are asked${fix}`,
        });
    };
    demand('features', features, '');
    if (drift.prediction !== undefined)
      demand('prediction', [drift.prediction.name], ', and the answers to them; or remove prediction');
    demand(
      'segments',
      drift.segments.filter((name) => !features.includes(name) && name !== drift.prediction?.name),
      ', with these columns; or remove the segments',
    );
    const numbers = ({ type }: ComparedColumn, name: string, ...path: Path) => {
      const found = entryOf(columns, name);
      if (type !== 'numeric' || found === undefined || isNumber(found) || found === 'boolean') return;
      report({
        path: ['models', model, 'monitoring', 'drift', ...path],
        message: `is numeric, and in the dataset ${reference}, which requests are compared with, ${name} is ${found}`,
        received: type,
        allowed: 'categorical, or numeric where the column has numbers, or booleans, which are 1 and 0',
        fix: `write categorical, or give ${reference} the column with numbers`,
      });
    };
    eachEntry(drift.features, (feature, name) => numbers(feature, name, 'features', name));
    if (drift.prediction !== undefined) numbers(drift.prediction, drift.prediction.name, 'prediction', 'type');
  });
};

/** Rules of drift that hold for a model alone. */
export const DRIFT_CHECKS_OF_MODEL: readonly SpecCheck[] = [
  captured,
  someFeatures,
  methodsFit,
  namesOnce,
  columnsHold,
  segmentsCategorical,
  scheduled,
  compared,
];

/** Every rule of drift that holds on any cloud. */
export const DRIFT_CHECKS: readonly SpecCheck[] = [...DRIFT_CHECKS_OF_MODEL, referenceThere];
