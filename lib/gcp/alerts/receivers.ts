import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { googleReceiverFindings } from '../../plan/google-receivers';
import { inToken } from '../../plan/props';
import type { Signal } from '../../plan/signals';
import { slackFailing, webhookFailing } from '../../plan/signals';
import { alerts, DEFAULT_WEBHOOK_HEADER } from '../../spec/alerts';
import { findingsOf, refuseProps } from '../props';

/** A Slack channel, written to by a bot of its workspace that was invited to it. */
export interface SlackChannel {
  /** Slack channel id, `C0123ABCD`. */
  readonly channel: string;
  readonly gcp?:
    | {
        /** Name of the secret in Secret Manager with the bot's token, `xoxb-…`. */
        readonly secret: string;
      }
    | undefined;
}

export interface WebhookReceiver {
  /** HTTPS address that receives each alert in the body of a POST. */
  readonly url: string;
  /** Name of the secret in Secret Manager whose newest value is sent in the header. */
  readonly secret: string;
  /** Default: DEFAULT_WEBHOOK_HEADER. */
  readonly header?: string;
}

export interface ReceiverProps {
  /** Slack channels by name. */
  readonly slack?: Readonly<Record<string, SlackChannel>>;
  /** HTTPS receivers by name. */
  readonly webhooks?: Readonly<Record<string, WebhookReceiver>>;
}

/** What the relay tells, with how it is called in the access plan: `slack-ops`, `webhook-pager`. */
export type Receiver = {
  readonly name: string;
  readonly secret: string;
  /** Told when this one does not take its alerts. */
  readonly failing: Signal;
} & (
  | { readonly kind: 'slack'; readonly channel: string }
  | { readonly kind: 'webhook'; readonly url: string; readonly header: string }
);

/** A bot is of one workspace, so nobody has to say of which here. */
const ANY_WORKSPACE = 'T00000000';

/**
 * Refuses receivers that are none that a spec allows, be it in a construct that stands alone: the rules keep credentials out
 * of addresses, and so out of the state.
 * @throws SpecError with all of them.
 */
export function checkReceivers(
  scope: Construct,
  { email = [], slack = {}, webhooks = {} }: ReceiverProps & { readonly email?: readonly string[] | undefined },
): void {
  const withWorkspace = Object.entries(slack).map(
    ([name, one]) => [name, { workspace: ANY_WORKSPACE, ...one }] as const,
  );
  const found = findingsOf(alerts, { email, slack: Object.fromEntries(withWorkspace), webhooks });
  const known = new Set(found.map(({ path }) => path.join('.')));
  refuseProps(scope, [
    ...found,
    ...googleReceiverFindings({ email, slack, webhooks }).filter(
      ({ path }) => !known.has(path.join('.')) && !inToken(Token.isUnresolved, { webhooks }, path),
    ),
  ]);
}

/**
 * Receivers as the relay of a channel tells them.
 *
 * @param route - the route that the channel is, if it is one
 * @throws Error that names the Slack channels without a bot; loading a spec reports them before.
 */
export function receiversOf({ slack = {}, webhooks = {} }: ReceiverProps, route?: string): readonly Receiver[] {
  const silent = Object.keys(slack).filter((name) => slack[name]?.gcp === undefined);
  if (silent.length > 0)
    throw new Error(
      `Slack needs a bot here: say with gcp.secret which secret has its token, for ${silent.map((name) => `slack.${name}`).join(', ')}`,
    );
  return [
    ...Object.entries(slack).map(
      ([name, { channel, gcp }]): Receiver => ({
        name: `slack-${name}`,
        secret: gcp?.secret ?? '',
        failing: slackFailing(name, route),
        kind: 'slack',
        channel,
      }),
    ),
    ...Object.entries(webhooks).map(
      ([name, { url, secret, header }]): Receiver => ({
        name: `webhook-${name}`,
        secret,
        failing: webhookFailing(name, route),
        kind: 'webhook',
        url,
        header: header ?? DEFAULT_WEBHOOK_HEADER,
      }),
    ),
  ];
}
