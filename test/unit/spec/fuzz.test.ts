import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { explain } from '../../../lib/spec/explain';
import { loadEverySpec, loadSpec } from '../../../lib/spec/load';
import { platformSchema } from '../../../lib/spec/platform';
import { formatPath, type Path, type Problem, SpecError } from '../../../lib/spec/problem';
import { REFERENCE_CHECKS } from '../../../lib/spec/references';
import { arbitrary, damaged } from '../../support/arbitrary-spec';

const RUNS = { numRuns: 100 };
const schemaOnly = { schema: platformSchema, checks: [] };
const everything = { schema: platformSchema, checks: REFERENCE_CHECKS };
const spec = arbitrary(platformSchema);

/** Whether a path is another, or leads further into what is there. */
const isAtOrBelow = (path: Path, other: Path): boolean => other.every((key, i) => key === path[i]);

/** Problems of a spec; none if it is fine. Anything else thrown is a fault of ours. */
function problemsIn(action: () => unknown): readonly Problem[] {
  try {
    action();
    return [];
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
}

describe('a spec that the schema generates', () => {
  test('is accepted', () => {
    fc.assert(
      fc.property(spec, (value) => void expect(problemsIn(() => loadSpec(value as object, schemaOnly))).toEqual([])),
      RUNS,
    );
  });

  test('is the same as YAML, as JSON and as an object', () => {
    fc.assert(
      fc.property(spec, (value) => {
        const loaded = loadSpec(value as object, schemaOnly);
        expect(loadSpec(JSON.stringify(value), schemaOnly)).toEqual(loaded);
        expect(loadSpec(`\n${stringify(value)}`, schemaOnly)).toEqual(loaded);
      }),
      RUNS,
    );
  });

  test('is the same under an environment that says it again, or nothing', () => {
    fc.assert(
      fc.property(spec, (value) => {
        const environments = { same: value, none: {} };
        const every = loadEverySpec({ ...(value as object), environments }, schemaOnly);
        const loaded = loadSpec(value as object, schemaOnly);
        expect(every.get('same')).toEqual({ ...loaded, environment: 'same' });
        expect(every.get('none')).toEqual({ ...loaded, environment: 'none' });
      }),
      { numRuns: 50 },
    );
  });
});

describe('a spec with one thing wrong', () => {
  const nearly = spec.chain((value) => damaged(value));
  /** Random specs have it once in ten thousand: a list of which the map around it wants an entry. */
  const oneReceiver = {
    name: 'fraud',
    owner: 'a@example.com',
    aws: { region: 'eu-central-1' },
    alerts: { routes: { pager: { email: ['b@example.com'] } } },
  };

  test.each([
    ['any', nearly],
    ['one that is counted from the map around it', damaged(oneReceiver)],
  ])('is told what is wrong where it is wrong, with what is allowed and what to do: %s', (_, wrong) => {
    let rejected = 0;
    fc.assert(
      fc.property(wrong, ({ value, path }) => {
        const parsed = platformSchema.safeParse(value);
        if (parsed.success) return;
        rejected += 1;
        const findings = explain(parsed.error.issues, platformSchema, value);
        expect(findings.length).toBeGreaterThan(0);
        for (const finding of findings) {
          expect(`${formatPath(finding.path)} on ${formatPath(path)}: ${isAtOrBelow(finding.path, path)}`).toMatch(
            /: true$/,
          );
          for (const words of [finding.message, finding.allowed, finding.fix, finding.received]) {
            expect(words).toMatch(/\S/);
            expect(words).not.toMatch(/undefined|\[object|NaN|Invalid|another value/);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(rejected).toBeGreaterThan(200);
  });

  test('is told the same from a text, with a line that holds the key or value', () => {
    fc.assert(
      fc.property(nearly, ({ value }) => {
        const text = `\n${stringify(value)}`;
        const [fromText, fromObject] = [text, value as object].map((input) =>
          problemsIn(() => loadSpec(input, schemaOnly)),
        );
        const plain = (problems: readonly Problem[] = []) =>
          problems.map(({ path, message, allowed }) => JSON.stringify([path, message, allowed])).sort();
        expect(plain(fromText)).toEqual(plain(fromObject));
        for (const { line = 0 } of fromText ?? []) expect(text.split('\n')[line - 1]).toMatch(/\S/);
      }),
      RUNS,
    );
  });

  test('is rejected with a SpecError or not at all, whatever else does not hold between its parts', () => {
    fc.assert(
      fc.property(nearly, ({ value }) => void problemsIn(() => loadSpec(value as object, everything))),
      RUNS,
    );
  });

  test('in an environment is told so there', () => {
    const twice = spec.chain((base) => damaged(base).map(({ value }) => ({ base, value })));
    let rejected = 0;
    fc.assert(
      fc.property(twice, ({ base, value }) => {
        const problems = problemsIn(() =>
          loadEverySpec({ ...(base as object), environments: { prod: value } }, schemaOnly),
        );
        rejected += problems.length;
        for (const { path } of problems) expect(path).toMatch(/^environments\.prod\b/);
      }),
      RUNS,
    );
    expect(rejected).toBeGreaterThan(50);
  });
});
