import type { RolloutOutcome } from '../../plan/rollout';

/** A version that serves or served. */
export interface ServedVersion {
  /** Number in the registry. */
  readonly version: string;
  /** Display name on the endpoint, which no two settings of a version share. */
  readonly name: string;
  /** Id on the endpoint, by which its metrics are known. */
  readonly id: string;
}

/**
 * The record of the version that serves, as JSON in the object `models/<model>/champion` of the bucket of records. The
 * workflow of the endpoint owns it and it follows what the endpoint is. It may be there before a first version serves, with
 * `trying` alone.
 */
export interface ChampionRecord extends Partial<ServedVersion> {
  /** When it was first seen to be the one that serves, ISO 8601. What was answered before is of another version. */
  readonly at?: string;
  /** The version that served before it; `rollback` goes there. */
  readonly previous?: ServedVersion;
  /** The last decision that was carried out, and how that ended. A decision is known by when it was made. */
  readonly decided?: {
    /** When it was made, in milliseconds since 1970. */
    readonly millis: number;
    readonly version: string;
    readonly outcome: RolloutOutcome;
    /** When it was carried out, likewise. */
    readonly ended: number;
  };
  /**
   * When the model was retired, ISO 8601. Its endpoint is empty then, or being emptied (`retiring`). An approval deploys
   * nothing any more; a promotion by a person does, and ends it.
   */
  readonly retired?: string;
  readonly retiring?: boolean;
  /** Generation of the facts of the shell that was retired: under another one the model is not. */
  readonly shell?: string;
  /** What is being tried, so that whoever comes after a crash goes on from there or takes it back. */
  readonly trying?: ServedVersion & {
    /** When its decision was made, in milliseconds since 1970. */
    readonly millis: number;
    /** Traffic before it, by id, and the id that had most of it. */
    readonly saved: Readonly<Record<string, number>>;
    readonly main: string;
    /** Step of the plan whose traffic it has, -1 before the first, and since when, in seconds since 1970. */
    readonly step: number;
    readonly since: number;
    /** Why it is being taken back. */
    readonly why?: string;
    /** It was promoted. */
    readonly done?: boolean;
  };
}

/** What the shell of an endpoint publishes, as JSON in the object `models/<model>/serving`. It goes with the shell. */
export interface ServingFacts {
  readonly model: string;
  /** Resource name of the endpoint: `projects/P/locations/R/endpoints/N`. */
  readonly endpoint: string;
  /** Its name in the plan, which people see. */
  readonly displayName: string;
  /** Resource name of the model, whose versions are `…@<number>`. */
  readonly modelId: string;
  /** The workflow that decides which version serves; its argument is a RolloutRequest. `projects/P/locations/R/workflows/W`. */
  readonly workflow: string;
  /** Path of the ChampionRecord in the bucket of records. */
  readonly champion: string;
  /** The lock that whoever changes the endpoint holds. */
  readonly lock: string;
  /** How it is reached. private: at the address, over the forwarding rule, both by their names. */
  readonly access: 'private' | 'public';
  readonly address?: string;
  readonly forwardingRule?: string;
}

/** Argument of the workflow. An event of the registry gives the same. */
export interface RolloutRequest {
  /**
   * promote: to the version given. rollback: to the version given, or to the one that served before; where an execution
   * crashed that was rolling a version out, without a version given, just that one is taken back. Default: promote.
   */
  readonly action?: 'promote' | 'rollback';
  /** Number of the version, or its resource name. */
  readonly version?: number | string;
  /** Why, for whoever is told. */
  readonly reason?: string;
  /** When it was decided, in milliseconds since 1970. Default: when the execution starts. */
  readonly millis?: number;
}

/** What an execution returns. One that fails told nobody how it ended. */
export interface RolloutReport {
  readonly outcome: RolloutOutcome;
  readonly version: string;
  readonly serves: string;
  readonly detail: string;
}
