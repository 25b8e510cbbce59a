import { labelText } from '../labels';
import { apiCall } from '../workflow/http-steps';
import { expr, quoted, type Routine, type Step } from '../workflow/syntax';
import type { Receiver } from './receivers';

/** Seconds that a receiver has to answer. */
const TIMEOUT = 30;

const SLACK = 'https://slack.com/api/chat.postMessage';

/** Routines of the relay that reach receivers: `call: tell`, `args: { receiver, message }`. They need those of HTTP and of messages. */
export const deliveryRoutines = (
  project: string,
  receivers: readonly Receiver[],
): Readonly<Record<'tell' | 'read_secret', Routine>> => ({ tell: tell(receivers), read_secret: readSecret(project) });

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
