import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { type DriftFile, DriftJudge, driftConfig } from '../support/drift-judge';

const MIN_ROWS = 20;
const NUMBERS = Array.from({ length: 2 * MIN_ROWS }, (_, index) => index);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const numbers = (count: number) => NUMBERS.slice(0, count);

const part = (encoding: string, observedContentType: string, data: string) => ({ observedContentType, data, encoding });
const capture = (endpointInput: object, endpointOutput?: object, inferenceTime = '2026-01-01T10:00:00Z') => ({
  captureData: { endpointInput, endpointOutput },
  eventMetadata: { inferenceTime },
});
const csv = (text: string) => part('CSV', 'text/csv', text);
const asked = (x: number) => csv(`${x},a`);

describeJudge('drift', 'what could never be measured', () => {
  let judge: DriftJudge;
  beforeAll(async () => {
    judge = await DriftJudge.start();
  });
  afterAll(() => judge[Symbol.asyncDispose]());

  const run = (lines: readonly object[], more: object = {}, reference: Record<string, DriftFile> = {}) =>
    judge.run({
      'config.json': driftConfig(
        { x: 'numeric', kind: 'categorical' },
        { format: 'sagemaker-capture', minRows: MIN_ROWS, ...more },
      ),
      'reference/a.jsonl': { lines: NUMBERS.map((x) => ({ x, kind: 'a', score: x })) },
      'current/a.jsonl': { lines },
      ...reference,
    });
  /** What a run says that measured nothing, which is no failure of the job. */
  const unmeasured = async (...given: Parameters<typeof run>) => {
    const { code, result, figures, report, stdout } = await run(...given);
    const told = { schemaVersion: 1, status: 'UNMEASURED', reasons: [expect.any(String)] };
    expect({ code, result, figures: JSON.parse(figures ?? 'null') }).toEqual({
      code: 0,
      result: { ...told, model: { name: 'fraud-detector', version: '7' }, window: expect.any(Object) },
      figures: { ...told, reasons: result?.reasons },
    });
    expect(report).toContain('<span class="UNMEASURED">Nothing can be told by this data</span>');
    expect(stdout).toMatch(/^UNMEASURED: /);
    return stdout;
  };
  const score = { prediction: { name: 'score', type: 'numeric' } };

  test.each<[string, (x: number) => object, RegExp]>([
    [
      'one value more than columns',
      (x) => capture(csv(`${x},a,7`)),
      /20 of 20 records of current cannot be read, such as .*a\.jsonl:1: a row of 3 values for the 2 columns x, kind\. .*features of monitoring\.drift \(x, kind\) have to be called/,
    ],
    [
      'a line of other names',
      (x) => capture(csv(`amt,ctry\n${x},a`)),
      /1: a first line of amt, ctry for the columns x, kind/,
    ],
    [
      'a list of other names',
      (x) =>
        capture(
          part(
            'JSON',
            'application/json',
            JSON.stringify([
              ['amt', 'ctry'],
              [x, 'a'],
            ]),
          ),
        ),
      /1: a first line of amt, ctry for the columns x, kind/,
    ],
    [
      'arrays of numpy',
      () => capture(part('BASE64', 'application/x-npy', base64('\u0093NUMPY'))),
      /ask in CSV or JSON/,
    ],
    ...Object.entries({
      'columns by their names': [{ inputs: { x: [1], kind: ['a'] } }, 'inputs'],
      'features below a name': [{ instances: [{ features: { x: 1, kind: 'a' } }] }, 'features'],
      'tensors by their names': [{ inputs: [{ name: 'x', shape: [1], data: [1] }] }, 'name, shape, data'],
      'rows below another name': [{ data: [[1, 'a']] }, 'data'],
      'other features': [[{ X: 1, Kind: 'a' }], 'X, Kind'],
      'features of which one row has none': [[{ x: 1, kind: 'a' }, { id: 7 }], 'id'],
      'nothing, to see whether it answers': [{}, 'nothing'],
    }).map(([what, [asked, fields]]): [string, (x: number) => object, RegExp] => [
      what,
      () => capture(part('JSON', 'application/json', JSON.stringify(asked))),
      new RegExp(`a\\.jsonl:1: a row without any of the features: it has ${fields}\\. Callers have to ask`),
    ]),
    ['no requests at all', () => ({ captureData: {}, eventMetadata: {} }), /no endpointInput/],
  ])('requests that nobody can read measure nothing, and it is said why: %s', async (_, record, message) => {
    expect(await unmeasured(numbers(MIN_ROWS).map(record))).toMatch(message);
    const few = await run(numbers(MIN_ROWS - 1).map(record));
    expect(few.result).toMatchObject({
      status: 'INSUFFICIENT_DATA',
      reasons: ['current has 0 rows of at least 20', '19 records of current could not be read'],
    });
  });

  test('as long as enough can be read, or there are too few in all, others are counted only', async () => {
    const good = numbers(MIN_ROWS).map((x) => capture(asked(x)));
    const bad = good.map(() => capture(csv('1')));
    expect((await run([...good, ...bad, ...bad])).result).toMatchObject({
      status: 'DRIFT',
      reasons: [expect.stringMatching(/^1 of 2 columns drifted/), '40 records of current could not be read'],
      rows: { current: 20, unreadable: 40 },
    });
    expect(await unmeasured([...good.slice(1), ...bad])).toContain('20 of 39 records of current');
    expect(await unmeasured([...good.slice(1), ...bad.slice(0, 1)])).toContain('1 of 20 records of current');
    const early = numbers(MIN_ROWS + 1).map((x) => capture(asked(x), undefined, '2025-12-31T23:00:00Z'));
    expect((await run([...early, ...bad])).result?.rows).toMatchObject({ current: 0, unreadable: 20 });
  });

  test('half a character in what a caller sends can be told of', async () => {
    const reason = await unmeasured(
      numbers(MIN_ROWS).map(() => capture(part('JSON', 'application/json', '{"\\ud83d":1}'))),
    );
    expect(reason).toContain('the features: it has ?.');
  });

  test('files of rows without any of the features measure nothing, and it is said why', async () => {
    const lines = (count: number) => ({ 'current/a.jsonl': { lines: numbers(count).map((X) => ({ X })) } });
    expect(await unmeasured([], { format: 'jsonl' }, lines(MIN_ROWS))).toContain(
      'None of 20 rows of current has a column x, kind.',
    );
    expect((await run([], { format: 'jsonl' }, lines(MIN_ROWS - 1))).result?.status).toBe('INSUFFICIENT_DATA');
  });

  test.each<[string, object, RegExp]>([
    ['a page', part('JSON', 'text/html', '<html>'), /such as .*a\.jsonl:1: no JSON/],
    ['two for one', part('JSON', 'application/json', '[[1], [2]]'), /such as .*a\.jsonl:1: 2 answers to 1 rows/],
    [
      'a word',
      part('JSON', 'application/json', '"high"'),
      /numeric prediction score\. .*say how the model answers: type/,
    ],
    ['several values', part('JSON', 'application/json', '[[1, 2]]'), /and index, where a row is answered/],
  ])('answers that nobody can read measure nothing, and it is said why: %s', async (_, answer, message) => {
    const answered = (count: number) => numbers(count).map((x) => capture(asked(x), answer));
    const reason = await unmeasured(answered(MIN_ROWS), score);
    expect(reason).toMatch(/20 of 20 answers cannot be read as the numeric prediction score/);
    expect(reason).toMatch(message);
    expect((await run(answered(MIN_ROWS))).result).toMatchObject({ rows: { current: 20 } });
    const without = numbers(MIN_ROWS).map((x) => capture(asked(x)));
    const few = await run([...without, ...answered(MIN_ROWS - 1)], score);
    expect(few.result).toMatchObject({ rows: { current: 39 }, prediction: { unreadable: [0, 19] } });
    const good = numbers(MIN_ROWS).map((x) => capture(asked(x), csv(`${x}`)));
    expect(await unmeasured([...good.slice(1), ...answered(1)], score)).toContain('1 of 20 answers cannot be read');
    const half = await run([...good, ...answered(MIN_ROWS)], score);
    expect(half.result?.prediction).toMatchObject({ values: [40, 20], unreadable: [0, 20] });
  });

  describe('a column that the reference does not have', () => {
    const requests = NUMBERS.map((x) => capture(part('JSON', 'application/json', JSON.stringify({ x, kind: 'a' }))));
    const REFERENCES = [
      {},
      {
        'reference/a.parquet': { parquet: { x: NUMBERS, kind: NUMBERS.map(String), score: NUMBERS } },
        'reference/a.jsonl': '',
      },
    ] satisfies Record<string, DriftFile>[];
    const runs = (more: object) =>
      REFERENCES.map((reference) =>
        run(
          requests,
          { ...more, ...('reference/a.parquet' in reference ? { referenceFormat: 'parquet' } : {}) },
          reference,
        ),
      );
    const features = (...names: string[]) => ({ features: names.map((name) => ({ name, type: 'numeric' })) });

    test('measures nothing where it has no feature at all, and it is said why', async () => {
      for (const { code, stdout } of await Promise.all(runs(features('amout', 'y')))) {
        expect(code).toBe(0);
        expect(stdout).toMatch(
          /^UNMEASURED: The reference in DIR\/reference has no column amout, y, so no feature can/,
        );
      }
    });

    test.each<[string, object, string]>([
      ['one of several features', features('x', 'y', 'z'), 'y, z'],
      ['the prediction', { prediction: { name: 'p', type: 'numeric' } }, 'p'],
      ['a segment', { segments: ['shop'] }, 'shop'],
    ])('is said not to be compared, and the others are: %s', async (_, more, lost) => {
      for (const { code, result } of await Promise.all(runs(more))) {
        expect(code).toBe(0);
        expect(result?.reasons).toContain(`the reference has no column ${lost}, so these are not compared`);
        expect(result?.columns[0]).toMatchObject({ name: 'x', values: [40, 40] });
      }
    });

    test('hinders no answers that labels are held against, nor their segments', async () => {
      const answered = NUMBERS.map((x) => ({
        ...capture(part('JSON', 'application/json', JSON.stringify({ x, kind: 'a', shop: 1 })), csv(`${x}`)),
        eventMetadata: { eventId: `${x}` },
      }));
      const more = {
        prediction: { name: 'p', type: 'numeric' },
        target: { name: 'y', type: 'numeric' },
        segments: ['shop'],
      };
      const labels = { 'labels/a.csv': `request_id,y\n${NUMBERS.map((x) => `${x},${x}\n`).join('')}` };
      expect((await run(answered, more, labels)).result).toMatchObject({
        performance: { mae: 0 },
        segments: [{ value: '1', performance: { mae: 0 } }],
      });
    });

    test('is none that is there without a value', async () => {
      const none = NUMBERS.map(() => null);
      const { result } = await run(
        requests,
        { referenceFormat: 'parquet', prediction: { name: 'p', type: 'numeric' } },
        { 'reference/a.parquet': { parquet: { x: NUMBERS, kind: none, p: none } }, 'reference/a.jsonl': '' },
      );
      expect(result?.columns[1]).toMatchObject({ findings: ['no-reference'] });
      expect(result?.prediction).toMatchObject({ findings: ['all-missing', 'absent'] });
    });
  });
});
