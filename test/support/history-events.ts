/** Events of one execution. Source: Step Functions developer guide, "Service quotas", execution history. */
export const MOST_EVENTS = 25_000;
/**
 * Events by type of a state: it is entered and left, a task is scheduled, begun and answered too, and a map begins and ends
 * beside its turns. Source: HistoryEvent.
 */
export const EVENTS: Readonly<Record<string, number>> = {
  Task: 5,
  Wait: 2,
  Choice: 2,
  Pass: 2,
  Succeed: 2,
  Fail: 1,
  Map: 4,
};
/** A turn of a map is begun and ended. */
export const TURN_EVENTS = 2;
