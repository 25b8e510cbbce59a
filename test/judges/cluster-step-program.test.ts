import { execFile, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RUN_CODE } from '../../lib/aws/training-pipeline/cluster/cluster-job';
import { SMALL_MODULES } from '../support/confined-python';
import { describeJudge, judgePython } from '../support/describe-judge';
import { Moto } from '../support/moto';

const exec = promisify(execFile);
const JOB = resolve(__dirname, '../../lib/jobs/cluster-step');
const BUCKET = 'artifacts';
const CODE = 'carrier.zip';
const PLACES = {
  inputs: { train: `s3://${BUCKET}/runs/1/prepare/train/`, labels: `s3://${BUCKET}/snapshots/labels` },
  outputs: { model: `s3://${BUCKET}/runs/1/train/model` },
  checkpoints: `s3://${BUCKET}/checkpoints/1/train`,
};

describeJudge('templates', 'the program that carries files of a training, with S3', () => {
  let moto: Moto;
  let folder: string;
  beforeAll(async () => {
    moto = await Moto.start({ region: 'eu-central-1' });
  });
  afterAll(() => moto?.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cluster-step-'));
    await moto.reset();
    await moto.call('s3', 'create_bucket', {
      Bucket: BUCKET,
      CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
    });
    await put('snapshots/labels/a', 'label');
    await put('snapshots/labels-old/a', 'of another snapshot');
    await put('runs/1/prepare/train/', '');
    await put('runs/1/prepare/train/2026/b.parquet', 'rows');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (Key: string, Body: string) => moto.call('s3', 'put_object', { Bucket: BUCKET, Key, Body });
  const keys = async (Prefix: string): Promise<readonly string[]> => {
    const { Contents = [] } = (await moto.call('s3', 'list_objects_v2', { Bucket: BUCKET, Prefix })) as {
      Contents?: readonly { Key: string }[];
    };
    return Contents.map(({ Key }) => Key.slice(Prefix.length));
  };
  const at = (...path: readonly string[]) => join(folder, ...path);
  const env = (places: unknown) => ({
    PATH: process.env.PATH,
    PYTHONDONTWRITEBYTECODE: '1',
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    MLOPS_CODE: `s3://${BUCKET}/${CODE}`,
    MLOPS_PLACES: typeof places === 'string' ? places : JSON.stringify(places),
  });
  const run = (task: string, places: unknown = PLACES) =>
    exec(judgePython('templates'), [JOB, task, '--folder', folder], { env: env(places) }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error) => error as { code: number; stdout: string; stderr: string },
    );

  test('brings what the training reads, and a place to write', async () => {
    await put('checkpoints/1/train/epoch-3', 'weights');
    expect(await run('fetch')).toMatchObject({
      code: 0,
      stdout: 'Fetched 1 files of train, 1 files of labels, 1 files of earlier checkpoints.\n',
    });
    expect(readFileSync(at('input/train/2026/b.parquet'), 'utf8')).toBe('rows');
    expect(readdirSync(at('input/labels'))).toEqual(['a']);
    expect(readFileSync(at('checkpoints/epoch-3'), 'utf8')).toBe('weights');
    expect(readdirSync(at('output/model'))).toEqual([]);
    for (const path of ['output/model', 'checkpoints', 'checkpoints/epoch-3'])
      expect(statSync(at(path)).mode & 0o006, path).toBe(0o006);
  });

  test('begins anew where an earlier try left something on the node', async () => {
    await run('fetch');
    writeFileSync(at('output/model/half'), '');
    writeFileSync(at('input/labels/more'), '');
    await run('fetch');
    expect(readdirSync(at('output/model'))).toEqual([]);
    expect(readdirSync(at('input/labels'))).toEqual(['a']);
  });

  test('an input that nobody made is a fault', async () => {
    const { code, stderr } = await run('fetch', { ...PLACES, inputs: { train: `s3://${BUCKET}/nothing` } });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The task fetch failed, which says nothing about the training\. There is nothing at s3:\/\//,
    );
  });

  test('no object leads out of the folder', async () => {
    await put('snapshots/labels/../../../escaped', 'x');
    expect(await run('fetch')).toMatchObject({ code: 1, stderr: expect.stringContaining('no path within a folder') });
    expect(existsSync(at('../escaped'))).toBe(false);
  });

  test('stores what the training made, and nothing that an earlier try did', async () => {
    await run('fetch');
    mkdirSync(at('output/model/variables'));
    writeFileSync(at('output/model/variables/1'), 'one');
    writeFileSync(at('output/model/config.json'), '{}');
    await put('runs/1/train/model/left-behind', 'x');
    await put('runs/1/train/model-of-another/kept', 'x');
    expect(await run('store')).toMatchObject({ code: 0, stdout: 'Stored 2 files of model.\n' });
    expect(await keys('runs/1/train/')).toEqual(['model-of-another/kept', 'model/config.json', 'model/variables/1']);
  });

  test('an output without a file is a fault, and what was stored before stays', async () => {
    await run('fetch');
    await put('runs/1/train/model/before', 'x');
    expect(await run('store')).toMatchObject({ code: 1, stderr: expect.stringContaining('wrote nothing') });
    expect(await keys('runs/1/train/model/')).toEqual(['before']);
  });

  test('carries checkpoints while the training runs and once more at its end, by the zip as a container runs it', async () => {
    const upload =
      'import boto3,shutil,sys; boto3.client("s3").upload_file(shutil.make_archive(sys.argv[1], "zip", sys.argv[2]), *sys.argv[3:])';
    await exec(judgePython('templates'), ['-c', upload, at('carrier'), JOB, BUCKET, CODE], { env: env(PLACES) });
    await put('checkpoints/1/train/epoch-1', 'one');
    await run('fetch');
    // A training may write before the carrier looks for the first time.
    writeFileSync(at('checkpoints/epoch-2.tmp'), 'two');
    renameSync(at('checkpoints/epoch-2.tmp'), at('checkpoints/epoch-2'));
    const carrier = spawn(
      judgePython('templates'),
      ['-c', RUN_CODE, 'checkpoints', '--folder', folder, '--every', '0.2'],
      {
        env: env(PLACES),
      },
    );
    let said = '';
    for (const stream of [carrier.stdout, carrier.stderr]) stream.on('data', (text) => (said += text));
    const ended = new Promise<number | null>((done) => carrier.on('exit', done));
    const until = async (wanted: readonly string[]) => {
      for (let i = 0; i < 100 && (await keys('checkpoints/1/train/')).join() !== wanted.join(); i++) await delay(100);
      expect(await keys('checkpoints/1/train/'), said).toEqual(wanted);
    };
    await until(['epoch-1', 'epoch-2']);
    rmSync(at('checkpoints/epoch-1'));
    await until(['epoch-2']);
    writeFileSync(at('checkpoints/epoch-3'), 'three');
    carrier.kill('SIGTERM');
    expect(await ended, said).toBe(0);
    expect(await keys('checkpoints/1/train/')).toEqual(['epoch-2', 'epoch-3']);
  });

  test.each([
    ['no JSON', '{', /has to be JSON/],
    ['no checkpoints', { inputs: {}, outputs: {} }, /has to be JSON/],
    ['an address of another cloud', { ...PLACES, checkpoints: 'gs://b/c' }, /is no s3:\/\/ address/],
    [
      'a bucket that is not there',
      { ...PLACES, inputs: { a: 's3://elsewhere/a' } },
      /S3 did not do what it was asked: .*elsewhere|NoSuchBucket/,
    ],
  ])('places with %s are a fault', async (_what, places, said) => {
    const { code, stderr } = await run('fetch', places);
    expect(code).toBe(1);
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain('Traceback');
  });

  test('is written for Python 3.9, each module small and with a docstring', async () => {
    await exec(judgePython('templates'), ['-c', SMALL_MODULES, JOB]);
  });
});
