import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { alternatives, describeAllowed, exampleOf, withoutMust } from './describe';
import { nearest } from './did-you-mean';
import { invalidKey, unknownKey } from './explain-key';
import { fixFor } from './fix';
import { type Context, type Issue, messageOf } from './issue';
import { ONCE } from './once';
import { valueAt, withValueAt } from './plain';
import { type Finding, type Path, show } from './problem';
import { kindsOf, type Schema, schemaAt, type Union, unionOf } from './schema-walk';

/**
 * Says what the issues of a failed parse mean for somebody who writes a spec.
 *
 * @param root - the schema that the value was parsed with
 * @param value - the input of that parse
 * @param text - what is known of how that was written
 */
export function explain(
  issues: readonly Issue[],
  root: Schema,
  value: unknown,
  text: Partial<Pick<Context, 'written' | 'overlaid'>> = {},
): readonly Finding[] {
  const context = { root, value, written: () => undefined, overlaid: () => false, ...text };
  const findings = issues.flatMap((issue) => explainIssue(issue, [], context));
  // A value that breaks two rules of one schema gets one answer: `allowed` already says both.
  return [
    ...new Map(
      findings.toReversed().map((finding) => [JSON.stringify([finding.path, finding.allowed]), finding]),
    ).values(),
  ].reverse();
}

function explainIssue(issue: Issue, within: Path, context: Context): readonly Finding[] {
  const path = [...within, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, context));
    case 'invalid_union':
      return explainUnion(issue, path, context);
    case 'invalid_key':
    case 'invalid_element':
      return [invalidKey(issue, path, context)];
    default:
      return [wrongValue(issue, path, context)];
  }
}

function wrongValue(issue: Issue, path: Path, context: Context): Finding {
  const received = valueAt(context.value, path);
  const schema = schemaAt(context.root, path, context.value);
  const { allowed: said, fix: advised, received: shown, confidential } = paramsOf(issue);
  const allowed = said ?? (schema === undefined ? withoutMust(issue.message) : describeAllowed(schema));
  if (received === undefined && issue.code !== 'custom') return missing(path, schema, allowed);
  const written = context.written(path);
  return {
    path,
    message: messageOf(issue, received, schema),
    received: shown ?? (written !== undefined && typeof received === 'number' ? written : show(received)),
    allowed,
    fix: advised ?? fixFor(received, written, schema, path) ?? `write ${allowed}`,
    ...(confidential === undefined ? {} : { confidential }),
  };
}

/** What a check of ours put into its issue. */
function paramsOf(issue: Issue): { allowed?: string; fix?: string; received?: string; confidential?: true } {
  return issue.code === 'custom' ? (issue.params ?? {}) : {};
}

function missing(path: Path, schema: Schema | undefined, allowed: string): Finding {
  const example = schema === undefined ? undefined : exampleOf(schema);
  const key = path.at(-1);
  return {
    path,
    at: 'missing',
    message: 'is required and not there',
    received: 'nothing',
    allowed,
    fix: example === undefined ? `add ${key} with ${allowed}` : `add ${key}: ${example}`,
  };
}

/** Explains the one option that a value was meant to be; never all of them. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  context: Context,
): readonly Finding[] {
  if (issue.discriminator !== undefined) return wrongKind(path, context);
  const insides = issue.errors.filter((errors) => errors.every(isInside));
  const [closest] = insides.toSorted((a, b) => a.length - b.length);
  return closest === undefined
    ? [wrongValue(issue, path, context)]
    : closest.flatMap((inner) => explainIssue(inner, path, context));
}

/** Whether an issue is about something in the value, so that the value as such was of the right kind. */
const isInside = ({ code, path }: Issue): boolean => path.length > 0 || code === 'unrecognized_keys';

/**
 * A discriminator that chooses no option, and what is wrong whichever option was meant: all that can be said of the rest.
 * The path ends at the discriminator.
 */
function wrongKind(path: Path, context: Context): readonly Finding[] {
  const schema = schemaAt(context.root, path.slice(0, -1), context.value);
  const union = schema === undefined ? undefined : unionOf(schema);
  if (union === undefined) return [];
  const key = String(path.at(-1));
  const received = valueAt(context.value, path);
  const names = kindsOf(union);
  const meant = received === undefined ? undefined : nearest(String(received), names);
  const wrong: Finding =
    received === undefined
      ? {
          path,
          at: 'missing',
          message: 'is required and not there: it says which keys belong here',
          received: 'nothing',
          allowed: names.join(', '),
          fix: `add ${key}: ${alternatives(names)}`,
        }
      : {
          path,
          message: 'is not one of the values that are allowed',
          received: show(received),
          allowed: names.join(', '),
          fix: meant === undefined ? `write ${alternatives(names)}` : `did you mean ${meant}?`,
        };
  return [wrong, ...wrongWhichever(union, meant === undefined ? names : [meant], path, context)];
}

/** What is wrong with the rest of a map in each of the kinds that it may have been meant to be. */
function wrongWhichever(union: Union, kinds: readonly string[], path: Path, context: Context): readonly Finding[] {
  const key = String(path.at(-1));
  const given = valueAt(context.value, path) !== undefined;
  const [first = [], ...others] = kinds.map((kind) => {
    const value = withValueAt(context.value, path, kind);
    const option = union.options.find((candidate) => candidate.kinds.includes(kind));
    const parsed =
      option === undefined ? undefined : z.safeParse(option.schema, valueAt(value, path.slice(0, -1)), ONCE);
    return (parsed?.error?.issues ?? []).flatMap((issue) =>
      explainIssue(issue, path.slice(0, -1), { ...context, value, ...(given ? {} : { assumed: key }) }),
    );
  });
  const same = (a: Finding) => (b: Finding) => a.message === b.message && isDeepStrictEqual(a.path, b.path);
  return first.filter((finding) => others.every((findings) => findings.some(same(finding))));
}
