import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import type { z } from 'zod';
import { inToken } from '../plan/props';
import { explain } from '../spec/explain';
import { ONCE } from '../spec/once';
import { type Finding, SpecError } from '../spec/problem';
import { problemWithoutPlace } from '../spec/text';

/** What is wrong with props by the schema that a spec has for them, except for tokens: nobody knows their values yet. */
export function findingsOf(schema: z.ZodType, value: unknown): readonly Finding[] {
  const result = schema.safeParse(value, ONCE);
  if (result.success) return [];
  const issues = result.error.issues.filter(({ path }) => !inToken(Token.isUnresolved, value, path));
  return issues.length === 0 ? [] : explain(issues, schema, value);
}

/**
 * Refuses the props of a construct if anything is wrong with them.
 * @throws SpecError with all of it, the path of the construct as its file.
 */
export function refuseProps(scope: Construct, findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  throw new SpecError(findings.map((finding) => ({ ...problemWithoutPlace(finding), file: scope.node.path })));
}
