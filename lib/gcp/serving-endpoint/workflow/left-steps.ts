import { expr, type Step } from '../../workflow/syntax';
import { end, lookSteps } from './decision-parts';

/** What an execution left that crashed, if it cannot be gone on with. */
export const leftSteps = (): readonly Step[] => [
  {
    is_left: {
      switch: [
        { condition: expr('len(left) == 0'), next: 'is_approved' },
        { condition: expr(`ours and why == "" and approval == "approved"`), next: 'is_approved' },
      ],
    },
  },
  {
    clear: {
      try: {
        steps: [
          {
            take_left_back: {
              call: 'take_back',
              args: { lock: expr('lock'), saved: expr('left.saved'), id: expr('left.id') },
              result: 'lock',
            },
          },
        ],
      },
      except: {
        as: 'e',
        steps: [
          {
            clear_lost: {
              switch: [{ condition: expr('"LockLost" in default(map.get(e, "tags"), [])'), raise: expr('e') }],
            },
          },
          // Another version goes on from what there is; the same one has to say that its way back failed.
          { is_foreign: { switch: [{ condition: expr('not(same) and not(calls_off)'), next: 'see_again' }] } },
          { clear_text: { call: 'error_text', args: { e: expr('e') }, result: 'told' } },
          {
            stuck: {
              assign: [{ outcome: 'rollback-failed' }, { detail: expr('if(why == "", told, why + " Then: " + told)') }],
              next: 'worked',
            },
          },
        ],
      },
    },
  },
  { take_over: { assign: [{ over: true }] } },
  {
    was_taken: {
      switch: [
        { condition: expr('calls_off'), next: 'called_off' },
        { condition: expr('same and why != ""'), next: 'taken_before' },
      ],
      next: 'see_again',
    },
  },
  end('called_off', 'noop', expr('"Version " + version + ", which was being rolled out, has been taken back."')),
  {
    taken_before: {
      assign: [{ outcome: expr('if(len(left.saved) == 0, "failed-first", "rolled-back")') }, { detail: expr('why') }],
      next: 'worked',
    },
  },
  ...lookSteps('see_again'),
  { forget: { assign: [{ trying: {} }, { left: {} }] } },
  // What serves again may be just what is wanted.
  {
    serves_again: {
      switch: [{ condition: expr('who.whole != "" and who.name == name'), next: 'serves_it' }],
      next: 'is_approved',
    },
  },
  {
    is_approved: { switch: [{ condition: expr(`approval == "approved"`), next: 'begin_try' }] },
  },
  end('not_approved', 'withdrawn', expr('"Its approval is " + approval + "."')),
];
