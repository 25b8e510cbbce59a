import { expr, type Routine, type Step, type Value } from './syntax';

/**
 * Calls of Google's REST APIs from workflows. A document that uses `apiCall` has HTTP_ROUTINES beside its `main`.
 *
 * Only plain HTTP, never connectors: what a call means is then what HTTP says, such as 412 for a precondition that was
 * lost.
 */

/** Seconds until one call is given up. */
const TIMEOUT = 60;

/** What may be otherwise a moment later. Every call of a workflow may come twice, so all are retried alike. */
const PASSING_CODES = [408, 429, 500, 502, 503, 504];
const PASSING_TAGS = ['ConnectionError', 'ConnectionFailedError', 'TimeoutError'];
const RETRY = {
  predicate: expr('is_passing'),
  max_retries: 5,
  backoff: { initial_delay: 2, max_delay: 60, multiplier: 2 },
};

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Without a query. */
  readonly url: Value;
  /** A map, or an expression for one. */
  readonly query?: Value;
  /** Of POST and PATCH. */
  readonly body?: Value;
  /** Codes that are an answer and no error, such as 404 where a thing may be gone. Any code from 200 to 299 is one. */
  readonly accept?: readonly number[];
  /** Variable that gets `{ code, body }`. */
  readonly result?: string;
  readonly next?: string;
}

/** A step that calls an API; what may pass is tried again for about a minute. */
export function apiCall(name: string, call: ApiCall): Step {
  const { method, url, query = {}, body, accept = [], result, next } = call;
  const verb = method.toLowerCase();
  return {
    [name]: {
      call: method === 'POST' && body === undefined ? 'api_post_empty' : `api_${verb}`,
      args: { url, query, accept, ...(body === undefined ? {} : { body }) },
      ...(result === undefined ? {} : { result }),
      ...(next === undefined ? {} : { next }),
    },
  };
}

/** Source: Workflows documentation, "Make authenticated requests": the scope is that of all of Google Cloud unless said. */
const AUTH = { type: 'OAuth2' };

/** Its answer as `{ code, body }`, also where the code is one of `accept`. */
const request = (verb: 'get' | 'post' | 'patch' | 'delete', body: boolean): Routine => ({
  params: ['url', 'query', 'accept', ...(body ? ['body'] : [])],
  steps: [
    {
      send: {
        try: {
          call: `http.${verb}`,
          args: {
            url: expr('url'),
            query: expr('query'),
            auth: AUTH,
            timeout: TIMEOUT,
            ...(body ? { body: expr('body') } : {}),
          },
          result: 'answer',
        },
        retry: RETRY,
        except: {
          as: 'e',
          steps: [
            {
              is_answer: {
                switch: [
                  {
                    condition: expr('map.get(e, "code") in accept'),
                    return: { code: expr('e.code'), body: expr('map.get(e, "body")') },
                  },
                ],
              },
            },
            { give_up: { raise: expr('e') } },
          ],
        },
      },
    },
    { give: { return: { code: expr('answer.code'), body: expr('map.get(answer, "body")') } } },
  ],
});

const isPassing: Routine = {
  params: ['e'],
  steps: [
    {
      is_passing_code: {
        switch: [{ condition: expr(`map.get(e, "code") in ${JSON.stringify(PASSING_CODES)}`), return: true }],
      },
    },
    { take_tags: { assign: [{ tags: expr('default(map.get(e, "tags"), [])') }] } },
    {
      is_passing_tag: {
        switch: PASSING_TAGS.map((tag) => ({ condition: expr(`"${tag}" in tags`), return: true })),
      },
    },
    { is_lasting: { return: false } },
  ],
};

/**
 * What went wrong, as one text: a text that was raised, or the message of an error and what Google said about it.
 * In a workflow: `call: error_text`, `args: { e }`.
 */
const errorText: Routine = {
  params: ['e'],
  steps: [
    { is_text: { switch: [{ condition: expr('get_type(e) == "string"'), return: expr('e') }] } },
    { take_body: { assign: [{ body: expr('default(map.get(e, "body"), "")') }, { said: '' }] } },
    {
      is_google: {
        switch: [
          {
            condition: expr('get_type(body) == "map"'),
            steps: [{ take_said: { assign: [{ said: expr('map.get(body, "error")') }] } }],
          },
        ],
      },
    },
    {
      has_said: {
        switch: [
          {
            condition: expr('get_type(said) == "map"'),
            return: expr('default(map.get(e, "message"), "an error") + ": " + default(map.get(said, "message"), "")'),
          },
        ],
      },
    },
    { is_plain: { return: expr('default(map.get(e, "message"), json.encode_to_string(e))') } },
  ],
};

/**
 * Waits for a long-running operation: `call: await_operation`, `args: { host, operation, seconds }`. Gives the operation as
 * it ended, with `error` or `response`; raises when it has not ended after `seconds`.
 */
const awaitOperation: Routine = {
  params: ['host', 'operation', 'seconds'],
  steps: [
    { begin: { assign: [{ found: expr('operation') }, { deadline: expr('sys.now() + seconds') }] } },
    {
      is_done: {
        switch: [
          { condition: expr('default(map.get(found, "done"), false)'), return: expr('found') },
          {
            condition: expr('sys.now() > deadline'),
            raise: {
              message: expr('"The operation " + operation.name + " has not ended."'),
              tags: ['OperationTimeout'],
            },
          },
        ],
      },
    },
    { pause: { call: 'sys.sleep', args: { seconds: 15 } } },
    apiCall('look', { method: 'GET', url: expr('"https://" + host + "/v1/" + operation.name'), result: 'answer' }),
    { take: { assign: [{ found: expr('answer.body') }], next: 'is_done' } },
  ],
};

/** What `apiCall` needs, and `error_text` and `await_operation`. */
export const HTTP_ROUTINES = {
  api_get: request('get', false),
  api_post: request('post', true),
  api_post_empty: request('post', false),
  api_patch: request('patch', true),
  api_delete: request('delete', false),
  is_passing: isPassing,
  error_text: errorText,
  await_operation: awaitOperation,
} as const satisfies Readonly<Record<string, Routine>>;
