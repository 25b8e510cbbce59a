import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { processIo } from '../../lib/cli/io';
import { main } from '../../lib/cli/main';
import { loadPlatformSpec } from '../../lib/plan/load';
import { formatProblems } from '../../lib/spec/problem';
import { problemsOf } from '../support/problems';

const ROOT = resolve(__dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Blocks of one language, each with so many empty lines before it that its lines have the README's numbers. */
const blocks = (language: string): readonly string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ({ 1: code, index }) => '\n'.repeat(README.slice(0, index).split('\n').length) + code,
  );

it('has TypeScript that compiles', () => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/readme-'));
  try {
    const code = blocks('ts');
    expect(code.length).toBeGreaterThan(1);
    code.forEach((text, i) => {
      writeFileSync(join(folder, `readme-${i}.ts`), text);
    });
    const config = { extends: '../../tsconfig.json', compilerOptions: { noUnusedLocals: false }, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    });
    expect(tsc.stdout).toBe('');
    expect(tsc.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('has specs that load', () => {
  const specs = blocks('yaml');
  expect(specs.length).toBeGreaterThan(0);
  for (const text of specs) expect(loadPlatformSpec(text).name).toBe(parse(text).name);
});

it('quotes an answer to a mistake that is really given', () => {
  const text =
    'name: a\nowner: a@example.com\naws: { region: eu-central-1 }\ndataLake:\n  zones:\n    raw: { retentoin: 90 days }\n';
  const [quoted = ''] = blocks('text').map((block) => block.trim());
  const problems = problemsOf(() => loadPlatformSpec(text)).map((problem) => ({ ...problem, file: 'platform.yaml' }));
  expect(formatProblems(problems)).toBe(quoted);
});

it('names only scripts that exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const [, script] of README.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
});

it('lists every command that there is, and calls none that there is not', async () => {
  let help = '';
  const out = (text: string) => {
    help += text;
  };
  await main(['--help'], { ...processIo(), out });
  const commands = [...help.matchAll(/^ {2}(\w+) .*\[options\]/gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(3);
  const listed = [...README.matchAll(/^\| `mlops (\w+)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(commands.sort());
  for (const [, name] of README.matchAll(/npx mlops (\w+)/g)) expect(commands).toContain(name);
});
