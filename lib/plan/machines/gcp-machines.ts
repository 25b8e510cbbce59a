import { type CatalogFile, readCatalog } from './catalog';
// Only the type of the data: makes the compiler put the file beside the emitted code, and loads nothing.
import type data from './gcp-machines.json';
import type { MachineCatalog } from './machines';

let catalog: MachineCatalog | undefined;

function loaded(): MachineCatalog {
  catalog ??= readCatalog(require('./gcp-machines.json') as typeof data as CatalogFile);
  return catalog;
}

/** Machine types of Google Cloud and where they exist. The file is read at the first use. */
export const gcpMachines: MachineCatalog = {
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
