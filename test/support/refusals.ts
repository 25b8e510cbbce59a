import { relative, resolve } from 'node:path';
import { PLATFORM_CHECKS } from '../../lib/plan/load';
import { PARITY } from '../../lib/plan/parity/parity-table';
import { CLOUDS, type Cloud } from '../../lib/spec/clouds';
import { loadSpec } from '../../lib/spec/load';
import { isMap, valueAt } from '../../lib/spec/plain';
import { type PlatformSpec, platformSchema } from '../../lib/spec/platform';
import { type Finding, formatPath, type Path, SpecError } from '../../lib/spec/problem';
import type { SpecCheck } from '../../lib/spec/references';

const LIB = resolve(__dirname, '../../lib');

/** Where the specs of tests live on each cloud: everything is there. */
export const TARGETS = {
  aws: { account: '111111111111', region: 'eu-central-1' },
  gcp: { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' },
} as const satisfies Record<Cloud, object>;

/** Something that a check refuses of a spec. */
export interface Refusal {
  readonly finding: Finding;
  /** The path of the finding, as text. */
  readonly path: string;
  /** The spec, completed. */
  readonly spec: PlatformSpec;
  /** Files and lines that were at work: `plan/gcp-names.ts:21`. */
  readonly places: readonly string[];
}

/** What of a spec is refused by the checks, each of which says it by itself. */
export function refusalsOf(written: object, environment?: string): readonly Refusal[] {
  const found: Refusal[] = [];
  const checks = PLATFORM_CHECKS.map(
    (check): SpecCheck =>
      (spec, report) =>
        check(spec, (finding) => {
          found.push({ finding, path: formatPath(finding.path), spec, places: placesAtWork() });
          report(finding);
        }),
  );
  try {
    loadSpec({ name: 'fraud', owner: 'ml@example.com', ...written }, { schema: platformSchema, checks }, environment);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    if (found.length === 0) throw new Error('the spec is refused by its schema', { cause: error });
  }
  return found;
}

/** From the check to the call that reported. */
function placesAtWork(): readonly string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return [...stack.matchAll(/\(?(\/[^\s():]+):(\d+):\d+\)?$/gm)]
    .map(([, file = '', line]) => `${relative(LIB, file)}:${line}`)
    .filter((place) => !place.startsWith('..'));
}

/** The same wherever it lives. */
const same = (a: Refusal, b: Refusal): boolean => a.path === b.path && a.finding.message === b.finding.message;

/** What is refused of a spec on one cloud, and is not where it lives on the other one instead. */
export function refusalsOn(cloud: Cloud, written: object, environment?: string): readonly Refusal[] {
  const elsewhere = CLOUDS.filter((other) => other !== cloud).flatMap((other) =>
    refusalsOf({ ...written, [cloud]: undefined, [other]: TARGETS[other] }, environment),
  );
  return refusalsOf(written, environment).filter((refusal) => !elsewhere.some((other) => same(refusal, other)));
}

/** Whether it is refused for where it is: it is not in the region where everything is. */
export const isOfRegion = (cloud: Cloud, { path, spec }: Refusal, written: object, environment?: string): boolean =>
  refusalsOf({ ...written, [cloud]: { ...spec[cloud], region: TARGETS[cloud].region } }, environment).every(
    (other) => other.path !== path,
  );

/**
 * Options that a refusal is of: what is at its path, what is below, or else the nearest thing above. An environment is no
 * option: it is refused for what becomes part of names, as `name` is.
 */
export function optionsOf({ finding: { path }, spec }: Refusal): readonly string[] {
  if (path[0] === 'environments') return ['name'];
  const meets = Object.keys(PARITY).flatMap((option) => {
    const keys = option.split('.');
    const met = keys.slice(0, path.length).every((key, i) => isCalled(key, path, i, spec));
    return met ? [{ option, deep: keys.length }] : [];
  });
  const below = meets.filter(({ deep }) => deep >= path.length);
  const nearest = Math.max(...meets.map(({ deep }) => deep));
  return (below.length > 0 ? below : meets.filter(({ deep }) => deep === nearest)).map(({ option }) => option);
}

/** Whether a key of an option is that of a path: `*` is every name, `*[training]` the name of a thing of that kind. */
function isCalled(key: string, path: Path, i: number, spec: PlatformSpec): boolean {
  const [, name, kind] = /^([^[]+)(?:\[([\w-]+)\])?$/.exec(key) ?? [];
  if (name !== '*' && name !== path[i]) return false;
  const value = valueAt(spec, path.slice(0, i + 1));
  return kind === undefined || (isMap(value) && Object.values(value).includes(kind));
}
