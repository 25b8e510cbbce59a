import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { PlatformNames } from '../../lib/plan/names';
import { planPipeline } from '../../lib/plan/pipeline/pipeline-plan';
import { METRICS_FILE, stepArguments } from '../../lib/plan/pipeline/step-arguments';
import { RESERVED_ARGUMENTS } from '../../lib/spec/pipeline-steps';

const ROOT = resolve(__dirname, '../..');
const FILE = join(ROOT, 'docs/step-contract.md');
const PAGE = readFileSync(FILE, 'utf8');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const blocks = (language: string): readonly string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

it('is found from the README', () => {
  expect(README).toContain('(docs/step-contract.md)');
});

it('shows the arguments that its example really gives', () => {
  const [yaml = ''] = blocks('yaml');
  const { models, name } = loadPlatformSpec(yaml);
  const pipeline = models['fraud-detector']?.pipeline;
  if (pipeline === undefined) throw new Error('the page has no pipeline');
  const { steps } = planPipeline('fraud-detector', pipeline, new PlatformNames(name));
  const places = { input: () => 'DIR', output: () => 'DIR', metrics: 'DIR', checkpoints: 'DIR' };
  const lines = steps.flatMap((step) =>
    step.kind === 'validation' ? [] : [[...(step.command ?? []), ...stepArguments(step, places)].join(' ')],
  );
  expect(blocks('text')[0]).toBe(`${lines.join('\n')}\n`);
});

it('has a command that its example can be run with', () => {
  const command = blocks('sh').find((text) => text.includes('mlops run')) ?? '';
  const given = (option: string) => new RegExp(`--${option} (\\S+)`).exec(command)?.[1];
  const environment = given('environment');
  const { models } = loadPlatformSpec(blocks('yaml')[0] ?? '', environment === undefined ? {} : { environment });
  expect(Object.keys(models)).toContain(given('model'));
});

it('names the arguments that every container knows, and the file of metrics', () => {
  for (const argument of RESERVED_ARGUMENTS) expect(PAGE).toContain(`| \`--${argument} <folder>\` |`);
  expect(PAGE).toContain(`**\`${METRICS_FILE}\`**`);
});

it('has links that lead somewhere', () => {
  const links = [...PAGE.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(2);
  for (const link of links) expect(existsSync(join(dirname(FILE), link)), link).toBe(true);
});

it('names only scripts that exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const [, script] of PAGE.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
});
