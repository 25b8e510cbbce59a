export { oneLine } from '../../machine/one-line';
export { retry } from '../../machine/retry';

/** What the machine that owns the columns of a lake's tables needs to know. Values may be tokens. */
export interface TableMachineProps {
  /** What alerts come from, as their readers call it: `fraud-prod`. */
  readonly platform?: string;
  /** Start of the names of the parameters that carry the desired tables, ending in `/`; the dataset follows. */
  readonly parameterPrefix: string;
  /** Name of the table of locks. */
  readonly lockTable: string;
  /** Name of the Athena workgroup that statements run in. */
  readonly workgroup: string;
  /** Role that compacts tables and expires their snapshots. */
  readonly optimizerRoleArn: string;
  /** Catalog of the tables: the account. */
  readonly catalogId: string;
  /** Topic of the alert channel. */
  readonly topicArn: string;
}

/** How long an execution may wait for its turn and work: 3 hours. */
export const TIMEOUT_SECONDS = 10_800;

/**
 * How long a lock outlives a holder that crashed: 30 minutes. An execution renews it before every statement, and none
 * of them takes that long; so one that waits sees several locks expire before its own time is up.
 */
export const LOCK_TTL_SECONDS = 1800;

/** Seconds between two looks at a lock that somebody else holds. */
export const LOCK_WAIT_SECONDS = 30;
