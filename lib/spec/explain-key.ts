import { alternatives, describeAllowed } from './describe';
import { nearest } from './did-you-mean';
import { nameFor } from './fix';
import { type Context, type Issue, messageOf } from './issue';
import { isMap, valueAt } from './plain';
import { type Finding, type Path, show } from './problem';
import {
  defOf,
  innermost,
  optionFor,
  pathsOfKey,
  type Schema,
  schemaAt,
  shapeOf,
  unionOf,
  valuesOf,
} from './schema-walk';

/** A key that the schema does not name; what was meant, or where it belongs, if that can be told. */
export function unknownKey(path: Path, key: string, context: Context): Finding {
  const { root, value } = context;
  const around = schemaAt(root, path, value);
  const known = around === undefined ? [] : keysOf(optionFor(around, valueAt(value, path)));
  const free = known.filter((name) => name === context.assumed || !isBeside(path, key, name, context));
  return {
    path: [...path, key],
    at: 'key',
    message: 'is not a key that exists here',
    received: show(key),
    allowed: known.length === 0 ? 'no keys' : known.join(', '),
    fix: fixForKey(key, free, around, root),
  };
}

/** Places named to somebody whose key belongs elsewhere; a key known in more places than that says too little. */
const MAX_PLACES = 3;

function keysOf(schema: Schema): readonly string[] {
  const def = defOf(innermost(schema));
  return def.type === 'record' ? (valuesOf(def.keyType) ?? []).map(String) : Object.keys(shapeOf(schema));
}

/** Whether a key was written beside another: an overlay has keys of what it is laid over once more. */
function isBeside(path: Path, key: string, other: string, { value, overlaid }: Context): boolean {
  const around = valueAt(value, path);
  return isMap(around) && Object.hasOwn(around, other) && overlaid([...path, key]) === overlaid([...path, other]);
}

function fixForKey(key: string, free: readonly string[], around: Schema | undefined, root: Schema): string {
  const meant = nearest(key, free);
  if (meant !== undefined) return `did you mean ${meant}?`;
  const union = around === undefined ? undefined : unionOf(around);
  const others = union?.options.filter(({ schema }) => Object.hasOwn(shapeOf(schema), key)) ?? [];
  const kinds = others.flatMap((option) => option.kinds.map(String));
  if (kinds.length > 0) return `remove it, or choose ${union?.discriminator}: ${alternatives(kinds)}, which has it`;
  const elsewhere = pathsOfKey(root, key).map((path) => (path === '' ? 'the top level' : path));
  if (elsewhere.length > 0 && elsewhere.length <= MAX_PLACES)
    return `move it to where it belongs, ${alternatives(elsewhere)}, or check the indentation`;
  return 'remove it';
}

/** A name in a map that its rule for names forbids. */
export function invalidKey(
  issue: Extract<Issue, { code: 'invalid_key' | 'invalid_element' }>,
  path: Path,
  context: Context,
): Finding {
  const around = schemaAt(context.root, path.slice(0, -1), context.value);
  const def = around === undefined ? undefined : defOf(innermost(around));
  const keyType = def?.type === 'record' ? def.keyType : undefined;
  const key = path.at(-1);
  const allowed = keyType === undefined ? 'another name' : describeAllowed(keyType);
  const [first] = issue.issues;
  const meant = keyType === undefined ? undefined : nameFor(keyType, String(key));
  return {
    path,
    at: 'key',
    message: `is not a name that can stand here${first === undefined ? '' : `: it ${messageOf(first, key, keyType)}`}`,
    received: show(key),
    allowed,
    fix: meant === undefined ? `rename it to ${allowed}` : `did you mean ${meant}?`,
  };
}
