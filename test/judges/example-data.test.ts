import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { describeJudge } from '../support/describe-judge';
import { EXAMPLE, python, runPython } from '../support/example-python';

/** Types of columns, as Parquet has them when a table is frozen. */
const ARROW: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'bool',
  date: 'date32[day]',
  timestamp: 'timestamp[us, tz=UTC]',
  'decimal(12,2)': 'decimal128(12, 2)',
};

const SCHEMA = `
import json, sys, pyarrow.parquet as pq
print(json.dumps({field.name: str(field.type) for field in pq.read_schema(sys.argv[1])}))`;

describeJudge('example', 'the data of the example', () => {
  let work: string;
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'example-'));
  });
  afterAll(() => rmSync(work, { recursive: true }));

  const generate = (name: string, ...args: readonly string[]) =>
    python(join(EXAMPLE, 'data/generate.py'), '--out', join(work, name), '--rows', '500', ...args);
  const file = (name: string, dataset: string) => join(work, name, dataset, 'part-00000.parquet');
  const bytes = (name: string) => ['transactions', 'chargebacks'].map((dataset) => readFileSync(file(name, dataset)));

  test('is the same for the same arguments, and another for each of them', async () => {
    const cases = {
      first: [],
      again: ['--seed', '1', '--end', '2026-03-31', '--days', '90'],
      seed: ['--seed', '2'],
      days: ['--days', '30'],
      end: ['--end', '2026-04-01'],
      drift: ['--drift'],
    };
    for (const [name, args] of Object.entries(cases)) await generate(name, ...args);
    expect(bytes('again')).toEqual(bytes('first'));
    for (const other of ['seed', 'days', 'end', 'drift']) expect(bytes(other), other).not.toEqual(bytes('first'));
  });

  test('has the columns of the spec, with their types', async () => {
    await generate('typed');
    const { dataLake } = loadPlatformSpec(join(EXAMPLE, 'platform.yaml'), { environment: 'dev' });
    for (const dataset of ['transactions', 'chargebacks']) {
      const columns = Object.entries(dataLake?.datasets[dataset]?.columns ?? {});
      expect(JSON.parse(await python('-c', SCHEMA, file('typed', dataset)))).toEqual(
        Object.fromEntries(columns.map(([name, type]) => [name, ARROW[type]])),
      );
    }
  });

  test('asks for a number of rows that can be', async () => {
    const args = [join(EXAMPLE, 'data/generate.py'), '--out', work, '--rows', '0'];
    expect(await runPython(args)).toMatchObject({
      code: 2,
      err: expect.stringContaining('must be 1 or more') as string,
    });
  });
});
