import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { capturedIo, EXIT } from '../../lib/cli/io';
import { main } from '../../lib/cli/main';
import { describeJudge, judgePython } from '../support/describe-judge';
import { JOBS_ENV } from '../support/job-judge';

const exec = promisify(execFile);

/** A step that writes a model, and one that measures it. */
const MAKE = `
const { writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const given = (name) => args[args.indexOf(name) + 1];
writeFileSync(given('--model') + '/file', 'made');
`;
const MEASURE = MAKE.replace(
  /^writeFileSync.*$/m,
  `writeFileSync(given('--metrics') + '/metrics.json', '{"auc": 0.9}');`,
);

const SPEC = {
  name: 'fraud',
  owner: 'ml@example.com',
  aws: { account: '111111111111', region: 'eu-central-1' },
  dataLake: {
    zones: { raw: {} },
    datasets: {
      payments: {
        zone: 'raw',
        columns: { id: 'string', amount: 'double' },
        rules: { columns: { id: { unique: true }, amount: { min: 0, maxNulls: '50%' } } },
      },
    },
  },
  training: { cluster: { kind: 'managed' } },
  models: {
    detector: {
      pipeline: {
        image: 'one',
        steps: {
          check: { kind: 'validation', dataset: 'payments' },
          train: {
            kind: 'training',
            after: ['check'],
            command: [process.execPath, 'make.js'],
            inputs: { data: 'payments' },
            outputs: ['model'],
          },
          evaluate: {
            kind: 'processing',
            command: [process.execPath, 'measure.js'],
            inputs: { model: 'train.model', data: 'payments' },
            metrics: ['auc'],
          },
        },
        gate: { metric: 'evaluate.auc', atLeast: 0.8 },
        register: { model: 'train.model', image: 'two' },
      },
    },
  },
};

describeJudge(JOBS_ENV, 'a check of data on a laptop', () => {
  let work: string;
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'checked-'));
    for (const folder of ['code', 'data/payments']) mkdirSync(join(work, folder), { recursive: true });
    writeFileSync(join(work, 'code/make.js'), MAKE);
    writeFileSync(join(work, 'code/measure.js'), MEASURE);
    writeFileSync(join(work, 'platform.json'), JSON.stringify(SPEC));
  });
  afterEach(() => rmSync(work, { recursive: true }));

  const parquet = (cells: object) =>
    exec(judgePython(JOBS_ENV), [
      '-c',
      'import json, pyarrow as pa, pyarrow.parquet as pq, sys; pq.write_table(pa.table(json.loads(sys.argv[1])), sys.argv[2])',
      JSON.stringify(cells),
      join(work, 'data/payments/part.parquet'),
    ]);

  async function run(venv = dirname(dirname(judgePython(JOBS_ENV)))) {
    const io = capturedIo();
    const folders = ['--data', join(work, 'data'), '--out', join(work, 'out'), '--code', join(work, 'code')];
    const code = await main(
      ['run', join(work, 'platform.json'), '--model', 'detector', ...folders, '--venv', venv],
      io,
    );
    return { code, ...io.text };
  }
  const report = () =>
    JSON.parse(readFileSync(join(work, 'out/pipelines/detector/local-1/check/report/validation.json'), 'utf8'));
  const registered = () => existsSync(join(work, 'out/registry/detector/1/registration.json'));

  test('lets data that keeps its rules be trained on', async () => {
    await parquet({ id: ['a', 'b', 'c', null], amount: [0, 1.5, null, null] });
    const { code, out } = await run();
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('Version 1') as string });
    expect(report()).toMatchObject({ status: 'VALID', dataset: 'payments', rows: 4, violated: [] });
    expect(registered()).toBe(true);
  });

  test('stops the run where data breaks a rule: it says which, and nothing is trained or registered', async () => {
    await parquet({ id: ['a', 'b', 'b', 'c'], amount: [-7, 1.5, null, null] });
    const { code, out, err } = await run();
    expect(code).toBe(EXIT.notGoodEnough);
    const told = `${out}${err}`;
    expect(told).toContain('nothing is registered');
    expect(told).toContain('refused the dataset payments');
    expect(told).toContain('rules.columns.amount.min: amount is 0 or more, and 1 row is not, such as -7.0.');
    expect(told).toContain('rules.columns.id.unique: id differs from row to row');
    expect(report().violated).toEqual(['rules.columns.id.unique', 'rules.columns.amount.min']);
    expect(existsSync(join(work, 'out/pipelines/detector/local-1/train'))).toBe(false);
    expect(registered()).toBe(false);
  });

  test('blames no data where it could not judge it', async () => {
    writeFileSync(join(work, 'data/payments/part.parquet'), 'no Parquet');
    const { code, out, err } = await run();
    expect(code).toBe(EXIT.broken);
    expect(`${out}${err}`).toContain('Step check could not judge payments: it ended with exit code 1.');
    expect(`${out}${err}`).not.toContain('The data is not as it should be');
    expect(registered()).toBe(false);
  });

  test('says what a Python lacks that has no packages, with no traceback', async () => {
    await parquet({ id: ['a'], amount: [1] });
    const bare = join(work, 'bare');
    mkdirSync(join(bare, 'bin'), { recursive: true });
    writeFileSync(join(bare, 'bin/python'), `#!/bin/sh\nexec '${judgePython(JOBS_ENV)}' -S "$@"\n`, { mode: 0o755 });
    const { code, out, err } = await run(bare);
    expect({ code, err }).toEqual({ code: EXIT.broken, err: '' });
    expect(out).toMatch(/✗ Step check cannot judge payments: \/.* has no numpy and no pyarrow: .* --venv .*\n/);
    expect(registered()).toBe(false);
  });
});
