import { expect } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { CLOUDS, type Cloud } from '../../lib/spec/clouds';
import { isOfRegion, optionsOf, type Refusal, refusalsOf, refusalsOn } from './refusals';

/** Shows that the checks and the renderers have a limit; takes the numbers of its text. */
export type Proof = (...numbers: readonly number[]) => void;

/** Numbers of a text; those in names, as in S3 and N1, are none. */
export const numbersIn = (text: string): readonly number[] => [...text.matchAll(/\b\d+\b/g)].map(Number);
/** A text without its numbers. */
export const shapeOf = (text: string): string => text.replace(/\b\d+\b/g, '#');

/** A refusal, and the options whose rows have to tell of it. */
export interface Shown extends Refusal {
  readonly cloud: Cloud;
  readonly options: readonly string[];
}

/** What was refused since a proof began. */
let shown: Shown[] = [];

/** What is refused while a limit is shown to hold. */
export function shownBy(proof: Proof | undefined, limit: string): readonly Shown[] {
  shown = [];
  proof?.(...numbersIn(limit));
  return shown;
}

/** What a spec of one cloud is refused for there, and nowhere else. */
export function seen(spec: object, environment?: string): readonly Shown[] {
  const [cloud = 'aws'] = CLOUDS.filter((one) => one in spec);
  const found = refusalsOn(cloud, spec, environment).map((refusal) => ({
    ...refusal,
    cloud,
    options: isOfRegion(cloud, refusal, spec, environment) ? [`${cloud}.region`] : optionsOf(refusal),
  }));
  shown.push(...found);
  return found;
}

/** A spec is refused for nothing. */
export const taken = (spec: object): void => {
  expect(() => loadPlatformSpec({ name: 'fraud', owner: 'ml@example.com', ...spec })).not.toThrow();
};

/** A spec is refused on its cloud for one option, whose path ends so. */
export const refused = (spec: object, end: string, environment?: string): Shown | undefined => {
  const found = seen(spec, environment);
  expect(found.map(({ path }) => path)).toEqual([expect.stringMatching(`(^|\\.)${end}$`)]);
  return found[0];
};

/**
 * What is refused first of a spec that is of so many, up to most, is just beyond a limit, by the number that it is said to
 * have; with one less it is taken.
 */
export function refusedBeyond(limit: number, of: (many: number) => object, most: number, end: string): void {
  let [least, beyond] = [0, most];
  while (beyond - least > 1) {
    const middle = Math.floor((least + beyond) / 2);
    if (refusalsOf(of(middle)).length === 0) least = middle;
    else beyond = middle;
  }
  taken(of(least));
  const received = Math.max(...numbersIn(refused(of(beyond), end)?.finding.received ?? ''));
  expect(received).toBeGreaterThan(limit);
  expect(received - limit, 'and not by much').toBeLessThan(limit / 100 + 2);
}
