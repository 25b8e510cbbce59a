import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { DriftJudge, type DriftPerformance } from '../support/drift-judge';

const NEAR = 1e-9;
const METHODS = ['psi', 'jensen-shannon', 'kolmogorov-smirnov', 'wasserstein', 'chi-square'];

/** Which oracle sees which mistake. Those of decisions are seen by the tests of decisions. */
const SEEN_IN = {
  figures: [
    'categories-in-order-of-appearance',
    'chi-square-against-equal-counts',
    'infinities-kept',
    'jensen-shannon-in-bits',
    'kolmogorov-smirnov-one-sided',
    'missing-as-zero',
    'psi-without-empty-bins',
    'ten-bins',
    'values-of-few-in-bins',
    'wasserstein-by-sample-deviation',
    'wasserstein-not-normed',
  ],
  performance: ['auc-without-ties', 'labels-in-order-of-rows'],
  decisions: ['any-column-is-compared', 'drift-below-the-threshold'],
};

describeJudge('drift', 'figures of the drift job', () => {
  let judge: DriftJudge;
  beforeAll(async () => {
    judge = await DriftJudge.start();
  });
  afterAll(() => judge[Symbol.asyncDispose]());

  /** Columns and methods where the job says something else than an oracle. An oracle without a figure says nothing. */
  async function disagreements(fault?: string): Promise<readonly string[]> {
    const found = [];
    for (const { column, method, ours, ...oracles } of await judge.figures(fault))
      for (const [oracle, theirs] of Object.entries(oracles))
        if (theirs !== null && !(ours !== null && Math.abs(ours - theirs) <= NEAR * Math.max(1, Math.abs(theirs))))
          found.push(`${method} of ${column}: ${ours}, ${oracle}: ${theirs}`);
    return found;
  }

  function differing({ ours, theirs }: DriftPerformance): readonly string[] {
    return Object.entries(theirs).flatMap(([kind, metrics]) =>
      Object.entries(metrics)
        .filter(([name, value]) => !(Math.abs((ours[kind]?.[name] ?? Number.NaN) - value) <= NEAR))
        .map(([name]) => `${kind}: ${name}`),
    );
  }

  test("are scipy's and Evidently's, for each method and kind of column", async () => {
    const figures = await judge.figures();
    expect(await disagreements()).toEqual([]);
    for (const method of METHODS) {
      const compared = figures.filter((figure) => figure.method === method && figure.scipy !== null);
      expect(compared.length, method).toBeGreaterThanOrEqual(6);
      expect(compared.every(({ evidently }) => evidently !== null)).toBe(true);
      expect(new Set(compared.map(({ ours }) => ours)).size, `${method} tells columns apart`).toBeGreaterThan(3);
    }
    const undefinedThere = figures.filter(({ evidently }) => evidently === null);
    expect(undefinedThere.map(({ column, method, ours }) => ({ column, method, ours }))).toEqual([
      { column: 'one', method: 'chi-square', ours: 1 },
    ]);
  });

  test("of performance are scikit-learn's, with labels that came late and in another order", async () => {
    const figures = await judge.performance();
    expect(differing(figures)).toEqual([]);
    expect(Object.keys(figures.ours)).toEqual(Object.keys(figures.theirs));
    for (const [kind, metrics] of Object.entries(figures.theirs))
      expect(Object.keys(figures.ours[kind] ?? {}).sort()).toEqual(Object.keys(metrics).sort());
  });

  test.each(SEEN_IN.figures)('%s: the oracles see it', async (fault) => {
    // A figure that is no number cannot even be written: that is seen too.
    expect(await disagreements(fault).catch((error: Error) => [error.message])).not.toEqual([]);
  });

  test.each(SEEN_IN.performance)('%s: scikit-learn sees it', async (fault) => {
    expect(differing(await judge.performance(fault))).not.toEqual([]);
  });

  test('every mistake that can be put in is tried', async () => {
    const { faults } = await judge.names();
    expect(faults).toEqual(Object.values(SEEN_IN).flat().sort());
  });

  test('what holds for any data, configuration and record', async () => {
    const { properties } = await judge.names();
    expect(properties).toHaveLength(9);
    for (const name of properties) expect(await judge.counterexample(name), name).toBeNull();
  });
});
