import type { AnnouncedOutcome } from '../../../plan/outcome-signals';
import { announceStep } from '../../alerts/announce';
import { giveLockBackStep } from '../../workflow/lock-steps';
import { deleteStep, writeStep } from '../../workflow/record-steps';
import { expr, type Step } from '../../workflow/syntax';
import type { RolloutWorkflowProps } from './rollout-props';

const stepOf = (outcome: AnnouncedOutcome): string => `announce_${outcome.replaceAll('-', '_')}`;

/**
 * Says how it ended, puts on record that this decision was carried out, gives the lock back, and returns the report. The
 * record comes last, so that an execution which takes the place of one that crashed says it again rather than nobody.
 *
 * An execution that announced how it ended has succeeded, whatever that was; one that fails said nothing. Nothing that
 * fails here keeps the rest from being done: it is raised when the lock was given back.
 */
export function announceSteps(props: RolloutWorkflowProps): readonly Step[] {
  const outcomes = Object.keys(props.outcomes) as AnnouncedOutcome[];
  return [
    {
      say: {
        try: {
          steps: [
            {
              which: {
                switch: outcomes.map((name) => ({ condition: expr(`outcome == "${name}"`), next: stepOf(name) })),
                next: 'said',
              },
            },
            ...outcomes.map((name) =>
              announceStep(
                stepOf(name),
                props.platform,
                props.outcomes[name],
                {
                  version: 'version',
                  serves: 'serves',
                  reason: 'request.action + ": " + request.reason',
                  detail: 'detail',
                },
                'said',
              ),
            ),
            { said: { assign: [{ done: true }] } },
          ],
        },
        except: { as: 'e', steps: [{ not_said: { assign: [{ announced: false }] } }] },
      },
    },
    {
      is_to_record: {
        switch: [
          // What is unfinished is gone on with, and what is owned by nobody has no record any more.
          { condition: expr('outcome in ["unfinished", "rollback-failed"] or not(owned)'), next: 'give_back' },
          { condition: expr('len(record) == 0'), next: 'give_back' },
        ],
      },
    },
    {
      take_memory: {
        assign: [
          // What somebody else began is still to be gone on with.
          { memory: expr('if(over, map.delete(record, "trying"), record)') },
          { news: expr('over and "trying" in record') },
          { when: expr('default(map.get(record, ["decided", "millis"]), -1)') },
        ],
      },
    },
    {
      is_decided: {
        switch: [
          // It says that the model was retired, and does so until a person promotes a version.
          { condition: expr('default(map.get(record, "retired"), "") != ""'), next: 'give_back' },
          {
            condition: expr('default(map.get(record, "version"), "") == "" and not("trying" in memory)'),
            next: 'forget_all',
          },
          {
            condition: expr('outcome in ["promoted", "rolled-back", "noop"] and when < request.millis'),
            steps: [
              {
                decide: {
                  assign: [
                    { news: true },
                    {
                      'memory.decided': {
                        millis: expr('request.millis'),
                        version: expr('version'),
                        outcome: expr('outcome'),
                        ended: expr('int(sys.now() * 1000)'),
                      },
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    },
    { is_news: { switch: [{ condition: expr('not(news)'), next: 'give_back' }] } },
    {
      remember: {
        try: { steps: [writeStep('write_memory', { path: props.championPath, value: expr('memory') })] },
        except: { as: 'e', steps: [{ not_remembered: { assign: [{ remembered: false }] } }] },
        next: 'give_back',
      },
    },
    {
      forget_all: {
        try: { steps: [deleteStep('delete_memory', { path: props.championPath })] },
        except: { as: 'e', steps: [{ not_forgotten: { assign: [{ remembered: false }] } }] },
      },
    },
    { give_back: { switch: [{ condition: expr('lock == ""'), next: 'is_remembered' }] } },
    giveLockBackStep('unlock', { lock: props.lock, generation: expr('lock') }),
    {
      is_remembered: {
        switch: [
          {
            condition: expr('not(remembered)'),
            raise: {
              message: expr('"This could not be put on record, and the same event would begin it again: " + outcome'),
              tags: ['NotRemembered'],
            },
          },
          {
            condition: expr('not(announced)'),
            raise: { message: expr('"This could not be announced: " + outcome'), tags: ['NotAnnounced'] },
          },
        ],
      },
    },
    {
      report: {
        return: {
          outcome: expr('outcome'),
          version: expr('version'),
          serves: expr('serves'),
          detail: expr('detail'),
        },
      },
    },
  ];
}
