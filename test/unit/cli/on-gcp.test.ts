import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { destroy } from '../../../lib/cli/destroy';
import { capturedIo, type Io } from '../../../lib/cli/io';
import { main } from '../../../lib/cli/main';
import { FakeGoogle } from '../../support/fake-google';

const folder = mkdtempSync(join(tmpdir(), 'cli-gcp-'));
const SPEC = join(folder, 'platform.yaml');
const BOTH = join(folder, 'both.yaml');
const GCP = 'gcp: { project: fraud-prod, projectNumber: 123456789012, region: europe-west4 }';
const TEXT = `name: fraud
owner: a@example.com
dataLake: { zones: { raw: {} } }
models: { detector: { serving: {} }, idle: {} }
environments: { prod: {} }
`;

const BUCKET = 'fraud-prod-records-123456789012';
const AT = 'projects/fraud-prod/locations/europe-west4';
const ROLLOUT = `${AT}/workflows/fraud-prod-rollout-detector`;
const RETIRE = `${AT}/workflows/fraud-prod-retire`;
const FACTS = { endpoint: `${AT}/endpoints/1234567890`, workflow: ROLLOUT };
const RECORD = { version: '6', at: '2026-11-01T10:00:00Z', previous: { version: '5' } };
const DONE = { state: 'SUCCEEDED', result: JSON.stringify({ outcome: 'retired', detail: 'All of it.' }) };

