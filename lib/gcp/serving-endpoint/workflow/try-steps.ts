import { renewLockStep } from '../../workflow/lock-steps';
import { writeStep } from '../../workflow/record-steps';
import { expr, type Routine, type Step } from '../../workflow/syntax';
import { moveSteps } from './move-steps';
import type { RolloutWorkflowProps } from './rollout-props';

/** Whether an error says that another execution has the lock: nothing may be touched any more. */
export const isLost = (name: string): Step => ({
  [name]: { switch: [{ condition: expr('"LockLost" in default(map.get(e, "tags"), [])'), raise: expr('e') }] },
});

/**
 * Moves, and ends with the outcome of that. Any error takes everything back; why is put on record before, so that an
 * execution that crashes on the way back is followed by one that goes back too. Ends at `worked`.
 */
export function tryAndSettleSteps(props: RolloutWorkflowProps): readonly Step[] {
  return [
    { begin_move: { assign: [{ begun: false }, { why: '' }] } },
    {
      move_all: {
        try: { steps: moveSteps(props) },
        except: {
          as: 'e',
          steps: [
            isLost('move_lost'),
            { move_text: { call: 'error_text', args: { e: expr('e') }, result: 'told' } },
            { move_failed: { assign: [{ why: expr('told') }] } },
          ],
        },
      },
    },
    { has_failed: { switch: [{ condition: expr('why != ""'), next: 'mark_why' }] } },
    {
      promote_it: {
        call: 'followed',
        args: { record: expr('record'), version: expr('version'), name: expr('name'), id: expr('id') },
        result: 'record',
      },
    },
    { mark_done: { assign: [{ 'trying.done': true }, { 'record.trying': expr('trying') }] } },
    writeStep('write_done', { path: props.championPath, value: expr('record'), next: 'worked' }),

    { mark_why: { assign: [{ 'trying.why': expr('why') }, { 'record.trying': expr('trying') }] } },
    {
      write_why: {
        try: {
          steps: [
            renewLockStep('write_why_renew', { lock: props.lock, generation: expr('lock'), result: 'lock' }),
            writeStep('write_why_now', { path: props.championPath, value: expr('record') }),
          ],
        },
        // The way back matters more than the record of it.
        except: { as: 'e', steps: [isLost('write_why_lost')] },
      },
    },
    {
      go_back: {
        try: {
          steps: [
            {
              take_all_back: {
                call: 'take_back',
                args: { lock: expr('lock'), saved: expr('saved'), id: expr('id') },
                result: 'lock',
              },
            },
            {
              went_back: {
                assign: [
                  { outcome: expr('if(len(saved) == 0, "failed-first", "rolled-back")') },
                  { outcome: expr('if(begun, outcome, "failed")') },
                  { detail: expr('why') },
                ],
              },
            },
          ],
        },
        except: {
          as: 'e',
          steps: [
            isLost('back_lost'),
            { back_text: { call: 'error_text', args: { e: expr('e') }, result: 'told' } },
            {
              back_failed: {
                assign: [{ outcome: 'rollback-failed' }, { detail: expr('why + " And the way back failed: " + told') }],
              },
            },
          ],
        },
      },
    },
  ];
}

/** The record of a version that serves now: `args: { record, version, name, id }`. The one before is where to go back to. */
export const FOLLOWED: Routine = {
  params: ['record', 'version', 'name', 'id'],
  steps: [
    {
      begin: {
        assign: [
          { none: {} },
          { old: expr('default(map.get(record, "version"), "")') },
          { since: expr('if(old == version, map.get(record, "at"), null)') },
          { previous: expr('default(map.get(record, "previous"), none)') },
          {
            now: {
              version: expr('version'),
              name: expr('name'),
              id: expr('id'),
              at: expr('default(since, time.format(int(sys.now())))'),
            },
          },
        ],
      },
    },
    { is_same: { switch: [{ condition: expr('old in ["", version]'), next: 'has_previous' }] } },
    { was_old: { assign: [{ previous: { version: expr('old'), name: expr('record.name'), id: expr('record.id') } }] } },
    { has_previous: { switch: [{ condition: expr('len(previous) == 0'), next: 'give' }] } },
    { take_previous: { assign: [{ 'now.previous': expr('previous') }] } },
    { give: { return: expr('map.merge(record, now)') } },
  ],
};
