import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMetrics } from '../../lib/cli/local-run/metrics';
import { describeJudge } from '../support/describe-judge';
import { EXAMPLE, python, runPython } from '../support/example-python';

const ROWS = '4000';

/** Rewrites a data set as clouds freeze it: no endings, several files, times without zone, amounts as plain numbers. */
const FROZEN = `
import os, sys, json, pyarrow as pa, pyarrow.parquet as pq
source, target = sys.argv[1:]
for name in ("transactions", "chargebacks"):
    table = pq.read_table(os.path.join(source, name))
    folder = os.path.join(target, name, "attempt")
    os.makedirs(folder)
    if name == "transactions":
        table = table.set_column(table.schema.get_field_index("ts"), "ts", table["ts"].cast(pa.timestamp("ms", "UTC")).cast(pa.timestamp("ms")))
        table = table.set_column(table.schema.get_field_index("amount"), "amount", table["amount"].cast(pa.float64()))
    half = table.num_rows // 2
    for number, part in enumerate((table.slice(0, half), table.slice(half))):
        pq.write_table(part, os.path.join(folder, f"2026_{number}_a1b2"))
    for text in ("manifest.json", "_SUCCESS"):
        open(os.path.join(folder, text), "w").write("{}")`;

const EQUAL = `
import sys, pyarrow.parquet as pq
print(pq.read_table(sys.argv[1]).equals(pq.read_table(sys.argv[2])))`;

describeJudge('example', "the example's steps", () => {
  let work: string;
  const at = (...path: readonly string[]) => join(work, ...path);
  const step = (...args: readonly string[]) => python('-m', 'fraud', ...args);
  const prepare = (data: string, to: string, ...more: readonly string[]) => [
    ...['prepare', '--transactions', at(data, 'transactions'), '--chargebacks', at(data, 'chargebacks')],
    ...['--train', at(to, 'train'), '--test', at(to, 'test'), ...more],
  ];
  const train = (to: string, ...more: readonly string[]) => [
    ...['train', '--train', at('made/train'), '--model', at(to), '--rounds', '200', ...more],
  ];
  const measure = async (model: string) => {
    await step('evaluate', '--model', at(model), '--test', at('made/test'), '--metrics', at(`${model}-metrics`));
    return JSON.parse(readFileSync(at(`${model}-metrics`, 'metrics.json'), 'utf8')) as Record<string, number>;
  };
  const failing = async (...args: readonly string[]) => {
    const { code, err } = await runPython(['-m', 'fraud', ...args]);
    expect(code).toBe(1);
    return err.trim();
  };

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'example-'));
    await python(join(EXAMPLE, 'data/generate.py'), '--out', at('data'), '--rows', ROWS);
    await step(...prepare('data', 'made'));
    await step(...train('model'));
  });
  afterAll(() => rmSync(work, { recursive: true }));

  test('measure a model that knows something, in one flat object of numbers', async () => {
    const metrics = await measure('model');
    expect(Object.keys(metrics)).toEqual(['auc', 'average_precision']);
    expect(metrics.auc).toBeGreaterThan(0.75);
    expect(metrics.auc).toBeLessThan(1);
  });

  test('score each payment once', async () => {
    const out = await step('score', '--model', at('model'), '--payments', at('made/test'), '--scores', at('scores'));
    expect(out).toMatch(/^9\d\d payments scored\n$/);
    expect(existsSync(at('scores/part-00000.parquet'))).toBe(true);
  });

  test('leave why they failed where SageMaker reads it, and nothing where there is no such place', async () => {
    const say = `import sys, fraud.told, fraud.__main__ as run; fraud.told.PLACE = sys.argv[1]; sys.exit(run.main(sys.argv[2:]))`;
    const args = ['evaluate', '--model', at('model'), '--test', at('nothing'), '--metrics', at('none')];
    mkdirSync(at('machine'));
    for (const place of ['machine', 'laptop']) {
      const { code, err } = await runPython(['-c', say, at(place), ...args]);
      expect([code, err.trim()]).toEqual([1, expect.stringMatching(/^evaluate failed\. --test .* has no data/)]);
    }
    for (const file of ['failure', 'message'])
      expect(readFileSync(at('machine/output', file), 'utf8')).toMatch(/^--test .* has no data\. Give the folder/);
    expect(existsSync(at('laptop'))).toBe(false);
  });

  test('read frozen snapshots however a cloud writes them', async () => {
    await python('-c', FROZEN, at('data'), at('frozen'));
    await step(...prepare('frozen', 'made-frozen'));
    for (const part of ['train', 'test'])
      expect(await python('-c', EQUAL, at('made', part), at('made-frozen', part)), part).toBe('True\n');
  });

  test('go on from a checkpoint when the machine was taken away, to the same model', async () => {
    const cut = await runPython(['-m', 'fraud', ...train('cut', '--checkpoints', at('ck'))], (line, child) => {
      if (line.startsWith('100 ')) child.kill('SIGKILL');
    });
    expect(cut.code).toBeNull();
    expect(existsSync(at('cut'))).toBe(false);
    cpSync(at('ck'), at('ck-copy'), { recursive: true });
    const out = await step(...train('cut', '--checkpoints', at('ck')));
    expect(out).toMatch(/^Going on after (50|100) rounds\n/);
    expect(out).not.toMatch(/^50 of/m);
    expect(await measure('cut')).toEqual(await measure('model'));
    const other = await step(...train('other', '--learning-rate', '0.2', '--checkpoints', at('ck-copy')));
    expect(other).toMatch(/^The checkpoint is of other data or settings: beginning anew\n50 of/);
  });

  test('write their model over what a machine left that was taken away while it wrote', async () => {
    mkdirSync(at('half'));
    for (const file of readdirSync(at('model'))) writeFileSync(at('half', file), 'x'.repeat(1e6));
    await step(...train('half'));
    expect(readdirSync(at('half'))).toEqual(readdirSync(at('model')));
    expect(await measure('half')).toEqual(await measure('model'));
  });

  test('say why they failed in the last line that they print', async () => {
    expect(await failing(...prepare('nowhere', 'none'))).toMatch(
      /^prepare failed\. --transactions .*nowhere\/transactions has no data\. Give the folder/,
    );
    expect(await failing(...prepare('data', 'none', '--days', '8'))).toMatch(
      /both kinds are needed\. Take more days than 8/,
    );
    expect(await failing('train', '--train', at('data/chargebacks'), '--model', at('none'))).toMatch(
      /has no column hour, spend_7d, payments_24h, currency, fraud, only transaction_id/,
    );
    expect(
      await failing('evaluate', '--model', at('data'), '--test', at('made/test'), '--metrics', at('none')),
    ).toMatch(/There is no model\.joblib in/);
    expect((await runPython(['-m', 'fraud', 'prepar'])).err).toBe(
      'prepar is no step. There are prepare, train, evaluate, score, serve.\n',
    );
  });

  test('can be as short as the page on their contract says', async () => {
    const page = readFileSync(resolve(EXAMPLE, '../../docs/step-contract.md'), 'utf8');
    writeFileSync(at('step.py'), /^```python\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '');
    mkdirSync(at('short'));
    await python(at('step.py'), '--model', at('model'), '--test', at('made/test'), '--metrics', at('short'));
    expect(readMetrics('evaluate', at('short'), ['auc'])).toEqual({ auc: 0.51 });
  });
});
