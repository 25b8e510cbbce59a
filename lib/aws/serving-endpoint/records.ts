import type { RolloutOutcome } from '../../plan/rollout';

/** A version that serves or served. */
export interface ServedVersion {
  /** Number in the registry. */
  readonly version: string;
  readonly packageArn: string;
  /** Name of the endpoint configuration, which is that of the model too. */
  readonly config: string;
}

/**
 * The record of the version that serves, as JSON in the parameter `models/<model>/champion`. The machine of the endpoint
 * owns it: it is there once a version serves, and follows what the endpoint is. Of a model that was retired it says that
 * alone.
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
   * When the model was retired, ISO 8601. Its endpoint is gone then, or being deleted (`retiring`). An approval deploys
   * nothing any more; a promotion by a person does, and ends it.
   */
  readonly retired?: string;
  readonly retiring?: boolean;
  /** Digest of the facts of the shell that was retired: under another one the model is not. */
  readonly shell?: string;
  /** The update that is under way or about to be. */
  readonly trying?: ServedVersion & {
    /** The decision that it is for. */
    readonly millis: number;
    /** When the endpoint had last been changed before. */
    readonly since: string;
    /** Whether the update before was one to this configuration too. */
    readonly guarded: boolean;
    /** That SageMaker took it. Without this it is tried again. */
    readonly begun?: true;
  };
}

/** What the shell of an endpoint publishes, as JSON in the parameter `models/<model>/serving`. It goes with the shell. */
export interface ServingFacts {
  readonly model: string;
  /** Name of the endpoint. */
  readonly endpoint: string;
  readonly variant: string;
  /** Model package group of the model's versions. */
  readonly groupName: string;
  /** The machine that decides which version serves; its input is a RolloutRequest. */
  readonly machineArn: string;
  /** Name of the parameter with the ChampionRecord. */
  readonly champion: string;
  /** The lock that whoever changes the endpoint holds. */
  readonly lock: string;
}

/** Input of the machine. An event of the registry gives the same. */
export interface RolloutRequest {
  /** promote: to the version given. rollback: to the version given, or to the one that served before. */
  readonly action: 'promote' | 'rollback';
  /** Number of the version, or its ARN in `packageArn`. */
  readonly version?: number | string;
  readonly packageArn?: string;
  /** Why, for whoever is told. */
  readonly reason?: string;
}
