import { resolve } from 'node:path';
import { judgePython } from './describe-judge';
import { runJudge } from './python-process';

export interface NamedTemplate {
  readonly name: string;
  readonly template: object;
}

export interface LintFinding {
  /** Name of the template. */
  readonly template: string;
  /** Such as `E3012`: https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md */
  readonly rule: string;
  readonly level: 'error' | 'warning' | 'informational';
  readonly message: string;
  /** Where in the template, such as `Resources/Bucket/Properties/BucketName`; empty for the template itself. */
  readonly path: string;
}

const SCRIPT = resolve(__dirname, '../judges/templates/lint.py');

/**
 * Findings of cfn-lint, all rules and levels, from one process for all templates. Nothing is silenced: what a template's
 * metadata asks to ignore is reported all the same.
 */
export async function lintTemplates(
  templates: readonly NamedTemplate[],
  options: { readonly region: string },
): Promise<readonly LintFinding[]> {
  const findings = await runJudge(judgePython('templates'), SCRIPT, { templates, region: options.region });
  return findings as LintFinding[];
}

/** One line a finding, for assertions that show what is wrong. */
export function lintLines(findings: readonly LintFinding[]): readonly string[] {
  return findings.map(({ template, rule, path, message }) => `${template} ${rule} ${path}: ${message}`);
}
