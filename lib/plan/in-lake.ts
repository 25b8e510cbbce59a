import { entryOf } from '../spec/entry-of';

/** What a lake has, by name, and how errors call it. */
export interface LakeNames {
  readonly scope: { readonly node: { readonly path: string } };
  readonly zones: Readonly<Record<string, unknown>>;
  readonly datasets: Readonly<Record<string, unknown>>;
}

/**
 * Whether a name is that of a dataset.
 * @throws Error for a name that a zone has as well.
 */
export function isDataset({ scope, zones, datasets }: LakeNames, name: string): boolean {
  const found = Object.hasOwn(datasets, name);
  if (found && Object.hasOwn(zones, name))
    throw new Error(
      `${scope.node.path}: '${name}' is a zone and a dataset. Grant on its files or on its table: readFiles, writeFiles, readTable, writeTable.`,
    );
  return found;
}

/** @throws Error that names what there is, where nothing has the name. */
export function findIn<T>(
  { scope }: Pick<LakeNames, 'scope'>,
  kind: string,
  all: Readonly<Record<string, T>>,
  name: string,
): T {
  const found = entryOf(all, name);
  if (found !== undefined) return found;
  const known = Object.keys(all).join(', ');
  throw new Error(
    `${scope.node.path}: there is no ${kind} '${name}' in this lake. There ${known === '' ? 'is none' : `are: ${known}`}.`,
  );
}
