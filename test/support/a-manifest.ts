import { expect } from 'vitest';

/** What every manifest of a snapshot is like that was really written, on a cloud or on a laptop. */
export const A_MANIFEST = {
  schemaVersion: 1,
  dataset: expect.stringMatching(/^[a-z]/) as string,
  snapshot: expect.stringMatching(/^[0-9a-f]+$/) as string,
  committedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
  folder: expect.stringMatching(/\/$/) as string,
  format: 'parquet',
};
