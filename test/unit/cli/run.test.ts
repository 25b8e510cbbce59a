import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { capturedIo } from '../../../lib/cli/io';
import { runProcess } from '../../../lib/cli/local-run/run-process';
import * as reports from '../../../lib/cli/local-run/run-report';
import { main } from '../../../lib/cli/main';
import { A_MANIFEST } from '../../support/a-manifest';
import { pipelinePlatform, WITH_CLUSTER } from '../../support/pipeline-spec';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'run-'));
  for (const dataset of ['transactions', 'chargebacks']) put(`data/${dataset}/part.parquet`, `${dataset} 1`);
  mkdirSync(join(work, 'code'));
});
afterEach(() => rmSync(work, { recursive: true }));

function put(path: string, text: string): void {
  const file = join(work, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

const text = (...path: readonly string[]): string => readFileSync(join(work, ...path), 'utf8');
const content = (...path: readonly string[]): unknown => JSON.parse(text(...path));

/**
 * Steps as a program of Node: each says what it was given, writes a file to each folder whose argument is given with
 * `writes`, does what `does` says, and measures `auc`.
 */
const PROGRAM = `
const { readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const given = {};
for (let i = 0; i < args.length; i += 2) given[args[i].slice(2)] = args[i + 1];
console.log('given ' + Object.keys(given).join(' '));
for (const name of (given.writes ?? '').split(',').filter(Boolean)) writeFileSync(given[name] + '/file', 'made');
if (given.says) console.error(given.says);
if (given.does) eval(given.does);
if (given.dies) process.kill(process.pid, 'SIGKILL');
if (given['raw-metrics']) writeFileSync(given.metrics + '/metrics.json', given['raw-metrics']);
else if (given.metrics && given.auc) writeFileSync(given.metrics + '/metrics.json', JSON.stringify({ auc: Number(given.auc) }));
process.exitCode = Number(given.exit ?? 0);
`;

const command = [process.execPath, 'step.js'];
type Step = Readonly<Record<string, unknown>>;

/** Three steps: prepare, train, evaluate. */
const pipeline = (steps: Readonly<Record<string, Step>> = {}, more: object = {}) => ({
  image: 'fraud-1.4.0',
  steps: {
    prepare: {
      kind: 'processing',
      command,
      inputs: { transactions: 'transactions', labels: 'chargebacks' },
      outputs: ['train', 'test'],
      parameters: { writes: 'train,test', days: 90 },
      ...steps.prepare,
    },
    train: {
      kind: 'training',
      command,
      inputs: { train: 'prepare.train' },
      outputs: ['model'],
      parameters: { writes: 'model' },
      capacity: 'spot',
      ...steps.train,
    },
    evaluate: {
      kind: 'processing',
      command,
      inputs: { model: 'train.model', test: 'prepare.test' },
      metrics: ['auc'],
      parameters: { auc: 0.9 },
      ...steps.evaluate,
    },
    ...(steps.check === undefined ? {} : { check: steps.check }),
    ...(steps.score === undefined ? {} : { score: steps.score }),
    ...(steps.publish === undefined ? {} : { publish: steps.publish }),
  },
  gate: { metric: 'evaluate.auc', atLeast: 0.8, betterThanChampionBy: 0.01 },
  register: { model: 'train.model', image: 'serving-1' },
  triggers: { fresh: { newData: 'transactions' } },
  ...more,
});

async function mlops(made: unknown, ...more: readonly string[]) {
  return mlopsOn({}, made, ...more);
}

/** On a platform that says something more. */
async function mlopsOn(platform: object, made: unknown, ...more: readonly string[]) {
  put('code/step.js', PROGRAM);
  put('platform.json', JSON.stringify(pipelinePlatform(made, platform)));
  const io = capturedIo();
  const folders = ['--data', join(work, 'data'), '--out', join(work, 'out'), '--code', join(work, 'code')];
  const code = await main(['run', join(work, 'platform.json'), '--model', 'detector', ...folders, ...more], io);
  return { code, ...io.text };
}

const scored = (auc: number) => pipeline({ evaluate: { parameters: { auc } } });

describe('mlops run', () => {
  test('runs a training of the batch cluster as any other', async () => {
    const made = pipeline({ train: { kind: 'cluster-training', capacity: undefined } });
    const { code, err } = await mlopsOn(WITH_CLUSTER, made);
    expect(code).toBe(0);
    expect(err).toMatch(/train +given train model writes checkpoints\n/);
    expect(content('out/registry/detector/1/registration.json')).toMatchObject({ model: 'detector', version: 1 });
  });

  test('freezes the data, runs the steps in order by the contract and registers what passes, with where it comes from', async () => {
    const { code, out, err } = await mlops(pipeline());
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^detector, run local-1\n✓ chargebacks .*\n✓ transactions .*\n✓ prepare\n✓ train\n✓ evaluate {6}auc 0.9\n/,
      ) as string,
    });
    expect(err.split('\n').filter((line) => line.includes('given'))).toEqual([
      expect.stringMatching(/prepare +given transactions labels train test writes days$/),
      expect.stringMatching(/train +given train model writes checkpoints$/),
      expect.stringMatching(/evaluate +given model test auc metrics$/),
    ]);
    const run = join('out', 'pipelines', 'detector', 'local-1');
    expect(text(run, 'prepare', 'train', 'file')).toBe('made');
    expect(existsSync(join(work, run, 'train', 'checkpoints'))).toBe(true);
    const [transactions = ''] = readdirSync(join(work, 'out/snapshots/transactions'));
    const [chargebacks = ''] = readdirSync(join(work, 'out/snapshots/chargebacks'));
    expect(content('out/snapshots/transactions', transactions, 'manifest.json')).toEqual({
      schemaVersion: 1,
      dataset: 'transactions',
      snapshot: transactions,
      committedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      folder: 'local-1/',
      format: 'parquet',
    });
    expect(content('out/snapshots/transactions', transactions, 'manifest.json')).toEqual(A_MANIFEST);
    expect(text('out/snapshots/transactions', transactions, 'local-1', 'part.parquet')).toBe('transactions 1');
    expect(content('out/registry/detector/1/registration.json')).toEqual({
      schemaVersion: 1,
      model: 'detector',
      version: 1,
      image: 'serving-1',
      run: 'local-1',
      reason: 'manual',
      trigger: 'person',
      revision: 'fraud-1.4.0',
      images: {},
      snapshots: { transactions, chargebacks },
      metrics: { auc: 0.9 },
      reference: join(work, run, 'prepare', 'train'),
    });
    expect(text('out/registry/detector/1/model/file')).toBe('made');
    expect(content(run, 'run.json')).toMatchObject({ outcome: 'registered', version: 1 });
  });

  test('prints one document with --json, which says whether it is well, and says it of what did not begin too', async () => {
    const closed = await mlops(scored(0.7), '--json');
    expect(closed.code).toBe(3);
    expect(JSON.parse(closed.out)).toMatchObject({ ok: false, data: { outcome: 'gate-failed' }, diagnostics: [] });
    const failed = await mlops(pipeline({ train: { parameters: { exit: 7 } } }), '--json');
    expect(failed.code).toBe(2);
    expect(JSON.parse(failed.out)).toMatchObject({ ok: false, data: { outcome: 'failed' }, diagnostics: [] });
    const message = '--data nowhere is no folder.';
    const none = await mlops(pipeline(), '--json', '--data', 'nowhere');
    expect({ ...none, out: JSON.parse(none.out) }).toEqual({
      code: 2,
      err: `${message}\n`,
      out: { schemaVersion: 1, ok: false, data: null, diagnostics: [{ message }] },
    });
  });

  test.each([
    ['--out is a file', 'out', /^ENOTDIR: not a directory, .*out/],
    ['the folder of a dataset is one', 'data/transactions', /^ENOTDIR: not a directory, .*transactions/],
  ])('says what the machine refuses before it begins, and blames nobody: %s', async (_, path, message) => {
    rmSync(join(work, path), { recursive: true, force: true });
    put(path, '');
    expect(await mlops(pipeline())).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) as string });
  });

  test('compares with the newest version, uses a snapshot again while it is the same, and says what began it', async () => {
    await mlops(scored(0.9));
    const closed = await mlops(scored(0.905));
    expect(closed.code).toBe(3);
    expect(closed.out).toContain('as before');
    expect(closed.out).toContain(
      'The gate is closed: evaluate.auc is 0.905, and has to be at least 0.91 (what version 1 had on its own test data, and what a new one is to be better by). Nothing is registered.',
    );
    expect(readdirSync(join(work, 'out/registry/detector'))).toEqual(['1']);
    put('data/transactions/part.parquet', 'transactions 2');
    const open = await mlops(scored(0.92), '--trigger', 'fresh', '--json');
    expect(JSON.parse(open.out)).toMatchObject({ ok: true, data: { outcome: 'registered', version: 2 } });
    expect(open.err).toContain('✓ prepare');
    expect(readdirSync(join(work, 'out/snapshots/transactions'))).toHaveLength(2);
    expect(readdirSync(join(work, 'out/snapshots/chargebacks'))).toHaveLength(1);
    expect(content('out/registry/detector/2/registration.json')).toMatchObject({
      reason: 'new-data',
      trigger: 'fresh',
      run: 'local-3',
    });
  });

  test('closes the gate to what is below the threshold, also where no version is', async () => {
    const { code, out } = await mlops(scored(0.79));
    expect(code).toBe(3);
    expect(out).toContain('evaluate.auc is 0.79, and has to be at least 0.8.');
    expect(existsSync(join(work, 'out/registry'))).toBe(false);
  });

  test('knows metrics of which less is better', async () => {
    const gate = { metric: 'evaluate.auc', atMost: 0.5, betterThanChampionBy: 0.1 };
    const made = (auc: number) => pipeline({ evaluate: { parameters: { auc } } }, { gate });
    expect((await mlops(made(0.51))).out).toContain('has to be at most 0.5.');
    expect((await mlops(made(0.45))).code).toBe(0);
    expect((await mlops(made(0.4))).out).toContain('has to be at most 0.35 (what version 1 had');
    expect((await mlops(made(0.35))).code).toBe(0);
  });

  test('leaves out what a condition does not hold for, and what depends on it', async () => {
    const score = (atLeast: number) => ({
      score: {
        kind: 'prediction',
        command,
        inputs: { model: 'train.model' },
        outputs: ['scores'],
        parameters: { writes: 'scores' },
        when: { metric: 'evaluate.auc', atLeast },
      },
      publish: { kind: 'prediction', command, inputs: { scores: 'score.scores' } },
    });
    const left = await mlops(pipeline(score(0.95)));
    expect(left.code).toBe(0);
    expect(left.out).toContain('– score         skipped: evaluate.auc is 0.9, and has to be at least 0.95\n');
    expect(left.out).toContain('– publish       skipped: score was skipped\n');
    const done = await mlops(pipeline(score(0.9), { gate: undefined }));
    expect(done.out).toMatch(/✓ score\n✓ publish\n/);
  });

  test('needs no gate and no registration', async () => {
    const ungated = await mlops(pipeline({ evaluate: { kind: 'prediction' } }, { gate: undefined }));
    expect(ungated.out).toContain('There is no gate. Version 1 of detector');
    expect(content('out/registry/detector/1/registration.json')).toMatchObject({ metrics: { auc: 0.9 } });
    const score = { kind: 'prediction', command, inputs: { model: 'train.model', test: 'prepare.test' } };
    const nothing = await mlops(
      pipeline({ score, evaluate: { kind: 'prediction' } }, { gate: undefined, register: undefined }),
    );
    expect(nothing).toMatchObject({ code: 0, out: expect.stringContaining('registers no model') as string });
  });
});

