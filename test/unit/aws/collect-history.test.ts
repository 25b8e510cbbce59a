import { expect, it } from 'vitest';
import { collectStates } from '../../../lib/aws/operations/machine/collect-states';
import { GROUP_EVENTS, namedStates, ROOM, VERSION_EVENTS } from '../../../lib/aws/operations/machine/named-states';
import { EVENTS, MOST_EVENTS, TURN_EVENTS } from '../../support/history-events';

interface Choice {
  readonly Assign?: { readonly left?: string };
  readonly Next?: string | undefined;
}
interface State extends Choice {
  readonly Type: string;
  readonly Choices?: readonly Choice[];
  readonly Default?: string;
}
/** What a way through the states takes of the history, and what it takes from `$left`. */
interface Way {
  readonly states: readonly string[];
  readonly events: number;
  readonly counted: number;
}

const STATES = collectStates('bucket') as unknown as Readonly<Record<string, State>>;
const countedBy = ({ Assign }: Choice): number => Number(/\$left - (\d+)/.exec(Assign?.left ?? '')?.[1] ?? 0);

/** Every way from a state to the next turn on which no state is come to more than twice: with one page of files, and with more. */
function ways(name: string, { states, events, counted }: Way): readonly Way[] {
  const state = STATES[name];
  if (state === undefined) throw new Error(`no state ${name}`);
  if (states.filter((one) => one === name).length === 2) return [];
  const way = {
    states: [...states, name],
    events: events + (EVENTS[state.Type] ?? 0),
    counted: counted + countedBy(state),
  };
  const nexts: readonly Choice[] = [...(state.Choices ?? []), { Next: state.Default ?? state.Next }];
  return nexts.flatMap((next) => {
    const after = { ...way, counted: way.counted + (state.Choices === undefined ? 0 : countedBy(next)) };
    if (next.Next === 'Turn') return [after];
    return next.Next === undefined || next.Next === 'DatasetDone' ? [] : ways(next.Next, after);
  });
}

const all = ways('Turn', { states: [], events: 0, counted: 0 });
const touching = (...names: readonly string[]) =>
  all.filter(({ states }) => names.every((name) => states.includes(name)));

it('counts every event that a snapshot takes of the history of the collector', () => {
  for (const { states, events, counted } of all) expect(counted, states.join(' ')).toBeGreaterThanOrEqual(events);
  expect(touching('Withdraw')).not.toEqual([]);
  expect(touching('Files', 'Delete', 'Unmark')).not.toEqual([]);
});

it('counts few that it does not take', () => {
  for (const { states, events, counted } of all) expect(counted - events, states.join(' ')).toBeLessThanOrEqual(5);
});

it('counts every event that looking up a version or a group takes', () => {
  const named = namedStates('fraud-prod', 'Done') as unknown as Readonly<Record<string, State>>;
  const eventsOf = (...names: readonly string[]) =>
    names.reduce((sum, name) => sum + (EVENTS[named[name]?.Type ?? ''] ?? Number.NaN), 0);
  const page = eventsOf('VersionsPage', 'EachVersion', 'VersionsMore');
  expect(VERSION_EVENTS).toBeGreaterThanOrEqual(TURN_EVENTS + (EVENTS.Task ?? 0) + page / 50);
  expect(GROUP_EVENTS).toBeGreaterThanOrEqual(eventsOf('NextGroup', 'VersionsList', 'EachVersion', 'VersionsMore'));
});

it('leaves what is beside the snapshots out of what is shared out', () => {
  expect(ROOM).toBeLessThanOrEqual(MOST_EVENTS - 1000);
});
