import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { type DriftFile, DriftJudge, driftConfig } from '../support/drift-judge';

const FEATURES = { amount: 'numeric', country: 'categorical' };
const REFERENCE: DriftFile = {
  parquet: { amount: [1, 2, 3, 4], country: ['DE', 'DE', 'FR', 'FR'], score: [0.1, 0.2, 0.3, 0.4] },
};
/** The same distributions as the reference's, however they are written: no figure differs from 0. */
const SAME = [
  { amount: 4, country: 'FR', score: 0.4 },
  { amount: 3, country: 'FR', score: 0.3 },
  { amount: 2, country: 'DE', score: 0.2 },
  { amount: 1, country: 'DE', score: 0.1 },
];
const base64 = (text: string) => Buffer.from(text).toString('base64');

const part = (mode: string, encoding: string, observedContentType: string, data: string) => ({
  observedContentType,
  mode,
  data,
  encoding,
});
const json = (mode: string, value: unknown) => part(mode, 'JSON', 'application/json', JSON.stringify(value));
const csv = (mode: string, text: string) => part(mode, 'CSV', 'text/csv; charset=utf-8', text);

let events = 0;
const capture = (endpointInput: object, endpointOutput?: object, event: object = {}) => ({
  captureData: { endpointInput, ...(endpointOutput ? { endpointOutput } : {}) },
  eventMetadata: {
    eventId: `6a2f1c3e-0000-4000-8000-${String(events++).padStart(12, '0')}`,
    inferenceTime: '2026-01-01T10:15:30Z',
    ...event,
  },
  eventVersion: '0',
});

