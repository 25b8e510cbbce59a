import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { EXAMPLE, python, startPython } from '../support/example-python';

const PAYMENT = { amount: 12.5, hour: 13.25, spend_7d: 80, payments_24h: 1, currency: 'EUR' };
const AT_NIGHT = { ...PAYMENT, amount: 900, hour: 2 };

const SCORES = `
import json, sys
from fraud.features import FEATURES
from fraud.model import load
rows = json.loads(sys.argv[2])
print(json.dumps(load(sys.argv[1]).scores({name: [row.get(name) for row in rows] for name in FEATURES}).tolist()))`;

describeJudge('example', "the example's server", () => {
  let work: string;
  let model: string;
  let child: ChildProcess | undefined;
  let storage: Server | undefined;

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'example-'));
    model = join(work, 'model');
    const data = join(work, 'data');
    await python(join(EXAMPLE, 'data/generate.py'), '--out', data, '--rows', '3000');
    const [transactions, chargebacks] = ['transactions', 'chargebacks'].map((name) => join(data, name)) as [
      string,
      string,
    ];
    const made = ['--train', join(work, 'train'), '--test', join(work, 'test')];
    await python('-m', 'fraud', 'prepare', '--transactions', transactions, '--chargebacks', chargebacks, ...made);
    await python('-m', 'fraud', 'train', '--train', join(work, 'train'), '--model', model, '--rounds', '30');
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    storage?.close();
  });
  afterAll(() => rmSync(work, { recursive: true }));

  /** Starts the server on a port of its choice. */
  async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const started = startPython(['-m', 'fraud', 'serve', ...args], env);
    child = started;
    let err = '';
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const { stdout } = started;
    if (stdout === null) throw new Error('the server has no output');
    const line = await new Promise<string>((done, fail) => {
      createInterface({ input: stdout }).on('line', done);
      started.on('close', () => fail(new Error(err)));
    });
    return `http://127.0.0.1:${/port (\d+)/.exec(line)?.[1]}`;
  }

  const ask = async (url: string, body: string) => {
    const answer = await fetch(url, { method: 'POST', body });
    return { status: answer.status, content: (await answer.json()) as Record<string, unknown> };
  };

  test('keeps the contract of SageMaker, answers as batch prediction does, and ends when told to', async () => {
    const url = await serve(['--model', model, '--port', '0']);
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    const rows = [PAYMENT, AT_NIGHT, { amount: 1 }, { ...PAYMENT, currency: 'XXX' }];
    const { status, content } = await ask(`${url}/invocations`, JSON.stringify({ instances: rows }));
    const known = rows.map(({ amount, ...others }) => ({
      hour: null,
      spend_7d: null,
      payments_24h: null,
      amount,
      ...others,
    }));
    expect({ status, content }).toEqual({
      status: 200,
      content: { predictions: JSON.parse(await python('-c', SCORES, model, JSON.stringify(known))) },
    });
    const [daily, nightly] = content.predictions as number[];
    expect(nightly).toBeGreaterThan(daily ?? 1);
    expect(await ask(`${url}/invocations`, '{"instances": []}')).toEqual({ status: 200, content: { predictions: [] } });
    const ended = new Promise((done) => child?.on('close', done));
    child?.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('answers what the shop asks about the newest payments', async () => {
    const asked = join(work, 'asked');
    const said = await python(
      join(EXAMPLE, 'data/ask.py'),
      '--data',
      join(work, 'data'),
      '--out',
      asked,
      '--days',
      '7',
    );
    const files = readdirSync(asked).sort();
    const requests = files.map((file) => JSON.parse(readFileSync(join(asked, file), 'utf8')).instances as object[]);
    const rows = requests.flat();
    expect(said).toBe(`${files.length} requests about ${rows.length} payments of 7 days\n`);
    expect(rows.length).toBeGreaterThan(150);
    expect(requests.slice(0, -1).every(({ length }) => length === 50)).toBe(true);
    expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(PAYMENT));
    const url = await serve(['--model', model, '--port', '0']);
    for (const [i, instances] of requests.entries()) {
      const { status, content } = await ask(`${url}/invocations`, JSON.stringify({ instances }));
      expect({ status, length: (content.predictions as number[]).length }, files[i]).toEqual({
        status: 200,
        length: instances.length,
      });
    }
  });

  test.each([
    ['no JSON', '{', /^The body is no JSON/],
    ['a list', '[1]', /^The body must be {"instances": \[{…}\]}/],
    ['a payment that is a number', '{"instances": [1]}', /^The body must be/],
    [
      'an amount that is a text',
      '{"instances": [{"amount": "1"}]}',
      /^instances\[0\]\.amount must be a number, and is "1"\.$/,
    ],
    [
      'a currency that is a number',
      '{"instances": [{}, {"currency": 3}]}',
      /^instances\[1\]\.currency must be a text, and is 3\.$/,
    ],
    ['depth without end', '['.repeat(100_000), /^The body is no JSON/],
  ])('says what is wrong with %s', async (_, body, message) => {
    const url = await serve(['--model', model, '--port', '0']);
    const { status, content } = await ask(`${url}/invocations`, body);
    expect({ status, error: content.error }).toEqual({ status: 400, error: expect.stringMatching(message) as string });
    expect((await ask(`${url}/nowhere`, body)).status).toBe(404);
    expect((await fetch(`${url}/ping`)).status).toBe(200);
  });

  /** Cloud Storage with the model under `models/7/`, two objects a page, and the metadata server that gives a token. */
  async function google(files: readonly string[]): Promise<string> {
    const names = files.map((name) => `models/7/${name}`);
    storage = createServer(({ url = '', headers }, answer) => {
      const { pathname, searchParams } = new URL(url, 'http://storage');
      const say = (content: string | Buffer, status = 200) => answer.writeHead(status).end(content);
      if (pathname === '/computeMetadata/v1/instance/service-accounts/default/token')
        return headers['metadata-flavor'] === 'Google' ? say('{"access_token": "the-token"}') : say('', 403);
      if (headers.authorization !== 'Bearer the-token') return say('', 401);
      if (pathname === '/storage/v1/b/models-bucket/o') {
        const start = Number(searchParams.get('pageToken') ?? 0);
        const page = names.filter((name) => name.startsWith(searchParams.get('prefix') ?? ''));
        const nextPageToken = start + 2 < page.length ? { nextPageToken: `${start + 2}` } : {};
        return say(JSON.stringify({ items: page.slice(start, start + 2).map((name) => ({ name })), ...nextPageToken }));
      }
      const object = decodeURIComponent(pathname.replace('/storage/v1/b/models-bucket/o/', ''));
      if (!names.includes(object) || searchParams.get('alt') !== 'media') return say('', 404);
      return say(readFileSync(join(model, object.replace('models/7/', ''))));
    });
    await new Promise<void>((done) => storage?.listen(0, '127.0.0.1', done));
    return `127.0.0.1:${(storage.address() as AddressInfo).port}`;
  }

  const vertex = (host: string) => ({
    AIP_HTTP_PORT: '0',
    AIP_HEALTH_ROUTE: '/v1/endpoints/1/deployedModels/2',
    AIP_PREDICT_ROUTE: '/v1/endpoints/1/deployedModels/2:predict',
    AIP_STORAGE_URI: 'gs://models-bucket/models/7',
    GCE_METADATA_HOST: host,
    STORAGE_EMULATOR_HOST: `http://${host}`,
  });

  test('keeps the contract of Vertex AI, and fetches its model', async () => {
    const env = vertex(await google(['', 'model.json', 'model.joblib']));
    const url = await serve([], env);
    expect((await fetch(`${url}${env.AIP_HEALTH_ROUTE}`)).status).toBe(200);
    expect((await fetch(`${url}/ping`)).status).toBe(404);
    const { content } = await ask(`${url}${env.AIP_PREDICT_ROUTE}`, JSON.stringify({ instances: [PAYMENT] }));
    expect(content.predictions).toEqual(JSON.parse(await python('-c', SCORES, model, JSON.stringify([PAYMENT]))));
  });

  test('does not answer its health check before it has a model, and says why there is none', async () => {
    await expect(serve([], vertex(await google([])))).rejects.toThrow(
      /There is nothing under gs:\/\/models-bucket\/models\/7/,
    );
    await expect(serve([], vertex(await google(['../../escaped'])))).rejects.toThrow(/would lie outside the folder/);
    await expect(serve(['--model', work])).rejects.toThrow(/There is no model\.joblib/);
  });
});
