import { z } from 'zod';
import { bestEffort } from './best-effort';
import { explain } from './explain';
import { environmentName } from './identifiers';
import { ONCE } from './once';
import { applyEnvironment, ENVIRONMENTS, environmentsOf, type Overlaid, withoutEnvironments } from './overlay';
import { deepFreeze, type RawMap } from './plain';
import { type Finding, formatPath, type Path, type Problem, type Report, SpecError } from './problem';
import { readSource, type Source, withReceived } from './source';

/** A spec: the path of a file, a `file:` URL, a text (anything with a line feed in it, or that starts with `{`), or data. */
export type SpecInput = string | URL | object;

/** What a spec is judged by. */
export interface SpecRules<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  /** Rules between parts of a spec. */
  readonly checks: readonly ((spec: z.output<S>, report: Report) => void)[];
}

/** A parsed spec, and the environment it is for when it came with one. */
export type Loaded<S extends z.ZodType> = z.output<S> & { readonly environment?: string };

/**
 * Reads a spec, lays one of its environments over it, and completes it with defaults.
 *
 * @param environment - name of the environment; without one the spec has to be complete by itself
 * @returns the spec, frozen through and through
 * @throws SpecError with every problem at once; UnreadableSpecError if the file cannot be read
 */
export function loadSpec<S extends z.ZodType>(input: SpecInput, rules: SpecRules<S>, environment?: string): Loaded<S> {
  const source = readSource(input);
  const judged = judge(source, rules, environment);
  const found = everyFinding(judged);
  const names = environment === undefined && found.length > 0 ? environmentsOf(source.value) : [];
  const left = found.filter(isInSome(names.map((name) => judge(source, rules, name))));
  const unsaid = names.length > 0 && (left.length < found.length || lacks(judged));
  const problems = [
    ...source.dropped,
    ...environmentNameFindings(source.value).map(source.problem),
    ...(unsaid ? [source.problem(noEnvironmentChosen(names))] : []),
    ...(names.length > 0 ? left : found).map(source.problem),
  ];
  if (problems.length > 0 || judged.spec === undefined) throw new SpecError(problems);
  return deepFreeze(judged.spec);
}

/** Whether a finding in the base is one in some environment too: what each of them mends nobody has to. */
function isInSome(environments: readonly Judged<z.ZodType>[]): (finding: Finding) => boolean {
  const known = new Set(environments.flatMap(everyFinding).map(identityOf));
  return (finding) => known.has(identityOf(finding));
}

/**
 * Reads a spec and checks every environment of it.
 *
 * @returns the spec of each environment by name; of the base, under the name undefined, if there are no environments
 * @throws SpecError with every problem of the base and of all environments at once
 */
export function loadEverySpec<S extends z.ZodType>(
  input: SpecInput,
  rules: SpecRules<S>,
): ReadonlyMap<string | undefined, Loaded<S>> {
  const source = readSource(input);
  const names = environmentsOf(source.value);
  const base = judge(source, rules, undefined);
  const each = names.map((name) => judge(source, rules, name));
  // What the base lacks every environment may add. Whether each does is judged there, and so is what holds between parts.
  const isPart = names.length > 0 && lacks(base);
  const part = { ...base, findings: base.findings.filter(({ at }) => at !== 'missing'), breaches: [] };
  const problems = [
    ...source.dropped,
    ...environmentNameFindings(source.value).map(source.problem),
    ...gather(source, [isPart ? part : base, ...each]),
  ];
  if (problems.length > 0) throw new SpecError(problems);
  const specs = names.length === 0 ? [base] : each;
  return new Map(
    specs.flatMap(({ environment, spec }) => (spec === undefined ? [] : [[environment, deepFreeze(spec)] as const])),
  );
}

/** Whether something is missing that an environment may add. */
const lacks = (judged: Judged<z.ZodType>): boolean => everyFinding(judged).some(({ at }) => at === 'missing');

const everyFinding = ({ findings, breaches }: Judged<z.ZodType>): readonly Finding[] => [...findings, ...breaches];

/** What makes findings in several environments one. */
const identityOf = ({ path, message, received }: Finding): string => JSON.stringify([path, message, received]);

interface Judged<S extends z.ZodType> {
  readonly environment: string | undefined;
  /** Absent if there are findings or breaches. */
  readonly spec?: Loaded<S>;
  /** What does not fit the schema, with the paths of the file. */
  readonly findings: readonly Finding[];
  /** What breaks a rule between parts, likewise. */
  readonly breaches: readonly Finding[];
}

