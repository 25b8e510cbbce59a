import { type CatalogFile, readCatalog } from './catalog';
import type { MachineCatalog } from './machines';

/** A catalog whose file is read at the first use. */
export function lazyCatalog(read: () => CatalogFile): MachineCatalog {
  let catalog: MachineCatalog | undefined;
  const loaded = (): MachineCatalog => {
    catalog ??= readCatalog(read());
    return catalog;
  };
  return {
    get header() {
      return loaded().header;
    },
    get machines() {
      return loaded().machines;
    },
    get sizes() {
      return loaded().sizes;
    },
    get roles() {
      return loaded().roles;
    },
  };
}
