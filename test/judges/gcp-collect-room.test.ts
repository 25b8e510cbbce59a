import { afterAll, beforeAll, expect, test } from 'vitest';
import { NAMES_ROOM, ROOM } from '../../lib/gcp/operations/workflow/named-steps';
import { describeJudge } from '../support/describe-judge';
import { type Json, resume, WorkflowsJudge, type WorkflowsRun } from '../support/workflows-judge';
import { COLLECT, counts, DAY, file, frozen, GRACE, left, NOW, names, request, withdrawn } from './gcp-collect-world';
import { announced } from './gcp-operations-world';

/** The same workflow where an execution has other limits. */
const withLimit = (from: string, to: string): object => JSON.parse(JSON.stringify(COLLECT).replace(from, to));
const withRoom = (room: number): object => withLimit(`"room":${ROOM}`, `"room":${room}`);
const withNamesRoom = (room: number): object => withLimit(`size > ${NAMES_ROOM}`, `size > ${room}`);

/** A page of files may be more than there was room for. */
const OVERSHOT = 600;

/** The id of the n-th snapshot of a dataset that changes every two hours: the last are young. */
const idAt = (daysAgo: number, n: number): string => `${Date.parse(NOW) - daysAgo * DAY * 1000 + n * 7_211_003}`;

const all = (many: number, of: (n: number) => Json): Json =>
  Object.assign({}, ...Array.from({ length: many }, (_, n) => of(n)));

const manifests = (files: readonly string[]) => files.filter((key) => /\/\d+\/manifest\.json$/.test(key));
const marks = (files: readonly string[]) => files.filter((key) => key.endsWith('/withdrawn.json'));
const of = (dataset: string, files: readonly string[]) =>
  files.filter((key) => key.startsWith(`snapshots/${dataset}/`));
const result = (run: WorkflowsRun) => run.executions.at(-1)?.result as Readonly<Record<string, number>>;
const steps = (run: WorkflowsRun): number => run.executions.at(-1)?.steps.length ?? 0;

