/** How long its lock outlives an execution that crashed: an hour. It is renewed before each call that takes minutes. */
export const RETIRE_LOCK_TTL_SECONDS = 3600;

/** Seconds between two looks at something that is on its way. */
export const RETIRE_WAIT_SECONDS = 30;

/** Seconds that something may be on its way before the workflow gives up: four hours, longer than a deployment takes. */
export const RETIRE_PATIENCE_SECONDS = 14_400;

/** Seconds that one version may take to be undeployed: less than the lock lives. */
export const UNDEPLOY_SECONDS = 3000;

/** Rounds that may fail in one execution before it gives up. */
export const MAX_FAILURES = 3;