describeJudge('drift', 'captured requests', () => {
  let judge: DriftJudge;
  beforeAll(async () => {
    judge = await DriftJudge.start();
  });
  afterAll(() => judge[Symbol.asyncDispose]());

  const config = (format: string, more: object = {}) =>
    driftConfig(FEATURES, { format, prediction: { name: 'score', type: 'numeric' }, ...more });
  const watch = (format: string, current: Record<string, DriftFile>, more: object = {}) =>
    judge.result({ 'config.json': config(format, more), 'reference/part.parquet': REFERENCE, ...current });
  const sagemaker = (records: readonly unknown[], more: object = {}) =>
    watch(
      'sagemaker-capture',
      { 'current/fraud/AllTraffic/2026/01/01/10/15-30-123-a.jsonl': { lines: records } },
      more,
    );

  const rows = (of: (row: (typeof SAME)[number]) => unknown) => SAME.map(of);
  const named = ({ amount, country }: (typeof SAME)[number]) => ({ amount, country });
  const listed = ({ amount, country }: (typeof SAME)[number]) => [amount, country];

  test.each<[string, () => readonly unknown[]]>([
    [
      'CSV, a row a request',
      () => SAME.map((row) => capture(csv('INPUT', listed(row).join(',')), csv('OUTPUT', `${row.score}`))),
    ],
    [
      'CSV, many rows a request',
      () => [
        capture(
          csv('INPUT', SAME.map((row) => listed(row).join(',')).join('\n')),
          csv('OUTPUT', rows((row) => row.score).join('\n')),
        ),
      ],
    ],
    ...[
      { header: 'amount,country' },
      { header: '\ufeffamount,country' },
      { header: '"country", Amount', turned: true },
    ].map(({ header, turned }): [string, () => readonly unknown[]] => [
      `CSV with a first line ${header}`,
      () =>
        SAME.map((row) => {
          const values = turned ? listed(row).reverse() : listed(row);
          return capture(csv('INPUT', `${header}\n${values.join(',')}\n`), csv('OUTPUT', `${row.score}`));
        }),
    ]),
    [
      'JSON, lists of values after one of names',
      () => [
        capture(
          json('INPUT', [['country', 'amount'], ...rows((row) => [row.country, row.amount])]),
          json('OUTPUT', { predictions: rows(({ score }) => [score]) }),
        ),
      ],
    ],
    [
      'base64 of CSV',
      () =>
        SAME.map((row) =>
          capture(
            part('INPUT', 'BASE64', 'text/csv', base64(`${listed(row).join(',')}\n`)),
            part('OUTPUT', 'BASE64', 'text/csv', base64(`${row.score}\n`)),
          ),
        ),
    ],
    [
      'base64 of JSON without a content type',
      () =>
        SAME.map((row) =>
          capture(
            part('INPUT', 'BASE64', 'application/octet-stream', base64(JSON.stringify(named(row)))),
            part('OUTPUT', 'BASE64', 'application/octet-stream', base64(JSON.stringify([row.score]))),
          ),
        ),
    ],
    [
      'JSON, an object a request',
      () => SAME.map((row) => capture(json('INPUT', named(row)), json('OUTPUT', { score: row.score, model: 'x' }))),
    ],
    [
      'JSON, instances and predictions',
      () => [
        capture(
          json('INPUT', { instances: rows(named) }),
          json('OUTPUT', { predictions: rows(({ score }) => ({ score })) }),
        ),
      ],
    ],
    [
      'JSON, lists of values',
      () => [capture(json('INPUT', rows(listed)), json('OUTPUT', { predictions: rows(({ score }) => [score]) }))],
    ],
    [
      'JSON, one list of values',
      () => SAME.map((row) => capture(json('INPUT', listed(row)), json('OUTPUT', row.score))),
    ],
    [
      'JSON, data frames of MLflow',
      () => [
        capture(
          json('INPUT', {
            dataframe_split: { columns: ['country', 'amount'], data: rows((r) => [r.country, r.amount]) },
          }),
          json('OUTPUT', { predictions: rows(({ score }) => score) }),
        ),
        capture(
          json('INPUT', { dataframe_records: rows(named) }),
          json('OUTPUT', { predictions: rows(({ score }) => score) }),
        ),
      ],
    ],
    [
      'JSON lines',
      () => [
        capture(
          part('INPUT', 'JSON', 'application/jsonlines', rows((row) => JSON.stringify(named(row))).join('\n')),
          part('OUTPUT', 'JSON', 'application/jsonlines', rows(({ score }) => JSON.stringify({ score })).join('\n')),
        ),
      ],
    ],
  ])('SageMaker: %s', async (_, records) => {
    const result = await sagemaker(records());
    expect(result.rows).toMatchObject({ unreadable: 0, outsideWindow: 0 });
    expect(result.rows.current % 4).toBe(0);
    expect(result.status).toBe('OK');
    expect(result.columns.map(({ score }) => score)).toEqual([0, 0]);
    expect(result.prediction).toMatchObject({ score: 0, values: [4, result.rows.current] });
  });

  test('a first row without a number is a row, as long as it could not be names', async () => {
    const records = [',DE\n1,FR', 'n/a,DE\n2,FR', 'unknown,DE\n3,DE', 'unknown,unknown\n4,FR'];
    const result = await sagemaker(records.map((text) => capture(csv('INPUT', text))));
    expect(result).toMatchObject({ rows: { current: 8, unreadable: 0 }, columns: [{ unreadable: [0, 2] }, {}] });
  });

  test.each(['ACME,EUR\n4711,USD', 'unknown,DE\n3,FR', 'merchant,market\n4711,FR'])(
    'texts over digits are a row, as long as no feature that has digits is numeric: %s',
    async (text) => {
      const lists = text.split('\n').map((line) => line.split(','));
      const result = await judge.result({
        'config.json': driftConfig({ shop: 'categorical', country: 'categorical' }, { format: 'sagemaker-capture' }),
        'reference/a.jsonl': { lines: [{ shop: 'ACME', country: 'DE' }] },
        'current/a.jsonl': { lines: [capture(csv('INPUT', text)), capture(json('INPUT', lists))] },
      });
      expect(result).toMatchObject({ rows: { current: 4, unreadable: 0 }, columns: [{ values: [1, 4] }, {}] });
      const more = await sagemaker([capture(csv('INPUT', `${text.replace('\n', ',x\n')},`))], {
        columns: ['card', 'country', 'amount'],
      });
      expect(more).toMatchObject({ rows: { current: 2, unreadable: 0 }, columns: [{}, { values: [4, 2] }] });
    },
  );

  test.each(['market,amt\nDE,4711', 'market,amt,merchant\nFR,8,ACME', 'amt,merchant,market\n7,FR,unknown'])(
    'other names in another order are no row, where a feature is numeric: %s',
    async (text) => {
      const lists = text.split('\n').map((line) => line.split(','));
      const [names = []] = lists;
      const columns = names.length === 3 ? ['card', 'country', 'amount'] : ['amount', 'country'];
      const asked = [csv('INPUT', text), json('INPUT', lists), json('INPUT', { instances: lists })];
      const result = await sagemaker(
        asked.map((one) => capture(one)),
        { columns, minRows: 4 },
      );
      expect(result.rows).toMatchObject({ current: 0, unreadable: 3 });
      expect(result.quality.unreadableRows?.[0]).toContain(
        `a first line of ${names.join(', ')} for the columns ${columns.join(', ')}`,
      );
    },
  );

  test('what a payload has more than the model watches is named in columns', async () => {
    const records = SAME.map((row) => capture(csv('INPUT', `id-1,${row.country},${row.amount}`)));
    const result = await sagemaker(records, { columns: ['card', 'country', 'amount'] });
    expect(result).toMatchObject({ rows: { current: 4, unreadable: 0 }, columns: [{ score: 0 }, { score: 0 }] });
    expect(result.prediction).toMatchObject({ score: null, drifted: true, findings: ['vanished', 'absent'] });
  });

  test('a prediction is one of several values by its index; without one it is not guessed', async () => {
    const records = SAME.map((row) => capture(json('INPUT', named(row)), json('OUTPUT', [[1 - row.score, row.score]])));
    const second = await sagemaker(records, { prediction: { name: 'score', type: 'numeric', index: 1 } });
    expect(second.prediction).toMatchObject({ score: 0 });
    expect((await sagemaker(records, { minRows: 5 })).prediction).toMatchObject({ values: [4, 0], unreadable: [0, 4] });
    const enough = await judge.run({
      'config.json': config('sagemaker-capture', { minRows: 4 }),
      'reference/part.parquet': REFERENCE,
      'current/a.jsonl': { lines: records },
    });
    expect(enough.result?.reasons[0]).toContain('4 of 4 answers cannot be read as the numeric prediction score');
    expect(enough.result?.reasons[0]).toMatch(/type, name, and index, where a row is answered with several values/);
  });

  test('records that make no sense are counted, with where and why, and do not end the job', async () => {
    const good = [...SAME, ...SAME].map((row) =>
      JSON.stringify(capture(csv('INPUT', listed(row).join(',')), csv('OUTPUT', `${row.score}`))),
    );
    const bad = [
      '{"captureData": {"endpointInput"',
      '[1]',
      '{"eventVersion": "0"}',
      JSON.stringify(capture(csv('INPUT', '1'))),
      JSON.stringify(capture(part('INPUT', 'BASE64', 'text/csv', '***'))),
      JSON.stringify(capture(part('INPUT', 'BASE64', 'application/x-npy', base64('\u0001')))),
      JSON.stringify(capture(json('INPUT', 'text'))),
      JSON.stringify({ captureData: { endpointOutput: csv('OUTPUT', '1') }, eventMetadata: { eventId: 'a' } }),
    ];
    const result = await watch('sagemaker-capture', { 'current/a.jsonl': [...good, ...bad].join('\n') });
    expect(result.rows).toMatchObject({ current: 8, unreadable: bad.length });
    expect(result.columns.map(({ score }) => score)).toEqual([0, 0]);
    expect(result.quality.unreadableRows?.map((line) => line.replace(/^.*current/, 'current'))).toEqual([
      expect.stringMatching(/^current\/a\.jsonl:9: Expecting/),
      'current/a.jsonl:10: no JSON object',
      'current/a.jsonl:11: no captureData and eventMetadata',
      'current/a.jsonl:12: a row of 1 values for the 2 columns amount, country',
      expect.stringMatching(/^current\/a\.jsonl:13: base64 of no text/),
    ]);
  });

  test('an answer that cannot be read leaves what was asked', async () => {
    const answers: [unknown, object][] = [
      [rows(named), json('OUTPUT', [0.1])],
      [named(SAME[0] as (typeof SAME)[number]), part('OUTPUT', 'JSON', 'text/html', '<html>')],
      [named(SAME[0] as (typeof SAME)[number]), part('OUTPUT', 'BASE64', 'application/x-npy', base64('\u0093'))],
    ];
    const good = [...SAME, ...SAME].map((row) => capture(json('INPUT', named(row)), json('OUTPUT', row.score)));
    for (const [asked, answer] of answers) {
      const count = Array.isArray(asked) ? asked.length : 1;
      const { result, report } = await judge.run({
        'config.json': config('sagemaker-capture'),
        'reference/part.parquet': REFERENCE,
        'current/a.jsonl': { lines: [...good, capture(json('INPUT', asked), answer)] },
      });
      expect(result?.rows).toMatchObject({ current: 8 + count, unreadable: 0, unreadableAnswers: 1 });
      expect(result?.columns).toMatchObject([{ values: [4, 8 + count] }, { values: [4, 8 + count] }]);
      expect(result?.prediction).toMatchObject({ values: [4, 8], unreadable: [0, count] });
      expect(result?.quality.unreadableRows).toEqual([expect.stringContaining('a.jsonl:9: ')]);
      expect(report).toContain('<dt>Unreadable answers</dt><dd>1<');
    }
  });

  test('a file of a single request is read', async () => {
    const [row] = SAME as [(typeof SAME)[number]];
    const one = await sagemaker([capture(json('INPUT', named(row)), json('OUTPUT', row.score))]);
    expect(one).toMatchObject({ rows: { current: 1, unreadable: 0 }, prediction: { values: [4, 1] } });
    const logs = await watch('vertex-bq-export', { 'current/a.jsonl': { lines: [logged(1, named(row), row.score)] } });
    expect(logs).toMatchObject({ rows: { current: 1, unreadable: 0 }, prediction: { values: [4, 1] } });
  });

  test('whatever a caller sends does not end the job', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const lines = [
      JSON.stringify(capture(json('INPUT', { amount: '\ud800', country: '\ud800 €' }))),
      JSON.stringify(capture(csv('INPUT', `1,"${'x'.repeat(200_000)}"`))),
      JSON.stringify(capture(csv('INPUT', '1,"a\nb"'))),
      JSON.stringify(capture(part('INPUT', 'JSON', 'application/json', deep))),
      `{"captureData": ${deep}}`,
      JSON.stringify(capture(json('INPUT', { amount: '9'.repeat(6000), country: '\u0000' }))),
      JSON.stringify(capture(part('INPUT', 'JSON', 'application/json', `{"amount": ${'9'.repeat(6000)}}`))),
      JSON.stringify(capture(json('INPUT', { amount: [1], country: { a: 1 } }))),
      // As pandas writes columns of several levels.
      ...[[['amount', 'country']], [{ amount: 1 }], [null], [1], 'x', 7, null].map((columns) =>
        JSON.stringify(capture(json('INPUT', { dataframe_split: { columns, data: [[1]] } }))),
      ),
      ...['x', [1], 1, true, { data: { a: [] } }, { data: [[1], [2]] }, {}].map((endpointOutput) =>
        JSON.stringify(capture(json('INPUT', { amount: 1 }), endpointOutput as object)),
      ),
    ];
    const good = lines.map(() => JSON.stringify(capture(json('INPUT', { amount: 1, country: 'DE' }), csv('', '0.1'))));
    const result = await watch('sagemaker-capture', { 'current/a.jsonl': [...lines, ...good].join('\n') });
    expect(result.rows.current + result.rows.unreadable).toBe(2 * lines.length);
    expect(result.rows).toMatchObject({ unreadable: expect.any(Number), unreadableAnswers: 5 });
    expect(result.rows.unreadable).toBeLessThanOrEqual(11);
    expect(result.columns).toMatchObject([{ infinite: [0, 1] }, { unreadable: [0, 1], newCategories: { count: 3 } }]);
    const logs = await watch('vertex-bq-export', {
      'current/a.jsonl': {
        lines: [
          ...[[['amount']], [{}], 'amount'].map((columns, i) =>
            logged(i, { dataframe_split: { columns, data: [[1]] } }),
          ),
          ...SAME.map((row, i) => logged(i, named(row), row.score)),
        ],
      },
    });
    expect(logs).toMatchObject({ status: 'OK', rows: { current: 4, unreadable: 3 } });
  });

  test('requests outside the window are left out: folders are hours, windows need not be', async () => {
    const times = [
      '2025-12-31T23:59:59.999Z',
      '2026-01-01T00:00:00Z',
      '2026-01-02T00:59:59+01:00',
      '2026-01-02T00:00:00Z',
    ];
    const records = times.map((inferenceTime) => capture(csv('INPUT', '1,DE'), undefined, { inferenceTime }));
    expect(
      (await sagemaker([...records, capture(csv('INPUT', '1,DE'), undefined, { inferenceTime: 'no time' })])).rows,
    ).toMatchObject({ current: 3, outsideWindow: 2 });
  });

  test.each<[string, (id: string, time: string, row: (typeof SAME)[number]) => object]>([
    [
      'sagemaker-capture',
      (inferenceId, inferenceTime, row) =>
        capture(json('INPUT', named(row)), json('OUTPUT', row.score), { inferenceId, inferenceTime }),
    ],
    [
      'vertex-bq-export',
      (id, time, row) => ({
        ...logged(id, { instances: [named(row)] }, { predictions: [row.score] }),
        logging_time: time.replace('T', ' ').replace('Z', ' UTC'),
      }),
    ],
  ])('what was answered before the window, and from its end on, is in no figure: %s', async (format, asked) => {
    const window = { start: '2026-01-01T10:20:00Z', end: '2026-01-01T10:40:00Z' };
    const within = ['10:20:00', '10:20:01', '10:30:00', '10:39:59'];
    const outside = ['09:00:00', '10:00:00', '10:19:58', '10:19:59', '10:40:00', '10:59:59'];
    const at = (time: string, row: (typeof SAME)[number]) => asked(`at ${time}`, `2026-01-01T${time}Z`, row);
    const good = within.map((time, i) => at(time, SAME[i] as (typeof SAME)[number]));
    const bad = outside.map((time) => at(time, { amount: 900, country: 'XX', score: 0.9 }));
    const labels = [
      ...within.map((time, i) => `at ${time},${i < 2 ? 1 : 0}`),
      ...outside.map((time) => `at ${time},0`),
    ];
    const of = (lines: object[]) =>
      judge.result({
        'config.json': config(format, {
          window,
          target: { name: 'fraud', type: 'categorical', positive: 1 },
          segments: ['country'],
        }),
        'reference/part.parquet': REFERENCE,
        'current/a.jsonl': { lines },
        'labels/a.csv': `request_id,fraud\n${labels.join('\n')}\n`,
      });
    const alone = await of(good);
    expect(alone).toMatchObject({
      status: 'OK',
      rows: { current: 4, outsideWindow: 0, unreadable: 0 },
      columns: [{ score: 0 }, { score: 0 }],
      prediction: { score: 0 },
      labels: { matched: 4, share: 1 },
      performance: { auc: 1 },
    });
    const rows = { ...alone.rows, outsideWindow: bad.length };
    expect(await of([...bad.slice(0, 4), ...good, ...bad.slice(4)])).toEqual({ ...alone, rows });
    expect((await of([...good, ...bad.slice(0, 4)])).rows).toEqual({ ...rows, outsideWindow: 4 });
  });

  test('half a character in the name of a column is one record that could not be read', async () => {
    const split = '{"dataframe_split":{"columns":["amount","\\ud83d"],"data":[[1]]}}';
    const result = await sagemaker([
      ...rows((row) => capture(json('INPUT', named(row)), json('OUTPUT', row.score))),
      capture(part('INPUT', 'JSON', 'application/json', split)),
    ]);
    expect(result).toMatchObject({ status: 'OK', rows: { current: 4, unreadable: 1 } });
    expect(result.quality.unreadableRows?.[0]).toContain('a row of 1 values for the 2 columns amount, ?');
  });

  test('labels that arrive late are joined by the id that the caller gave, or by that of the event', async () => {
    const truth = { target: { name: 'fraud', type: 'categorical', positive: 1 }, requestId: 'payment' };
    const records = [
      capture(csv('INPUT', '1,DE'), csv('OUTPUT', '0.9'), { inferenceId: 'pay-1', eventId: 'e1' }),
      capture(csv('INPUT', '2,DE'), csv('OUTPUT', '0.8'), { eventId: 'e2' }),
      capture(csv('INPUT', '3,FR'), csv('OUTPUT', '0.3'), { eventId: 'e3' }),
      capture(csv('INPUT', '4,FR\n5,FR'), csv('OUTPUT', '0.2\n0.7'), { eventId: 'e4' }),
      capture(csv('INPUT', '4,FR'), csv('OUTPUT', '0.1'), { eventId: 'not yet' }),
    ];
    const result = await judge.result({
      'config.json': config('sagemaker-capture', truth),
      'reference/part.parquet': REFERENCE,
      'current/a.jsonl': { lines: records },
      'labels/2026-01-05.csv': 'payment,fraud\npay-1,1\ne2,0\ne4/1,0\ne4/0,0\nof another window,1\n,1\n',
      'labels/2026-01-09.csv': 'payment,fraud\ne2,0\ne3,0\n',
    });
    expect(result.labels).toEqual({ received: 6, conflicting: 0, unreadable: 1, matched: 5, share: 5 / 6 });
    expect(result.labelledRows).toBe(5);
    expect(result.performance).toMatchObject({ auc: 1, accuracy: 0.6, precision: 1 / 3, recall: 1 });
  });

  test('labels of one id that differ are left out and told of, in whichever order they come', async () => {
    const records = ['a', 'b', 'c'].map((inferenceId, i) =>
      capture(csv('INPUT', `${i},DE`), csv('OUTPUT', '0.9'), { inferenceId }),
    );
    for (const [first, second] of [
      ['b,1', 'b,0'],
      ['b,0', 'b,1'],
    ]) {
      const { result, report } = await judge.run({
        'config.json': config('sagemaker-capture', { target: { name: 'fraud', type: 'categorical', positive: 1 } }),
        'reference/part.parquet': REFERENCE,
        'current/a.jsonl': { lines: records },
        'labels/a.csv': `request_id,fraud\na,1\n${first}\nc,0\n`,
        'labels/b.csv': `request_id,fraud\na,1\n${second}\n`,
      });
      expect(result?.labels).toEqual({ received: 2, conflicting: 1, unreadable: 0, matched: 2, share: 2 / 3 });
      expect(result?.performance).toMatchObject({ accuracy: 0.5 });
      expect(report).toMatch(/Ids left out, whose labels differ<\/dt><dd>1</);
    }
  });

  test('an id is what it is: of any length, and only numbers are spelt alike', async () => {
    const truth = { target: { name: 'fraud', type: 'categorical', positive: 1 }, requestField: 'payment' };
    const labelled = async (ids: readonly unknown[], labels: DriftFile) =>
      judge.result({
        'config.json': config('sagemaker-capture', truth),
        'reference/part.parquet': REFERENCE,
        'current/a.jsonl': {
          lines: ids.map((payment) => capture(json('INPUT', { amount: 1, payment }), json('OUTPUT', 0.9))),
        },
        [typeof labels === 'object' && 'parquet' in labels ? 'labels/a.parquet' : 'labels/a.csv']: labels,
      });
    const long = 'x'.repeat(300);
    const texts = ['7.0', '7.00', '7.000', `${long}1`, `${long}2`, 'TRUE', 'true', `${'9'.repeat(299)}1`, ' 8'];
    const rows = texts.map((id, i) => `${id},${i % 2}`).join('\n');
    const one = await labelled(texts, `request_id,fraud\n${rows}\n`);
    expect(one.labels).toEqual({ received: 9, conflicting: 0, unreadable: 0, matched: 9, share: 1 });
    const numbers = { parquet: { request_id: ['7', '8', '9.5'], fraud: [1, 0, 1] }, types: { request_id: 'decimal' } };
    expect((await labelled([7, 8.0, '7', '8.0', 9.5, null, [], ''], numbers)).labels).toMatchObject({ matched: 4 });
  });

  test('labels are joined by the field of each row that the callers write their id to', async () => {
    const truth = { target: { name: 'fraud', type: 'categorical', positive: 1 }, requestField: 'payment' };
    const labels = { 'labels/a.csv': 'request_id,fraud\npay-1,1\npay-2,0\npay-3,1\n9,0\n8/1,0\n' };
    const rows = (from: number) =>
      SAME.slice(from, from + 2).map((row, i) => ({ ...named(row), payment: `pay-${from + i + 1}` }));
    const logs = [0, 2].map((from) =>
      logged(9 - from / 2, { instances: rows(from) }, { predictions: [0.9, 0.1].map((score) => ({ score })) }),
    );
    const captured = [
      capture(csv('INPUT', 'pay-1,1,DE'), csv('OUTPUT', '0.9'), { inferenceId: '9' }),
      capture(csv('INPUT', 'pay-2,2,DE\npay-3,3,FR'), csv('OUTPUT', '0.1\n0.8'), { inferenceId: '8' }),
      capture(csv('INPUT', ',4,FR'), csv('OUTPUT', '0.1'), { inferenceId: '7' }),
    ];
    const of = (format: string, lines: object[], more: object = {}) =>
      judge.result({
        'config.json': config(format, { ...truth, ...more }),
        'reference/part.parquet': REFERENCE,
        'current/a.jsonl': { lines },
        ...labels,
      });
    expect(await of('vertex-bq-export', logs)).toMatchObject({ labels: { received: 5, matched: 3 }, labelledRows: 3 });
    const result = await of('sagemaker-capture', captured, { columns: ['payment', 'amount', 'country'] });
    expect(result).toMatchObject({ labels: { received: 5, matched: 3 }, performance: { auc: 1 } });
  });

  const logged = (id: string | number, request: unknown, response?: unknown) => ({
    endpoint: '1234567890',
    deployed_model_id: '987',
    logging_time: '2026-01-01 10:00:00.123456 UTC',
    request_id: id,
    request_payload: [JSON.stringify(request)],
    response_payload: response === undefined ? [] : [JSON.stringify(response)],
  });

  test('Vertex AI: rows exported as JSON lines, compressed or not', async () => {
    const records = SAME.map((row, index) =>
      logged(`${index}`, { instances: [named(row)] }, { predictions: [row.score], deployedModelId: '987' }),
    );
    const text = records.map((record) => JSON.stringify(record)).join('\n');
    for (const file of [{ 'current/000000000000.json': text }, { 'current/000000000000.json.gz': { gzip: text } }])
      expect(await watch('vertex-bq-export', file)).toMatchObject({
        status: 'OK',
        rows: { current: 4, unreadable: 0 },
        columns: [{ score: 0 }, { score: 0 }],
        prediction: { score: 0 },
      });
  });

  test.each(['list', 'nested'])(
    'Vertex AI: rows exported as Parquet, payloads being a %s; NUMERIC ids meet labels',
    async (shape) => {
      const payload = (values: readonly unknown[]) =>
        shape === 'list'
          ? values.map((value) => [JSON.stringify(value)])
          : values.map((value) => ({ list: [{ element: JSON.stringify(value) }] }));
      const nested = shape === 'nested' ? { request_payload: 'nested', response_payload: 'nested' } : {};
      const result = await judge.result({
        'config.json': config('vertex-bq-export', { target: { name: 'fraud', type: 'categorical', positive: true } }),
        'reference/part.parquet': REFERENCE,
        'current/000000000000.parquet': {
          parquet: {
            endpoint: SAME.map(() => '1234567890'),
            request_id: ['11', '12', '13', '14'],
            logging_time: [
              '2026-01-01T10:00:00Z',
              '2026-01-01T11:00:00Z',
              '2026-01-01T12:00:00Z',
              '2026-01-03T00:00:00Z',
            ],
            request_payload: payload(SAME.map((row) => ({ instances: [listed(row)] }))),
            response_payload: payload(SAME.map((row) => ({ predictions: [row.score] }))),
          },
          types: { request_id: 'decimal', logging_time: 'timestamp', ...nested },
        },
        'labels/a.jsonl': {
          lines: [
            { request_id: 11, fraud: true },
            { request_id: '12', fraud: 'True' },
            { request_id: 13, fraud: false },
          ],
        },
      });
      expect(result).toMatchObject({
        rows: { current: 3, unreadable: 0, outsideWindow: 1 },
        labels: { matched: 3 },
        performance: { auc: 1 },
      });
    },
  );

  test('Vertex AI: a request of several instances, and one logged instance by instance', async () => {
    const result = await watch('vertex-bq-export', {
      'current/a.jsonl': {
        lines: [
          logged(1, { instances: SAME.slice(0, 2).map(named) }, { predictions: [{ score: 0.4 }, { score: 0.3 }] }),
          {
            ...logged(2, {}),
            request_payload: SAME.slice(2).map((row) => JSON.stringify(named(row))),
            response_payload: ['0.2', '0.1'],
          },
          { ...logged(3, {}), request_payload: ['{'] },
          { ...logged(4, {}), request_payload: null },
        ],
      },
    });
    expect(result).toMatchObject({ rows: { current: 4, unreadable: 2 }, columns: [{ score: 0 }, { score: 0 }] });
    expect(result.prediction).toMatchObject({ score: 0 });
  });
});