describe('a snapshot is what was frozen', () => {
  const did = (does: string) =>
    pipeline({ prepare: { parameters: { writes: 'train,test', does: `const fs = require('node:fs'); ${does}` } } });
  const FILE = "given.transactions + '/part.parquet'";
  const MANIFEST_COPY = "given.transactions + '/manifest.json'";
  const overwritten = (file: string) => `fs.writeFileSync(${file}, '{}')`;

  test.each([
    ['wrote a file', "fs.writeFileSync(given.transactions + '/more.parquet', 'more')"],
    [
      'wrote a file in a folder',
      "fs.mkdirSync(given.transactions + '/a'); fs.writeFileSync(given.transactions + '/a/b', '')",
    ],
    ['made a link to nothing', "fs.symlinkSync('nowhere', given.transactions + '/link')"],
    ['wrote other data', overwritten(FILE)],
    ['wrote another manifest', overwritten(MANIFEST_COPY)],
    ['removed data', `fs.rmSync(${FILE})`],
    ['removed the manifest', `fs.rmSync(${MANIFEST_COPY})`],
    ['removed all', 'fs.rmSync(given.transactions, { recursive: true })'],
  ])('also after a step that %s', async (_, does) => {
    expect(await mlops(did(does))).toMatchObject({ code: 0 });
    const [id = ''] = readdirSync(join(work, 'out/snapshots/transactions'));
    const snapshot = join('out/snapshots/transactions', id);
    const again = await mlops(pipeline(), '--trigger', 'fresh');
    expect(again.out).toContain(`snapshot ${id}, frozen anew: the files of before were changed\n`);
    expect(again.out).toMatch(/chargebacks .*, as before\n/);
    expect(content(snapshot, 'manifest.json')).toMatchObject({ snapshot: id, folder: 'local-2/' });
    expect(readdirSync(join(work, snapshot, 'local-2')).sort()).toEqual(['manifest.json', 'part.parquet']);
    expect(text(snapshot, 'local-2/part.parquet')).toBe('transactions 1');
    expect(readdirSync(join(work, snapshot))).not.toContain('manifest.json.local-2');
    const third = await mlops(pipeline(), '--trigger', 'fresh');
    expect(third.out).toMatch(/transactions .*, as before\n/);
  });

  test('also where its manifest is half written', async () => {
    await mlops(pipeline());
    const [id = ''] = readdirSync(join(work, 'out/snapshots/transactions'));
    const manifest = join(work, 'out/snapshots/transactions', id, 'manifest.json');
    rmSync(manifest);
    writeFileSync(manifest, '');
    expect((await mlops(pipeline())).out).toContain('frozen anew: the files of before were changed\n');
    expect(JSON.parse(readFileSync(manifest, 'utf8'))).toEqual(A_MANIFEST);
  });

  test('whatever lies beside that no step reads', async () => {
    const beside = (name: string) => `fs.writeFileSync(given.transactions + '/${name}', '')`;
    expect(await mlops(did(`${beside('.DS_Store')}; ${beside('_cache')}`))).toMatchObject({ code: 0 });
    expect((await mlops(pipeline())).out).toMatch(/transactions .*, as before\n/);
  });
});

