// Measures synthesis for Google Cloud as run.mjs does for AWS: the full example against the very same documents from raw
// resources, what importing the package costs, and how it grows with the number of models that serve.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SYNTH_TARGET = 1.5;
const IMPORT_TARGET = 1.3;
const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '../dist');
const work = mkdtempSync(join(tmpdir(), 'mlops-bench-'));
const example = join(here, '../examples/fraud-detection/platform.yaml');
const documents = join(work, 'documents.json');
const modules = join(work, 'modules.json');
const given = join(work, 'given.json');
const bindings = join(work, 'bindings.json');
const INPUT = {
  ours: example,
  record: example,
  raw: documents,
  floor: documents,
  typed: documents,
  import: '-',
  'import-floor': bindings,
};
const BESIDE = { floor: modules, typed: given, record: given };

let runs = 0;
function run(kind, file = INPUT[kind]) {
  const out = join(work, `out-${runs++}`);
  const printed = execFileSync(process.execPath, [join(here, 'gcp-synth.cjs'), kind, file, out, BESIDE[kind] ?? '-'], {
    env: { ...process.env, BENCH_CACHE: join(work, 'cache') },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return { ...JSON.parse(printed), out };
}

/** The stacks in a folder of cdktf, without what it notes in comments about the constructs that they came from. */
function documentsOf(out) {
  const stacks = Object.values(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')).stacks);
  const names = new Map(stacks.map(({ constructPath, name }) => [constructPath, name]));
  const withoutComments = (key, value) => (key === '//' ? undefined : value);
  return stacks
    .map(({ name, synthesizedStackPath, dependencies }) => ({
      name,
      dependencies: dependencies.map((path) => names.get(path)),
      json: JSON.parse(readFileSync(join(out, synthesizedStackPath), 'utf8'), withoutComments),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Bindings by the name that the package's own code has for them. */
function bindingsOf(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'));
  const names = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/require\("(@cdktf\/provider-google\/lib\/[\w-]+)"\)/g)].map(
      ([, name]) => name,
    ),
  );
  return [...new Set(names)].sort();
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const show = (name, ...columns) => console.log(name.padEnd(22) + columns.map((text) => text.padStart(14)).join(''));
const ms = (value) => `${value.toFixed(0)} ms`;
const mib = (value) => `${value.toFixed(0)} MiB`;

/** Runs kinds in turn and prints what each takes, and how many times as much one takes as another: places in `kinds`. */
function compare(kinds, against) {
  const rounds = Array.from({ length: ROUNDS }, () => kinds.map((kind) => run(kind)));
  const column = (key) => kinds.map((_, i) => median(rounds.map((round) => round[i][key])));
  const ratio = (key, of, to) => median(rounds.map((round) => round[of][key] / round[to][key])).toFixed(2);
  show('', ...kinds);
  show('wall time', ...column('wall').map(ms));
  show('processor time', ...column('cpu').map(ms));
  show('peak memory', ...column('mib').map(mib));
  for (const [of, to, what] of against) {
    const [wall, cpu, memory] = ['wall', 'cpu', 'mib'].map((key) => ratio(key, of, to));
    console.log(
      `${kinds[of]} against ${kinds[to]}: ${wall} in wall time, ${cpu} in processor time, ${memory} in memory: ${what}`,
    );
  }
}

/** Lets each kind run once, which also fills the compile cache of Node, and sees to it that all make the same. */
function prepare() {
  const first = run('ours');
  const made = documentsOf(first.out);
  writeFileSync(documents, JSON.stringify(made));
  writeFileSync(modules, JSON.stringify(first.modules));
  writeFileSync(bindings, JSON.stringify(bindingsOf(join(dist, 'gcp'))));
  run('record');
  for (const kind of ['raw', 'floor', 'typed']) {
    const again = run(kind);
    for (const [i, document] of documentsOf(again.out).entries())
      if (!isDeepStrictEqual(document, made[i])) throw new Error(`${document.name} is not the same from ${kind}`);
    if (kind === 'floor' && first.modules.some((name) => !again.modules.includes(name)))
      throw new Error('the floor has not loaded what ours has');
  }
  return { made, modules: first.modules };
}

function synthesis() {
  const { made, modules } = prepare();
  const resources = made.flatMap(({ json }) => Object.values(json.resource ?? {}).flatMap(Object.keys)).length;
  console.log(`full example: ${made.length} stacks, ${resources} resources; Node ${process.version}, ${ROUNDS} rounds`);
  compare(
    ['ours', 'typed', 'floor', 'raw'],
    [
      [0, 1, 'the same resources from their classes in the bindings, and nothing else'],
      [0, 2, `raw after loading the ${modules.length} modules that ours uses; target ${SYNTH_TARGET}`],
      [0, 3, 'the same documents from TerraformResource, and no bindings'],
      [1, 2, 'what no code of ours can save while it uses the bindings'],
      [1, 3, 'the same'],
    ],
  );
}

function imports() {
  const { length } = JSON.parse(readFileSync(bindings, 'utf8'));
  console.log('\nimport of the package');
  for (const kind of ['import', 'import-all', 'import-floor']) run(kind);
  compare(
    ['import', 'import-floor'],
    [[0, 1, `cdktf and the ${length} bindings that the package is written with; target ${IMPORT_TARGET}`]],
  );
  console.log('\nall that it exports, which is loaded at its first use');
  compare(['import-all', 'import-floor'], [[0, 1, 'the same']]);
}

/**
 * The example's models that serve again and again, as many as there shall be: as one project can have a hundred of them.
 * Vertex AI runs what trains, and what serves, as 20 accounts of a project at most, so they have no pipeline and no drift
 * watch, and serve as an account of Vertex AI's.
 */
function specOf(count) {
  const { models, environments, ...base } = parse(readFileSync(example, 'utf8'));
  const served = Object.values(models)
    .filter(({ serving }) => serving !== undefined)
    .map(({ pipeline: _, serving, monitoring: { drift: __, ...monitoring } = {}, ...model }) => ({
      ...model,
      serving: { ...serving, gcp: { serviceAccount: 'vertex-ai' } },
      monitoring,
    }));
  const { models: _, ...prod } = environments.prod;
  const many = Object.fromEntries(Array.from({ length: count }, (_, i) => [`model-${i}`, served[i % served.length]]));
  const file = join(work, `${count}.yaml`);
  writeFileSync(file, stringify({ ...base, models: many, environments: { prod } }));
  return file;
}

function growth() {
  console.log('\ngrowth with models that serve, which have no pipeline, no drift watch and no account of their own');
  show('', 'wall time', 'processor', 'peak memory', 'a model more');
  let before;
  for (const count of [1, 10, 100]) {
    const file = specOf(count);
    const rounds = Array.from({ length: Math.min(3, ROUNDS) }, () => run('ours', file));
    const [wall, cpu, peak] = ['wall', 'cpu', 'mib'].map((key) => median(rounds.map((one) => one[key])));
    const more = before === undefined ? '' : `${((cpu - before.cpu) / (count - before.count)).toFixed(1)} ms`;
    show(`${count} models`, ms(wall), ms(cpu), mib(peak), more);
    before = { count, cpu };
  }
}

try {
  synthesis();
  imports();
  growth();
} finally {
  rmSync(work, { recursive: true, force: true });
}
