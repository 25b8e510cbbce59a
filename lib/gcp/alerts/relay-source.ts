import { labelText } from '../labels';
import { HTTP_ROUTINES } from '../workflow/http-steps';
import { expr, quoted, type Routine, type Step, type WorkflowSource } from '../workflow/syntax';
import { announceStep } from './announce';
import type { Receiver } from './receivers';
import { deliveryRoutines } from './relay-delivery';
import { messageRoutines } from './relay-message';

/** Seconds after which an alert that a receiver did not take is tried again. */
export const RELAY_RETRY_SECONDS = 300;
/** Tries of one alert: an hour of them. */
export const RELAY_ATTEMPTS = 12;
/**
 * The workflow that hands each alert of the topic to chat channels and webhooks. All are tried in turn, then once every
 * five minutes those that did not take it, so that none waits for another. One that took nothing for an hour is told of by
 * a signal of its own, but not when the alert was such a signal: two receivers that fail would tell of each other for ever.
 */
export function relaySource(platform: string, project: string, receivers: readonly Receiver[]): WorkflowSource {
  const failing = receivers.map((one) => labelText(one.failing.name));
  return {
    main: {
      params: ['event'],
      steps: [
        decoded(),
        {
          is_incident: {
            switch: [{ condition: expr('get_type(map.get(alert, "incident")) == "map"'), next: 'write_message' }],
            next: 'say_unreadable',
          },
        },
        {
          write_message: { call: 'alert_message', args: { incident: expr('alert.incident') }, result: 'message' },
        },
        {
          begin: {
            assign: [
              { pending: receivers.map(({ name }) => name) },
              { reasons: {} },
              { attempt: 1 },
              { failing },
              { quiet: expr('message.metadata.eventType in failing') },
            ],
          },
        },
        { next_round: { assign: [{ left: [] }] } },
        eachPending(),
        { after_round: { assign: [{ pending: expr('left') }] } },
        {
          are_all_told: {
            switch: [
              { condition: expr('len(pending) == 0'), return: { outcome: 'told' } },
              { condition: expr(`attempt >= ${RELAY_ATTEMPTS}`), next: 'give_up' },
            ],
          },
        },
        { pause: { call: 'sys.sleep', args: { seconds: RELAY_RETRY_SECONDS } } },
        { count: { assign: [{ attempt: expr('attempt + 1') }], next: 'next_round' } },
        ...givesUp(),
        log('say_unreadable', 'WARNING', { text: 'A message of the topic is no alert', message: expr('event') }),
        { end_unreadable: { return: { outcome: 'unreadable' } } },
      ],
    },
    say_failing: sayFailing(platform, receivers),
    ...deliveryRoutines(project, receivers),
    ...messageRoutines(platform),
    ...HTTP_ROUTINES,
  };
}

/** What was published, or nothing that could be read as JSON. */
const decoded = (): Step => ({
  decode: {
    try: {
      steps: [
        { read: { assign: [{ alert: expr('json.decode(base64.decode(event.data.message.data))') }] } },
        { is_map: { switch: [{ condition: expr('get_type(alert) != "map"'), raise: 'not a map' }] } },
      ],
    },
    except: { as: 'e', steps: [{ is_unreadable: { next: 'say_unreadable' } }] },
  },
});

const eachPending = (): Step => ({
  each_pending: {
    for: {
      value: 'receiver',
      in: expr('pending'),
      steps: [
        {
          tell_one: {
            try: { call: 'tell', args: { receiver: expr('receiver'), message: expr('message') } },
            except: {
              as: 'e',
              steps: [
                { ask_why: { call: 'error_text', args: { e: expr('e') }, result: 'why' } },
                {
                  keep: {
                    assign: [{ left: expr('list.concat(left, receiver)') }, { 'reasons[receiver]': expr('why') }],
                  },
                },
              ],
            },
          },
        },
      ],
    },
  },
});

const givesUp = (): readonly Step[] => [
  {
    give_up: {
      for: {
        value: 'receiver',
        in: expr('pending'),
        steps: [
          log('say_untold', 'ERROR', {
            text: 'An alert was not delivered',
            receiver: expr('receiver'),
            reason: expr('reasons[receiver]'),
            alert: expr('message'),
          }),
          {
            is_told_of: {
              switch: [
                {
                  condition: expr('not(quiet)'),
                  steps: [
                    {
                      tell_of: {
                        call: 'say_failing',
                        args: {
                          receiver: expr('receiver'),
                          alert: expr('message.content.title'),
                          reason: expr('reasons[receiver]'),
                        },
                      },
                    },
                  ],
                },
              ],
            },
          },
        ],
      },
    },
  },
  { end_untold: { return: { outcome: 'untold', receivers: expr('pending') } } },
];

const sayFailing = (platform: string, receivers: readonly Receiver[]): Routine => ({
  params: ['receiver', 'alert', 'reason'],
  steps: [
    {
      which: {
        switch: receivers.map((one, i) => ({
          condition: expr(`receiver == ${quoted(one.name)}`),
          steps: [announceStep(`announce_${i}`, platform, one.failing, { reason: 'reason', detail: 'alert' })],
        })),
      },
    },
  ],
});

const log = (name: string, severity: string, json: Readonly<Record<string, unknown>>): Step => ({
  [name]: { call: 'sys.log', args: { severity, json } },
});