const before = { ...process.env };
let google: FakeGoogle;
beforeAll(async () => {
  writeFileSync(SPEC, `${TEXT}${GCP}\n`);
  writeFileSync(BOTH, `${TEXT}${GCP}\naws: { region: eu-central-1 }\n`);
  google = await FakeGoogle.start();
});
beforeEach(() => {
  google.forget();
  // Nobody's own credentials are taken.
  process.env = { ...before, HOME: folder, CLOUDSDK_CONFIG: folder, ...google.env };
  delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
});
afterAll(async () => {
  process.env = before;
  await google.stop();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function mlops(args: readonly string[], answer?: string): Promise<Ended> {
  const io = capturedIo();
  const asking: Io = answer === undefined ? io : { ...io, ask: async () => answer };
  return { code: await main(args, asking), ...io.text };
}

const publish = (path: string, value: object | string) =>
  google.objects.set(`${BUCKET}/${path}`, typeof value === 'string' ? value : JSON.stringify(value));

function serves(record?: object): void {
  google.workflows.set(ROLLOUT, [{ state: 'ACTIVE' }]);
  publish('models/detector/serving', FACTS);
  if (record !== undefined) publish('models/detector/champion', record);
}

describe('train', () => {
  const TRAINED = join(folder, 'trained.yaml');
  const START = `${AT}/workflows/fraud-prod-start-detector`;
  const train = (...more: readonly string[]) => ['train', TRAINED, '-e', 'prod', '-m', 'detector', ...more];
  beforeAll(() => {
    const pipeline = '{ image: fraud-1, steps: { score: { kind: prediction } } }';
    const text = TEXT.replace('serving: {}', `serving: {}, pipeline: ${pipeline}`);
    writeFileSync(TRAINED, `${text}training: { cluster: { kind: managed } }\n${GCP}\n`);
  });

  test('starts the workflow for a person and says where to look', async () => {
    google.workflows.set(START, [{ state: 'ACTIVE' }]);
    const { code, out, err } = await mlops(train('--reason', 'labels were mended'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const input = { reason: 'manual', trigger: 'person', note: 'labels were mended' };
    expect(google.started).toEqual([{ workflow: START, argument: input }]);
    expect(out).toContain(`  machine   ${START}\n  input     ${JSON.stringify(input)}\n`);
    expect(out).toMatch(/gcloud workflows executions describe \S+fraud-prod-start-detector/);
  });

  test('says so where there is none', async () => {
    const { code, err } = await mlops(train());
    expect(code).toBe(2);
    expect(err).toContain(`there is no workflow ${START}. Deploy the model first.`);
  });
});

describe('promote', () => {
  const promote = (...more: readonly string[]) => [
    'promote',
    SPEC,
    '-e',
    'prod',
    '-m',
    'detector',
    '--version',
    '7',
    ...more,
  ];

  test('says what it will start, asks, and starts that', async () => {
    serves(RECORD);
    const { code, out, err } = await mlops(promote('--cloud', 'gcp', '--reason', 'measured better'), 'detector');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const request = { action: 'promote', version: '7', reason: 'measured better' };
    expect(out).toBe(
      [
        'Rolls out version 7 of detector in fraud-prod, fraud-prod, europe-west4:',
        `  endpoint  ${FACTS.endpoint}`,
        '  serves    version 6 since 2026-11-01T10:00:00Z',
        `  machine   ${ROLLOUT}`,
        `  input     ${JSON.stringify(request)}`,
        `Started ${ROLLOUT}/executions/1`,
        `It goes on by itself, and the alert channel hears how it ends. To look: gcloud workflows executions describe ${ROLLOUT}/executions/1`,
        '',
      ].join('\n'),
    );
    expect(google.started).toEqual([{ workflow: ROLLOUT, argument: request }]);
  });

  test('needs no --cloud where the spec lives on one', async () => {
    serves();
    expect((await mlops(promote('-y'))).code).toBe(0);
    expect(google.started).toHaveLength(1);
  });

  test('asks which cloud is meant where it lives on both', async () => {
    serves();
    const { code, err } = await mlops(['promote', BOTH, '-e', 'prod', '-m', 'detector', '--version', '7', '-y']);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'The spec lives on AWS and Google Cloud. Say which is meant with --cloud aws or --cloud gcp.\n',
    });
    const said = await mlops([
      'promote',
      BOTH,
      '--cloud',
      'gcp',
      '-e',
      'prod',
      '-m',
      'detector',
      '--version',
      '7',
      '-y',
    ]);
    expect(said.code).toBe(0);
  });

  test.each<[string, object | undefined]>([
    ['nothing serves', undefined],
    ['a first version is being tried', { trying: { version: '7' } }],
    ['the model was retired', { retired: '2026-11-01T10:00:00Z', shell: '1' }],
  ])('starts a first version where %s', async (_, record) => {
    serves(record);
    const { code, out } = await mlops(promote('-y'));
    expect(code).toBe(0);
    expect(out).toContain('serves    nothing yet');
    expect(google.started).toHaveLength(1);
  });

  test.each<[string, string | undefined, RegExp]>([
    ['another word is typed', 'yes', /That is not detector, so nothing was done/],
    ['nobody is there', undefined, /add --yes/],
  ])('starts nothing where %s', async (_, answer, why) => {
    serves(RECORD);
    const { code, err } = await mlops(promote(), answer);
    expect(code).toBe(2);
    expect(err).toMatch(why);
    expect(google.started).toEqual([]);
  });

  test('says where a model does not serve', async () => {
    const { code, err } = await mlops(['promote', SPEC, '-e', 'prod', '-m', 'idle', '--version', '1', '-y']);
    expect(code).toBe(2);
    expect(err).toBe(
      'idle does not serve in fraud-prod, fraud-prod, europe-west4: there is no object gs://fraud-prod-records-123456789012/models/idle/serving. Give the model serving in the spec and deploy it first.\n',
    );
  });

  test('and where an object is somebody else’s', async () => {
    publish('models/detector/serving', 'hello');
    const { code, err } = await mlops(promote('-y'));
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining('/models/detector/serving is no JSON') as string,
    });
  });

  test('says where the workflow is gone', async () => {
    publish('models/detector/serving', FACTS);
    const { code, err } = await mlops(promote('-y'));
    expect({ code, err }).toEqual({
      code: 2,
      err: `There is no workflow ${ROLLOUT}. Deploy the stack that it belongs to.\n`,
    });
  });
});

