import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { without } from '../support/frozen-snapshots';
import { callNames, type Json, resume, WorkflowsJudge } from '../support/workflows-judge';
import {
  counts,
  DAY,
  file,
  filesLeft,
  frozen,
  GRACE,
  later,
  left,
  names,
  request,
  type Version,
  withdrawn,
} from './gcp-collect-world';
import { announced } from './gcp-operations-world';

const FAILED = 'snapshot-collection-failed';

describeJudge('workflows', 'collecting snapshots on Google Cloud', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const run = (...given: Parameters<typeof request>) => judge.run(request(...given));
  /** Files of other things, which it never looks at. */
  const OTHERS: Json = { 'pipelines/detector/r/x': file(900), 'snapshots-of-mine/a/1/x': file(900) };

  test('finds nothing where nothing was ever frozen', async () => {
    const done = await run(OTHERS);
    expect(done.executions[0]).toMatchObject(counts(0, 0));
    expect(left(done)).toEqual(Object.keys(OTHERS).sort());
  });

  test('withdraws an old snapshot that no version names, and deletes it after another grace', async () => {
    const files = { ...frozen('transactions/11', 31), ...OTHERS };
    const first = await run(files);
    expect(first.executions[0]).toMatchObject(counts(1, 0));
    expect(left(first)).toEqual(
      [
        ...Object.keys(files).filter((key) => key !== 'snapshots/transactions/11/manifest.json'),
        'snapshots/transactions/11/withdrawn.json',
      ].sort(),
    );
    const soon = await run(filesLeft(first), [], later(GRACE - DAY));
    expect(soon.executions[0]).toMatchObject(counts(0, 0));
    expect(left(soon)).toEqual(left(first));
    const gone = await run(filesLeft(first), [], later(GRACE + DAY));
    expect(gone.executions[0]).toMatchObject(counts(0, 1));
    expect(left(gone)).toEqual(Object.keys(OTHERS).sort());
  });

  test.each<[string, Json, readonly Version[]]>([
    ['young', frozen('transactions/11', 29), []],
    ['named by a version', frozen('transactions/11', 900), [names({ transactions: '11' })]],
    [
      'named by a version of a model that left the spec',
      frozen('transactions/11', 900),
      [names({ transactions: '11' }, 'fraud-prod-old-model')],
    ],
    ['withdrawn, and named since', withdrawn('transactions/11', 900, 31), [names({ transactions: '11' })]],
    ['withdrawn not long ago', withdrawn('transactions/11', 900, 29), []],
  ])('touches nothing of a snapshot that is %s', async (_, files, versions) => {
    const done = await run(files, versions);
    expect(done.executions[0]).toMatchObject(counts(0, 0));
    expect(left(done)).toEqual(Object.keys(files).sort());
  });

  test('a name counts for its own dataset and snapshot alone', async () => {
    const files = {
      ...withdrawn('transactions/11', 90, 40),
      ...withdrawn('labels/11', 90, 40),
      ...withdrawn('labels/1', 90, 40),
    };
    const done = await run(files, [names({ labels: '11' })]);
    expect(done.executions[0]).toMatchObject(counts(0, 2));
    expect(left(done)).toEqual(without(files, 'transactions/11', 'labels/1').toSorted());
  });

  test('versions that were registered by hand name nothing and are in nobody’s way', async () => {
    const files = { ...withdrawn('transactions/11', 90, 40), ...withdrawn('labels/11', 90, 40) };
    const done = await run(files, [
      { says: undefined },
      { says: 'a text of somebody' },
      { says: [] },
      { says: { snapshots: 'none' } },
      names({ labels: '11' }),
      names({ transactions: '11' }, 'their-fraud-prod-detector'),
    ]);
    expect(done.executions[0]).toMatchObject(counts(0, 1));
    expect(left(done)).toEqual(without(files, 'transactions/11').toSorted());
  });

  test('looks at every page of models, of versions, of snapshots and of files', async () => {
    const named = Array.from({ length: 60 }, (_, n) => withdrawn(`transactions/${1000 + n}`, 90, 40));
    const many = Object.fromEntries(
      Array.from({ length: 520 }, (_, n) => [`snapshots/labels/17/a1/part-${n}`, file(90)]),
    );
    const files: Json = {
      ...Object.assign({}, ...named),
      ...many,
      'snapshots/labels/17/withdrawn.json': file(40),
      ...withdrawn('labels/19', 90, 40),
    };
    const versions = Array.from({ length: 60 }, (_, n) => names({ transactions: `${1000 + n}` }));
    const models = Array.from({ length: 55 }, (_, n) => names({ labels: '18' }, `fraud-prod-m${n}`));
    const done = await run(files, [...versions, ...models, names({ labels: '19' }, 'fraud-prod-z')]);
    expect(done.executions[0]).toMatchObject(counts(0, 1));
    expect(left(done)).toEqual(without(files, 'labels/17').toSorted());
  });

  test('an attempt that was given up goes as well; a mark says since when', async () => {
    const first = await run({ 'snapshots/transactions/11/a1/part-0': file(90) });
    expect(first.executions[0]).toMatchObject(counts(0, 0));
    expect(left(first)).toContain('snapshots/transactions/11/withdrawn.json');
    expect(left(await run(filesLeft(first), [], later(GRACE + DAY)))).toEqual([]);
  });

  test('of a withdrawn snapshot that somebody freezes anew right now, what is new stays', async () => {
    const files = { ...withdrawn('transactions/11', 90, 40), 'snapshots/transactions/11/a2/part-0': file(0) };
    expect(left(await run(files))).toEqual(['snapshots/transactions/11/a2/part-0']);
  });

  test('a snapshot that was frozen anew is one like any other', async () => {
    const files = { ...withdrawn('transactions/11', 90, 40), ...frozen('transactions/11', 2, 'a2') };
    const done = await run(files);
    expect(done.executions[0]).toMatchObject(counts(0, 0));
    expect(left(done)).toEqual(Object.keys(files).sort());
    // Its mark is old already, and says nothing of when its new manifest goes.
    const second = await run({ ...withdrawn('transactions/11', 190, 140), ...frozen('transactions/11', 31, 'a2') });
    expect(second.executions[0]).toMatchObject(counts(1, 0));
    const soon = await run(filesLeft(second), [], later(DAY));
    expect(soon.executions[0]).toMatchObject(counts(0, 0));
    expect(left(soon)).toEqual(left(second));
  });

  const SHAKEN: Json = {
    ...withdrawn('transactions/11', 90, 40),
    ...frozen('labels/15', 90),
    ...withdrawn('labels/16', 90, 40),
  };
  const shaken = () => request(SHAKEN, [names({ labels: '16' })]);
  const FINISHED = [
    'snapshots/labels/15/a1/manifest.json',
    'snapshots/labels/15/a1/part-0',
    'snapshots/labels/15/a1/part-1',
    'snapshots/labels/15/withdrawn.json',
    ...Object.keys(withdrawn('labels/16', 90, 40)).sort(),
  ];

  test('says when it could not; without all names nothing is touched, and the next one finishes', async () => {
    for await (const { call, run: failed } of judge.failEachCall(shaken(), { code: 403, message: 'not yours' })) {
      expect(failed.executions[0], call.method).toMatchObject({
        status: 'FAILED',
        error: { tags: ['CollectionFailed'] },
      });
      expect(announced(failed), call.method).toEqual([FAILED]);
      if (!call.method.includes('objects')) expect(left(failed), call.method).toEqual(Object.keys(SHAKEN).sort());
      const next = await judge.run(resume(shaken(), failed));
      expect(next.executions.at(-1)?.status, call.method).toBe('SUCCEEDED');
      expect(left(next), call.method).toEqual(FINISHED);
    }
  });

  test('goes on after what passes', async () => {
    for await (const { call, run: passed } of judge.failEachCall(shaken(), { code: 429 }))
      expect(left(passed), call.method).toEqual(FINISHED);
  });

  test('has room for models and versions of which there is much to say', async () => {
    const env = [{ name: 'SETTINGS', value: 'x'.repeat(6000) }];
    const large = { containerSpec: { imageUri: 'serving', env } };
    const one = (model: string, id: string): Version => ({ ...names({ transactions: id }, model), fields: large });
    const versions = [
      ...Array.from({ length: 50 }, (_, n) => one('fraud-prod-detector', `${1000 + n}`)),
      ...Array.from({ length: 50 }, (_, n) => one(`fraud-prod-m${n}`, `${1100 + n}`)),
    ];
    const files = { ...withdrawn('transactions/1049', 90, 40), ...withdrawn('transactions/1200', 90, 40) };
    const done = await run(files, versions);
    expect(done.executions[0]).toMatchObject(counts(0, 1));
    expect(left(done)).toEqual([...without(files, 'transactions/1200')].sort());
  });

  test('asks nothing but models and the snapshots of the store', async () => {
    const done = await judge.run(shaken());
    expect(done.executions[0]).toMatchObject(counts(1, 1));
    expect([...new Set(callNames(done))].sort()).toEqual([
      'aiplatform.projects.locations.models.list',
      'aiplatform.projects.locations.models.listVersions',
      'storage.objects.delete',
      'storage.objects.insert',
      'storage.objects.list',
    ]);
  });
});
