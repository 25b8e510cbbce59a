import { apiCall } from '../../workflow/http-steps';
import { readObjectStep } from '../../workflow/object-steps';
import { uploadsUrl } from '../../workflow/storage-urls';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';
import {
  attemptsOf,
  type BatchWorkflowProps,
  CANCEL_ACCEPTS,
  jobsUrl,
  type Requests,
  TRAINING_NAME,
} from './batch-props';

/**
 * Trainings that a program asks for, by objects below a prefix of a bucket:
 *
 *     <prefix>/<name>/request.json   a TrainingRequest; the training is wanted as long as this is there
 *     <prefix>/<name>/state.json     { at, within } while it goes on: it is written again within so many seconds
 *                                    { ended: { outcome, reason, job? } } once it is over
 *
 * A message that names the training starts an execution, which runs it or, where it was taken back, stops it. IAM cannot say
 * who may start which workflow, so that nobody is believed: what is asked for is read where only those can write it who may
 * run things as the account of trainings. Source: IAM documentation, "Resource attributes" of conditions, which Workflows
 * does not have.
 */

export const REQUEST_FILE = 'request.json';
export const STATE_FILE = 'state.json';

/** Seconds that an execution may be late: it may wait for a lock that somebody who crashed held. */
const GRACE = 1800;

/** Why a training ends that was taken back. */
export const UNWANTED = 'Nobody waits for it any more.';

const fileOf = ({ prefix }: Requests, file: string): string =>
  expr(`${quoted(`${prefix}/`)} + name + ${quoted(`/${file}`)}`);

const readStep = (name: string, requests: Requests, file: string, step: { query?: object; result: string }): Step =>
  readObjectStep(name, { bucket: requests.bucket, object: fileOf(requests, file), ...step });

const sayStep = (name: string, requests: Requests, state: Readonly<Record<string, string>>): Step =>
  apiCall(name, {
    method: 'POST',
    url: uploadsUrl(requests.bucket),
    query: { uploadType: 'media', name: fileOf(requests, STATE_FILE) },
    body: state,
  });

/** Runs the training that a message names, and says what became of it; stops one that was taken back. */
export const askedMain = (props: BatchWorkflowProps, requests: Requests): Routine => ({
  params: ['event'],
  steps: [
    { begin: { assign: [{ ended: { outcome: 'cancelled', reason: UNWANTED } }] } },
    { read: { assign: [{ message: expr('json.decode(base64.decode(event.data.message.data))') }] } },
    { take: { assign: [{ name: expr('message.training') }] } },
    // Before it is part of an address.
    {
      check: {
        switch: [
          {
            condition: expr(`not(text.match_regex(name, "${TRAINING_NAME}"))`),
            raise: { message: 'The message names no training.', tags: ['RequestRefused'] },
          },
        ],
      },
    },
    {
      attempt: {
        try: {
          steps: [
            readStep('look', requests, REQUEST_FILE, { query: { alt: 'media' }, result: 'answer' }),
            { is_wanted: { switch: [{ condition: expr('answer.code != 404'), next: 'take_request' }] } },
            // Only what was wanted here has a state: nobody stops other trainings by their names.
            readStep('look_state', requests, STATE_FILE, { result: 'known' }),
            { was_wanted: { switch: [{ condition: expr('known.code == 404'), return: expr('ended') }] } },
            {
              stop: {
                for: {
                  value: 'suffix',
                  in: attemptsOf(props).map(({ suffix }) => suffix),
                  steps: [
                    apiCall('stop_job', {
                      method: 'POST',
                      url: expr(`${quoted(`${jobsUrl(props)}/`)} + name + suffix + ":cancel"`),
                      body: {},
                      accept: CANCEL_ACCEPTS,
                    }),
                  ],
                },
                next: 'over',
              },
            },
            { take_request: { assign: [{ request: expr('answer.body') }, { 'request.name': expr('name') }] } },
            { say: { call: 'still_wanted', args: { name: expr('name'), seconds: 0 }, result: 'wanted' } },
            { run: { call: 'train', args: { request: expr('request') }, result: 'ended' } },
            { over: { assign: [{ said: '' }] } },
          ],
        },
        except: {
          as: 'e',
          steps: [
            { read_error: { call: 'error_text', args: { e: expr('e') }, result: 'said' } },
            { take_error: { assign: [{ ended: { outcome: 'failed', reason: expr('said') } }] } },
          ],
        },
      },
    },
    sayStep('tell', requests, { ended: expr('ended') }),
    { give: { return: expr('ended') } },
  ],
});

/** In a workflow: `call: still_wanted`, `args: { name, seconds }`; a training that is says when it is heard of again. */
export const askedRoutines = (requests: Requests): Readonly<Record<'still_wanted', Routine>> => ({
  still_wanted: {
    params: ['name', 'seconds'],
    steps: [
      readStep('look', requests, REQUEST_FILE, { result: 'answer' }),
      { is_gone: { switch: [{ condition: expr('answer.code == 404'), return: false }] } },
      sayStep('say', requests, {
        at: expr('int(sys.now())'),
        within: expr(`int(seconds) + ${GRACE}`),
      }),
      { give: { return: true } },
    ],
  },
});

/** Says that the training goes on, and does what comes `then` with `wanted`; nothing where trainings are not asked for. */
export const isWantedSteps = (
  { requests }: Pick<BatchWorkflowProps, 'requests'>,
  seconds: string | number,
  then: readonly Step[],
): readonly Step[] =>
  requests === undefined
    ? []
    : [
        {
          ask: {
            call: 'still_wanted',
            args: { name: expr('name'), seconds: typeof seconds === 'number' ? seconds : expr(seconds) },
            result: 'wanted',
          },
        },
        ...then,
      ];

/** The same, where a training that nobody wants any more simply ends. */
export const refuseUnwanted = (
  props: Pick<BatchWorkflowProps, 'requests'>,
  seconds: string | number,
): readonly Step[] =>
  isWantedSteps(props, seconds, [
    {
      is_unwanted: {
        switch: [{ condition: expr('not(wanted)'), raise: { message: UNWANTED, tags: ['RequestRefused'] } }],
      },
    },
  ]);
