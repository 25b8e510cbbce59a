import type { z } from 'zod';

/** What the name of a query parameter ends with, or is, when its value is a credential. Hyphens, dots and underscores are left out. */
const CREDENTIAL =
  /(token|secret|password|passwd|pwd|apikey|accesskey|subscriptionkey|signature|credentials?)$|^(key|sig|pass|auth|authorization|jwt)$/;

/** Refuses an address with credentials in it, which everybody would see who sees the spec or its templates. */
export function refuseCredentials(url: string, context: z.RefinementCtx<string>): void {
  if (!URL.canParse(url)) return;
  const { username, password, searchParams } = new URL(url);
  const refuse = (message: string, received: string, what: string): void =>
    context.addIssue({
      code: 'custom',
      message,
      params: {
        received,
        confidential: true,
        allowed: 'an https address without credentials',
        fix: `remove ${what}, store its value under the name that secret gives, and let header carry it`,
      },
    });
  if (username !== '' || password !== '')
    refuse('has a user or password in it', 'an address with user information', 'what stands before the @');
  const key = [...searchParams.keys()].find((name) => CREDENTIAL.test(name.toLowerCase().replace(/[-_.]/g, '')));
  if (key !== undefined) refuse('has a credential in it', `an address with the parameter ${JSON.stringify(key)}`, key);
}

/** Headers that belong to the connection, to caches or to proxies: whoever sends a request sets or drops them itself. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'a-im',
  'accept-charset',
  'accept-datetime',
  'accept-encoding',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-md5',
  'content-type',
  'cookie',
  'date',
  'expect',
  'forwarded',
  'from',
  'host',
  'http2-settings',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'max-forwards',
  'origin',
  'pragma',
  'proxy-authorization',
  'range',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
  'warning',
]);

/** Refuses a header that cannot carry a secret because the sender has its own use for it. */
export function refuseReservedHeader(header: string, context: z.RefinementCtx<string>): void {
  if (!RESERVED_HEADERS.has(header.toLowerCase())) return;
  context.addIssue({
    code: 'custom',
    message: 'is a header that the sender of a request keeps for itself',
    params: {
      allowed: 'a header that the receiver reads the secret from, such as Authorization or X-Api-Key',
      fix: 'write Authorization, or another header that the receiver knows',
    },
  });
}
