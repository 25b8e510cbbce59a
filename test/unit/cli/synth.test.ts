import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capturedIo } from '../../../lib/cli/io';
import { main } from '../../../lib/cli/main';
import { pipelinePlatform } from '../../support/pipeline-spec';

const EXAMPLE = join(__dirname, '../../../examples/minimal/platform.yaml');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-synth-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = async (...args: string[]) => {
  const io = capturedIo();
  return { code: await main(args, io), ...io.text };
};
const synth = (spec: string, out: string) => run('synth', spec, '--cloud', 'aws', '--out', out);

describe('mlops synth', () => {
  it('writes templates, and writes them again over an earlier run', async () => {
    const out = join(folder, 'deep/cdk.out');
    for (const _ of [1, 2]) {
      const { code, out: said } = await synth(EXAMPLE, out);
      expect(code).toBe(0);
      expect(said).toContain('churn-foundation');
      expect(existsSync(join(out, 'manifest.json'))).toBe(true);
    }
    expect(readdirSync(join(folder, 'deep'))).toEqual(['cdk.out']);
  });

  it('leaves nothing behind when the spec is wrong', async () => {
    const spec = join(folder, 'platform.yaml');
    writeFileSync(spec, 'name: churn\nowner: me\n');
    const { code, err } = await synth(spec, join(folder, 'cdk.out'));
    expect(code).toBe(1);
    expect(err).toContain('owner');
    expect(readdirSync(folder)).toEqual(['platform.yaml']);
  });

  it('says of a pipeline that is too large only once it is rendered what is wrong with the spec', async () => {
    const parameters = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p-${i}`, 'x'.repeat(256)]));
    const steps = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`s${i}`, { kind: 'prediction', inputs: { data: 'asked' }, parameters }]),
    );
    const spec = join(folder, 'platform.json');
    writeFileSync(spec, JSON.stringify(pipelinePlatform({ image: 'a-1', steps })));
    expect((await run('validate', spec)).code).toBe(0);
    const { code, err } = await run('synth', spec, '--cloud', 'gcp', '--out', join(folder, 'out'));
    expect(code).toBe(1);
    expect(err).toMatch(
      /^1 problem in the spec:\n\nmodels\.detector\.pipeline\.steps: make a document that is too long/,
    );
    expect(readdirSync(folder)).toEqual(['platform.json']);
  });

  it('never replaces a folder that holds something else', async () => {
    const out = join(folder, 'mine');
    mkdirSync(out);
    writeFileSync(join(out, 'thesis.txt'), 'years of work');
    const { code } = await synth(EXAMPLE, out);
    expect(code).toBe(2);
    expect(readdirSync(out)).toEqual(['thesis.txt']);
  });

  it('wants a cloud that it knows', async () => {
    expect((await run('synth', EXAMPLE, '--cloud', 'azure')).code).toBe(2);
  });
});

describe('mlops synth --context', () => {
  const GCP = join(__dirname, '../../../examples/minimal-google-cloud/platform.yaml');
  const CASES = { aws: { spec: EXAMPLE }, gcp: { spec: GCP } } as const;
  const DESTROY = 'mlops:destroyData=true';
  const ALLOW = 'mlops:allowDataLoss=true';

  const withContext = (cloud: 'aws' | 'gcp', ...pairs: readonly string[]) => {
    const context = pairs.flatMap((pair) => ['--context', pair]);
    // Before the spec: no option may take it for one more pair.
    return run('synth', ...context, CASES[cloud].spec, '--cloud', cloud, '--out', join(folder, 'out'));
  };
  /** All that was written, as one text. */
  const written = () =>
    readdirSync(join(folder, 'out'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.template\.json$|cdk\.tf\.json$/.test(name))
      .map((name) => readFileSync(join(folder, 'out', name), 'utf8'))
      .join('\n');

  it('turns both keys to data on AWS', async () => {
    expect((await withContext('aws')).code).toBe(0);
    expect(written()).not.toContain('"DeletionPolicy": "Delete"');
    expect((await withContext('aws', DESTROY, ALLOW)).code).toBe(0);
    expect(written()).toContain('"DeletionPolicy": "Delete"');
  });

  it('and on Google Cloud', async () => {
    expect((await withContext('gcp')).code).toBe(0);
    expect(written()).toContain('"prevent_destroy": true');
    expect((await withContext('gcp', DESTROY, ALLOW)).code).toBe(0);
    expect(written()).toContain('"prevent_destroy": false');
    expect(written()).not.toContain('"prevent_destroy": true');
  });

  it.each(['aws', 'gcp'] as const)(
    'refuses the first key without the second, %s, and writes nothing',
    async (cloud) => {
      const { code, out, err } = await withContext(cloud, DESTROY);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(
        /^Platform\/.*: destroyData is true, but the app does not allow data loss\. Set its context mlops:allowDataLoss to true .*\n$/,
      );
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('retains data with the second key alone', async () => {
    expect((await withContext('gcp', ALLOW)).code).toBe(0);
    expect(written()).not.toContain('"prevent_destroy": false');
  });

  it('refuses a first key that is neither true nor false', async () => {
    expect(await withContext('gcp', 'mlops:destroyData=yes', ALLOW)).toEqual({
      code: 2,
      out: '',
      err: 'The context mlops:destroyData is "yes". It can be true or false.\n',
    });
    expect((await withContext('gcp', 'mlops:destroyData=false')).code).toBe(0);
  });

  it('takes keys of an earlier platform over', async () => {
    expect((await withContext('gcp')).code).toBe(0);
    expect(written()).not.toContain('"import"');
    expect((await withContext('gcp', 'mlops:adoptKeys=true')).code).toBe(0);
    expect(written()).toContain('"import"');
  });

  it('refuses flags that the app does not have, and values that they cannot have, all at once', async () => {
    expect(await withContext('gcp', 'mlops:adoptKey=true', 'mlops:adoptKeys=yes', 'theirs=yes')).toEqual({
      code: 2,
      out: '',
      err: [
        'The context mlops:adoptKey is none that this app has. It has mlops:destroyData, mlops:allowDataLoss, mlops:adoptKeys. Did you mean mlops:adoptKeys?',
        'The context mlops:adoptKeys is "yes". It can be true or false.',
        '',
      ].join('\n'),
    });
    expect(await withContext('aws', 'mlops:adoptKeys=true')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^The context mlops:adoptKeys is none that this app has\. It has mlops:destroyData, /),
    });
    expect(readdirSync(folder)).toEqual([]);
    expect((await withContext('gcp', 'theirs=yes')).code).toBe(0);
  });

  it.each(['mlops:adoptKeys', '=true', ''])('says what is wrong with %j', async (word) => {
    const { code, out, err } = await withContext('gcp', word);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(
      `option '--context <key=value>' argument '${word}' is invalid. It is key=value, for example mlops:adoptKeys=true.`,
    );
  });

  it('says how to apply the stacks of Google Cloud, up to the first that fails', async () => {
    const { out } = await withContext('gcp');
    expect(out).toMatch(/for stack in [\w -]+; do terraform .* init && terraform .* apply \|\| break; done\n$/);
  });
});

describe('mlops bootstrap', () => {
  it('prints a script', async () => {
    const { code, out } = await run('bootstrap', EXAMPLE, '--cloud', 'aws');
    expect(code).toBe(0);
    expect(out).toMatch(/^#!\/usr\/bin\/env bash\n/);
    expect(out).toContain('npx cdk bootstrap');
  });
});
