import { END_WITHIN, SLACK } from '../../../plan/gcp-cluster-patience';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import { isWantedSteps, UNWANTED } from './asked-steps';
import { type BatchWorkflowProps, CANCEL_ACCEPTS, MACHINE_LOST_CODES } from './batch-props';

/** Seconds between two looks at a job: a fiftieth of its age, so that a long training takes no more steps than a short one. */
const SHARE_OF_AGE = 50;
const SHORTEST_PAUSE = 30;
const LONGEST_PAUSE = 3600;
/** The same where somebody may take a training back that was asked for. */
const LONGEST_PAUSE_ASKED = 600;
const longestPause = ({ requests }: Pick<BatchWorkflowProps, 'requests'>): number =>
  requests === undefined ? LONGEST_PAUSE : LONGEST_PAUSE_ASKED;
/** Seconds between two looks at a job that was told to end. */
const PAUSE_TO_END = 60;

const LOST = `exit code (${MACHINE_LOST_CODES.join('|')})`;
/** What Batch says of a job that found no machine. Source: Batch documentation, "Troubleshooting", resources and quotas. */
const SHORT = 'RESOURCE_POOL_EXHAUSTED|QUOTA_EXCEEDED|STOCKOUT';

/**
 * Waits for a job to end. In a workflow: `call: watch_job`, `args: { name, url, runtime, attempt }`; gives `{ outcome, reason }`.
 *
 * succeeded, failed: what became of the training. lost: it lost its machine as often as it may. short: there was no
 * machine. cancelled: somebody else stopped it or deleted the job, or took back what was asked for. A job that waits or runs for too long is told to end.
 */
export const watchJob = (props: Pick<BatchWorkflowProps, 'requests'>): Routine => ({
  params: ['name', 'url', 'runtime', 'attempt'],
  steps: [
    {
      begin: {
        assign: [
          { told: '' },
          { told_at: 0 },
          { longest: expr(`attempt.patience + (attempt.retries + 1) * runtime + ${SLACK}`) },
        ],
      },
    },
    apiCall('look', { method: 'GET', url: expr('url'), accept: [404], result: 'answer' }),
    {
      is_gone: {
        switch: [
          { condition: expr('answer.code == 404'), return: { outcome: 'cancelled', reason: 'The job was deleted.' } },
        ],
      },
    },
    {
      see: {
        assign: [
          { state: expr('default(map.get(answer.body, ["status", "state"]), "QUEUED")') },
          { events: expr('default(map.get(answer.body, ["status", "statusEvents"]), [])') },
          { age: expr('sys.now() - time.parse(answer.body.createTime)') },
          { why: '' },
        ],
      },
    },
    {
      has_events: {
        switch: [
          {
            condition: expr('len(events) > 0'),
            steps: [
              { take_why: { assign: [{ why: expr('default(map.get(events[len(events) - 1], "description"), "")') }] } },
            ],
          },
        ],
      },
    },
    {
      has_ended: {
        switch: [
          { condition: expr('state == "SUCCEEDED"'), return: { outcome: 'succeeded', reason: expr('why') } },
          { condition: expr('told != "" and state in ["FAILED", "CANCELLED"]'), next: 'as_told' },
          { condition: expr('state == "CANCELLED"'), return: { outcome: 'cancelled', reason: expr('why') } },
          {
            condition: expr(`state == "FAILED" and text.match_regex(why, "${LOST}")`),
            return: { outcome: 'lost', reason: expr('why') },
          },
          {
            condition: expr(`state == "FAILED" and text.match_regex(why, "${SHORT}")`),
            return: { outcome: 'short', reason: expr('why') },
          },
          { condition: expr('state == "FAILED"'), return: { outcome: 'failed', reason: expr('why') } },
        ],
      },
    },
    {
      is_late: {
        switch: [
          { condition: expr('told == "" and age > longest'), next: 'overdue' },
          {
            condition: expr('told == "" and state in ["QUEUED", "SCHEDULED"] and age > attempt.patience'),
            next: 'unserved',
          },
          {
            condition: expr(`told != "" and sys.now() > told_at + ${END_WITHIN}`),
            raise: { message: expr('"The job " + url + " does not end. " + told'), tags: ['JobDoesNotEnd'] },
          },
        ],
        next: 'take_pause',
      },
    },
    { overdue: { assign: [{ told: 'It ran longer than a training may.' }], next: 'tell' } },
    { unserved: { assign: [{ told: 'There was no machine for it in time.' }], next: 'tell' } },
    // A job that has ended meanwhile takes no cancellation, and is looked at again.
    apiCall('tell', {
      method: 'POST',
      url: expr('url + ":cancel"'),
      body: {},
      accept: CANCEL_ACCEPTS,
      result: 'cancelled',
    }),
    { told_now: { assign: [{ told_at: expr('sys.now()') }] } },
    {
      take_pause: {
        assign: [
          {
            seconds: expr(
              `if(told == "", math.min(math.max(age / ${SHARE_OF_AGE}, ${SHORTEST_PAUSE}), ${longestPause(props)}), ${PAUSE_TO_END})`,
            ),
          },
        ],
      },
    },
    ...isWantedSteps(props, 'seconds', [
      {
        is_unwanted: {
          switch: [
            {
              condition: expr('told == "" and not(wanted)'),
              steps: [{ take_back: { assign: [{ told: UNWANTED }], next: 'tell' } }],
            },
          ],
        },
      },
    ]),
    { pause: { call: 'sys.sleep', args: { seconds: expr('seconds') }, next: 'look' } },
    {
      as_told: {
        switch: [
          {
            condition: expr('told == "There was no machine for it in time."'),
            return: { outcome: 'short', reason: expr('told') },
          },
          { condition: expr(`told == ${quoted(UNWANTED)}`), return: { outcome: 'cancelled', reason: expr('told') } },
        ],
      },
    },
    { ran_too_long: { return: { outcome: 'failed', reason: expr('told') } } },
  ],
});
