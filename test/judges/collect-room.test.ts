import { afterAll, beforeAll, expect, test } from 'vitest';
import { NAMES_ROOM, ROOM } from '../../lib/aws/operations/machine/named-states';
import { AslJudge, resume } from '../support/asl-judge';
import { describeJudge } from '../support/describe-judge';
import { collector, counts, DAY, type Files, file, frozen, left, request, told, withdrawn } from './collect-world';

/** The same machine with less room in its history. */
const withRoom = (room: number): object =>
  JSON.parse(JSON.stringify(collector()).replace(`"room":${ROOM}`, `"room":${room}`));
/** The same with less room in a variable. */
const withNamesRoom = (room: number): object =>
  JSON.parse(JSON.stringify(collector()).replace(`<= ${NAMES_ROOM}`, `<= ${room}`));

const snapshots = (many: number, of: (name: string) => Files): Files =>
  Object.assign({}, ...Array.from({ length: many }, (_, n) => of(`transactions/${5_000_000 + n}`)));

const manifests = (files: readonly string[]) => files.filter((key) => /\/\d+\/manifest\.json$/.test(key));

// The judge ends an execution whose history is longer than AWS keeps.
describeJudge('asl', 'the machine that collects more snapshots than an execution has room for', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  test('leaves for another day what its history has no room for', async () => {
    const kinds = [
      (name: string) => frozen(name, 1),
      (name: string) => frozen(name, 90),
      (name: string) => withdrawn(name, 90, 40),
    ];
    const done = await judge.run(request(snapshots(1500, (name) => kinds[Number(name.at(-1)) % 3]?.(name) ?? {})));
    expect(done.status).toBe('SUCCEEDED');
    const { withdrawn: first, deleted, later } = done.output as Readonly<Record<string, number>>;
    expect(later).toBeGreaterThan(0);
    // It uses its room: these take 22 events each.
    expect(later).toBeLessThan(600);
    expect([first, deleted].map((many) => Number(many) > 200)).toEqual([true, true]);
  });

  test('comes by all of them within days, as it begins at another place on each', async () => {
    const definition = withRoom(200);
    let done = await judge.run({ ...request(snapshots(30, (name) => frozen(name, 90))), definition });
    expect(done).toMatchObject({ ...counts(7, 0), output: { later: 23 } });
    for (let day = 0; day < 14 && manifests(left(done)).length > 0; day += 1)
      done = await judge.run({ ...resume(request({}), done, { afterSeconds: DAY }), definition });
    expect(manifests(left(done))).toEqual([]);
    expect(done.status).toBe('SUCCEEDED');
  });

  test('goes on another day with a snapshot that has more files than there is room for', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 2600 }, (_, n) => [`snapshots/labels/7/a1/part-${n}`, file(90)] as const),
    );
    const definition = withRoom(110);
    const first = await judge.run({
      ...request({ ...many, 'snapshots/labels/7/withdrawn.json': file(40) }),
      definition,
    });
    expect(first).toMatchObject(counts(0, 0));
    expect(left(first).length).toBeLessThan(2601);
    expect(left(first)).toContain('snapshots/labels/7/withdrawn.json');
    const second = await judge.run(resume(request({}), first, { afterSeconds: DAY }));
    expect(second).toMatchObject(counts(0, 1));
    expect(left(second)).toEqual([]);
  });

  test('keeps apart what hundreds of versions name of ten datasets each', async () => {
    const id = (dataset: number, n: number) => `${4_000_000_000_000_000_000n + BigInt(n * 7_919_003 + dataset)}`;
    const datasets = Array.from({ length: 10 }, (_, n) => n);
    const versions = Array.from({ length: 600 }, (_, n) => ({
      group: `fraud-prod-m${n % 3}`,
      snapshots: Object.fromEntries(datasets.map((dataset) => [`dataset-${dataset}`, id(dataset, n)])),
    }));
    const named = Object.assign({}, ...[0, 299, 599].map((n) => frozen(`dataset-${n % 10}/${id(n % 10, n)}`, 90)));
    // The snapshot of another dataset.
    const files = { ...named, ...frozen(`dataset-3/${id(4, 17)}`, 90) };
    const done = await judge.run(request(files, versions));
    expect(done).toMatchObject(counts(1, 0));
    expect(manifests(left(done))).toEqual(manifests(Object.keys(named).sort()));
  });

  test('takes what it can of more snapshots than a variable has room for', async () => {
    const many = Array.from({ length: 12_500 }, (_, n) => `snapshots/labels/${4_000_000_000_000_000_000n + BigInt(n)}`);
    const done = await judge.run(request(Object.fromEntries(many.map((name) => [`${name}/manifest.json`, file(90)]))));
    expect(done.status).toBe('SUCCEEDED');
    expect((done.output as { readonly withdrawn: number }).withdrawn).toBeGreaterThan(500);
  });

  test.each<[string, object, number]>([
    ['for events of a dataset, once all are read', withRoom(1_000), 130],
    ['for events of the rest of them', withRoom(400), 100],
    ['in a variable', withNamesRoom(600), 100],
  ])('says where the names of versions leave no room %s, and touches nothing', async (_, definition, read) => {
    const files = frozen('transactions/11', 90);
    const versions = Array.from({ length: 130 }, (_, n) => ({ snapshots: { transactions: `${5_000_000 + n}` } }));
    const done = await judge.run({ ...request(files, versions), definition });
    expect(done).toMatchObject({
      status: 'SUCCEEDED',
      output: { outcome: 'failed', detail: expect.stringContaining('no room') },
    });
    expect(done.calls.filter(({ operation }) => operation === 'DescribeModelPackage')).toHaveLength(read);
    expect(told(done)).toEqual(['snapshot-collection-failed']);
    expect(left(done)).toEqual(Object.keys(files).sort());
  });
});
