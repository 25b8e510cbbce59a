import { describe, expect, test } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { problemsOf } from '../../support/problems';

const BASE = { name: 'fraud', owner: 'team@example.com', aws: { region: 'eu-central-1' } };
const problems = (part: object) => problemsOf(() => loadPlatformSpec({ ...BASE, ...part }));
const accepted = (part: object) => loadPlatformSpec({ ...BASE, ...part });
const webhook = (part: object) => ({
  alerts: { webhooks: { pager: { url: 'https://example.com/hook', secret: 'pager/key', ...part } } },
});

describe('webhooks', () => {
  test.each([
    'https://user:hunter2@example.com/',
    'https://hunter2@example.com/',
    ...[
      'token',
      'Key',
      'secret',
      'sig',
      'signature',
      'password',
      'api_key',
      'apikey',
      'access_token',
      'X-Amz-Signature',
    ].map((key) => `https://example.com/hook?a=1&${key}=hunter2`),
  ])('have no credentials in their address: %s', (url) => {
    const found = problems(webhook({ url }));
    expect(found).toMatchObject([
      { path: 'alerts.webhooks.pager.url', fix: expect.stringContaining('under the name that secret gives') },
    ]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  test('with credentials in their address are not quoted, which would print these', () => {
    const text = `name: a\nowner: a@example.com\naws: { region: eu-central-1 }\nalerts: { webhooks: { p: { url: "https://me:hunter2@example.com", secret: s } } }\n`;
    expect(() => loadPlatformSpec(text)).toThrow(/user or password/);
    expect(() => loadPlatformSpec(text)).not.toThrow(/hunter2/);
  });

  test.each(['https://example.com/token/key?team=a&monkey=b&design=c', 'https://example.com:8443/@me#x'])(
    'may have other addresses: %s',
    (url) => {
      expect(accepted(webhook({ url })).alerts.webhooks.pager?.url).toBe(url);
    },
  );

  test('say what is wrong with an address that is none', () => {
    expect(problems(webhook({ url: 'example' }))).toMatchObject([{ message: 'must be an https address' }]);
  });

  test.each(['Host', 'content-length', 'Connection', 'Transfer-Encoding', 'USER-AGENT', 'Cookie', 'Date', 'TE'])(
    'do not carry the secret in a header of the sender: %s',
    (header) => {
      expect(problems(webhook({ header }))).toMatchObject([
        {
          path: 'alerts.webhooks.pager.header',
          received: `"${header}"`,
          fix: expect.stringContaining('Authorization'),
        },
      ]);
    },
  );

  test('may carry it in one of their own', () => {
    expect(accepted(webhook({ header: 'X-Api-Key' })).alerts.webhooks.pager?.header).toBe('X-Api-Key');
  });
});

describe('lists name each thing once', () => {
  test.each<[string, object, string]>([
    ['addresses in any case', { alerts: { email: ['a@example.com', 'A@example.com'] } }, 'alerts.email[1]'],
    [
      'shares in any form',
      { governance: { budget: { monthly: '10 USD', alertAt: ['50%', '80%', '50.0%'] } } },
      'governance.budget.alertAt[2]',
    ],
    [
      'subnets',
      { network: { mode: 'existing', aws: { vpc: 'vpc-0a1b2c3d', subnets: ['subnet-0a1b2c3d', 'subnet-0a1b2c3d'] } } },
      'network.aws.subnets[1]',
    ],
  ])('%s', (_, part, path) => {
    expect(problems(part)).toMatchObject([{ path, message: expect.stringContaining('twice'), fix: 'remove this one' }]);
  });
});

describe('amounts', () => {
  const zone = (retention: string) => ({ dataLake: { zones: { raw: { retention } } } });

  test('of time are kept a hundred years at most', () => {
    expect(accepted(zone('100 years')).dataLake?.zones.raw?.retention?.text).toBe('100 years');
    expect(problems(zone('101 years'))).toMatchObject([
      { path: 'dataLake.zones.raw.retention', message: 'is too large', fix: 'write 100 years or less' },
    ]);
    const snapshots = { zone: 'raw', columns: { id: 'string' }, snapshots: { maxAge: '36501 days' } };
    expect(problems({ dataLake: { zones: { raw: {} }, datasets: { a: snapshots } } })).toMatchObject([
      { path: 'dataLake.datasets.a.snapshots.maxAge', fix: 'write 100 years or less' },
    ]);
  });

  test('of money are 1 or more a month', () => {
    const budget = (monthly: string) => ({ governance: { budget: { monthly } } });
    expect(accepted(budget('1 USD')).governance.budget?.monthly.amount).toBe(1);
    for (const monthly of ['0 USD', '0.99 USD'])
      expect(problems(budget(monthly))).toMatchObject([{ message: 'is too small', fix: 'write 1 USD or more' }]);
  });
});

test.each([
  ['strng', 'did you mean string?'],
  ['timestmap', 'did you mean timestamp?'],
  ['Int', 'did you mean int?'],
  ['varchar(20)', 'did you mean string?'],
  ['integer', 'did you mean int?'],
  ['long', 'did you mean bigint?'],
  ['decimal', 'write its precision and scale, for example decimal(12,2)'],
  ['numeric(40,2)', 'write its precision and scale, for example decimal(12,2)'],
  ['map<string,int>', expect.stringMatching(/^write boolean, int/)],
])('the column type %s is told what was meant', (type, fix) => {
  const dataLake = { zones: { raw: {} }, datasets: { a: { zone: 'raw', columns: { id: type } } } };
  expect(problems({ dataLake })).toMatchObject([
    {
      path: 'dataLake.datasets.a.columns.id',
      fix,
      allowed: expect.stringMatching(/^boolean, int.*decimal\(precision/),
    },
  ]);
});
