import { spawnSync } from 'node:child_process';
import { describe, test } from 'vitest';

/** The first release whose `plan -json` and attached providers the judges know. */
const OLDEST = [1, 5] as const;

/**
 * A suite that needs the `terraform` command. Where there is none the suite is skipped, and says why and what would
 * help; in CI that is a failure.
 */
export function describeTerraform(title: string, suite: () => void): void {
  const missing = whyNot();
  if (missing === undefined) {
    describe(title, suite);
    return;
  }
  const why = `${missing} Install Terraform ${OLDEST.join('.')} or later and run the tests again.`;
  if (process.env.CI) {
    test(title, () => {
      throw new Error(why);
    });
    return;
  }
  process.stderr.write(`\nSKIPPED "${title}": ${why}\n\n`);
  describe.skip(`${title} — SKIPPED: ${why}`, () => {
    test('needs terraform', () => undefined);
  });
}

function whyNot(): string | undefined {
  const env = { ...process.env, CHECKPOINT_DISABLE: '1' };
  const { status, stdout } = spawnSync('terraform', ['version', '-json'], { encoding: 'utf8', env });
  if (status !== 0) return 'There is no `terraform` on the PATH.';
  const version: string = JSON.parse(stdout).terraform_version;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return enough ? undefined : `The \`terraform\` on the PATH is ${version}.`;
}
