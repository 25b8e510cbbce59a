import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONFINED, SMALL_MODULES } from '../support/confined-python';
import { describeJudge, judgePython } from '../support/describe-judge';
import { DRIFT_JOB, type DriftFile, DriftJudge, driftConfig } from '../support/drift-judge';

const exec = promisify(execFile);
const REFERENCE = { 'reference/a.csv': 'x\n1\n2\n' };
/** What Step Functions and Workflows hand from state to state. */
const STATE_BYTES = 256 * 1024;

describeJudge('drift', 'the drift job as a program', () => {
  let judge: DriftJudge;
  let folder: string;
  beforeAll(async () => {
    judge = await DriftJudge.start();
    folder = mkdtempSync(join(tmpdir(), 'drift-'));
  });
  afterAll(async () => {
    await judge[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('runs by its folder, without network, with nothing but numpy, scipy and pyarrow', async () => {
    for (const name of ['reference', 'current']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'a.csv'), 'x,kind\n1,a\n2,b\n');
    }
    const { json } = driftConfig({ x: 'numeric', kind: 'categorical' }, { format: 'csv' }) as { json: object };
    const { model, window, ...planned } = json as Record<'model' | 'window', unknown>;
    writeFileSync(join(folder, 'config.json'), JSON.stringify(planned));
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ model, window }));
    const at = (name: string) => join(folder, name);
    const args = [
      '--config',
      at('config.json'),
      '--config',
      at('run.json'),
      '--reference',
      at('reference'),
      '--current',
      at('current'),
      '--out',
      at('out'),
      '--message',
      at('told/message'),
    ];
    const env = { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' };
    const { stdout } = await exec(judgePython('drift'), ['-c', CONFINED, 'numpy,scipy,pyarrow', DRIFT_JOB, ...args], {
      env,
      cwd: folder,
    });
    expect(stdout).toBe('OK: 0 of 2 columns drifted. \n');
    expect(existsSync(at('told/message'))).toBe(false);
    expect(readdirSync(at('out')).sort()).toEqual(['drift.json', 'figures.json', 'report.html']);
    expect(JSON.parse(readFileSync(at('out/drift.json'), 'utf8'))).toMatchObject({ status: 'OK', schemaVersion: 1 });

    const fault = (...more: readonly string[]): Promise<string> =>
      exec(judgePython('drift'), [DRIFT_JOB, ...args, ...more], { env, cwd: folder }).then(
        () => 'no fault',
        ({ code, stderr }) => `${code}: ${stderr}`,
      );
    const told = () => readFileSync(at('told/message'), 'utf8');
    const gone = await fault('--config', at('gone.json'));
    expect(gone).toMatch(/^1: .* configuration .*gone\.json cannot be read as JSON/);
    expect(`1: ${told()}\n`).toBe(gone);
    writeFileSync(at('long.json'), JSON.stringify(Object.fromEntries('äöüßéèêçñø'.split('').map((key) => [key, 1]))));
    const long = await fault('--config', at('long.json'));
    expect(long.length).toBeGreaterThan(1500);
    expect(Buffer.byteLength(told())).toBeLessThanOrEqual(1000);
    expect(long.startsWith(`1: ${told()}`)).toBe(true);
    expect(await fault('--config', at('long.json'), '--message', at('config.json/message'))).toContain(
      `${long}message cannot be written to `,
    );
    writeFileSync(at('list.json'), '[]');
    expect(await fault('--config', at('list.json'))).toMatch(/run\.json \+ .*list\.json has 1 problem:\n {2}config: /);
    symlinkSync(at('nowhere'), at('current/b.csv'));
    expect(await fault()).toMatch(/^1: The drift job failed\. Reading .*b\.csv failed: .*No such file/);
    rmSync(at('current/b.csv'));
    expect(await fault('--out', at('config.json'))).toMatch(
      /^1: The drift job failed\. report\.html cannot be written/,
    );
  });

  test('is written for Python 3.9, each module small and with a docstring', async () => {
    await exec(judgePython('drift'), ['-c', SMALL_MODULES, DRIFT_JOB]);
  });

  test('a configuration is refused with all its problems at once', async () => {
    const broken = {
      schemaVersion: 2,
      model: { name: '', vrsion: '1' },
      window: { start: '2026-01-02T00:00:00Z', end: 'yesterday' },
      format: 'sagemaker',
      features: [
        { name: 'amount', type: 'number' },
        { name: 'country', type: 'categorical' },
        { name: 'country', type: 'categorical' },
        'x',
      ],
      target: { name: 'fraud', type: 'categorical' },
      prediction: { name: 'score', type: 'numeric' },
      methods: { country: 'wasserstein', counry: 'psi' },
      thresholds: { share: 1.5, perColumn: { country: -1, score: '0.2' } },
      minRows: 0,
      segments: ['score', 'fraud', 'shop', 'shop'],
      minrows: 10,
    };
    const { code, stderr, text } = await judge.run({ 'config.json': { json: broken }, ...REFERENCE });
    expect(code).toBe(1);
    expect(text).toBeNull();
    expect(stderr.split('\n').map((line) => line.trim())).toEqual([
      'The drift job failed. The configuration DIR/config.json has 20 problems:',
      expect.stringMatching(/^minrows: received "minrows"; allowed: .*; fix: write minRows$/),
      'schemaVersion: received 2; allowed: 1; fix: use the job and the configuration of one release',
      'model.vrsion: received "vrsion"; allowed: name, version; fix: write version',
      'model.version: received nothing; allowed: a value; fix: add version',
      'model.name: received ""; allowed: text that is not empty; fix: write "…"',
      'window.end: received "yesterday"; allowed: an instant of ISO 8601; fix: write it as 2026-01-31T00:00:00Z',
      'features[0].type: received "number"; allowed: numeric, categorical; fix: write numeric',
      'features[3]: received "x"; allowed: an object with name, type; fix: write { … }',
      'target.positive: received nothing; allowed: the value that the prediction is the probability of; fix: add it, such as "1"',
      expect.stringMatching(/^features: received "country"; allowed: each column once/),
      'methods.counry: received "counry"; allowed: country, score; fix: write country',
      'methods.country: received "wasserstein"; allowed: psi, jensen-shannon, chi-square; fix: write psi',
      'thresholds.share: received 1.5; allowed: a number from 0 to 1; fix: write 0 to 1',
      'thresholds.perColumn.country: received -1; allowed: a number of at least 0; fix: write 0, or more',
      'thresholds.perColumn.score: received "0.2"; allowed: a number of at least 0; fix: write 0, or more',
      'format: received "sagemaker"; allowed: sagemaker-capture, vertex-bq-export, csv, parquet, jsonl; fix: write sagemaker-capture',
      'minRows: received 0; allowed: a whole number of at least 1; fix: write 1, or more',
      'segments[3]: received "shop"; allowed: each name once; fix: remove it',
      'segments[0]: received "score"; allowed: a column that is not numeric; fix: name a categorical column',
      'segments[1]: received "fraud"; allowed: a column that is not the target; fix: name a column that requests have',
      '',
    ]);
  });

  test.each<[string, Record<string, DriftFile>, RegExp]>([
    ['no JSON', { 'config.json': '{' }, /config\.json cannot be read as JSON/],
    ['no configuration', REFERENCE, /config\.json cannot be read as JSON: .*No such file/],
    ['a list', { 'config.json': { json: [] } }, /1 problem:\n {2}config: received \[\]/],
    ['no features', { 'config.json': driftConfig({}) }, /features: received \[\]; allowed: a list of at least 1/],
    [
      'labels without a target',
      { 'config.json': driftConfig({ x: 'numeric' }), ...REFERENCE, 'labels/a.csv': 'request_id,y\n1,1\n' },
      /--labels needs target in config\.json/,
    ],
  ])('a mistake in the setup fails the job: %s', async (_, files, message) => {
    const { code, stderr, text, report } = await judge.run(files);
    expect({ code, text, report }).toEqual({ code: 1, text: null, report: null });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('Traceback');
  });

  test.each<[string, Record<string, DriftFile>, RegExp]>([
    ['no reference', { 'config.json': driftConfig({ x: 'numeric' }) }, /There is no reference in DIR\/reference\./],
    [
      'a reference without a row',
      { 'config.json': driftConfig({ x: 'numeric' }), 'reference/a.csv': 'x\n' },
      /There is no row in the reference, DIR\/reference\./,
    ],
    [
      'a reference of several formats',
      { 'config.json': driftConfig({ x: 'numeric' }), 'reference/a.csv': 'x\n1\n', 'reference/b.jsonl': '{"x": 1}' },
      /files of several formats, csv and jsonl.*referenceFormat/,
    ],
    [
      'a reference that is no data',
      { 'config.json': driftConfig({ x: 'numeric' }), 'reference/model.tar.gz': '' },
      /none to read as data, such as .*model\.tar\.gz\. Their names must end in \.csv/,
    ],
    [
      'a file that is no Parquet',
      { 'config.json': driftConfig({ x: 'numeric' }), 'reference/a.parquet': 'x' },
      /Reading .*a\.parquet failed: .*Parquet/,
    ],
    [
      'a file that was cut off',
      {
        'config.json': driftConfig({ x: 'numeric' }),
        ...REFERENCE,
        'current/a.jsonl.gz': { base64: gzipSync('{"x": 1}'.repeat(100)).subarray(0, 20).toString('base64') },
      },
      /Reading .*a\.jsonl\.gz failed: /,
    ],
    [
      'captured requests of another format',
      { 'config.json': driftConfig({ x: 'numeric' }, { format: 'parquet' }), ...REFERENCE, 'current/a.csv': 'x\n1\n' },
      /none to read as parquet/,
    ],
    [
      'labels that are no Parquet',
      {
        'config.json': driftConfig({ x: 'numeric' }, { target: { name: 'y', type: 'numeric' } }),
        ...REFERENCE,
        'labels/a.parquet': 'x',
      },
      /Reading .*labels\/a\.parquet failed: .*Parquet/,
    ],
    [
      'labels of other columns',
      {
        'config.json': driftConfig({ x: 'numeric' }, { target: { name: 'y', type: 'numeric' } }),
        ...REFERENCE,
        'labels/a.csv': 'id,y\n1,1\n',
      },
      /have no column request_id\. They need the columns request_id \(requestId in config\.json\) and y/,
    ],
  ])(
    'data by which nothing can be told does not fail the job, and its status says so: %s',
    async (_, files, message) => {
      const { code, stdout, result } = await judge.run(files);
      expect({ code, status: result?.status }).toEqual({ code: 0, status: 'UNMEASURED' });
      expect(stdout).toMatch(message);
    },
  );

  test('writes the same for the same data', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => ({
      x: (index * 7919) % 101,
      kind: `k${(index * 31) % 17}`,
    }));
    const files = {
      'config.json': driftConfig({ x: 'numeric', kind: 'categorical' }, { segments: ['kind'] }),
      'reference/a.jsonl': { lines },
      'current/a.jsonl': { lines: lines.slice(100) },
    };
    const [one, two] = [await judge.run(files), await judge.run(files)];
    expect(one).toEqual(two);
  });

  test('figures can be handed on by a state machine, however much there is to tell of columns and segments', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `a-feature-that-has-a-name-of-fifty-characters-${index}`);
    const rows = (shift: number) =>
      Array.from({ length: 400 }, (_, row) =>
        Object.fromEntries(names.map((name, index) => [name, `v${((row + index) % 20) + (index < 10 ? 0 : shift)}`])),
      );
    const { text, figures } = await judge.run({
      'config.json': driftConfig(Object.fromEntries(names.map((name) => [name, 'categorical'])), {
        segments: names.slice(0, 10),
      }),
      'reference/a.jsonl': { lines: rows(0) },
      'current/a.jsonl': { lines: rows(30) },
    });
    expect(Buffer.byteLength(text ?? '')).toBeGreaterThan(STATE_BYTES);
    expect(Buffer.byteLength(figures ?? '')).toBeLessThan(1000);
    const whole = JSON.parse(text ?? '');
    expect(JSON.parse(figures ?? '')).toMatchObject({
      status: 'DRIFT',
      reasons: whole.reasons,
      dataset: whole.dataset,
    });
  });

  test('the report shows every column as a picture that can be heard, and escapes what it is told', async () => {
    const evil = '<script>alert("1")</script>';
    const { report, result } = await judge.run({
      'config.json': driftConfig(
        { [evil]: 'categorical', x: 'numeric', gone: 'numeric' },
        { model: { name: evil, version: '&' }, segments: [evil] },
      ),
      'reference/a.jsonl': { lines: Array.from({ length: 60 }, (_, index) => ({ [evil]: 'b', x: index, gone: 1 })) },
      'current/a.jsonl': { lines: [...Array.from({ length: 60 }, (_, index) => ({ [evil]: evil, x: index })), evil] },
    });
    expect(result).toMatchObject({ status: 'DRIFT', rows: { unreadable: 1 } });
    const html = report ?? '';
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/https?:|url\(|@import|src=/);
    expect(html.match(/<svg [^>]*role="img" aria-labelledby="c\dt"><title id="c\dt">Distribution of /g)).toHaveLength(
      3,
    );
    expect(html).toContain(
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp;: <span class="DRIFT">The data has drifted',
    );
    expect(html).toContain('Current has no value at all.');
    expect(html).toContain('<html lang="en">');
    const open: string[] = [];
    for (const [, closing, name = '', rest = ''] of html
      .replace(/<!doctype html>/, '')
      .matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/gi))
      if (closing) expect(open.pop(), `</${name}>`).toBe(name);
      else if (!rest.endsWith('/') && name !== 'meta') open.push(name);
    expect(open).toEqual([]);
  });
});
