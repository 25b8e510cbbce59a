// Measures synthesis: the full example against apps that emit the very same templates from raw resources, and how it grows
// with the number of models that serve. Ratios come from one run, in rounds of one synthesis of each kind, so that a slow
// machine slows all alike; time of the processor is shown beside wall time, because a busy machine disturbs it less.
// Validation of templates is off for all.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const TARGET = 1.5;
const KINDS = ['ours', 'floor', 'raw'];
const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'mlops-bench-'));
const example = join(here, '../examples/fraud-detection/platform.yaml');
const templates = join(work, 'templates.json');
const modules = join(work, 'modules.json');

let runs = 0;
function synth(kind, file = kind === 'ours' ? example : templates) {
  const out = join(work, `out-${runs++}`);
  const printed = execFileSync(process.execPath, [join(here, 'synth.cjs'), kind, file, out, modules], {
    env: { ...process.env, CDK_VALIDATION: 'false', BENCH_CACHE: join(work, 'cache') },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
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

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const show = (name, ...columns) => console.log(name.padEnd(22) + columns.map((text) => text.padStart(12)).join(''));
const ms = (value) => `${value.toFixed(0)} ms`;
const mib = (value) => `${value.toFixed(0)} MiB`;
const verdict = (ratio) => (ratio <= TARGET ? 'met' : `missed by ${(ratio - TARGET).toFixed(2)}`);
const share = (part, whole) => `${ms(part)} (${((100 * part) / whole).toFixed(0)}%)`;

/** Lets each kind run once, which also fills the compile cache of Node, and sees to it that all make the same. */
function prepare() {
  const first = synth('ours');
  const made = templatesOf(first.out);
  writeFileSync(templates, JSON.stringify(made));
  writeFileSync(modules, JSON.stringify(first.modules));
  for (const kind of ['raw', 'floor']) {
    const again = synth(kind);
    for (const [i, { name, template }] of templatesOf(again.out).entries())
      if (!isDeepStrictEqual(template, made[i].template)) throw new Error(`${name} is not the same from ${kind}`);
    if (kind === 'floor' && first.modules.some((name) => !again.modules.includes(name)))
      throw new Error('the floor has not loaded what ours has');
  }
  return { made, modules: first.modules };
}

function compare() {
  const { made, modules } = prepare();
  const resources = made.reduce((sum, { template }) => sum + Object.keys(template.Resources).length, 0);
  const rounds = Array.from({ length: ROUNDS }, () => KINDS.map((kind) => synth(kind)));
  const column = (key) => KINDS.map((_, i) => median(rounds.map((round) => round[i][key])));
  const ratio = (key, i) => median(rounds.map((round) => round[0][key] / round[i][key]));
  const [ours, floor, raw] = column('cpu');

  console.log(`full example: ${made.length} stacks, ${resources} resources; Node ${process.version}, ${ROUNDS} rounds`);
  show('', ...KINDS);
  show('wall time', ...column('wall').map(ms));
  show('processor time', ...column('cpu').map(ms));
  show('peak memory', ...column('mib').map(mib));
  for (const [i, what] of [
    [2, 'raw, which makes the same templates from CfnResource and loads nothing else'],
    [1, `the floor: raw after loading the ${modules.length} modules of the CDK that ours uses`],
  ]) {
    const [wall, cpu, peak] = ['wall', 'cpu', 'mib'].map((key) => ratio(key, i));
    console.log(
      `${wall.toFixed(2)} in wall time, ${cpu.toFixed(2)} in processor time, ${peak.toFixed(2)} in memory against ${what};`,
    );
    console.log(`  target ${TARGET}: ${verdict(wall)} in wall time, ${verdict(cpu)} in processor time`);
  }
  console.log(
    `of ${ms(ours - raw)} of processor time more than raw, loading the CDK takes ${share(floor - raw, ours - raw)}, as in the floor; spec, plan, constructs and their tokens take the other ${share(ours - floor, ours - raw)}`,
  );
}

/**
 * The example's two models again and again, as many as there shall be, all of which serve. On AWS alone: one project of Google
 * Cloud has accounts for 20 of them.
 */
function specOf(count) {
  const { models, environments, gcp: _, ...base } = parse(readFileSync(example, 'utf8'));
  const served = Object.values(models).filter(({ serving }) => serving !== undefined);
  const { models: __, gcp: ___, ...prod } = environments.prod;
  const many = Object.fromEntries(Array.from({ length: count }, (_, i) => [`model-${i}`, served[i % served.length]]));
  const file = join(work, `${count}.yaml`);
  writeFileSync(file, stringify({ ...base, models: many, environments: { prod } }));
  return file;
}

function growth() {
  console.log('\ngrowth with models that serve');
  show('', 'wall time', 'processor', 'peak memory', 'a model more');
  let before;
  for (const count of [1, 10, 100]) {
    const file = specOf(count);
    const rounds = Array.from({ length: Math.min(3, ROUNDS) }, () => synth('ours', file));
    const [wall, cpu, peak] = ['wall', 'cpu', 'mib'].map((key) => median(rounds.map((run) => run[key])));
    const more = before === undefined ? '' : `${((cpu - before.cpu) / (count - before.count)).toFixed(1)} ms`;
    show(`${count} models`, ms(wall), ms(cpu), mib(peak), more);
    before = { count, cpu };
  }
}

try {
  compare();
  growth();
} finally {
  rmSync(work, { recursive: true, force: true });
}
