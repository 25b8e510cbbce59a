import { describe, inject, test } from 'vitest';
import type { JudgeName, PythonEnv } from './python-env';

/**
 * A suite that needs a Python judge. Where the judge cannot run the suite is skipped, and says why and what would help;
 * in CI that is a failure.
 */
export function describeJudge(name: JudgeName, title: string, suite: () => void): void {
  const judge = judgeOf(name);
  if (judge.ok) {
    describe(title, suite);
    return;
  }
  const why = `the judge "${name}" cannot run. ${judge.reason} ${judge.remedy}`;
  if (process.env.CI) {
    test(title, () => {
      throw new Error(why);
    });
    return;
  }
  process.stderr.write(`\nSKIPPED "${title}": ${why}\n\n`);
  describe.skip(`${title} — SKIPPED: ${why}`, () => {
    test('needs its judge', () => undefined);
  });
}

/**
 * The Python executable of a judge.
 *
 * @throws Error where the judge cannot run: use it within `describeJudge`.
 */
export function judgePython(name: JudgeName): string {
  const judge = judgeOf(name);
  if (!judge.ok) throw new Error(`The judge "${name}" cannot run. ${judge.reason} ${judge.remedy}`);
  return judge.python;
}

function judgeOf(name: JudgeName): PythonEnv {
  const judges = inject('judges') as Record<JudgeName, PythonEnv> | undefined;
  if (!judges) throw new Error('No judge was prepared: run this test in the vitest project `judges`.');
  return judges[name];
}
