import { z } from 'zod';

/**
 * Names a user gives to things. They become parts of physical names on both clouds, so each is the intersection of what
 * buckets, databases, repositories, labels and service accounts accept. None allows two spellings of one name.
 */
const identifier = (pattern: RegExp, max: number, description: string, example: string) =>
  z
    .string()
    .max(max)
    .regex(pattern, { error: `must match ${pattern.source}, for example ${example}` })
    .describe(description);

/** Platform: `fraud`. Starts every physical name, so it stays short. */
export const platformName = identifier(
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  24,
  'Name of the platform; starts every physical name. Lower-case letters, digits and single hyphens.',
  'fraud-detection',
);

/** Environment: `prod`. No hyphen, so that platform and environment can always be told apart again. */
export const environmentName = identifier(
  /^[a-z][a-z0-9]*$/,
  12,
  'Name of an environment. Lower-case letters and digits.',
  'prod',
);

/** Zone of the data lake: `curated`. Part of a bucket and of a database name. */
export const zoneName = identifier(/^[a-z][a-z0-9]*$/, 20, 'Name of a zone. Lower-case letters and digits.', 'curated');

/** Dataset: `card_transactions`. A table name on both clouds. */
export const datasetName = identifier(
  /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/,
  64,
  'Name of a dataset. Lower-case letters, digits and single underscores.',
  'card_transactions',
);

/** Column of a dataset: `card_id`. */
export const columnName = identifier(
  /^[a-z_][a-z0-9_]*$/,
  64,
  'Name of a column. Lower-case letters, digits and underscores.',
  'card_id',
);

/** Model: `fraud-detector`. */
export const modelName = identifier(
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  40,
  'Name of a model. Lower-case letters, digits and single hyphens.',
  'fraud-detector',
);

/** Any other entry of a map, such as one webhook: `pager`. */
export const entryName = identifier(
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  32,
  'Name of this entry. Lower-case letters, digits and single hyphens.',
  'on-call',
);
