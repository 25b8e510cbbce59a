import { z } from 'zod';
import { entryName } from './identifiers';
import { uniqueItems } from './unique';
import { refuseCredentials, refuseReservedHeader } from './webhook-rules';

/** Header that carries a webhook's secret unless the spec names another. */
export const DEFAULT_WEBHOOK_HEADER = 'Authorization';

/** What Secret Manager takes as the name of a secret. */
export const GOOGLE_SECRET = /^[A-Za-z0-9_-]{1,255}$/;

/** Secret Manager's own rule. Source: its discovery document, secretId of projects.secrets.create. */
const googleSecret = z
  .string()
  .regex(GOOGLE_SECRET, { error: 'must be the name of a secret in Secret Manager, never the secret itself' });

const slack = z.strictObject({
  workspace: z
    .string()
    .regex(/^T[A-Z0-9]{7,14}$/, { error: 'must be a Slack workspace id, for example T0123ABCD' })
    .describe('Slack workspace id.'),
  channel: z
    .string()
    .regex(/^[CG][A-Z0-9]{7,14}$/, { error: 'must be a Slack channel id, for example C0123ABCD' })
    .describe('Slack channel id.'),
  gcp: z
    .strictObject({ secret: googleSecret.describe("Name of the secret with the bot's token (xoxb-…).") })
    .optional()
    .describe('What Google Cloud needs beside: a bot of the workspace that may write to the channel.'),
});

const uuid = (what: string) => z.guid({ error: `must be the ${what}, a UUID` });

const teams = z.strictObject({
  tenant: uuid('Microsoft Entra tenant id').describe('Microsoft Entra tenant id.'),
  team: uuid('Teams team id').describe('Id of the team.'),
  channel: z
    .string()
    .min(1)
    .max(200)
    .describe("Channel id as in the channel's link, for example 19%3Aabc%40thread.tacv2."),
});

const webhook = z.strictObject({
  url: z
    .url({ protocol: /^https$/, error: 'must be an https address' })
    .max(2048)
    .superRefine(refuseCredentials)
    .describe('HTTPS address that receives each alert as JSON. No secret in it.'),
  secret: z
    .string()
    .regex(/^[a-zA-Z0-9/_+=.@-]{1,200}$/, {
      error: 'must be the name of a secret in the secret store, never the secret itself',
    })
    .describe("Name of the secret in the cloud's secret store; its value is sent in the header."),
  header: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/)
    .superRefine(refuseReservedHeader)
    .default(DEFAULT_WEBHOOK_HEADER)
    .describe('Header that carries the secret.'),
});

const receivers = z.strictObject({
  email: uniqueItems(z.array(z.email()).max(20), 'address', (address) => address.toLowerCase())
    .default([])
    .describe('Addresses; each must confirm once.'),
  slack: z.record(entryName, slack).default({}).describe('Slack channels by name.'),
  teams: z.record(entryName, teams).default({}).describe('Microsoft Teams channels by name.'),
  webhooks: z.record(entryName, webhook).default({}).describe('HTTPS receivers by name.'),
});

/** Who hears of what goes through one channel. */
export type ReceiversSpec = z.output<typeof receivers>;

/** How many there are. */
export const receiverCount = ({ email, slack, teams, webhooks }: ReceiversSpec): number =>
  email.length + Object.keys(slack).length + Object.keys(teams).length + Object.keys(webhooks).length;

/** The channel of a platform falls back on its owner; a route has nobody to fall back on. */
const route = receivers.superRefine((named, context) => {
  if (receiverCount(named) === 0)
    context.addIssue({
      code: 'custom',
      message: 'names nobody who hears of alerts',
      params: {
        allowed: `one receiver or more of ${Object.keys(receivers.shape).join(', ')}`,
        fix: 'for example email: [on-call@example.com]',
      },
    });
});

export const alerts = receivers
  .extend({
    routes: z
      .record(entryName, route)
      .default({})
      .describe('Other channels by name, for thresholds that name one as their route.'),
  })
  .prefault({})
  .describe('Where alerts go: one encrypted channel with these receivers, and routes beside it.');

export type AlertsSpec = z.output<typeof alerts>;
