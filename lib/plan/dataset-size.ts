import { eachEntry } from '../spec/each-entry';
import type { SpecCheck } from '../spec/references';
import { NAME_RULES } from './names';
import { desiredTable, desiredTableBytes, MAX_DESIRED_TABLE_BYTES, type TablePlace } from './table-columns';

/** The longest place that any renderer may give a table. */
const longestPlace = (dataset: string): TablePlace => ({
  database: 'x'.repeat(NAME_RULES.database.max),
  location: `s3://${'x'.repeat(NAME_RULES.bucket.max)}/tables/${dataset}/`,
});

/** Whether the columns of each dataset fit into what carries them to the machine that owns the table. */
export const datasetSizes: SpecCheck = ({ dataLake }, report) =>
  eachEntry(dataLake?.datasets ?? {}, (dataset, name) => {
    const bytes = desiredTableBytes(desiredTable(name, dataset, longestPlace(name)));
    if (bytes <= MAX_DESIRED_TABLE_BYTES) return;
    report({
      path: ['dataLake', 'datasets', name, 'columns'],
      message: `take up to ${bytes} bytes to describe with what else there is to say of the table`,
      received: `${Object.keys(dataset.columns).length} columns`,
      allowed: `up to ${MAX_DESIRED_TABLE_BYTES} bytes`,
      fix: 'take columns away, shorten their names, or divide the dataset',
    });
  });