describe('what Google says', () => {
  const args = ['promote', SPEC, '-e', 'prod', '-m', 'detector', '--version', '7', '-y'];

  test.each([401, 403])('is passed on, and which credentials are taken where it is %d', async (status) => {
    google.refusal = { status, message: 'Permission denied on resource.' };
    const { code, err } = await mlops(args);
    expect(code).toBe(2);
    expect(err).toMatch(
      new RegExp(`^Google says ${status}: Permission denied on resource\\. The credentials are those of`),
    );
  });

  test('is passed on', async () => {
    google.refusal = { status: 400, message: 'Invalid argument.' };
    expect(await mlops(args)).toEqual({ code: 2, out: '', err: 'Google says 400: Invalid argument.\n' });
  });

  test('is that it cannot be reached', async () => {
    process.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE = 'http://127.0.0.1:1/';
    const { code, err } = await mlops(args);
    expect(code).toBe(2);
    expect(err).toMatch(/^Google cannot be reached: /);
  });

  test('is nothing without credentials: it is said how to get some', async () => {
    process.env.METADATA_SERVER_DETECTION = 'none';
    const { code, err } = await mlops(args);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^There are no credentials of Google Cloud\. Run gcloud auth application-default login, or name a file with them in GOOGLE_APPLICATION_CREDENTIALS\. \(/,
    );
  });

  test.each(['promote', 'rollback'])('is not asked where %s is given what is no version', async (command) => {
    process.env.METADATA_SERVER_DETECTION = 'none';
    const { code, err } = await mlops([command, SPEC, '-e', 'prod', '-m', 'detector', '--version', 'v7', '-y']);
    expect(code).toBe(2);
    expect(err).toBe('v7 is no version: it is the number in the registry, of 5 digits at most, for example 7.\n');
  });

  test('and nothing else, where the metadata server answers as no such server does', async () => {
    const server = createServer((_, response) => response.writeHead(500).end('no'));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const emitted = vi.spyOn(process, 'emitWarning').mockReturnValue();
    try {
      delete process.env.METADATA_SERVER_DETECTION;
      process.env.GCE_METADATA_HOST = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { err } = await mlops(args);
      expect(err).toMatch(/^There are no credentials of Google Cloud\./);
      process.emitWarning('of something else', 'MetadataLookupWarning');
      expect(emitted.mock.calls).toEqual([['of something else', 'MetadataLookupWarning']]);
    } finally {
      emitted.mockRestore();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  });
});

describe('rollback', () => {
  const rollback = (...more: readonly string[]) => ['rollback', SPEC, '-e', 'prod', '-m', 'detector', ...more];

  test('goes back to the version before', async () => {
    serves(RECORD);
    const { code, out } = await mlops(rollback(), 'detector');
    expect(code).toBe(0);
    expect(out).toContain('Takes version 6 back to version 5 of detector in fraud-prod');
    expect(google.started.map(({ argument }) => argument)).toEqual([{ action: 'rollback', version: '5' }]);
  });

  test('goes back to the version that still serves while another is being rolled out, and says so', async () => {
    serves({ ...RECORD, trying: { version: '7' } });
    const { code, out } = await mlops(rollback(), 'detector');
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe(
      'Version 7 is being rolled out. Once that has ended, goes back to version 6 of detector in fraud-prod, fraud-prod, europe-west4:',
    );
    expect(google.started.map(({ argument }) => argument)).toEqual([{ action: 'rollback', version: '6' }]);
  });

  test.each<[string, object, readonly string[], string]>([
    ['what was tried serves by now', { ...RECORD, trying: { version: '6', done: true } }, [], '5'],
    ['a version is named', { ...RECORD, trying: { version: '7' } }, ['--version', '3'], '3'],
  ])('goes by what serves where %s', async (_, record, more, version) => {
    serves(record);
    expect((await mlops(rollback(...more, '-y'))).code).toBe(0);
    expect(google.started.map(({ argument }) => argument)).toEqual([{ action: 'rollback', version }]);
  });

  test.each<[string, object | undefined, RegExp]>([
    ['nothing serves', { retired: 'x' }, /No version of detector serves/],
    ['the first version serves', { version: '1', at: 'x' }, /Version 1 of detector is the first/],
  ])('says so where %s', async (_, record, why) => {
    serves(record);
    const { code, err } = await mlops(rollback('-y'));
    expect(code).toBe(2);
    expect(err).toMatch(why);
    expect(google.started).toEqual([]);
  });
});

describe('destroy', () => {
  async function run(options: { model?: string; yes?: boolean }, answer?: string, spec = SPEC): Promise<Ended> {
    const io = capturedIo();
    const asking: Io = answer === undefined ? io : { ...io, ask: async () => answer };
    return { code: await destroy(spec, { environment: 'prod', ...options }, asking, 0.01), ...io.text };
  }
  const command = (stack: string) =>
    `  terraform -chdir=cdktf.out/stacks/${stack} init && terraform -chdir=cdktf.out/stacks/${stack} destroy`;
  const afterTerraform = (out: string): readonly string[] => {
    const lines = out.split('\n');
    return lines.slice(lines.findIndex((line) => line.endsWith('in this order:')) + 1);
  };
  /** Of a stack that has to be written before it can be destroyed. */
  const writtenFirst = (stack: string, what: string, sure = false) => [
    `  # ${stack}${sure ? '' : ', if it is there,'} is not written from the spec as it is: put ${what} back into the spec, run mlops synth, and then`,
    command(stack),
  ];
  const PROTECTED =
    'Terraform refuses to destroy what holds data, such as buckets, datasets, images and keys, until its stack was written by mlops synth with --context mlops:destroyData=true --context mlops:allowDataLoss=true and applied.';

  test('of a model retires it, waits for that, and says how its stack is destroyed', async () => {
    google.workflows.set(RETIRE, [{ state: 'QUEUED' }, { state: 'ACTIVE' }, DONE]);
    const { code, out, err } = await run({ model: 'detector' }, 'detector');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(google.started).toEqual([{ workflow: RETIRE, argument: { model: 'detector' } }]);
    expect(out).toBe(
      [
        'In fraud-prod, fraud-prod, europe-west4, this will',
        `  1. retire, by ${RETIRE}: {"model":"detector"}`,
        '  2. say how to destroy fraud-prod-model-detector',
        'Terraform destroys stacks, not this command, and refuses to for what holds data until both keys are turned.',
        `Retires detector: ${RETIRE}/executions/1`,
        '✓ detector: All of it.',
        '✓ Nothing of detector serves any more.',
        "The rest is Terraform's, and its state is yours. Beside the templates of mlops synth, in this order:",
        command('fraud-prod-model-detector'),
        PROTECTED,
        '',
      ].join('\n'),
    );
  });

  test('of a platform retires every model, and names what others stand on last', async () => {
    google.workflows.set(RETIRE, [DONE]);
    publish('models/left/champion', RECORD);
    publish('models/left/other', {});
    const { code, out } = await run({}, 'fraud-prod');
    expect(code).toBe(0);
    expect(google.started.map(({ argument }) => argument)).toEqual([{ model: 'detector' }, { model: 'left' }]);
    expect(out).toContain(
      '  2. say how to destroy fraud-prod-model-detector, fraud-prod-model-idle, fraud-prod-model-left, fraud-prod-operations, fraud-prod-registry, fraud-prod-data, fraud-prod-foundation, and where they are there fraud-prod-training\n',
    );
    expect(afterTerraform(out)).toEqual([
      command('fraud-prod-model-detector'),
      command('fraud-prod-model-idle'),
      ...writtenFirst('fraud-prod-model-left', 'the model left as it was', true),
      command('fraud-prod-operations'),
      command('fraud-prod-registry'),
      ...writtenFirst('fraud-prod-training', 'training as it was'),
      command('fraud-prod-data'),
      command('fraud-prod-foundation'),
      'Those that are there have a file terraform.<stack>.tfstate beside cdktf.out.',
      PROTECTED,
      '',
    ]);
  });

  test('of a platform whose last model left says how what models stood on is destroyed', async () => {
    const bare = join(folder, 'bare.yaml');
    const state = GCP.replace(' }', ', state: { bucket: fraud-states } }');
    writeFileSync(bare, `name: fraud\nowner: a@example.com\n${state}\nenvironments: { prod: {} }\n`);
    google.workflows.set(RETIRE, [DONE]);
    publish('models/left/champion', RECORD);
    const { code, out } = await run({ yes: true }, undefined, bare);
    expect(code).toBe(0);
    expect(google.started.map(({ argument }) => argument)).toEqual([{ model: 'left' }]);
    expect(afterTerraform(out)).toEqual([
      ...writtenFirst('fraud-prod-model-left', 'the model left as it was', true),
      ...writtenFirst('fraud-prod-operations', 'a model as it was'),
      ...writtenFirst('fraud-prod-registry', 'a model as it was'),
      ...writtenFirst('fraud-prod-training', 'training as it was'),
      ...writtenFirst('fraud-prod-data', 'dataLake as it was'),
      command('fraud-prod-foundation'),
      'Those that are there have a state: gcloud storage ls gs://fraud-states/mlops/',
      PROTECTED,
      '',
    ]);
  });

  test('says nothing of Terraform where a model could not be retired', async () => {
    google.workflows.set(RETIRE, [{ state: 'FAILED', error: { payload: '{"message":"not yours"}' } }]);
    const { code, out, err } = await run({ yes: true });
    expect(code).toBe(2);
    expect(err).toBe(
      `detector could not be retired, so no stack was deleted. FAILED: {"message":"not yours"} (${RETIRE}/executions/1) Mend the cause and run this again.\n`,
    );
    expect(out).not.toContain('terraform');
  });

  test('nor where something may serve and nothing could retire it', async () => {
    publish('models/detector/champion', RECORD);
    const { code, out, err } = await run({ yes: true });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      `detector may serve, and there is no machine that could retire what serves: the workflow ${RETIRE} is missing. Deploy the stack fraud-prod-operations first.\n`,
    );
  });

  test('says the rest again once all models are retired and the workflow is gone', async () => {
    publish('models/detector/champion', { retired: '2026-11-01T00:00:00Z', shell: '7' });
    const { code, out } = await run({ yes: true });
    expect(code).toBe(0);
    expect(google.started).toEqual([]);
    expect(out).toContain(command('fraud-prod-foundation'));
  });

  test('but not while one is still being retired', async () => {
    publish('models/detector/champion', { retired: '2026-11-01T00:00:00Z', retiring: true });
    expect((await run({ yes: true })).err).toMatch(/^detector may serve, /);
  });

  test('needs no workflow where nothing ever served', async () => {
    const { code, out } = await run({ yes: true });
    expect(code).toBe(0);
    expect(out).not.toContain('retire');
    expect(out).toContain(command('fraud-prod-foundation'));
  });

  test('of a model that does not serve says how its stack is destroyed, and retires nothing', async () => {
    google.workflows.set(RETIRE, [DONE]);
    const { code, out } = await run({ model: 'idle', yes: true });
    expect(code).toBe(0);
    expect(google.started).toEqual([]);
    expect(out).toContain(command('fraud-prod-model-idle'));
  });

  test('says where there is nothing', async () => {
    expect(await run({ model: 'nobody', yes: true })).toEqual({
      code: 0,
      out: 'There is nothing of nobody in fraud-prod, europe-west4.\n',
      err: '',
    });
  });

  test.each<[string, string | undefined, RegExp]>([
    ['another word is typed', 'fraud', /That is not fraud-prod/],
    ['nobody is there', undefined, /add --yes/],
  ])('does nothing where %s', async (_, answer, why) => {
    google.workflows.set(RETIRE, [DONE]);
    const { code, err } = await run({}, answer);
    expect(code).toBe(2);
    expect(err).toMatch(why);
    expect(google.started).toEqual([]);
  });
});
