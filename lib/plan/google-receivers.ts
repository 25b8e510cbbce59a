import { GOOGLE_SECRET } from '../spec/alerts';
import { type Finding, show } from '../spec/problem';

/** Notification channels of one alert policy. Source: Monitoring documentation, "Quotas and limits". */
export const MOST_CHANNELS = 16;

/**
 * Addresses that one channel of alerts has there: each is a notification channel, beside the topic and what starts the
 * training that a policy is a trigger of.
 */
export const MOST_ADDRESSES = MOST_CHANNELS - 2;

/** What Google Cloud does not take of receivers that a spec allows. Paths begin at them. */
export const googleReceiverFindings = ({
  email,
  webhooks,
}: {
  readonly email: readonly string[];
  readonly webhooks: Readonly<Record<string, { readonly secret: string }>>;
}): readonly Finding[] => [
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