function judge<S extends z.ZodType>(source: Source, rules: SpecRules<S>, environment: string | undefined): Judged<S> {
  const { value, origin, findings }: Overlaid =
    environment === undefined
      ? { value: withoutEnvironments(source.value), origin: (path) => path, findings: [] }
      : applyEnvironment(source.value, environment);
  if (value === undefined) return { environment, findings, breaches: [] };
  const overlaid = (path: Path) => origin(path)[0] === ENVIRONMENTS;
  const parsed = rules.schema.safeParse(value, ONCE);
  const wrong = parsed.success
    ? []
    : explain(parsed.error.issues, rules.schema, value, { written: (path) => source.written(origin(path)), overlaid });
  const misplaced = new Set(wrong.filter(({ at }) => at === 'key').map(({ path }) => String(path.at(-1))));
  const completed: unknown = parsed.success ? parsed.data : bestEffort(rules.schema, value, misplaced, overlaid);
  const spec = withEnvironment(completed as object, environment) as Loaded<S>;
  const breaches = runChecks(rules, spec, wrong);
  const placed = (finding: Finding) => ({ ...withReceived(finding, value), path: origin(finding.path) });
  const judged = { environment, findings: [...findings, ...wrong.map(placed)], breaches: breaches.map(placed) };
  return judged.findings.length + judged.breaches.length === 0 ? { ...judged, spec } : judged;
}

/** Properties are copied, not read: those of a spec that is only partly there may throw. */
const withEnvironment = (spec: object, environment: string | undefined): object =>
  environment === undefined
    ? spec
    : Object.defineProperties(
        {},
        { ...Object.getOwnPropertyDescriptors(spec), environment: { value: environment, enumerable: true } },
      );

function runChecks<S extends z.ZodType>(rules: SpecRules<S>, spec: z.output<S>, wrong: readonly Finding[]): Finding[] {
  const found: Finding[] = [];
  for (const check of rules.checks) {
    try {
      check(spec, (finding) => found.push(finding));
    } catch (error) {
      // A part that it needs is missing or wrong. When that is mended the check runs in full.
      if (wrong.length === 0) throw error;
    }
  }
  return found.filter(({ path }) => !wrong.some((finding) => finding.path.every((key, i) => key === path[i])));
}

/** One problem for what several environments share, and the names of the environments where it is not all of them. */
function gather(source: Source, judged: readonly Judged<z.ZodType>[]): Problem[] {
  const found = new Map<string, { finding: Finding; environments: (string | undefined)[] }>();
  for (const one of judged)
    for (const finding of everyFinding(one)) {
      const key = identityOf(finding);
      const known = found.get(key) ?? { finding, environments: [] };
      known.environments.push(one.environment);
      found.set(key, known);
    }
  const everyEnvironment = judged.length - 1;
  return [...found.values()].map(({ finding, environments }) => {
    const named = environments.filter((name) => name !== undefined);
    const [first] = named;
    if (finding.path[0] === ENVIRONMENTS || first === undefined || environments.length > named.length)
      return source.problem(finding);
    if (named.length === everyEnvironment) return source.problem(finding);
    const there = formatPath([ENVIRONMENTS, first, ...finding.path]);
    const fix = `${finding.fix}; or, for ${first} alone, ${finding.at === 'key' ? 'null' : 'do so'} at ${there}`;
    return { ...source.problem({ ...finding, fix }), environment: named.join(', ') };
  });
}

const environmentsSchema = z.object({ [ENVIRONMENTS]: z.record(environmentName, z.unknown()).optional() });

/** What is wrong with the map of environments itself: that it is none, or the names in it. */
function environmentNameFindings(raw: RawMap): readonly Finding[] {
  const parsed = environmentsSchema.safeParse(raw, ONCE);
  return parsed.success ? [] : explain(parsed.error.issues, environmentsSchema, raw);
}

const noEnvironmentChosen = (names: readonly string[]): Finding => ({
  path: [ENVIRONMENTS],
  at: 'key',
  message: 'has environments, none was chosen, and the rest is not complete without one',
  received: 'no environment',
  allowed: names.join(', '),
  fix: `choose one, for example with --environment ${names[0]}; a program loads it with { environment: '${names[0]}' }`,
});
