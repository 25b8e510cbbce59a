import type { AnnouncedOutcome } from '../../../plan/outcome-signals';
import type { RolloutPlan } from '../../../plan/rollout';
import type { Signal } from '../../../plan/signals';
import type { EndpointAlarm, HostingSettings } from './endpoint-requests';

/** What the machine that decides which version an endpoint serves needs to know. Values may be tokens where it says so. */
export interface RolloutMachineProps {
  /** What alerts come from, as their readers call it: `fraud-prod`. */
  readonly platform?: string;
  readonly model: string;
  /** Name of the endpoint; no token. */
  readonly endpoint: string;
  /** Start of the ARNs of the model's versions, ending in `/`; a token. The number of the version follows. */
  readonly packagePrefix: string;
  /** Names of the parameters of records.ts. */
  readonly championParameter: string;
  readonly factsParameter: string;
  /** Name of the table of locks, and the lock of this endpoint. */
  readonly lockTable: string;
  readonly lock: string;
  /** Topic of the alert channel. */
  readonly topicArn: string;
  readonly settings: HostingSettings;
  /** Requests a minute that one machine takes. */
  readonly requestsPerReplica: number;
  /** Tags of everything that is made at run time; may be lazy. */
  readonly tags: unknown;
  readonly rollout: RolloutPlan;
  /** What takes a rollout back. */
  readonly guards: readonly EndpointAlarm[];
  /** What goes off when nobody asks; without it, an alarm from before is deleted. */
  readonly noTraffic?: EndpointAlarm;
  /** Topic that then is told. Default: that of the alert channel. */
  readonly noTrafficTopicArn?: string;
  readonly outcomes: Readonly<Record<AnnouncedOutcome, Signal>>;
  /** Where to look, besides the execution: addresses and names of logs. */
  readonly where: string;
}

/** Seconds between two looks at an endpoint that is on its way. */
export const POLL_SECONDS = 60;

/** Seconds between two looks at the lock while another execution holds it. */
export const LOCK_WAIT_SECONDS = 60;

/**
 * How long a lock outlives a holder that crashed: 15 minutes. An execution renews it with every look at the endpoint, and
 * does nothing in between that takes that long.
 */
export const LOCK_TTL_SECONDS = 900;

/** Seconds that an endpoint may be on its way after the longest rollout: it may have to roll all of it back. */
export const ROLLBACK_ALLOWANCE = 3600;

/** How long an execution may wait for others: a day, several of the longest rollouts. */
const WAIT_ALLOWANCE = 86_400;

/** How long an execution may take: waiting for its turn, the rollout, and until the alarm for no traffic may be armed. */
export const timeoutSeconds = ({ rollout, noTraffic }: Pick<RolloutMachineProps, 'rollout' | 'noTraffic'>): number =>
  WAIT_ALLOWANCE + rollout.maximumSeconds + ROLLBACK_ALLOWANCE + (noTraffic === undefined ? 0 : spanOf(noTraffic));

/** Seconds that an alarm looks back. */
export const spanOf = ({ Period, EvaluationPeriods }: EndpointAlarm): number => Period * EvaluationPeriods;
