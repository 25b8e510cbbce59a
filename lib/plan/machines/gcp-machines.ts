import type { CatalogFile } from './catalog';
// Only the type of the data: makes the compiler put the file beside the emitted code, and loads nothing.
import type data from './gcp-machines.json';
import { lazyCatalog } from './lazy-catalog';

/** Machine types of Google Cloud and where they exist. */
export const gcpMachines = lazyCatalog(() => require('./gcp-machines.json') as typeof data as CatalogFile);
