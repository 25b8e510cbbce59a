/** A construct, as far as errors call it. */
interface Named {
  readonly node: { readonly path: string };
}

/**
 * Refuses props without what a construct cannot do without, which only JavaScript lets through.
 * @throws Error that names the construct and everything that is missing.
 */
export function requireProps<P extends object>(
  scope: Named,
  props: P | undefined,
  names: readonly (keyof P & string)[],
): void {
  const missing = names.filter((name) => props?.[name] === undefined || props[name] === null);
  if (missing.length === 0) return;
  const listed = missing.map((name) => `'${name}'`).join(', ');
  throw new Error(`${scope.node.path}: ${listed} ${missing.length === 1 ? 'is' : 'are'} required`);
}

/**
 * Whether the value at a path, or something that it is in, is a token. A list may be one token as a whole.
 *
 * @param isToken - how the SDK of a cloud knows one
 */
export function inToken(isToken: (value: unknown) => boolean, value: unknown, path: readonly PropertyKey[]): boolean {
  if (isToken(value)) return true;
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return false;
  return inToken(isToken, (value as Readonly<Record<PropertyKey, unknown>>)[key], rest);
}