describe('a step beside the registration that fails', () => {
  const score = { kind: 'prediction', command, inputs: { model: 'train.model' }, parameters: { exit: 7 } };

  test('leaves the version that was registered, and both are told', async () => {
    const { code, out } = await mlops(pipeline({ score }));
    expect(code).toBe(2);
    expect(out).toMatch(
      /✗ Step score failed: it ended with exit code 7\.[\s\S]*\nVersion 1 of detector is registered all the same:\n/,
    );
    expect(content('out/pipelines/detector/local-1/run.json')).toMatchObject({
      outcome: 'registered-and-failed',
      detail: expect.stringContaining('Step score failed') as string,
      version: 1,
      registered: join(work, 'out/registry/detector/1'),
    });
    expect(text('out/registry/detector/1/model/file')).toBe('made');
  });

  test('is what the run failed of where the gate is closed, which is told too', async () => {
    const { code, out } = await mlops(pipeline({ score, evaluate: { parameters: { auc: 0.1 } } }));
    expect({ code, out }).toMatchObject({ code: 2, out: expect.stringContaining('✗ Step score failed') as string });
    expect(out).toContain(
      '\nThe gate is closed, too: evaluate.auc is 0.1, and has to be at least 0.8. Nothing is registered.',
    );
    expect(existsSync(join(work, 'out/registry/detector/1'))).toBe(false);
  });

  test('fails as any other where its program is missing', async () => {
    const made = pipeline({ score: { ...score, command: ['no-such-program'] } });
    const first = await mlops(made);
    expect(first.code).toBe(2);
    expect(first.out).toMatch(
      /✗ Step score failed: There is no program no-such-program on the PATH\..*\nVersion 1 of detector is registered all the same:\n/,
    );
    expect(content('out/pipelines/detector/local-1/run.json')).toMatchObject({
      outcome: 'registered-and-failed',
      detail: expect.stringContaining('no-such-program') as string,
      version: 1,
    });
    const second = await mlops(made);
    expect(second.code).toBe(2);
    expect(second.out).toMatch(
      /✗ Step score failed: There is no program .*\nThe gate is closed, too: .* \(what version 1 had /,
    );
    expect(content('out/pipelines/detector/local-2/run.json')).toMatchObject({ outcome: 'failed' });
  });
});

describe('a step that does not keep the contract fails its run, and is told', () => {
  test.each<[string, Readonly<Record<string, Step>>, RegExp]>([
    [
      'an exit code',
      { train: { parameters: { exit: 7, says: 'no memory' } } },
      /Step train failed: it ended with exit code 7\. It ran\n {2}.* step\.js --train .*\n.*the last lines that it printed are\n(.*\n)* {2}no memory\n/,
    ],
    [
      'an empty output',
      { prepare: { parameters: { writes: 'train' } } },
      /Step prepare ended well but wrote nothing to --test .*local-1\/prepare\/test\. A step has to write/,
    ],
    [
      'no metrics',
      { evaluate: { parameters: {} } },
      /Step evaluate has to write metrics\.json to the folder of --metrics, for example {"auc":0\.5}: there is no .*metrics\.json\./,
    ],
    ['metrics that are no JSON', { evaluate: { parameters: { 'raw-metrics': '{' } } }, /is no JSON/],
    [
      'metrics that are no object',
      { evaluate: { parameters: { 'raw-metrics': '[1]' } } },
      /metrics\.json is no object/,
    ],
    [
      'metrics that are missing or no numbers',
      { evaluate: { parameters: { 'raw-metrics': '{"loss":"low","f1":1e999}' } } },
      /auc is missing, loss is "low" and no finite number, f1 is Infinity and no finite number\./,
    ],
  ])('%s', async (_, steps, message) => {
    const { code, out } = await mlops(pipeline(steps));
    expect(code).toBe(2);
    expect(out).toMatch(message);
    expect(existsSync(join(work, 'out/registry'))).toBe(false);
    expect(content('out/pipelines/detector/local-1/run.json')).toMatchObject({ outcome: 'failed' });
  });

  test('a program that is not there', async () => {
    const { code, out } = await mlops(pipeline({ prepare: { command: ['no-such-program'] } }));
    expect(code).toBe(2);
    expect(out).toContain('Step prepare failed: There is no program no-such-program on the PATH. Install it,');
    expect(content('out/pipelines/detector/local-1/run.json')).toMatchObject({ outcome: 'failed' });
  });

  test('a program that may not be run', async () => {
    put('code/prepare.sh', '#!/bin/sh\n');
    const { code, out } = await mlops(pipeline({ prepare: { command: ['./prepare.sh'] } }));
    expect(code).toBe(2);
    expect(out).toContain(`Step prepare failed: What is called ./prepare.sh in ${join(work, 'code')} may not be run.`);
    expect(content('out/pipelines/detector/local-1/run.json')).toMatchObject({ outcome: 'failed' });
  });

  test('a program that is not in its folder', async () => {
    const { out } = await mlops(pipeline({ prepare: { command: ['./prepare.sh'] } }));
    expect(out).toContain(
      `Step prepare failed: There is no program ./prepare.sh in ${join(work, 'code')}. Let --code be the folder that it is in,`,
    );
  });

  test.each([
    ['./prepare.sh', '#!/bin/sh\r\n', '"#!/bin/sh\\r"'],
    ['prepare.sh', '#!/no/such/python\n', '"#!/no/such/python"'],
  ])('a program whose interpreter is not there: %s', async (program, written, line) => {
    const folder = program.startsWith('.') ? 'code' : 'venv/bin';
    put(`${folder}/prepare.sh`, written);
    const file = join(work, folder, 'prepare.sh');
    chmodSync(file, 0o755);
    const made = pipeline({ prepare: { command: [program] } });
    const { code, out } = await mlops(made, ...(folder === 'code' ? [] : ['--venv', join(work, 'venv')]));
    expect(code).toBe(2);
    expect(out).toContain(`There is no such interpreter as the first line of ${file} names: ${line}.`);
  });

  test('a signal', async () => {
    const { code, out } = await mlops(pipeline({ prepare: { parameters: { dies: true } } }));
    expect(code).toBe(2);
    expect(out).toContain('Step prepare failed: the signal SIGKILL ended it.');
  });

  test('more time than its maxRuntime', async () => {
    const forever = [process.execPath, '-e', 'setInterval(() => undefined, 1000)'];
    expect(await runProcess(forever, { code: work }, 0.2, () => undefined)).toMatchObject({
      code: null,
      failure: 'it ran longer than its maxRuntime of 0.2 seconds',
    });
  });

  const place = () => ({ code: work });
  const begun = "sleep 600 & echo $! > begun; echo 'began it';";
  /** Whether a process does anything still: who began it may be slow to take note of its end. */
  const goesOn = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
    } catch {
      return false;
    }
  };
  const hasEnded = () => vi.waitFor(() => expect(goesOn(Number(text('begun')))).toBe(false));

  test('more time than its maxRuntime by what it began', async () => {
    const end = await runProcess(['sh', '-c', `${begun} wait`], place(), 0.2, () => undefined);
    expect(end).toMatchObject({ code: null, failure: 'it ran longer than its maxRuntime of 0.2 seconds' });
    await hasEnded();
  });

  test('what a step leaves behind ends with it, and is no failure', async () => {
    const end = await runProcess(['sh', '-c', begun], place(), 60, () => undefined);
    expect(end).toEqual({ code: 0, lastLines: ['began it'] });
    await hasEnded();
  });

  test('what a step leaves behind in a group of its own is not waited for', async () => {
    const escaped = `require('node:child_process').spawn('sleep', ['600'], { detached: true, stdio: 'inherit' })`;
    const left = [process.execPath, '-e', `console.log(${escaped}.pid); process.exit()`];
    const { code, lastLines } = await runProcess(left, place(), 60, () => undefined);
    expect(code).toBe(0);
    process.kill(Number(lastLines[0]));
  });

  describe('a step that goes as the program that runs it', () => {
    const own: unknown[] = [];
    const { kill } = process;
    beforeEach(() => {
      own.length = 0;
      vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
        if (pid === process.pid) own.push(signal);
        else kill.call(process, pid, signal);
        return true;
      });
    });
    afterEach(() => void vi.restoreAllMocks());

    test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('ends with it: %s', async (signal) => {
      const onLine = () => process.emit(signal, signal);
      const end = await runProcess(['sh', '-c', `${begun} wait`], place(), 60, onLine);
      expect({ own, failure: end.failure }).toEqual({ own: [signal], failure: 'the signal SIGKILL ended it' });
      expect(process.listenerCount(signal)).toBe(0);
      await hasEnded();
    });

    test('stops and goes on with it', async () => {
      const onLine = () => {
        process.emit('SIGTSTP', 'SIGTSTP');
        process.emit('SIGCONT', 'SIGCONT');
      };
      const end = await runProcess(['sh', '-c', 'echo began it; read line'], place(), 60, onLine);
      expect({ own, lastLines: end.lastLines }).toEqual({ own: ['SIGSTOP'], lastLines: ['began it'] });
      expect(vi.mocked(process.kill).mock.calls.map(([, signal]) => signal)).toEqual([
        'SIGSTOP',
        'SIGSTOP',
        'SIGCONT',
        'SIGKILL',
      ]);
      expect(process.listenerCount('SIGTSTP')).toBe(0);
    });
  });
});

