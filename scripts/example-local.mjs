// The example's life on a laptop: a model is made, the world changes, the drift job sees it, and a new model is made.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { examplePython, programOf } from './example-python.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const example = join(root, 'examples/fraud-detection');
const code = join(example, 'pipeline');
const spec = join(example, 'platform.yaml');
const environment = 'dev';
const model = 'fraud-detector';
const work = join(root, '.cache/example-local');
const store = join(work, 'store');
const FORMAT = 'sagemaker-capture';

const load = createRequire(import.meta.url);
const { driftConfig } = load('../dist/plan/drift/drift-config.js');
const { pipeline, monitoring } = load('../dist/index.js').loadPlatformSpec(spec, { environment }).models[model];
const windowDays = monitoring.drift.window.seconds / 86_400;
const onDrift = Object.keys(pipeline.triggers).find((name) => pipeline.triggers[name].signal === 'drift');

const venv = examplePython(join(code, 'requirements.txt'), join(root, '.venv/example-local'));
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };

const say = (text) => console.log(`\n── ${text}`);
const python = (...args) => execFileSync(programOf(venv), args, { stdio: 'inherit', env });
const generate = (name, ...args) => python(join(example, 'data/generate.py'), '--out', join(work, name), ...args);

/** One run of the pipeline, as a person or a trigger of the spec begins it. */
function run(data, trigger) {
  const begunBy = trigger === undefined ? [] : ['--trigger', trigger];
  const folders = ['--data', join(work, data), '--out', store, '--code', code, '--venv', venv];
  execFileSync(
    process.execPath,
    [join(root, 'bin/mlops.js'), 'run', spec, '--environment', environment, '--model', model, ...folders, ...begunBy],
    {
      stdio: 'inherit',
      env,
    },
  );
}

/** Asks version 1 about the newest payments, and compares what it was asked with what it was trained on. */
function watch(data, end) {
  const version = join(store, 'registry', model, '1');
  const { reference } = JSON.parse(readFileSync(join(version, 'registration.json'), 'utf8'));
  const captured = join(work, `${data}-captured`);
  const asked = [
    '--data',
    join(work, data),
    '--model',
    join(version, 'model'),
    '--out',
    captured,
    '--days',
    `${windowDays}`,
  ];
  python(join(example, 'data/replay.py'), ...asked);
  const config = {
    ...driftConfig(monitoring.drift),
    model: { name: model, version: '1' },
    window: { start: day(end, -windowDays), end: day(end, 1) },
    format: FORMAT,
  };
  const file = join(work, `${data}-drift.json`);
  writeFileSync(file, JSON.stringify(config));
  const out = join(work, `${data}-drift`);
  const folders = ['--reference', reference, '--current', join(captured, FORMAT), '--out', out];
  python(join(root, 'dist/jobs/drift'), '--config', file, ...folders);
  console.log(`Its report: ${relative(process.cwd(), join(out, 'report.html'))}`);
  return JSON.parse(readFileSync(join(out, 'drift.json'), 'utf8')).status;
}

const day = (date, more) => new Date(Date.parse(`${date}T00:00:00Z`) + more * 86_400_000).toISOString();

try {
  say('Payments of three months, and which of them were disputed');
  generate('before', '--end', '2026-03-31');
  say('The pipeline makes a model of them');
  run('before');
  say('The model is asked, and what it is asked is watched');
  const calm = watch('before', '2026-03-31');
  say('Three months later the world has changed');
  generate('after', '--end', '2026-06-29', '--drift');
  const drift = watch('after', '2026-06-29');
  if (calm !== 'OK' || drift !== 'DRIFT')
    throw new Error(`the drift job said ${calm}, then ${drift}: not OK, then DRIFT`);
  say('Drift starts the pipeline again: the new model has to be better than the one that serves');
  run('after', onDrift);
  console.log(
    `\nAll of it is in ${relative(process.cwd(), work)}: snapshots, runs, versions with where they come from.`,
  );
} catch (error) {
  // What a program had to say it has said.
  console.error(error.status === undefined ? error : `\nThe example stopped: see above.`);
  process.exitCode = 1;
}
