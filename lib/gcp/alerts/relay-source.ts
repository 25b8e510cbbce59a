import { labelText } from '../labels';
import { apiCall, HTTP_ROUTINES } from '../workflow/http-steps';
import { expr, quoted, type Routine, type Step, type WorkflowSource } from '../workflow/syntax';
import { announceStep } from './announce';
import type { Receiver } from './receivers';
import { messageRoutines } from './relay-message';

/** Seconds after which an alert that a receiver did not take is tried again. */
export const RELAY_RETRY_SECONDS = 300;
/** Tries of one alert: an hour of them. */
export const RELAY_ATTEMPTS = 12;
/** Seconds that a receiver has to answer. */
const TIMEOUT = 30;

const SLACK = 'https://slack.com/api/chat.postMessage';

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
    tell: tell(receivers),
    say_failing: sayFailing(platform, receivers),
    read_secret: readSecret(project),
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

/** Hands the alert to one receiver; raises when it did not take it. Nobody is told of its own failing. */
const tell = (receivers: readonly Receiver[]): Routine => ({
  params: ['receiver', 'message'],
  steps: [
    {
      which: {
        switch: receivers.map((one, i) => ({
          condition: expr(`receiver == ${quoted(one.name)}`),
          steps: [
            {
              [`is_own_${i}`]: {
                switch: [
                  {
                    condition: expr(`message.metadata.eventType == ${quoted(labelText(one.failing.name))}`),
                    return: 'its own',
                  },
                ],
              },
            },
            { [`secret_${i}`]: { call: 'read_secret', args: { name: one.secret }, result: 'secret' } },
            ...(one.kind === 'slack' ? toSlack(i, one.channel) : toWebhook(i, one.url, one.header)),
          ],
        })),
      },
    },
    { done: { return: 'told' } },
  ],
});

const post = (address: string, headers: Readonly<Record<string, string>>, body: unknown) => ({
  call: 'http.post',
  args: {
    ...addressed(address),
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body,
    timeout: TIMEOUT,
  },
  result: 'answer',
});

/** An address with its query apart, as `http.post` escapes it. */
function addressed(address: string) {
  const { origin, pathname, searchParams } = new URL(address);
  const names = [...new Set(searchParams.keys())];
  const query = names.map((name) => {
    const [first, ...others] = searchParams.getAll(name);
    return [name, others.length === 0 ? first : [first, ...others]] as const;
  });
  return { url: `${origin}${pathname}`, ...(query.length === 0 ? {} : { query: Object.fromEntries(query) }) };
}

const toWebhook = (i: number, url: string, header: string): readonly Step[] => [
  { [`post_${i}`]: post(url, { [header]: expr('secret') }, expr('message')) },
];

/** Slack says in the body whether it took a message. Source: Slack API, "Using the Slack Web API", responses. */
const toSlack = (i: number, channel: string): readonly Step[] => [
  { [`text_${i}`]: { call: 'slack_text', args: { message: expr('message') }, result: 'said' } },
  {
    [`post_${i}`]: post(
      SLACK,
      { Authorization: expr('"Bearer " + secret') },
      { channel, text: expr('said'), unfurl_links: false },
    ),
  },
  {
    [`is_taken_${i}`]: {
      switch: [
        {
          condition: expr('not(default(map.get(answer.body, "ok"), false))'),
          raise: expr('"Slack: " + default(map.get(answer.body, "error"), "no answer")'),
        },
      ],
    },
  },
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

/** The newest value of a secret, without the line end that an editor leaves. */
const readSecret = (project: string): Routine => ({
  params: ['name'],
  steps: [
    apiCall('access', {
      method: 'GET',
      url: expr(
        `"https://secretmanager.googleapis.com/v1/projects/${project}/secrets/" + name + "/versions/latest:access"`,
      ),
      result: 'answer',
    }),
    {
      give: {
        return: expr('text.replace_all_regex(text.decode(base64.decode(answer.body.payload.data)), "\\\\s+$", "")'),
      },
    },
  ],
});

const log = (name: string, severity: string, json: Readonly<Record<string, unknown>>): Step => ({
  [name]: { call: 'sys.log', args: { severity, json } },
});
