// Measures the drift job as a cloud would run it: wall time, time of the processor and peak memory of the whole process, for
// a million rows of fifty columns against as many, and for captured requests. Needs the environment of the judge `drift`,
// which `npm test` makes.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROWS = Number(process.env.DRIFT_ROWS ?? 1_000_000);
const COLUMNS = Number(process.env.DRIFT_COLUMNS ?? 50);
const CAPTURED = Number(process.env.DRIFT_CAPTURED ?? 100_000);
const here = dirname(fileURLToPath(import.meta.url));
const python = join(here, '../.venv/drift/bin/python');

/** Runs the job as a child, so that what is measured is the job's process alone. */
const MEASURE = `import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run([sys.executable, *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 1 << 20 if sys.platform == 'darwin' else 1 << 10
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)`;

function measure(title, work, format) {
  const job = [join(here, '../lib/jobs/drift'), '--config', join(work, `${format}.json`)];
  const folders = ['--reference', join(work, 'reference'), '--current', join(work, format), '--out', join(work, 'out')];
  const [wall, processor, peak] = execFileSync(python, ['-c', MEASURE, ...job, ...folders], { encoding: 'utf8' })
    .split(' ')
    .map(Number);
  console.log(
    `drift, ${title}: ${wall.toFixed(1)} s, ${processor.toFixed(1)} s of the processor, peak memory ${peak.toFixed(0)} MiB`,
  );
}

if (existsSync(python)) {
  const work = mkdtempSync(join(tmpdir(), 'drift-bench-'));
  try {
    execFileSync(python, [join(here, 'drift_data.py'), work, String(ROWS), String(COLUMNS), String(CAPTURED)]);
    const reference = `${ROWS.toLocaleString('en')} × ${COLUMNS} of reference`;
    measure(`${reference} and as many of current, Parquet`, work, 'parquet');
    measure(`${reference} and ${CAPTURED.toLocaleString('en')} captured requests`, work, 'sagemaker-capture');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
} else {
  console.log(`drift: not measured, there is no ${python}. Run npm test once, which makes it.`);
}
