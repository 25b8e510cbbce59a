import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { FORBIDDEN_KEYS, MAX_ALIASED_VALUES } from './limits';
import { forbiddenKey } from './plain';
import type { Finding, Path } from './problem';

/** Where a value and what is in it stand in a text. */
export interface Mark {
  /** Offset of the value. */
  readonly value: number;
  /** Offset of the key that the value belongs to. */
  readonly key?: number;
  /** How a number, boolean or null was written, where that is not a quoted text. */
  readonly written?: string;
  readonly children?: ReadonlyMap<string | number, Mark>;
}

interface Read {
  readonly value: unknown;
  readonly mark: Mark;
  /** Values in it, itself included. */
  readonly size: number;
}

type ReportAt = (finding: Finding, offset: number) => void;

const SCALAR_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

/**
 * Turns a node of YAML into plain data, and reports what YAML allows and a spec does not.
 *
 * @param drop - told of a key that is left out of the data; of two that are the same the first stays
 */
export function readNode(
  root: Node,
  lineOf: (offset: number) => number,
  report: ReportAt,
  drop: ReportAt,
): { value: unknown; mark: Mark } {
  const anchors = new Map<string, Read | 'open'>();
  let aliased = 0;
  return read(root, [], undefined);

  function read(node: unknown, path: Path, key: number | undefined): Read {
    if (isAlias(node)) return repeat(node, path, key);
    const { anchor } = (node ?? {}) as { anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, 'open');
    const result = readContent(node, path, key);
    if (anchor !== undefined) anchors.set(anchor, result);
    return result;
  }

  function readContent(node: unknown, path: Path, key: number | undefined): Read {
    if (isMap(node)) return readMap(node, path, key);
    if (isSeq(node)) {
      checkTag(node, path);
      const items = node.items.map((item, i) => read(item, [...path, i], undefined));
      return collect(
        items.map(({ value }) => value),
        items.map((item, i) => [i, item]),
        offsetOf(node, key),
        key,
      );
    }
    if (!isScalar(node)) return { value: null, mark: markOf(key ?? 0, key), size: 1 };
    checkTag(node, path);
    // An empty value has no place of its own worth pointing at.
    const offset = node.source === '' && key !== undefined ? key : offsetOf(node, key);
    const written = typeof node.value === 'string' ? undefined : node.source;
    return {
      value: node.value,
      mark: { ...markOf(offset, key), ...(written === undefined ? {} : { written }) },
      size: 1,
    };
  }

  function readMap(node: YAMLMap, path: Path, key: number | undefined): Read {
    checkTag(node, path);
    const entries = new Map<string, Read & { at: number }>();
    for (const pair of node.items) {
      const at = offsetOf(pair.key, key);
      const name = nameOf(pair, path, at);
      if (name === undefined) continue;
      const earlier = entries.get(name);
      if (earlier !== undefined) drop(duplicate([...path, name], lineOf(earlier.at)), at);
      // What is dropped is read as well: it may have faults of its own, and anchors.
      const entry = { ...read(pair.value, [...path, name], at), at };
      if (earlier === undefined) entries.set(name, entry);
    }
    const value = Object.fromEntries([...entries].map(([name, entry]) => [name, entry.value]));
    return collect(value, [...entries], offsetOf(node, key), key);
  }

  /** The key of a pair, or undefined when it is none that a spec can have. */
  function nameOf({ key }: Pair, path: Path, at: number): string | undefined {
    const name = isScalar(key) ? key.value : undefined;
    if (typeof name !== 'string') drop(oddKey(path, key), at);
    else if (name === '<<' && (key as Scalar).type === 'PLAIN') report(mergeKey(path), at);
    else if (FORBIDDEN_KEYS.has(name)) drop(forbiddenKey([...path, name]), at);
    else return name;
    return undefined;
  }

  function repeat(node: Alias, path: Path, key: number | undefined): Read {
    const at = offsetOf(node, key);
    const target = anchors.get(node.source);
    const nothing = { value: null, mark: markOf(at, key), size: 1 };
    if (target === undefined || target === 'open') {
      report(deadAlias(path, node.source, target === 'open'), at);
      return nothing;
    }
    const before = aliased;
    aliased += target.size;
    if (before <= MAX_ALIASED_VALUES && aliased > MAX_ALIASED_VALUES) report(aliasBomb(path, node.source), at);
    if (aliased > MAX_ALIASED_VALUES) return nothing;
    return { ...target, value: structuredClone(target.value), mark: { ...target.mark, ...markOf(at, key) } };
  }

  function checkTag(node: Node, path: Path): void {
    if (node.tag !== undefined && !SCALAR_TAGS.has(node.tag))
      report(customTag(path, node.tag), offsetOf(node, undefined));
  }
}

function collect(
  value: unknown,
  children: readonly (readonly [string | number, Read])[],
  offset: number,
  key: number | undefined,
): Read {
  return {
    value,
    mark: { ...markOf(offset, key), children: new Map(children.map(([name, { mark }]) => [name, mark])) },
    size: children.reduce((sum, [, { size }]) => sum + size, 1),
  };
}

const markOf = (value: number, key: number | undefined): Mark => (key === undefined ? { value } : { value, key });

const offsetOf = (node: unknown, otherwise: number | undefined): number =>
  (node as Node | null)?.range?.[0] ?? otherwise ?? 0;

const duplicate = (path: Path, line: number): Finding => ({
  path,
  message: `is there twice; the first is on line ${line}`,
  received: 'the same key again',
  allowed: 'each key once',
  fix: 'remove one of the two, or put what is under both under one',
});

const oddKey = (path: Path, key: unknown): Finding => {
  const written = isScalar(key) && key.source !== undefined && key.source !== '' ? key.source : undefined;
  return {
    path,
    message: 'has a key that is not text',
    received: written ?? (isScalar(key) ? 'an empty key' : 'a key that is a map, a list or an alias'),
    allowed: 'keys that are text',
    fix: written === undefined ? 'write a name in front of the colon' : `put it in quotes: "${written}"`,
  };
};

const mergeKey = (path: Path): Finding => ({
  path,
  message: 'has a merge key, which YAML 1.2 no longer knows',
  received: '<<',
  allowed: 'keys written out, or an alias (*name) in place of a whole value',
  fix: 'write the keys here; what differs between environments goes under environments',
});

const deadAlias = (path: Path, name: string, open: boolean): Finding => ({
  path,
  message: open ? 'is an alias of something that it is part of' : 'is an alias of nothing above it',
  received: `*${name}`,
  allowed: 'an alias of a value that ends above it',
  fix: open
    ? 'write the value out'
    : `write &${name} in front of the value meant, above this line; or put a text with * in quotes`,
});

const aliasBomb = (path: Path, name: string): Finding => ({
  path,
  message: 'is one alias too many: together they repeat too much',
  received: `*${name}`,
  allowed: `aliases that stand for at most ${MAX_ALIASED_VALUES} values in all`,
  fix: 'write fewer aliases of aliases; generate a spec as large as that instead',
});

const customTag = (path: Path, tag: string): Finding => ({
  path,
  message: 'has a tag',
  received: tag,
  allowed: 'plain values',
  fix: tag.startsWith('!') ? `remove ${tag}; put the value in quotes if it begins with !` : 'remove the tag',
});
