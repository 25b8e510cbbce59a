/** Name of the file that says which folder a snapshot is in. A copy of it lies in that folder. */
export const MANIFEST = 'manifest.json';
/** Version of the format of that file. */
export const MANIFEST_VERSION = 1;

/** What is known of a frozen snapshot. */
export interface FrozenSnapshot {
  readonly dataset: string;
  /** Id of the state that the dataset was in. */
  readonly snapshot: string;
  /** When that was committed, ISO 8601 in UTC to the millisecond: `2026-01-31T12:00:00.000Z`. */
  readonly committedAt: string;
  /** Folder with its files, which ends in `/`: a URI, or on a laptop a path from the manifest. */
  readonly folder: string;
}

/** What a manifest says, wherever it is written: values, or a cloud's expressions of them. */
export const snapshotManifest = ({ dataset, snapshot, committedAt, folder }: FrozenSnapshot) =>
  ({ schemaVersion: MANIFEST_VERSION, dataset, snapshot, committedAt, folder, format: 'parquet' }) as const;