describe('a run that something else breaks off', () => {
  const report = (run: string) => content('out/pipelines/detector', run, 'run.json');
  const score = (does: string) => ({
    kind: 'prediction',
    command,
    inputs: { model: 'train.model' },
    outputs: ['scores'],
    parameters: { writes: 'scores', does },
  });

  test('says how it ended, and keeps no half of a snapshot', async () => {
    await mlops(pipeline());
    const [id = ''] = readdirSync(join(work, 'out/snapshots/transactions'));
    const snapshot = join(work, 'out/snapshots/transactions', id);
    rmSync(join(snapshot, 'manifest.json'));
    mkdirSync(join(snapshot, 'local-2/part.parquet'), { recursive: true });
    const { code, out } = await mlops(pipeline());
    expect({ code, out }).toMatchObject({ code: 2, out: expect.stringMatching(/✗ E.*part\.parquet/) as string });
    const detail = expect.stringContaining('part.parquet') as string;
    expect(report('local-2')).toMatchObject({ outcome: 'failed', detail });
    expect(readdirSync(snapshot)).toEqual(['local-1']);
  });

  test('leaves a version that is whole without it', async () => {
    const does =
      "const fs = require('node:fs'); fs.mkdirSync(given.model + '/best'); fs.writeFileSync(given.model + '/best/w', 'w'); fs.symlinkSync('best', given.model + '/latest')";
    await mlops(pipeline({ train: { parameters: { writes: 'model', does } } }));
    rmSync(join(work, 'out/pipelines'), { recursive: true });
    expect(text('out/registry/detector/1/model/latest/w')).toBe('w');
  });

  test('keeps no half of a version', async () => {
    const does = "require('node:child_process').execFileSync('mkfifo', [given.model + '/pipe'])";
    const { code } = await mlops(pipeline({ train: { parameters: { writes: 'model', does } } }));
    expect(code).toBe(2);
    expect(report('local-1')).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('pipe') as string });
    expect(readdirSync(join(work, 'out/registry/detector'))).toEqual([]);
  });

  test('says where the fault is ours', async () => {
    put('out/registry/detector/1/registration.json', '{');
    const { code, out } = await mlops(pipeline());
    expect(code).toBe(2);
    expect(out).toMatch(/✗ mlops is broken, please report this:\nSyntaxError: .*\n +at /);
    expect(report('local-1')).toMatchObject({ outcome: 'failed' });
  });

  test('has said so from its beginning on, with the version once there is one', async () => {
    const copy = (to: string) =>
      `require('node:fs').copyFileSync(given.${to} + '/../../run.json', given.${to} + '/then.json')`;
    const prepare = { parameters: { writes: 'train,test', does: copy('train') } };
    const { code } = await mlops(pipeline({ prepare, score: score(copy('scores')) }));
    expect(code).toBe(0);
    const run = 'out/pipelines/detector/local-1';
    const detail = 'The run has not ended: it goes on, or was stopped.';
    expect(content(run, 'prepare/train/then.json')).toMatchObject({ outcome: 'failed', detail });
    expect(content(run, 'score/scores/then.json')).toMatchObject({
      outcome: 'registered-and-failed',
      detail,
      version: 1,
    });
    expect(report('local-1')).toMatchObject({ outcome: 'registered', version: 1 });
  });

  test('tells what it did where no report of that can be written', async () => {
    const does = "require('node:fs').mkdirSync(given.model + '/../../run.json.new')";
    const { code, out } = await mlops(pipeline({ score: score(does) }));
    expect(code).toBe(2);
    expect(out).toMatch(/\nrun\.json does not say so: EISDIR.*\nVersion 1 of detector is registered all the same:\n/);
    expect(report('local-1')).toMatchObject({ outcome: 'registered-and-failed', version: 1 });
    expect(existsSync(join(work, 'out/pipelines/detector/local-1/run.json.new'))).toBe(false);
  });

  test('leaves nothing where it could not even begin its report', async () => {
    vi.spyOn(reports, 'noteUnended').mockImplementationOnce(() => {
      throw new Error('the disk is full');
    });
    expect((await mlops(pipeline())).err).toContain('the disk is full');
    expect(readdirSync(join(work, 'out/pipelines/detector'))).toEqual([]);
  });
});

