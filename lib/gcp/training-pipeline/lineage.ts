/** Alias of the version that a run registered: this and the id of the run. Aliases begin with a letter. */
export const RUN_ALIAS_PREFIX = 'run-';

/**
 * What a run writes down in the description of the version that it registered: one JSON object, so that who serves, who
 * retrains and who asks where a version comes from read the same. Vertex AI has labels for what is searched for; their values
 * hold 63 characters of no other kinds than names have.
 */
export interface VersionLineage {
  readonly run: string;
  readonly reason: string;
  readonly trigger: string;
  readonly revision: string;
  /** Digests, `sha256:…`, by the tag of the image. */
  readonly images: Readonly<Record<string, string>>;
  /** Which snapshot of each dataset the run read, by the dataset. */
  readonly snapshots: Readonly<Record<string, string>>;
  /** Folder of what the model was trained on, `gs://…`: a snapshot, or what a step wrote. */
  readonly reference?: string;
  /** What the step that the plan names was measured at. */
  readonly metrics: Readonly<Record<string, number>>;
}
