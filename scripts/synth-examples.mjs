// Synthesises every example in every environment with the command that users run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = mkdtempSync(join(tmpdir(), 'mlops-examples-'));
try {
  for (const example of readdirSync(join(root, 'examples'))) {
    const spec = join('examples', example, 'platform.yaml');
    let text;
    try {
      text = readFileSync(join(root, spec), 'utf8');
    } catch {
      continue;
    }
    const { environments = {}, ...base } = parse(text);
    const each = Object.entries(environments);
    for (const [environment, overlay] of each.length === 0 ? [[undefined, {}]] : each)
      for (const cloud of ['aws', 'gcp'].filter((name) => name in { ...base, ...overlay })) {
        const where = environment === undefined ? [] : ['--environment', environment];
        const folder = join(out, example, environment ?? 'base', cloud);
        execFileSync(process.execPath, ['bin/mlops.js', 'synth', spec, '--cloud', cloud, ...where, '--out', folder], {
          cwd: root,
          stdio: ['ignore', 'inherit', 'inherit'],
        });
      }
  }
} finally {
  rmSync(out, { recursive: true, force: true });
}
