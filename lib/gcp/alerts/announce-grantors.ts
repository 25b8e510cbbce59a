import type { Grantors } from '../access/grantors';
import type { Target } from '../target';
import { grantLog } from '../workflow/workflow';

/** Whoever tells the alert channel writes a log entry, which an alert policy reads; see `announceStep`. */
export const announceGrantors = (target: Target): Required<Pick<Grantors, 'channel'>> => ({
  channel: (_verb, _name, to) => grantLog(target, to),
});
