/**
 * Retries of one call: for throttling, for faults of a service, and for permissions that were created seconds ago and
 * are not known everywhere yet. Errors that are answers are not retried.
 */
export function retry(...answers: readonly string[]) {
  return [
    ...(answers.length === 0 ? [] : [{ ErrorEquals: answers, MaxAttempts: 0 }]),
    { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 5, JitterStrategy: 'FULL' },
  ];
}
