// Measures synthesis: the full example against an app that emits the very same templates from raw resources, and how it
// grows with the number of models. Ratios come from pairs in one run, so that a slow machine slows both alike.
// Validation of templates is off for both.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const TARGET = 1.5;
const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'mlops-bench-'));
const example = join(here, '../examples/fraud-detection/platform.yaml');

let runs = 0;
function synth(kind, file) {
  const out = join(work, `out-${runs++}`);
  const printed = execFileSync(process.execPath, [join(here, 'synth.cjs'), kind, file, out], {
    env: { ...process.env, CDK_VALIDATION: 'false' },
    encoding: 'utf8',
  });
  return { ...JSON.parse(printed), out };
}

function templatesOf(out) {
  const { artifacts } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
  return Object.values(artifacts)
    .filter(({ type }) => type === 'aws:cloudformation:stack')
    .map(({ displayName, properties }) => ({
      name: displayName.split('/').pop(),
      template: JSON.parse(readFileSync(join(out, properties.templateFile), 'utf8')),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const show = (name, ours, raw) => console.log(`${name.padEnd(22)} ${ours.padStart(10)} ${raw.padStart(10)}`);

try {
  const made = templatesOf(synth('ours', example).out);
  const file = join(work, 'templates.json');
  writeFileSync(file, JSON.stringify(made));
  const again = templatesOf(synth('raw', file).out);
  for (const [i, { name, template }] of made.entries())
    if (!isDeepStrictEqual(again[i].template.Resources, template.Resources))
      throw new Error(`${name} is not the same from raw resources`);

  const pairs = Array.from({ length: ROUNDS }, () => [synth('ours', example), synth('raw', file)]);
  const column = (i, key) => median(pairs.map((pair) => pair[i][key]));
  const ratio = (key) => median(pairs.map(([ours, raw]) => ours[key] / raw[key]));
  console.log(
    `full example, ${made.length} stacks, ${made.reduce((n, { template }) => n + Object.keys(template.Resources).length, 0)} resources, median of ${ROUNDS} pairs`,
  );
  show('', 'ours', 'raw');
  show('wall time', `${column(0, 'ms').toFixed(0)} ms`, `${column(1, 'ms').toFixed(0)} ms`);
  show('peak memory', `${column(0, 'mib').toFixed(0)} MiB`, `${column(1, 'mib').toFixed(0)} MiB`);
  for (const [what, value] of [
    ['time', ratio('ms')],
    ['memory', ratio('mib')],
  ])
    console.log(`${what} ratio ${value.toFixed(2)}, target ${TARGET}: ${value <= TARGET ? 'met' : 'missed'}`);

  const { models, environments, ...base } = parse(readFileSync(example, 'utf8'));
  const { models: _, ...prod } = environments.prod;
  console.log('\ngrowth with models');
  for (const count of [1, 10, 100]) {
    const many = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`model-${i}`, Object.values(models)[i % 2]]),
    );
    const spec = join(work, `${count}.yaml`);
    writeFileSync(spec, stringify({ ...base, models: many, environments: { prod } }));
    const rounds = Array.from({ length: Math.min(3, ROUNDS) }, () => synth('ours', spec));
    show(
      `${count} models`,
      `${median(rounds.map(({ ms }) => ms)).toFixed(0)} ms`,
      `${median(rounds.map(({ mib }) => mib)).toFixed(0)} MiB`,
    );
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
