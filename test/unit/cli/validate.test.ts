import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { capturedIo } from '../../../lib/cli/io';
import { main } from '../../../lib/cli/main';
import manifest from '../../../package.json';

const folder = mkdtempSync(join(tmpdir(), 'cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileWith(text: string): string {
  files += 1;
  const file = join(folder, `${files}.yaml`);
  writeFileSync(file, text);
  return file;
}

async function mlops(...args: readonly string[]) {
  const io = capturedIo();
  const code = await main(args, io);
  return { code, ...io.text };
}

const BASE = 'name: fraud\nowner: risk-ml@example.com\naws: { region: eu-central-1 }\n';
const fine = fileWith(BASE);
const withEnvironments = fileWith(`${BASE}environments: { dev: {}, prod: { aws: { region: eu-west-1 } } }\n`);
const wrong = fileWith('name: Fraud\nowner: risk-ml@example.com\naws: { regin: eu-central-1 }\n');

describe('mlops validate', () => {
  test('says that a spec is fine', async () => {
    const { code, out, err } = await mlops('validate', fine);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^✓ fraud on AWS\n/);
    expect(out).toContain('3 × customer keys, by the month');
    expect(out).toContain('nothing for interface endpoints');
  });

  test('checks every environment, or the one that is named', async () => {
    const all = await mlops('validate', withEnvironments);
    expect(all.out.match(/^✓ .*$/gm)).toEqual(['✓ fraud in dev on AWS', '✓ fraud in prod on AWS']);
    const one = await mlops('validate', withEnvironments, '--environment', 'prod');
    expect(one.out.match(/^✓ .*$/gm)).toEqual(['✓ fraud in prod on AWS']);
  });

  test('says what a platform costs on each cloud that it lives on', async () => {
    const both = fileWith(`${BASE}gcp: { project: fraud-prod, projectNumber: 123456789012, region: europe-west4 }\n`);
    const { code, out } = await mlops('validate', both);
    expect(code).toBe(0);
    expect(out.match(/^✓ .*$/gm)).toEqual(['✓ fraud on AWS', '✓ fraud on Google Cloud']);
    expect(out).toContain('1 × Private Service Connect forwarding rules, by the hour');
  });

  test('asks where a platform lives that says nothing of it', async () => {
    const { code, err } = await mlops('validate', fileWith('name: fraud\nowner: risk-ml@example.com\n'));
    expect(code).toBe(1);
    expect(err).toContain('aws or gcp is missing');
  });

  test('says all that is wrong, to stderr, with 1', async () => {
    const { code, out, err } = await mlops('validate', wrong);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`3 problems in the spec:\n\n${wrong}:1:7 name: `);
    expect(err).toContain(`${wrong}:3:1 aws.region: is required and not there`);
    expect(err).toContain(`${wrong}:3:8 aws.regin: is not a key that exists here`);
    expect(err).toContain('did you mean region?');
  });

  test('prints one JSON document, whatever comes out', async () => {
    const good = await mlops('validate', withEnvironments, '--json');
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(good.out)).toMatchObject({
      schemaVersion: 1,
      ok: true,
      data: {
        platforms: [
          { name: 'fraud', environment: 'dev', cloud: 'aws' },
          { name: 'fraud', environment: 'prod', cloud: 'aws' },
        ],
      },
      diagnostics: [],
    });
    const bad = await mlops('validate', '--json', wrong);
    expect(bad).toMatchObject({ code: 1, err: '' });
    const report = JSON.parse(bad.out) as { diagnostics: Record<string, unknown>[] };
    expect(report).toMatchObject({ schemaVersion: 1, ok: false, data: null });
    expect(report.diagnostics).toHaveLength(3);
    expect(report.diagnostics[2]).toEqual({
      file: wrong,
      line: 3,
      column: 8,
      path: 'aws.regin',
      message: 'is not a key that exists here',
      received: '"regin"',
      allowed: 'account, region',
      fix: 'did you mean region?',
    });
  });

  test('is wrong usage, 2, for a file that cannot be read', async () => {
    for (const json of [[], ['--json']]) {
      const { code, out, err } = await mlops('validate', join(folder, 'nowhere.yaml'), ...json);
      expect(code).toBe(2);
      expect(out + err).toContain('there is no such file');
    }
    expect((await mlops('validate', folder)).code).toBe(2);
  });

  test('is a wrong spec, 1, for an environment that it does not have', async () => {
    const { code, err } = await mlops('validate', withEnvironments, '-e', 'prdo');
    expect(code).toBe(1);
    expect(err).toContain('did you mean prod?');
  });

  test('validates the examples', async () => {
    for (const example of ['minimal', 'fraud-detection'])
      expect(await mlops('validate', `examples/${example}/platform.yaml`)).toMatchObject({ code: 0, err: '' });
  });
});

describe('mlops', () => {
  test.each([
    [[], /Usage: mlops/],
    [['validate'], /missing required argument 'spec'/],
    [['validate', 'a', 'b'], /too many arguments/],
    [['validate', fine, '--enviroment', 'prod'], /unknown option '--enviroment'\n\(Did you mean --environment\?\)/],
    [['validate', fine, '--environment'], /argument missing/],
    [['valdate', fine], /unknown command 'valdate'\n\(Did you mean validate\?\)/],
  ])('says what is wrong with its usage, with 2: %j', async (args, message) => {
    const { code, out, err } = await mlops(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  test('says its version and how it is used, with 0', async () => {
    expect(await mlops('--version')).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
    expect(await mlops('--help')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('validate') as string,
    });
    expect(await mlops('validate', '--help')).toMatchObject({ code: 0, err: '' });
  });
});
