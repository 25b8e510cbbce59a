import { z } from 'zod';
import { alternatives, firstAdvice } from './describe';
import { begunBy, nearest } from './did-you-mean';
import { ONCE } from './once';
import type { Path } from './problem';
import { defOf, innermost, type Schema, type Union, unionOf, valuesOf } from './schema-walk';

/** The best thing to do about a value, or undefined when that is just to write what is allowed. */
export function fixFor(
  received: unknown,
  written: string | undefined,
  schema: Schema | undefined,
  path: Path,
): string | undefined {
  if (schema === undefined) return 'remove it';
  const advice = firstAdvice(schema);
  if (advice !== undefined) return advice.fix?.(received);
  const values = valuesOf(schema);
  if (values !== undefined)
    return fixForValue(received, values.map(String)) ?? `write ${alternatives(values.map(String))}`;
  const union = unionOf(schema);
  if (union !== undefined) return fixForUnion(received, union);
  const respelled = typeof received === 'string' ? respelledFor(schema, received) : undefined;
  if (respelled !== undefined) return `write ${respelled}`;
  const share = typeof received === 'string' ? shareFor(schema, received) : undefined;
  if (share !== undefined) return `write ${share}`;
  return fixForKind(defOf(innermost(schema)).type, received, written, path);
}

const fixForValue = (received: unknown, values: readonly string[]): string | undefined => {
  const meant = nearest(String(received), values);
  const begun = begunBy(String(received), values);
  const likely = begun.length > 0 ? begun : meant === undefined ? [] : [meant];
  return likely.length === 0 ? undefined : `did you mean ${alternatives(likely)}?`;
};

function fixForUnion(received: unknown, { options }: Union): string | undefined {
  const values = options.flatMap(({ schema }) => valuesOf(schema) ?? []).map(String);
  const advised = options.map(({ schema }) => firstAdvice(schema)?.fix?.(received)).find((fix) => fix !== undefined);
  return fixForValue(received, values) ?? advised;
}

const YES = new Set(['yes', 'on', 'true', 'y']);
const NO = new Set(['no', 'off', 'false', 'n']);

function fixForKind(kind: string, received: unknown, written: string | undefined, path: Path): string | undefined {
  const isMapKind = kind === 'object' || kind === 'record';
  if (received === null)
    return isMapKind
      ? `write keys below it, {} for its defaults, or remove ${path.at(-1)}`
      : `write a value, or remove ${path.at(-1)}`;
  if (kind === 'string' && (typeof received === 'number' || typeof received === 'boolean'))
    return `put it in quotes: '${written ?? String(received)}'`;
  if (kind === 'array' && typeof received !== 'object') return `write it as a list: [${written ?? received}]`;
  if (typeof received !== 'string') return undefined;
  if (kind === 'number' && received.trim() !== '' && Number.isFinite(Number(received)))
    return `write ${Number(received)} without quotes`;
  if (kind === 'boolean' && YES.has(received.toLowerCase())) return 'write true';
  if (kind === 'boolean' && NO.has(received.toLowerCase())) return 'write false';
  return undefined;
}

/** The name that a schema for names allows and that is nearest to one it does not. */
export function nameFor(schema: Schema, name: string): string | undefined {
  const values = valuesOf(schema);
  return values === undefined ? respelledFor(schema, name) : nearest(name, values.map(String));
}

/** A percentage as the share of 1 that a schema for numbers takes. */
function shareFor(schema: Schema, text: string): number | undefined {
  const [, digits] = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text) ?? [];
  // Division of what was written in tenths ends in digits that nobody wrote.
  const share = digits === undefined ? undefined : Number((Number(digits) / 100).toPrecision(12));
  return z.safeParse(schema, share, ONCE).success ? share : undefined;
}

/** The text in the spelling that its schema asks for: small letters, with hyphens, underscores or neither. */
function respelledFor(schema: Schema, text: string): string | undefined {
  if (defOf(innermost(schema)).type !== 'string' || !/^[\w .-]{1,100}$/.test(text)) return undefined;
  const words = text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
  return [words.join('-'), words.join('_'), words.join('')].find(
    (spelling) => z.safeParse(schema, spelling, ONCE).success,
  );
}