// The judge ends an execution that takes more steps or has larger variables than Workflows allows.
describeJudge('workflows', 'collecting more snapshots on Google Cloud than an execution has room for', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const run = (files: Json, versions: Parameters<typeof request>[1] = [], workflow?: object) =>
    judge.run(request(files, versions, NOW, workflow));
  const nextDay = (before: WorkflowsRun, workflow?: object, days = 1) =>
    judge.run(resume(request({}, [], NOW, workflow), before, { afterSeconds: days * DAY }));

  test('keeps apart what hundreds of versions name of twenty datasets each', async () => {
    const id = (dataset: number, n: number) => idAt(1200, 20 * n + dataset);
    const datasets = Array.from({ length: 20 }, (_, n) => n);
    const versions = Array.from({ length: 600 }, (_, n) =>
      names(
        Object.fromEntries(datasets.map((dataset) => [`dataset-${dataset}`, id(dataset, n)])),
        `fraud-prod-m${n % 3}`,
      ),
    );
    const named = all(3, (n) => frozen(`dataset-${n}/${id(n, n * 20)}`, 90));
    // The snapshot of another dataset.
    const files = { ...named, ...frozen(`dataset-3/${id(4, 17)}`, 90) };
    const done = await run(files, versions);
    expect(done.executions[0]).toMatchObject(counts(1, 0));
    expect(manifests(left(done))).toEqual(manifests(Object.keys(named).sort()));
  });

  test('does not even look at what is young by its id, and the old are in nobody’s way', async () => {
    const id = (n: number) => Date.parse(NOW) - 29 * DAY * 1000 + n * 100_003;
    const young = all(9_000, (n) => ({ [`snapshots/labels/${id(n)}/manifest.json`]: file(20) }));
    const done = await run({ ...young, ...frozen(`labels/${idAt(60, 1)}`, 60) });
    expect(done.executions[0]).toMatchObject({ ...counts(1, 0), result: { later: 0 } });
    expect(steps(done)).toBeLessThan(100);
    expect(manifests(left(done))).toHaveLength(9_000);
  });

  test('uses the steps that it has, gives each dataset its share, and leaves the rest for another day', async () => {
    const room = 6_000;
    const datasets = ['a', 'b', 'c', 'd'];
    const many = { a: 300, b: 20, c: 300, d: 300 } as Readonly<Record<string, number>>;
    const old = (dataset: string) =>
      all(many[dataset] ?? 0, (n) => ({ [`snapshots/${dataset}/${idAt(200, n)}/manifest.json`]: file(90) }));
    const kept = all(4, (n) => ({
      ...frozen(`${datasets[n]}/${idAt(170, n)}`, 90),
      ...frozen(`${datasets[n]}/${idAt(20, n)}`, 1),
    }));
    const versions = datasets.map((dataset, n) => names({ [dataset]: idAt(170, n) }));
    const first = await run({ ...all(4, (n) => old(datasets[n] ?? '')), ...kept }, versions, withRoom(room));
    expect(result(first)).toMatchObject({ outcome: 'collected', deleted: 0, later: 3 });
    expect(steps(first)).toBeGreaterThan(0.8 * room);
    expect(steps(first)).toBeLessThan(room + 100);
    const each = datasets.map((dataset) => marks(of(dataset, left(first))).length);
    expect(each[1]).toBe(20);
    expect(Math.min(each[0] ?? 0, each[2] ?? 0, each[3] ?? 0)).toBeGreaterThan(60);

    let done = first;
    for (let day = 0; day < 14 && marks(left(done)).length < 920; day += 1) done = await nextDay(done, withRoom(room));
    expect(marks(left(done))).toHaveLength(920);
    done = await nextDay(done, withRoom(room), GRACE / DAY + 1);
    for (let day = 0; day < 14 && marks(left(done)).length > 4; day += 1) done = await nextDay(done, withRoom(room));
    // What was young is old now, and was withdrawn; what is named is there.
    expect(left(done).filter((key) => !key.endsWith('withdrawn.json'))).toEqual(
      Object.keys(kept)
        .filter((key) => !datasets.some((dataset, n) => key === `snapshots/${dataset}/${idAt(20, n)}/manifest.json`))
        .sort(),
    );
  });

  test('comes by what is behind others that wait for their time, as it begins at another place on each day', async () => {
    const waiting = all(600, (n) => ({ [`snapshots/labels/${idAt(200, n)}/withdrawn.json`]: file(3) }));
    const due = all(100, (n) => ({ [`snapshots/labels/${idAt(100, n)}/manifest.json`]: file(90) }));
    let done = await run({ ...waiting, ...due }, [], withRoom(2_000));
    for (let day = 0; day < 14 && manifests(left(done)).length > 0; day += 1)
      done = await nextDay(done, withRoom(2_000));
    expect(manifests(left(done))).toEqual([]);
    expect(marks(left(done))).toHaveLength(700);
  });

  test('goes on another day with a snapshot that has more files than there is room for', async () => {
    const many = all(900, (n) => ({ [`snapshots/labels/17/a1/part-${n}`]: file(90) }));
    const workflow = withRoom(2_000);
    const first = await run({ ...withdrawn('labels/17', 90, 40), ...many }, [], workflow);
    expect(first.executions[0]).toMatchObject({ ...counts(0, 0), result: { later: 1 } });
    expect(steps(first)).toBeLessThan(2_000 + OVERSHOT);
    expect(left(first).length).toBeLessThan(600);
    expect(left(first)).toContain('snapshots/labels/17/withdrawn.json');
    let done = first;
    for (let day = 0; day < 3 && left(done).length > 0; day += 1) done = await nextDay(done, workflow);
    expect(result(done)).toMatchObject({ deleted: 1, later: 0 });
    expect(left(done)).toEqual([]);
  });

  test('collects thousands of several datasets within days, with all that an execution has', async () => {
    const datasets = ['labels', 'transactions', 'watches'];
    const old = (dataset: string) =>
      all(1_600, (n) => ({ [`snapshots/${dataset}/${idAt(400, n)}/manifest.json`]: file(90) }));
    const first = await run(all(3, (n) => old(datasets[n] ?? '')));
    expect(result(first).withdrawn).toBeGreaterThan(3_600);
    expect(result(first).later).toBeGreaterThan(0);
    expect(steps(first)).toBeLessThan(ROOM + OVERSHOT);
    const second = await nextDay(first);
    expect(manifests(left(second))).toEqual([]);
    expect(result(second)).toMatchObject({ later: 0 });
  });

  test.each<[string, object]>([
    ['for steps of any dataset, once all are read', withRoom(1_500)],
    ['for steps of the rest of them', withRoom(700)],
    ['in a variable', withNamesRoom(600)],
  ])('says where the names of versions leave no room %s, and touches nothing', async (_, workflow) => {
    const files = frozen('transactions/11', 90);
    const versions = Array.from({ length: 130 }, (_, n) => names({ transactions: idAt(200, n) }));
    const done = await run(files, versions, workflow);
    expect(done.executions[0]).toMatchObject({
      status: 'FAILED',
      error: { tags: ['CollectionFailed'], message: expect.stringContaining('no room') },
    });
    expect(
      done.calls.filter(({ method }) => method.startsWith('storage.objects.') && !method.endsWith('list')),
    ).toEqual([]);
    expect(announced(done)).toEqual(['snapshot-collection-failed']);
    expect(left(done)).toEqual(Object.keys(files).sort());
  });
});
