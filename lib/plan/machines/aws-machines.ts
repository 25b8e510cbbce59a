// Only the type of the data: makes the compiler put the file beside the emitted code, and loads nothing.
import type data from './aws-machines.json';
import type { CatalogFile } from './catalog';
import { lazyCatalog } from './lazy-catalog';

/** Machine types of AWS and where they exist. */
export const awsMachines = lazyCatalog(() => require('./aws-machines.json') as typeof data as CatalogFile);
