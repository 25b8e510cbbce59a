import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AslJudge, callNames, resume } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import { without } from '../support/frozen-snapshots';
import {
  collector,
  counts,
  DAY,
  type Files,
  file,
  frozen,
  GRACE,
  left,
  request,
  told,
  type Version,
  withdrawn,
} from './collect-world';

const DENIED = { code: 'AccessDeniedException', message: 'not yours' };

describe('the machine that collects snapshots', () => {
  test('is a machine that the linter accepts', () => {
    expect(lintAsl(collector())).toEqual([]);
  });
});

describeJudge('asl', 'the machine that collects snapshots, executed', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());
  const run = (...given: Parameters<typeof request>) => judge.run(request(...given));
  /** Files of other things, which it never looks at. */
  const OTHERS: Files = { 'pipelines/detector/r/x': file(900), 'snapshots-of-mine/a/1/x': file(900) };

  test('finds nothing where nothing was ever frozen', async () => {
    const done = await run(OTHERS);
    expect(done).toMatchObject(counts(0, 0));
    expect(left(done)).toEqual(Object.keys(OTHERS).sort());
  });

  test('withdraws an old snapshot that no version names, and deletes it after another grace', async () => {
    const files = { ...frozen('transactions/11', 31), ...OTHERS };
    const first = await run(files);
    expect(first).toMatchObject(counts(1, 0));
    expect(left(first)).toEqual(
      [
        ...Object.keys(files).filter((key) => key !== 'snapshots/transactions/11/manifest.json'),
        'snapshots/transactions/11/withdrawn.json',
      ].sort(),
    );
    const soon = await judge.run(resume(request({}), first, { afterSeconds: GRACE - DAY }));
    expect(soon).toMatchObject(counts(0, 0));
    expect(left(soon)).toEqual(left(first));
    const later = await judge.run(resume(request({}), first, { afterSeconds: GRACE + DAY }));
    expect(later).toMatchObject(counts(0, 1));
    expect(left(later)).toEqual(Object.keys(OTHERS).sort());
  });

  test.each<[string, Files, readonly Version[]]>([
    ['young', frozen('transactions/11', 29), []],
    ['named by a version', frozen('transactions/11', 900), [{ snapshots: { transactions: '11' } }]],
    [
      'named by a version of a model that left the spec',
      frozen('transactions/11', 900),
      [{ group: 'fraud-prod-old-model', snapshots: { transactions: '11' } }],
    ],
    ['withdrawn, and named since', withdrawn('transactions/11', 900, 31), [{ snapshots: { transactions: '11' } }]],
    ['withdrawn not long ago', withdrawn('transactions/11', 900, 29), []],
  ])('touches nothing of a snapshot that is %s', async (_, files, versions) => {
    const done = await run(files, versions);
    expect(done).toMatchObject(counts(0, 0));
    expect(left(done)).toEqual(Object.keys(files).sort());
  });

  test('a name counts for its own dataset and snapshot alone', async () => {
    const files = {
      ...withdrawn('transactions/11', 90, 40),
      ...withdrawn('labels/11', 90, 40),
      ...withdrawn('labels/1', 90, 40),
    };
    const done = await run(files, [{ snapshots: { labels: '11' } }]);
    expect(done).toMatchObject(counts(0, 2));
    expect(left(done)).toEqual([...without(files, 'transactions/11', 'labels/1')].sort());
  });

  test('what only another platform names is nothing of this one', async () => {
    const files = withdrawn('transactions/11', 90, 40);
    const done = await run(files, [{ group: 'their-fraud-prod-detector', snapshots: { transactions: '11' } }]);
    expect(left(done)).toEqual([]);
  });

  test('looks at every page of models, of versions, and of files', async () => {
    const named = Array.from({ length: 130 }, (_, n) => withdrawn(`transactions/${1000 + n}`, 90, 40));
    const many = Object.fromEntries(
      Array.from({ length: 1100 }, (_, n) => [`snapshots/labels/7/a1/part-${n}`, file(90)] as const),
    );
    const files = { ...Object.assign({}, ...named), ...many, 'snapshots/labels/7/withdrawn.json': file(40) } as Files;
    const versions = Array.from({ length: 130 }, (_, n): Version => ({ snapshots: { transactions: `${1000 + n}` } }));
    const groups = Array.from(
      { length: 110 },
      (_, n): Version => ({ group: `fraud-prod-m${n}`, snapshots: { labels: '8' } }),
    );
    const last: Version = { group: 'fraud-prod-z', snapshots: { labels: '9' } };
    const done = await run({ ...files, ...withdrawn('labels/9', 90, 40) }, [...versions, ...groups, last]);
    expect(done).toMatchObject(counts(0, 1));
    expect(left(done)).toEqual([...without({ ...files, ...withdrawn('labels/9', 90, 40) }, 'labels/7')].sort());
  });

  test('an attempt that was given up goes as well; a mark says since when', async () => {
    const files: Files = { 'snapshots/transactions/11/a1/part-0': file(90) };
    const first = await run(files);
    expect(first).toMatchObject(counts(0, 0));
    expect(left(first)).toContain('snapshots/transactions/11/withdrawn.json');
    const later = await judge.run(resume(request({}), first, { afterSeconds: GRACE + DAY }));
    expect(left(later)).toEqual([]);
  });

  test('of a withdrawn snapshot that somebody freezes anew right now, what is new stays', async () => {
    const files = { ...withdrawn('transactions/11', 90, 40), 'snapshots/transactions/11/a2/part-0': file(0) };
    const done = await run(files);
    expect(left(done)).toEqual(['snapshots/transactions/11/a2/part-0']);
  });

  test('a snapshot that was frozen anew is one like any other', async () => {
    const files = { ...withdrawn('transactions/11', 90, 40), ...frozen('transactions/11', 2, 'a2') };
    const done = await run(files);
    expect(done).toMatchObject(counts(0, 0));
    expect(left(done)).toEqual(Object.keys(files).sort());
    // Its mark is old already, and says nothing of when its new manifest goes.
    const again = { ...withdrawn('transactions/11', 190, 140), ...frozen('transactions/11', 31, 'a2') };
    const second = await run(again);
    expect(second).toMatchObject(counts(1, 0));
    const soon = await judge.run(resume(request({}), second, { afterSeconds: DAY }));
    expect(soon).toMatchObject(counts(0, 0));
    expect(left(soon)).toEqual(left(second));
  });

  test('says of files that cannot be deleted, and keeps the mark', async () => {
    const files = withdrawn('transactions/11', 90, 40);
    const locked = 'snapshots/transactions/11/a1/part-1';
    const done = await run(files, [], { locked: [locked] });
    expect(done).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
    expect(outcomeOf(done).detail).toContain(`${locked} could not be deleted: Access Denied`);
    expect(left(done)).toEqual([locked, 'snapshots/transactions/11/withdrawn.json']);
    expect(told(done)).toEqual(['snapshot-collection-failed']);
  });

  describe('when something goes wrong', () => {
    const files = {
      ...withdrawn('transactions/11', 90, 40),
      ...frozen('labels/5', 90),
      ...withdrawn('labels/6', 90, 40),
    };
    const whole = () => request(files, [{ snapshots: { labels: '6' } }]);

    test('a call that fails once, or whose answer is lost, is only tried again', async () => {
      const good = await judge.run(whole());
      expect(good).toMatchObject(counts(1, 1));
      expect(new Set(callNames(good))).toEqual(
        new Set([
          'sagemaker:ListModelPackageGroups',
          'sagemaker:ListModelPackages',
          'sagemaker:DescribeModelPackage',
          's3:ListObjectsV2',
          's3:PutObject',
          's3:DeleteObject',
          's3:DeleteObjects',
        ]),
      );
      for (const afterEffect of [false, true])
        for await (const { call, run: shaken } of judge.failEachCall(whole(), { ...DENIED, afterEffect })) {
          expect(shaken, call.operation).toMatchObject(counts(1, 1));
          expect(left(shaken), call.operation).toEqual(left(good));
        }
    });

    test('a call that is never allowed is told of; without all names nothing is touched', async () => {
      const { calls } = await judge.run(whole());
      for (const [operation, service] of new Map(calls.map((call) => [call.operation, call.service]))) {
        const failed = await judge.run({ ...whole(), faults: [{ service, operation, ...DENIED }] });
        expect(failed, operation).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
        expect(outcomeOf(failed).detail).toContain('not yours');
        expect(told(failed)).toEqual(['snapshot-collection-failed']);
        if (service === 'sagemaker') expect(left(failed), operation).toEqual(Object.keys(files).sort());
        // The next one goes on from there.
        const next = await judge.run(resume(whole(), failed));
        expect(outcomeOf(next).outcome, operation).toBe('collected');
        expect(left(next).filter((key) => key.startsWith('snapshots/labels/6/'))).toHaveLength(4);
      }
    });

    test('an execution that is cut anywhere leaves what the next one finishes', async () => {
      for await (const { call, cut } of judge.cutAfterEachCall(whole())) {
        const next = await judge.run(resume(whole(), cut));
        expect(outcomeOf(next).outcome, call.operation).toBe('collected');
        expect(left(next), call.operation).toEqual([
          'snapshots/labels/5/a1/manifest.json',
          'snapshots/labels/5/a1/part-0',
          'snapshots/labels/5/a1/part-1',
          'snapshots/labels/5/withdrawn.json',
          ...Object.keys(withdrawn('labels/6', 90, 40)).sort(),
        ]);
      }
    });
  });
});