describe('a check of data', () => {
  const check = { kind: 'validation', dataset: 'transactions' };
  /** A virtual environment whose Python answers what it is asked, and warns of something. */
  function python(answer: object): string {
    put('venv/bin/python', `#!/bin/sh\necho '${JSON.stringify(answer)}'; echo 'a warning' >&2\n`);
    chmodSync(join(work, 'venv/bin/python'), 0o755);
    return join(work, 'venv');
  }

  test('says what the Python lacks that it would run in, and how to give another one', async () => {
    const venv = python({ python: '/opt/python', missing: ['numpy', 'pyarrow'] });
    const made = pipeline({ prepare: { after: ['check'] }, check });
    const { code, out, err } = await mlops(made, '--venv', venv);
    expect(code).toBe(2);
    expect(out).toContain(
      '✗ Step check cannot judge transactions: /opt/python has no numpy and no pyarrow: install what is missing, or name with --venv a virtual environment of Python that has it.\n',
    );
    expect(err).toBe('');
    expect(content('out/pipelines/detector/local-1/run.json')).toMatchObject({ outcome: 'failed' });
  });
});

describe('says before it begins', () => {
  test('which datasets have no data', async () => {
    rmSync(join(work, 'data/chargebacks'), { recursive: true });
    put('data/transactions/_SUCCESS', '');
    rmSync(join(work, 'data/transactions/part.parquet'));
    const { code, err } = await mlops(pipeline());
    expect(code).toBe(2);
    expect(err).toContain(`There is no data for chargebacks, transactions in ${join(work, 'data')}.`);
    expect(existsSync(join(work, 'out'))).toBe(false);
  });

  test('which steps say no command', async () => {
    const { code, err } = await mlops(pipeline({ prepare: { command: undefined }, evaluate: { command: undefined } }));
    expect(code).toBe(2);
    expect(err).toContain('say what prepare, evaluate run, for example command: [python, -m, fraud, prepare]');
    expect(existsSync(join(work, 'out'))).toBe(false);
  });

  test.each([
    [['--model', 'detectr'], 'The spec has no model detectr. Models with a pipeline are: detector.'],
    [['--trigger', 'nightly'], 'The pipeline has no trigger nightly. Its triggers are: fresh.'],
    [['--code', 'nowhere'], '--code nowhere is no folder.'],
    [['--venv', 'nowhere'], '--venv nowhere is no folder.'],
    [['--data', 'nowhere'], '--data nowhere is no folder.'],
  ])('what is wrong with %j', async (args, message) => {
    expect(await mlops(pipeline(), ...args)).toEqual({ code: 2, out: '', err: `${message}\n` });
  });

  test('what is wrong with the spec', async () => {
    const { code, err } = await mlops(pipeline({ train: { nodes: 0 } }));
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('steps.train.nodes') as string });
  });
});
