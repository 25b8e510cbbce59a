import { GOOGLE_SECRET } from '../spec/alerts';
import { type Finding, show } from '../spec/problem';

/** Notification channels of one alert policy. Source: Monitoring documentation, "Quotas and limits". */
export const MOST_CHANNELS = 16;

/**
 * Addresses that one channel of alerts has there: each is a notification channel, beside the topic and what starts the
 * training that a policy is a trigger of.
 */
export const MOST_ADDRESSES = MOST_CHANNELS - 2;

/**
 * Slack channels and webhooks that one channel of alerts has there: a workflow tells each in a branch of one switch. Addresses
 * have the room that its source leaves beside so many whose names are the longest.
 * Source: Workflows documentation, "Quotas and limits": 50 conditions of a switch, 128 KB of source.
 */
const RELAYED = { most: 50, addresses: 40_000 };

/** The same, for people. */
export const RELAYED_LIMITS = {
  most: `${RELAYED.most} Slack channels and webhooks together`,
  addresses: `${RELAYED.addresses} characters of addresses together`,
} as const;

/** What Google Cloud does not take of receivers that a spec allows. Paths begin at them. */
export const googleReceiverFindings = ({
  email,
  slack,
  webhooks,
}: {
  readonly email: readonly string[];
  readonly slack: Readonly<Record<string, unknown>>;
  readonly webhooks: Readonly<Record<string, { readonly url: string; readonly secret: string }>>;
}): readonly Finding[] => [
  ...relayFindings(
    Object.keys(slack).length,
    Object.values(webhooks).map(({ url }) => url.length),
  ),
  ...(email.length <= MOST_ADDRESSES
    ? []
    : [
        {
          path: ['email'],
          message: `has more addresses than an alert policy of Google Cloud, which tells ${MOST_CHANNELS} at most, two of them for the platform itself`,
          received: `${email.length} addresses`,
          allowed: `${MOST_ADDRESSES} addresses`,
          fix: 'name the address of a group for some of them',
        },
      ]),
  ...Object.entries(webhooks).flatMap(([name, { secret }]) =>
    GOOGLE_SECRET.test(secret)
      ? []
      : [
          {
            path: ['webhooks', name, 'secret'],
            message: 'is no name that Secret Manager takes',
            received: show(secret),
            allowed: 'letters, digits, - and _',
            fix: `write ${secret.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`,
          },
        ],
  ),
];

/** @param addresses - characters of the address of each webhook */
function relayFindings(slack: number, addresses: readonly number[]): readonly Finding[] {
  const relayed = slack + addresses.length;
  const characters = addresses.reduce((sum, length) => sum + length, 0);
  const fix = 'put some of them on a route, or let one webhook hand alerts on to the others';
  return [
    ...(relayed <= RELAYED.most
      ? []
      : [
          {
            path: [],
            message: 'has more Slack channels and webhooks than a workflow of Google Cloud tells apart',
            received: `${relayed} of them`,
            allowed: RELAYED_LIMITS.most,
            fix,
          },
        ]),
    ...(characters <= RELAYED.addresses
      ? []
      : [
          {
            path: ['webhooks'],
            message: 'has longer addresses than the workflow of Google Cloud has room for that hands alerts to them',
            received: `${characters} characters`,
            allowed: RELAYED_LIMITS.addresses,
            fix,
          },
        ]),
  ];
}
