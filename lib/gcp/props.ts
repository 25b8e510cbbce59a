import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import type { z } from 'zod';
import { explain } from '../spec/explain';
import { type Finding, SpecError } from '../spec/problem';
import { problemWithoutPlace } from '../spec/text';

/** What is wrong with props by the schema that a spec has for them, except for tokens: nobody knows their values yet. */
export function findingsOf(schema: z.ZodType, value: unknown): readonly Finding[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  const issues = result.error.issues.filter(({ path }) => !inToken(value, path));
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

/**
 * Refuses props without what a construct cannot do without, which only JavaScript lets through.
 * @throws Error that names the construct and everything that is missing.
 */
export function requireProps<P extends object>(
  scope: Construct,
  props: P | undefined,
  names: readonly (keyof P & string)[],
): void {
  const missing = names.filter((name) => props?.[name] === undefined || props[name] === null);
  if (missing.length === 0) return;
  const listed = missing.map((name) => `'${name}'`).join(', ');
  throw new Error(`${scope.node.path}: ${listed} ${missing.length === 1 ? 'is' : 'are'} required`);
}

/** Whether the value at a path, or something that it is in, is a token. A list may be one token as a whole. */
function inToken(value: unknown, path: readonly PropertyKey[]): boolean {
  if (Token.isUnresolved(value)) return true;
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return false;
  return inToken((value as Readonly<Record<PropertyKey, unknown>>)[key], rest);
}
