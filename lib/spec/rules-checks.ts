import { type ColumnTypeName, isNumber, TIMES, WHOLE } from './column-kinds';
import { eachEntry } from './each-entry';
import { entryOf } from './entry-of';
import { isExact } from './exact';
import { dateOf, instantOf } from './instant';
import { patternProblem } from './pattern';
import type { PlatformSpec } from './platform';
import { type Path, type Report, show } from './problem';
import type { ColumnRules } from './rules';
import { unknownName } from './unknown-name';

type ColumnCheck = (rules: ColumnRules, type: ColumnTypeName, report: Report, column: string) => void;

/** Where columns of a dataset are. */
const HOME = 'columns of the dataset';
const DAY_SECONDS = 86_400;
const LISTED = ['string', 'boolean', ...WHOLE];

const NUMBER = { allowed: 'a number', fix: 'write a number, for example 0' };
const ENDS = {
  date: { read: dateOf, allowed: 'a day as 2026-01-31', fix: 'write it as 2026-01-31' },
  timestamp: {
    read: instantOf,
    allowed: 'a moment of ISO 8601, UTC unless it says a zone',
    fix: 'write it as 2026-01-31T12:00:00Z',
  },
} as const;

/** Where a bound stands among others of its type; undefined for one that the type cannot have. */
function placeOf(bound: number | string, type: ColumnTypeName): number | string | undefined {
  if (type === 'date' || type === 'timestamp') return typeof bound === 'string' ? ENDS[type].read(bound) : undefined;
  return typeof bound === 'number' ? bound : undefined;
}

const bounds: ColumnCheck = (rules, type, report, column) => {
  const given = (['min', 'max'] as const).flatMap((key) => {
    const bound = rules[key];
    return bound === undefined ? [] : [{ key, bound }];
  });
  for (const { key, bound } of given) {
    if (!isNumber(type) && !TIMES.includes(type))
      report({
        path: [key],
        message: `has no meaning for a ${type}, which ${column} is`,
        allowed: 'min and max of numbers, dates and timestamps',
        fix: type === 'string' ? 'write values or a pattern instead' : 'remove it',
        at: 'key',
      });
    else if (placeOf(bound, type) === undefined) {
      const { allowed, fix } = type === 'date' || type === 'timestamp' ? ENDS[type] : NUMBER;
      report({ path: [key], message: `is no ${type}, which ${column} is`, allowed, fix });
    } else if (typeof bound === 'number' && !isExact(bound))
      report({
        path: [key],
        message: 'has more digits than a number of YAML keeps',
        allowed: `whole numbers from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`,
        fix: 'write a number with fewer digits',
      });
  }
  const [low, high] = [rules.min, rules.max].map((bound) => (bound === undefined ? undefined : placeOf(bound, type)));
  if (low !== undefined && high !== undefined && low > high)
    report({
      path: ['min'],
      message: 'is above max, so that no value would do',
      allowed: `at most ${rules.max}`,
      fix: 'exchange the two',
    });
};

const valuesFit: ColumnCheck = ({ values }, type, report, column) => {
  if (values === undefined) return;
  if (!LISTED.includes(type)) {
    report({
      path: ['values'],
      message: `cannot be listed for a ${type}, which ${column} is`,
      allowed: `values of ${LISTED.join(', ')}`,
      fix: isNumber(type) || TIMES.includes(type) ? 'write min and max instead' : 'remove it',
      at: 'key',
    });
    return;
  }
  const kind = WHOLE.includes(type) ? 'whole number' : type === 'string' ? 'text' : 'boolean';
  eachEntry(values, (value, i) => {
    const fits =
      kind === 'whole number' ? Number.isSafeInteger(value) : typeof value === (kind === 'text' ? 'string' : kind);
    if (!fits)
      report({
        path: ['values', i],
        message: `is no ${kind}, and ${column} is ${type}`,
        allowed: kind === 'boolean' ? 'true or false' : `a ${kind}`,
        fix: kind === 'text' ? `write ${JSON.stringify(String(value))}` : `write a ${kind}, or remove it`,
      });
  });
};

const patternFits: ColumnCheck = ({ pattern }, type, report, column) => {
  if (pattern === undefined) return;
  if (type !== 'string') {
    report({
      path: ['pattern'],
      message: `is matched by texts, and ${column} is ${type}`,
      allowed: 'a pattern of a string',
      fix: LISTED.includes(type) ? 'write values instead' : 'remove it',
      at: 'key',
    });
    return;
  }
  const problem = patternProblem(pattern);
  if (problem !== undefined) report({ path: ['pattern'], ...problem });
};

const agesFit: ColumnCheck = ({ maxAge }, type, report, column) => {
  if (maxAge === undefined) return;
  if (!TIMES.includes(type))
    report({
      path: ['maxAge'],
      message: `needs a date or timestamp, and ${column} is ${type}`,
      allowed: 'maxAge of a column of type date or timestamp',
      fix: 'write it for the column that says when a row was made',
      at: 'key',
    });
  else if (type === 'date' && maxAge.seconds < DAY_SECONDS)
    report({
      path: ['maxAge'],
      message: `is shorter than a date is exact, and ${column} is one`,
      allowed: '1 day or more',
      fix: 'write 1 day, or use a timestamp',
    });
};

const COLUMN_CHECKS: readonly ColumnCheck[] = [bounds, valuesFit, patternFits, agesFit];

/** Rules of datasets that no data could be judged by: of columns that are not there, or that their type has no meaning for. */
export function datasetRulesHold({ dataLake }: PlatformSpec, report: Report): void {
  eachEntry(dataLake?.datasets ?? {}, ({ columns, rules }, dataset) => {
    if (rules === undefined) return;
    const at = (...path: Path): Path => ['dataLake', 'datasets', dataset, 'rules', ...path];
    const known = Object.keys(columns);
    eachEntry(rules.columns, (column, name) => {
      const type = entryOf(columns, name);
      if (type === undefined) {
        const atKey: Report = (found) => report({ ...found, received: show(name), at: 'key' });
        unknownName(atKey, at('columns', name), name, 'column', known, HOME);
        return;
      }
      eachEntry(COLUMN_CHECKS, (check) =>
        check(column, type, (found) => report({ ...found, path: at('columns', name, ...found.path) }), name),
      );
    });
    eachEntry(rules.unique, (names, name) =>
      eachEntry(names, (column, i) => {
        if (!known.includes(column)) unknownName(report, at('unique', name, i), column, 'column', known, HOME);
      }),
    );
  });
}
