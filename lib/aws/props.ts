import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { z } from 'zod';
import { inToken } from '../plan/props';
import { explain } from '../spec/explain';
import { ONCE } from '../spec/once';
import { type Finding, type Path, SpecError } from '../spec/problem';
import { problemWithoutPlace } from '../spec/text';

/**
 * Parses props with the schema that a spec has for them.
 * @param within - where the value is in the props
 * @throws SpecError with everything that is wrong, the path of the construct as its file.
 */
export function parseProps<S extends z.ZodType>(
  scope: Construct,
  schema: S,
  value: unknown,
  within: Path = [],
): z.output<S> {
  const result = schema.safeParse(value, ONCE);
  if (result.success) return result.data;
  throw wrongProps(scope, explain(result.error.issues, schema, value), within);
}

/**
 * Judges props by the schema that a spec has for them, except for tokens: nobody knows their values yet.
 * @throws SpecError with everything that is wrong, the path of the construct as its file.
 */
export function checkProps(scope: Construct, schema: z.ZodType, value: unknown): void {
  const result = schema.safeParse(value, ONCE);
  if (result.success) return;
  const issues = result.error.issues.filter(({ path }) => !inToken(Token.isUnresolved, value, path));
  if (issues.length > 0) throw wrongProps(scope, explain(issues, schema, value));
}

/** What is wrong with the props of a construct, as an error. */
export const wrongProps = (scope: Construct, findings: readonly Finding[], within: Path = []): SpecError =>
  new SpecError(
    findings.map((finding) => ({
      ...problemWithoutPlace({ ...finding, path: [...within, ...finding.path] }),
      file: scope.node.path,
    })),
  );
