import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capturedIo } from '../../../lib/cli/io';
import { main } from '../../../lib/cli/main';

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

describe('mlops bootstrap', () => {
  it('prints a script', async () => {
    const { code, out } = await run('bootstrap', EXAMPLE, '--cloud', 'aws');
    expect(code).toBe(0);
    expect(out).toMatch(/^#!\/usr\/bin\/env bash\n/);
    expect(out).toContain('npx cdk bootstrap');
  });
});
