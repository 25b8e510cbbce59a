import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { capturedIo } from '../../lib/cli/io';
import { main } from '../../lib/cli/main';
import { driftConfig } from '../../lib/plan/drift/drift-config';
import { loadPlatformSpec } from '../../lib/plan/load';
import { describeJudge } from '../support/describe-judge';
import { EXAMPLE, EXAMPLE_CODE, exampleVenv, ONE_THREAD, python } from '../support/example-python';

const SPEC = join(EXAMPLE, 'platform.yaml');
const ENVIRONMENT = 'dev';
const MODEL = 'fraud-detector';
const FORMATS = ['sagemaker-capture', 'vertex-bq-export'] as const;
const DRIFT_JOB = resolve(__dirname, '../../lib/jobs/drift');

interface Registration {
  readonly reason: string;
  readonly trigger: string;
  readonly snapshots: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly reference: string;
}

// Each test goes on from where the one before it left the store.
describeJudge('example', "the example's pipeline on a laptop", () => {
  let work: string;
  const at = (...path: readonly string[]) => join(work, ...path);

  async function run(data: string, ...more: readonly string[]) {
    const io = capturedIo();
    const folders = ['--data', at(data), '--out', at('store'), '--code', EXAMPLE_CODE, '--venv', exampleVenv()];
    const code = await main(['run', SPEC, '--environment', ENVIRONMENT, '--model', MODEL, ...folders, ...more], io);
    return { code, ...io.text };
  }

  const registration = (version: number): Registration =>
    JSON.parse(readFileSync(at('store/registry', MODEL, String(version), 'registration.json'), 'utf8'));

  /** What the drift job says of requests of the last week, asked of version 1 and captured as a cloud does. */
  async function watch(data: string, end: string, format: (typeof FORMATS)[number]) {
    const drift = loadPlatformSpec(SPEC, { environment: ENVIRONMENT }).models[MODEL]?.monitoring?.drift;
    if (drift === undefined) throw new Error('the example watches no drift');
    const day = (more: number) => new Date(Date.parse(end) + more * 86_400_000).toISOString();
    const config = {
      ...driftConfig(drift),
      // Small data: a week has fewer rows than the 500 that are wanted in earnest.
      minRows: 100,
      model: { name: MODEL, version: '1' },
      window: { start: day(-7), end: day(1) },
      format,
    };
    writeFileSync(at('config.json'), JSON.stringify(config));
    const asked = [
      '--data',
      at(data),
      '--model',
      at('store/registry', MODEL, '1/model'),
      '--out',
      at(`${data}-captured`),
    ];
    await python(join(EXAMPLE, 'data/replay.py'), ...asked);
    const folders = ['--reference', registration(1).reference, '--current', at(`${data}-captured`, format)];
    await python(DRIFT_JOB, '--config', at('config.json'), ...folders, '--out', at('drift'));
    return JSON.parse(readFileSync(at('drift/drift.json'), 'utf8')) as {
      readonly status: string;
      readonly rows: Readonly<Record<string, number>>;
      readonly columns: readonly { readonly name: string; readonly drifted: boolean }[];
    };
  }

  beforeAll(async () => {
    for (const [name, value] of Object.entries(ONE_THREAD)) vi.stubEnv(name, value);
    work = mkdtempSync(join(tmpdir(), 'example-'));
    const generate = (name: string, ...args: readonly string[]) =>
      python(join(EXAMPLE, 'data/generate.py'), '--out', at(name), '--rows', '8000', '--seed', '2', ...args);
    await generate('before');
    await generate('after', '--end', '2026-06-29', '--drift');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(work, { recursive: true });
  });

  test('makes a model and registers it with where it comes from', async () => {
    const { code, out } = await run('before');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('Version 1') as string });
    const { metrics, reference, ...lineage } = registration(1);
    expect(metrics.auc).toBeGreaterThan(0.8);
    expect(lineage).toMatchObject({ reason: 'manual', trigger: 'person', revision: 'fraud-1.4.0' });
    expect(existsSync(join(reference, 'part-00000.parquet'))).toBe(true);
    expect(existsSync(at('store/pipelines', MODEL, 'local-1/score/scores/part-00000.parquet'))).toBe(true);
  });

  test('closes the gate to a model that is no better, which the same data gives: the whole run can be repeated', async () => {
    const { code, out } = await run('before');
    expect(code).toBe(3);
    expect(out.match(/, as before\n/g)).toHaveLength(2);
    const metrics = (number: number) =>
      JSON.parse(
        readFileSync(at('store/pipelines', MODEL, `local-${number}`, 'evaluate/metrics/metrics.json'), 'utf8'),
      );
    expect(metrics(2)).toEqual(metrics(1));
    expect(existsSync(at('store/registry', MODEL, '2'))).toBe(false);
  });

  test.each(FORMATS)('the drift job finds the world as it was in what %s captured', async (format) => {
    const found = await watch('before', '2026-03-31', format);
    expect(found).toMatchObject({ status: 'OK', rows: { unreadable: 0, outsideWindow: 0 } });
  });

  test.each(FORMATS)('and changed in what %s captured after the switch', async (format) => {
    const found = await watch('after', '2026-06-29', format);
    expect(found).toMatchObject({ status: 'DRIFT', rows: { unreadable: 0, outsideWindow: 0 } });
    const drifted = found.columns.filter((column) => column.drifted).map(({ name }) => name);
    expect(drifted).toEqual(expect.arrayContaining(['amount', 'spend_7d', 'payments_24h', 'currency']));
  });

  test('drift begins a run, and what it makes of the new data passes the gate', async () => {
    const model = at('store/registry', MODEL, '1/model');
    const { code, out } = await run('after', '--trigger', 'drifted');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('Version 2') as string });
    const [first, second] = [registration(1), registration(2)];
    expect(second).toMatchObject({ reason: 'signal', trigger: 'drifted' });
    expect(second.snapshots).not.toEqual(first.snapshots);
    expect(second.metrics.auc).toBeGreaterThanOrEqual((first.metrics.auc ?? 1) + 0.005);
    const asked = [
      '--model',
      model,
      '--test',
      at('store/pipelines', MODEL, 'local-3/prepare/test'),
      '--metrics',
      at('old'),
    ];
    await python('-m', 'fraud', 'evaluate', ...asked);
    const old = JSON.parse(readFileSync(at('old/metrics.json'), 'utf8')) as Record<string, number>;
    expect(old.auc).toBeLessThan(0.6);
  });
});
