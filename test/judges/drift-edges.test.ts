import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { type DriftFile, DriftJudge, driftConfig } from '../support/drift-judge';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describeJudge('drift', 'what data can be like', () => {
  let judge: DriftJudge;
  beforeAll(async () => {
    judge = await DriftJudge.start();
  });
  afterAll(() => judge[Symbol.asyncDispose]());

  /** One column, its cells in reference and in current. */
  async function column(type: string, reference: readonly unknown[], current: readonly unknown[], more: object = {}) {
    const result = await judge.result({
      'config.json': driftConfig({ x: type }, more),
      'reference/a.jsonl': { lines: reference.map((x) => ({ x })) },
      'current/a.jsonl': { lines: current.map((x) => ({ x })) },
    });
    const [found] = result.columns;
    if (!found) throw new Error('no column');
    return { ...found, result };
  }

  test('nulls are no values: figures are of what is there, and their share is told', async () => {
    const found = await column('numeric', [1, null, 2, 'NaN', ''], [2, 1, null, 1, 2]);
    expect(found).toMatchObject({ score: 0, values: [2, 4], missingShare: [0.6, 0.2], drifted: false });
    expect(found.findings).toBeUndefined();
    expect(found.result.quality.missingShare).toBe(0.2);
    expect(await column('categorical', ['a', null, ''], ['a', 'NA', 'null'])).toMatchObject({
      missingShare: [2 / 3, 0],
      newCategories: { count: 2 },
    });
  });

  test('Parquet is read that a query engine wrote without an ending; what is none is not', async () => {
    const x = [1, 2, 3, 4];
    const files = {
      'config.json': driftConfig({ x: 'numeric' }, { format: 'parquet' }),
      'reference/20260101_000000_00001_abcde': { parquet: { x } },
      'current/20260102_000000_00001_fghij': { parquet: { x } },
    };
    expect(await judge.result(files)).toMatchObject({ status: 'OK', rows: { reference: 4, current: 4 } });
    const other = await judge.result({ ...files, 'current/20260102_000000_00001_fghij': 'PARQUET' });
    expect(other.reasons[0]).toContain('none to read as parquet');
  });

  test('a column whose values vanished has drifted; one that never had any is not compared', async () => {
    const gone = await column('numeric', [1, 2, 3], [null, null, null]);
    expect(gone).toMatchObject({ score: null, drifted: true, findings: ['vanished'], result: { status: 'DRIFT' } });
    const never = await column('categorical', [null, null], [null, null]);
    expect(never).toMatchObject({ score: null, drifted: false, findings: ['all-missing'] });
    expect(never.result).toMatchObject({
      status: 'INSUFFICIENT_DATA',
      dataset: { columns: 0, drifted: 0, share: 0 },
      reasons: ['no column could be compared'],
    });
    expect(await column('numeric', [null], [1])).toMatchObject({ drifted: false, findings: ['no-reference'] });
  });

  test('nothing has vanished where the reference had too few values to tell', async () => {
    const few = range(20).map((index) => (index < 9 ? index : null));
    const none = range(20).map(() => null);
    const found = await column('numeric', few, none, { minRows: 10 });
    expect(found).toMatchObject({ values: [9, 0], drifted: false, findings: ['too-few-values'] });
    const enough = await column('numeric', [...few, 9], none, { minRows: 10 });
    expect(enough).toMatchObject({ values: [10, 0], drifted: true, findings: ['vanished'] });
  });

  test('a column that the data does not have is missing in every row', async () => {
    const result = await judge.result({
      'config.json': driftConfig({ x: 'numeric', y: 'categorical' }),
      'reference/a.csv': 'x,y\n1,a\n2,b\n',
      'current/a.jsonl': { lines: [{ x: 1 }, { x: 2 }] },
    });
    expect(result.columns[1]).toMatchObject({ missingShare: [0, 1], drifted: true, findings: ['vanished', 'absent'] });
    expect(result).toMatchObject({ status: 'DRIFT', dataset: { columns: 2, drifted: 1, share: 0.5 } });
  });

  test.each(['psi', 'jensen-shannon', 'wasserstein', 'kolmogorov-smirnov'])('constants: %s', async (method) => {
    const same = await column('numeric', [3, 3, 3], [3, 3, 3], { methods: { x: method } });
    expect(same).toMatchObject({ drifted: false, score: method === 'kolmogorov-smirnov' ? 1 : 0 });
    expect(same.findings).toEqual(['constant']);
    const other = await column('numeric', Array(20).fill(3), Array(20).fill(4), { methods: { x: method } });
    expect(other).toMatchObject({ drifted: true, findings: ['constant'] });
  });

  test('a single category cannot differ from itself', async () => {
    for (const method of ['psi', 'jensen-shannon', 'chi-square'])
      expect(await column('categorical', ['a', 'a'], ['a'], { methods: { x: method } })).toMatchObject({
        drifted: false,
        score: method === 'chi-square' ? 1 : 0,
      });
  });

  test('new categories are counted, with the most frequent ones', async () => {
    const found = await column(
      'categorical',
      ['a', 'b', 'a', 'b'],
      ['a', 'c', 'c', 'd', 'b', 'c', 'x'.repeat(99), 'a'],
      {
        methods: { x: 'chi-square' },
      },
    );
    expect(found.newCategories).toEqual({ count: 3, share: 5 / 8, examples: ['c', 'd', 'x'.repeat(40)] });
    expect(found).toMatchObject({ score: 0, drifted: true, findings: ['small-reference', 'new-categories'] });
    expect(found.statistic).toBeUndefined();
    expect(found.result.quality.newCategories).toBe(3);
  });

  test('samples of one value', async () => {
    for (const method of ['psi', 'jensen-shannon', 'wasserstein', 'kolmogorov-smirnov'])
      expect((await column('numeric', [1], [2], { methods: { x: method } })).score).toEqual(expect.any(Number));
  });

  test('too few rows give no verdict and no figure that could raise an alarm', async () => {
    const found = await column('numeric', range(100), [900, 900, 900], { minRows: 10 });
    expect(found).toMatchObject({ score: null, drifted: false, findings: ['too-few-values'] });
    expect(found.result).toMatchObject({
      status: 'INSUFFICIENT_DATA',
      reasons: ['current has 3 rows of at least 10'],
      dataset: { columns: 0, drifted: 0, share: 0 },
    });
    const sparse = await column(
      'numeric',
      range(100),
      range(100).map((index) => (index < 5 ? 900 : null)),
      { minRows: 10 },
    );
    expect(sparse).toMatchObject({ drifted: false, findings: ['too-few-values'], values: [100, 5] });
    const vanished = await column('numeric', range(100), [null, null], { minRows: 10 });
    expect(vanished).toMatchObject({ drifted: false, findings: ['too-few-values'] });
  });

  test('no requests at all', async () => {
    const nothing: Record<string, DriftFile>[] = [
      {},
      { 'current/_SUCCESS': '' },
      { 'current/a.jsonl': '' },
      { 'current/a.jsonl': '\n\n' },
    ];
    for (const current of nothing) {
      const result = await judge.result({
        'config.json': driftConfig({ x: 'numeric' }),
        'reference/a.csv': 'x\n1\n',
        ...current,
      });
      expect(result).toMatchObject({ status: 'INSUFFICIENT_DATA', rows: { current: 0 }, quality: { missingShare: 0 } });
    }
  });

  test('infinities, and sentinels that no measurement has, are left out and counted', async () => {
    const found = await column('numeric', [1, 2, 'inf', '-Infinity'], [1, 2, 1.7e308, '1e400', 1]);
    expect(found).toMatchObject({
      values: [2, 3],
      infinite: [2, 2],
      missingShare: [0, 0],
      findings: ['infinite-values'],
    });
    expect(found.result.quality.infinite).toBe(2);
  });

  test('mixed types: what is no number is left out of numbers and counted; categories are spelt alike', async () => {
    const numbers = await column('numeric', [1, '2', ' 3 ', true], ['1', 2, 'three', [4], { five: 5 }, false, null]);
    expect(numbers).toMatchObject({ values: [4, 3], unreadable: [0, 3], findings: ['unreadable-values'] });
    expect(numbers.missingShare[1]).toBeCloseTo(1 / 7);
    const alike = await column('categorical', ['1', '2.0', 'true', 'a', '007'], [1, 2, true, ' a', '007']);
    expect(alike).toMatchObject({ score: 0, drifted: false });
    expect(alike.newCategories).toBeUndefined();
    const doubles = [1_000_000_000_000_001, 4_503_599_627_370_497, 0.1, 0.0000001, -0];
    for (const [type, cells] of [
      ['double', doubles],
      ['float32', [0.1, 0.5, 3]],
      ['float16', [0.5, 3]],
    ] as const) {
      const { result } = await judge.run({
        'config.json': driftConfig({ x: 'categorical' }),
        'reference/a.parquet': { parquet: { x: cells }, types: { x: type } },
        'current/a.jsonl': { lines: cells.map((cell) => ({ x: cell === 0.0000001 ? '0.0000001' : cell })) },
      });
      expect(result?.columns[0], type).toMatchObject({ score: 0 });
      expect(result?.columns[0]?.newCategories, type).toBeUndefined();
    }
    expect(await column('categorical', ['a'], ['a', [], {}])).toMatchObject({
      unreadable: [0, 2],
      missingShare: [0, 0],
    });
  });

  test('categories and numbers of Parquet meet those of CSV, whatever their types', async () => {
    const result = await judge.result({
      'config.json': driftConfig(
        { bool: 'categorical', code: 'categorical', word: 'categorical', price: 'numeric', cents: 'numeric' },
        { format: 'csv' },
      ),
      'reference/a.parquet': {
        parquet: {
          bool: [true, false],
          code: [1, 2],
          word: ['x', 'y'],
          price: [0.1, 0.2],
          cents: ['1.50', '2.25'],
        },
        types: { code: 'int64', word: 'dictionary', price: 'float32', cents: 'decimal' },
      },
      'reference/manifest.json': { json: { files: ['a.parquet'] } },
      'current/a.csv': 'word,bool,code,price,cents,other\nx,True,1,0.1,1.5,1\n"y",false,2.0,0.2,2.25,2\n',
    });
    expect(result.columns.map(({ name, score }) => [name, score])).toEqual(
      ['bool', 'code', 'word', 'price', 'cents'].map((name) => [name, 0]),
    );
  });

  test.each<[string, DriftFile, readonly string[]]>([
    ['decimals', { parquet: { x: ['9.90', '19.90', '-0.50'] }, types: { x: 'decimal' } }, ['9.90', '19.9', '-0.500']],
    ['doubles', { parquet: { x: [9.9, 20, 0.5] }, types: { x: 'double' } }, ['9.90', '20.00', '0.50']],
    ['versions', { parquet: { x: ['007', 'v1.0', '1.0.0'] } }, ['007', 'v1.0', '1.0.0']],
    [
      'instants',
      {
        parquet: { x: ['2026-01-10T00:00:00Z', '2026-01-10T01:00:00Z', '2026-01-10T02:00:00.5Z'] },
        types: { x: 'timestamp' },
      },
      ['2026-01-10T00:00:00Z', '2026-01-10 02:00:00+01:00', '2026-01-10 02:00:00.500 UTC'],
    ],
    [
      'instants without a zone',
      { parquet: { x: ['2026-01-10T00:00:00', '2026-01-10T01:00:00'] }, types: { x: 'local' } },
      ['2026-01-10T00:00Z', '2026-01-10T01:00:00'],
    ],
    ['dates', { parquet: { x: ['2026-01-10'] }, types: { x: 'date' } }, ['2026-01-10']],
  ])('categories are written alike whoever wrote them: %s', async (_, reference, texts) => {
    const csv = { 'current/a.csv': `x,y\n${texts.map((text) => `${text},1\n`).join('')}` };
    const captured = texts.map((x) => ({
      captureData: { endpointInput: { data: JSON.stringify({ x }), encoding: 'JSON' } },
      eventMetadata: {},
    }));
    const json = { 'current/a.jsonl': { lines: captured } };
    for (const [format, current] of [
      ['csv', csv],
      ['sagemaker-capture', json],
    ] as const) {
      const { result } = await judge.run({
        'config.json': driftConfig({ x: 'categorical' }, { format }),
        'reference/a.parquet': reference,
        ...current,
      });
      expect(result?.columns, format).toMatchObject([{ score: 0, values: [texts.length, texts.length] }]);
      expect(result?.columns[0]?.newCategories, format).toBeUndefined();
    }
  });

  test('true and false are 1 and 0 as numbers, whoever wrote them', async () => {
    const flags = [true, false, true, true];
    const texts = ['true', 'False', 'TRUE', '1'];
    const of = (format: string, current: Record<string, DriftFile>) =>
      judge.result({
        'config.json': driftConfig({ x: 'numeric' }, { format }),
        'reference/a.parquet': { parquet: { x: flags } },
        ...current,
      });
    const captured = texts.map((data) => ({
      captureData: { endpointInput: { data, encoding: 'CSV' } },
      eventMetadata: {},
    }));
    for (const result of [
      await of('csv', { 'current/a.csv': `x\n${texts.join('\n')}\n` }),
      await of('jsonl', { 'current/a.jsonl': { lines: flags.map((x) => ({ x })) } }),
      await of('jsonl', { 'current/a.jsonl': { lines: texts.map((x) => ({ x })) } }),
      await of('sagemaker-capture', { 'current/a.jsonl': { lines: captured } }),
    ])
      expect(result.columns).toMatchObject([{ score: 0, values: [4, 4] }]);
  });

  test('CSV of other bytes than UTF-8, with a byte order mark, and times of nanoseconds', async () => {
    const result = await judge.result({
      'config.json': driftConfig({ x: 'numeric', city: 'categorical' }, { format: 'csv', timeColumn: 'at' }),
      'reference/a.parquet': { parquet: { x: [1, 2], city: ['Köln', 'Bonn'] } },
      'current/a.csv': {
        base64: Buffer.from('x,city,at\n1,K\xf6ln,2026-01-01\n2,Bonn,2027-01-01\n', 'latin1').toString('base64'),
      },
      'current/b.csv': '\ufeffx,city,at\n 2 ,Bonn,2026-01-01T00:00:00Z\n',
    });
    expect(result.rows).toMatchObject({ current: 2, outsideWindow: 1, unreadable: 0 });
    expect(result.columns).toMatchObject([{ score: 0 }, { newCategories: { examples: ['K\ufffdln'] } }]);
    const nanoseconds = await judge.result({
      'config.json': driftConfig({ x: 'categorical' }, { format: 'parquet', timeColumn: 'at' }),
      'reference/a.csv': 'x\n2026-01-01T00:00:00+00:00\n',
      'current/a.parquet': {
        parquet: { x: ['2026-01-01T00:00:00.000000001Z'], at: ['2026-01-01T00:00:00.000000001Z'] },
        types: { x: 'nanoseconds', at: 'nanoseconds' },
      },
    });
    expect(nanoseconds).toMatchObject({ rows: { current: 1 }, columns: [{ score: 0 }] });
  });

  test.each([
    ['days', [2 ** 30, 20_454], '2026-01-01'],
    ['microseconds', [2 ** 61, 1_767_225_600_000_000], '2026-01-01T00:00:00'],
    ['latin-1', ['K\xf6ln', 'Bonn'], 'Bonn'],
  ])('categories that Python has no value for are told apart like others: %s', async (type, x, known) => {
    const result = await judge.result({
      'config.json': driftConfig({ x: 'categorical' }, { format: 'jsonl' }),
      'reference/a.parquet': { parquet: { x }, types: { x: type } },
      'current/a.jsonl': { lines: [{ x: known }, { x: 'another' }] },
    });
    expect(result.columns).toMatchObject([{ values: [2, 2], newCategories: { count: 1, examples: ['another'] } }]);
    const numbers = await judge.result({
      'config.json': driftConfig({ x: 'numeric' }, { format: 'jsonl' }),
      'reference/a.parquet': { parquet: { x }, types: { x: type } },
      'current/a.jsonl': { lines: [{ x: 1 }] },
    });
    expect(numbers.columns).toMatchObject([{ unreadable: [2, 0] }]);
  });

  test('many categories are compared as the most frequent and the others', async () => {
    const words = range(400).map((index) => (index % 2 ? `rare-${index}` : `often-${index % 3}`));
    const found = await column('categorical', words, words, { maxCategories: 10 });
    expect(found).toMatchObject({ score: 0, findings: ['categories-grouped'] });
    const shifted = words.map((word) => (word.startsWith('rare') ? 'often-0' : word));
    expect(await column('categorical', words, shifted, { maxCategories: 10 })).toMatchObject({ drifted: true });
  });

  test('ids are no categories: more than a hundred thousand are not told apart', async () => {
    const ids = range(100_050).map((index) => `card-${index}`);
    const result = await judge.result({
      'config.json': driftConfig({ id: 'categorical', x: 'numeric' }),
      'reference/a.csv': `id,x\n${ids.map((id) => `${id},1`).join('\n')}`,
      'current/a.jsonl': { lines: [{ id: 'card-1', x: 1 }] },
    });
    expect(result.columns).toMatchObject([
      { score: null, drifted: false, findings: ['too-many-categories'] },
      { score: 0, drifted: false },
    ]);
    expect(result.dataset.columns).toBe(1);
  });

  test('numbers nearer to each other than bins can be', async () => {
    const near = range(30).map((index) => 1 + index * Number.EPSILON);
    for (const method of ['psi', 'jensen-shannon'])
      expect(await column('numeric', near, near, { methods: { x: method } })).toMatchObject({
        score: 0,
        drifted: false,
      });
  });

  test('where a method is known to see too little or too much, the result says so', async () => {
    const reference = range(2000).map((index) => index % 100);
    const current = [...range(2000).map((index) => 60 + (index % 100)), 1e6];
    const psi = await column('numeric', reference, current, { methods: { x: 'psi' } });
    expect(psi).toMatchObject({ drifted: false, findings: ['one-bin'] });
    expect(psi.result.columns[0]?.score).toBeLessThan(0.1);
    expect(await column('numeric', reference, current)).toMatchObject({ drifted: true });
    const words = range(100).map((index) => (index % 2 ? 'a' : 'b'));
    const chi = (size: number) => column('categorical', words, words.slice(0, size), { methods: { x: 'chi-square' } });
    expect((await chi(20)).findings).toEqual(['small-reference']);
    expect((await chi(10)).findings).toBeUndefined();
  });

  test('an empty bin is no more than a millionth of the rarest, where that is one in ten thousand', async () => {
    const often = range(9999).map(() => 'often');
    const found = await column('categorical', [...often, 'was'], [...often, 'is'], { methods: { x: 'psi' } });
    expect(found.score).toBeCloseTo(2 * (1e-4 - 1e-10) * Math.log(1e6), 9);
  });

  test('a value of CSV may have lines, wherever the file is cut for reading', async () => {
    // More than is read at once, and each row less.
    const long = `"${`${' '.repeat(999)}\n`.repeat(3000)}"`;
    const result = await judge.result({
      'config.json': driftConfig({ x: 'numeric' }, { format: 'csv' }),
      'reference/a.jsonl': { lines: [{ x: 1 }, { x: 2 }] },
      'current/a.csv': `note,x\n${long},1\n${long},2\n`,
    });
    expect(result.rows).toMatchObject({ current: 2, unreadable: 0 });
    expect(result.columns[0]).toMatchObject({ score: 0, values: [2, 2] });
  });

  test('broken rows of CSV and JSON lines are counted', async () => {
    const result = await judge.result({
      'config.json': driftConfig({ x: 'numeric' }, { format: 'csv' }),
      'reference/a.jsonl': '{"x": 1}\n{"x": \n"text"\n{"x": 2}\n',
      'current/a.csv': 'x,y\n1,2\n1\n1,2,3\n2,3\n',
      'current/empty.csv': '',
      'current/head.csv': 'x,y\n',
    });
    expect(result.rows).toMatchObject({ reference: 2, current: 2, unreadable: 2, unreadableReference: 2 });
    expect(result.columns[0]).toMatchObject({ score: 0, values: [2, 2] });
  });

  test('a column drifted at its threshold, a test below it', async () => {
    const distance = { methods: { x: 'wasserstein' }, thresholds: { perColumn: { x: 1 } } };
    const shifted = async (by: number, fault?: string) =>
      judge.result(
        {
          'config.json': driftConfig({ x: 'numeric' }, distance),
          'reference/a.jsonl': { lines: [{ x: -1 }, { x: 1 }] },
          'current/a.jsonl': { lines: [{ x: -1 + by }, { x: 1 + by }] },
        },
        fault,
      );
    expect((await shifted(1)).columns[0]).toMatchObject({ score: 1, drifted: true });
    expect((await shifted(0.99)).columns[0]?.drifted).toBe(false);
    expect((await shifted(1, 'drift-below-the-threshold')).columns[0]?.drifted).toBe(false);
    const one = { methods: { x: 'kolmogorov-smirnov' }, thresholds: { perColumn: { x: 1 } } };
    expect((await column('numeric', [1, 2], [1, 2], one)).drifted).toBe(false);
    expect((await column('numeric', [1, 2, 3], [9, 9, 9], one)).drifted).toBe(true);
  });

  test('too few values are compared only by a job that is broken', async () => {
    const files = {
      'config.json': driftConfig({ x: 'numeric' }, { minRows: 5 }),
      'reference/a.jsonl': { lines: [{ x: 1 }] },
      'current/a.jsonl': { lines: [{ x: 2 }] },
    };
    expect((await judge.result(files)).columns[0]?.score).toBeNull();
    expect((await judge.result(files, 'any-column-is-compared')).columns[0]?.score).not.toBeNull();
  });

  test('the data drifted by the share of its columns, or by the prediction', async () => {
    const watch = (share: number, moved: readonly string[]) => {
      const row = (names: readonly string[]) =>
        Object.fromEntries(['a', 'b', 'c', 'd', 'p'].map((name) => [name, names.includes(name) ? 9 : 1]));
      return judge.result({
        'config.json': driftConfig(
          { a: 'numeric', b: 'numeric', c: 'numeric', d: 'numeric' },
          { thresholds: { share }, prediction: { name: 'p', type: 'numeric' } },
        ),
        'reference/a.jsonl': { lines: [row([])] },
        'current/a.jsonl': { lines: [row(moved)] },
      });
    };
    expect(await watch(0.5, ['a'])).toMatchObject({ status: 'OK', reasons: [], dataset: { drifted: 1, share: 0.25 } });
    expect(await watch(0.5, ['a', 'c'])).toMatchObject({
      status: 'DRIFT',
      reasons: ['2 of 4 columns drifted: a share of 0.5, at 0.5 or above'],
    });
    expect(await watch(0.5, ['p'])).toMatchObject({
      status: 'DRIFT',
      reasons: ['the prediction p drifted'],
      dataset: { drifted: 0 },
    });
    expect(await watch(0, [])).toMatchObject({ status: 'OK' });
  });

  test('segments are compared apart: what drifts in one is not hidden by the others', async () => {
    const rows = (moved: number) =>
      range(300).map((index) => {
        const shop = ['big', 'big', 'small'][index % 3];
        return { shop, x: (index % 7) + (shop === 'small' ? moved : 0), label: index % 2 ? 'yes' : 'no', p: 'yes' };
      });
    const result = await judge.result({
      'config.json': driftConfig(
        { x: 'numeric' },
        {
          minRows: 50,
          thresholds: { perColumn: { x: 1.5 } },
          segments: ['shop'],
          target: { name: 'label', type: 'categorical' },
          prediction: { name: 'p', type: 'categorical' },
        },
      ),
      'reference/a.jsonl': { lines: rows(0) },
      'current/a.jsonl': { lines: [...rows(4), { shop: 'new', x: 1, label: 'yes', p: 'yes' }] },
    });
    expect(result.status).toBe('OK');
    expect(result.segments).toMatchObject([
      { column: 'shop', value: 'big', status: 'OK', rows: { reference: 200, current: 200 }, drifted: [] },
      { value: 'small', status: 'DRIFT', dataset: { columns: 1, drifted: 1, share: 1 }, drifted: ['x'] },
      { value: 'new', status: 'INSUFFICIENT_DATA', rows: { reference: 0, current: 1 } },
    ]);
    expect(result.segments?.map(({ performance }) => performance?.accuracy)).toEqual([0.5, 0.5, undefined]);
  });

  test('a segment is compared that has just enough rows', async () => {
    const rows = (shop: string, count: number, x: number) => range(count).map(() => ({ x, shop }));
    const result = await judge.result({
      'config.json': driftConfig({ x: 'numeric' }, { minRows: 10, segments: ['shop'] }),
      'reference/a.jsonl': { lines: [...rows('enough', 10, 1), ...rows('few', 9, 1)] },
      'current/a.jsonl': { lines: [...rows('enough', 10, 2), ...rows('few', 9, 2)] },
    });
    expect(result.segments).toMatchObject([
      { value: 'enough', status: 'DRIFT', drifted: ['x'] },
      { value: 'few', status: 'INSUFFICIENT_DATA', drifted: [] },
    ]);
  });

  test('of a column with many values the twenty are kept that most requests have', async () => {
    const rows = (counts: readonly number[]) =>
      counts.flatMap((count, shop) => Array.from({ length: count }, () => ({ x: 1, shop: `s${shop}` })));
    // The more requests a shop has, the later its name, and the fewer rows of the reference.
    const current = range(23).map((shop) => (shop === 5 ? 0 : shop < 4 ? 1 : 2 + shop));
    const reference = range(23).map((shop) => 40 - shop);
    const result = await judge.result({
      'config.json': driftConfig({ x: 'numeric' }, { segments: ['shop'] }),
      'reference/a.jsonl': { lines: rows(reference) },
      'current/a.jsonl': { lines: rows(current) },
    });
    const most = [...range(23).slice(4)].filter((shop) => shop !== 5).reverse();
    expect(result.segments?.map(({ value }) => value)).toEqual([...most, 0, 1].map((shop) => `s${shop}`));
    expect(result.segments?.map(({ rows }) => rows)).toEqual(
      [...most, 0, 1].map((shop) => ({ reference: reference[shop], current: current[shop] })),
    );
    expect(result.segmentsLeftOut).toEqual({ shop: 3 });
  });

  test('few labels measure nothing', async () => {
    const files = (labels: number) => ({
      'config.json': driftConfig(
        { x: 'numeric' },
        { minRows: 10, target: { name: 'y', type: 'numeric' }, prediction: { name: 'p', type: 'numeric' } },
      ),
      'reference/a.jsonl': { lines: range(20).map((x) => ({ x, p: x, y: x })) },
      'current/a.jsonl': { lines: range(20).map((x) => ({ x, p: x, request_id: x })) },
      'labels/a.csv': `request_id,y\n${range(labels)
        .map((id) => `${id},${id + 1}`)
        .join('\n')}`,
    });
    expect(await judge.result(files(9))).toMatchObject({
      labelledRows: 9,
      performance: {},
      referencePerformance: { mae: 0 },
    });
    expect(await judge.result(files(10))).toMatchObject({ labelledRows: 10, performance: { mae: 1, bias: -1 } });
  });

  test('labels that meet none of enough requests measure nothing, and it is said why', async () => {
    const files = (id: string, requests: number) => ({
      'config.json': driftConfig(
        { x: 'numeric' },
        { minRows: 10, target: { name: 'y', type: 'numeric' }, prediction: { name: 'p', type: 'numeric' } },
      ),
      'reference/a.jsonl': { lines: range(20).map((x) => ({ x, p: x, y: x })) },
      'current/a.jsonl': { lines: range(requests).map((x) => ({ x, p: x, request_id: x })) },
      'labels/a.csv': `request_id,y\n${id}`,
    });
    const told = async (id: string) => {
      const { status, reasons } = await judge.result(files(id, 10));
      return `${status}: ${reasons}`;
    };
    expect(await told('other,1\n')).toContain('UNMEASURED: None of 10 requests has a label, of 1 ids with labels');
    expect(await told('9,1\n9,2\n')).toContain('(1 of them left out for labels that differ)');
    for (const [id, requests] of [
      ['other,1\n', 9],
      ['9,1\n', 10],
      ['', 10],
    ] as const)
      expect(await judge.result(files(id, requests)), id).toMatchObject({ performance: {} });
  });

  test('labels of enough requests that are none of them a number measure nothing by a metric of numbers, and it is said why', async () => {
    const files = (first: string) => ({
      'config.json': driftConfig(
        { x: 'numeric' },
        { minRows: 10, target: { name: 'y', type: 'numeric' }, prediction: { name: 'p', type: 'numeric' } },
      ),
      'reference/a.jsonl': { lines: range(20).map((x) => ({ x, p: x, y: x })) },
      'current/a.jsonl': { lines: range(10).map((x) => ({ x, p: x, request_id: x })) },
      'labels/a.csv': `request_id,y\n0,${first}\n1,late\n`,
    });
    const { status, reasons } = await judge.result(files('early'));
    expect(status).toBe('UNMEASURED');
    expect(reasons[0]).toContain('None of 2 labels of requests is a number, as y (target) has to be.');
    expect(await judge.result(files('1'))).toMatchObject({ labelledRows: 1, performance: {} });
  });

  test('a figure that is no finite number is left out', async () => {
    const y = ['0', '1e-160'];
    const { performance } = await judge.result({
      'config.json': driftConfig(
        { x: 'numeric' },
        { target: { name: 'y', type: 'numeric' }, prediction: { name: 'p', type: 'numeric' } },
      ),
      'reference/a.jsonl': { lines: range(2).map((x) => ({ x, p: 1, y: y[x] })) },
      'current/a.jsonl': { lines: range(2).map((x) => ({ x, p: 1, request_id: x })) },
      'labels/a.csv': `request_id,y\n0,${y[0]}\n1,${y[1]}\n`,
    });
    expect(performance).toEqual({ mae: 1, rmse: 1, bias: 1 });
  });
});
