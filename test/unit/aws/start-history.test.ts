import { expect, it } from 'vitest';
import { POLL_SECONDS, POLL_SHARE } from '../../../lib/aws/machine/poll-wait';
import { freezeStates } from '../../../lib/aws/training-pipeline/machine/freeze-states';
import { MAX_LOOKS } from '../../../lib/aws/training-pipeline/machine/query-states';
import { EVENTS, MOST_EVENTS, TURN_EVENTS } from '../../support/history-events';

/** Datasets that a version can name: as many as it has fields, 50, but for five others. */
const MOST_DATASETS = 45;
/** Seconds of the longest run, a month: what Step Functions would still follow. */
const MONTH = 30 * 86_400;

interface State {
  readonly Type: string;
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

/** How often a state of one dataset is come to at most: each query is looked at so often, and some are asked twice. */
function times(name: string): number {
  const looked = /(Wait|Look|Ended)$/.test(name) ? MAX_LOOKS : 1;
  const again = /^Freeze(Unload|Folder|MayTryAgain|TryAgain)/.test(name)
    ? 2
    : /^Freeze(Put|Find|IsFrozen)/.test(name)
      ? 4
      : 1;
  return looked * again;
}

it('freezes as many datasets as a run may have, however slow each is, and follows it within one history', () => {
  const made = freezeStates({ name: 'Freeze', items: [], workgroup: '', bucket: '', prefix: '', into: 'x', next: 'y' });
  const { ItemProcessor } = made.Freeze as unknown as State;
  const states = Object.entries(ItemProcessor?.States ?? {});
  expect(states.map(([name]) => name)).toContain('FreezeUnloadLook');
  const ofOne = states.reduce((sum, [name, { Type }]) => sum + times(name) * (EVENTS[Type] ?? 0), 0);
  const freezing = MOST_DATASETS * (ofOne + TURN_EVENTS);
  let looks = 0;
  for (let at = 0; at < MONTH; looks += 1) at += Math.max(POLL_SECONDS, Math.floor(at * POLL_SHARE));
  const following = looks * ((EVENTS.Wait ?? 0) + (EVENTS.Task ?? 0) + (EVENTS.Choice ?? 0));
  expect(freezing + following).toBeLessThan(MOST_EVENTS);
});
