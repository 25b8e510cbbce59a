import { describe, expect, it } from 'vitest';
import { driftSignals } from '../../lib/plan/drift/drift-signals';
import { GCP_UNMEASURED } from '../../lib/plan/gcp-unmeasured';
import { loadPlatformSpec } from '../../lib/plan/load';
import { PlatformNames } from '../../lib/plan/names';
import { servingSignals } from '../../lib/plan/serving-signals';
import type { PlatformSpec } from '../../lib/spec/platform';
import { specsOfBoth } from '../support/both-clouds';
import { synthPlatform } from '../support/examples';
import { synthGcpPlatform } from '../support/examples-gcp';
import { resourcesOf } from '../support/terraform-stacks';

/** Signal by signal, the routes that hear of it; that of the platform is ''. */
type Heard = Readonly<Record<string, readonly string[]>>;

/** What the plan says of every alarm that a stack makes: on AWS the one for no traffic is made by the rollout. */
function planned({ models }: PlatformSpec, skipped: (watches: string) => boolean): Heard {
  const metrics = Object.entries(models).flatMap(([model, { serving, monitoring }]) =>
    serving === undefined ? [] : servingSignals(model, serving, monitoring).metrics,
  );
  const drift = Object.entries(models).flatMap(([model, one]) => driftSignals(model, one)?.metrics ?? []);
  return Object.fromEntries(
    [...metrics.filter(({ watches }) => !skipped(watches)), ...drift].map(({ name, route = '' }) => [name, [route]]),
  );
}

function onAws(spec: PlatformSpec): Heard {
  const { slug } = new PlatformNames(spec.name, spec.environment);
  const start = `/mlops/${slug}/alerts/`;
  return Object.fromEntries(
    synthPlatform(spec).templates.flatMap(({ template }) =>
      Object.values(template.Resources).flatMap(({ Type, Properties = {} }): [string, readonly string[]][] => {
        const name = Properties.AlarmName;
        if (Type !== 'AWS::CloudWatch::Alarm' || typeof name !== 'string') return [];
        const actions = Properties.AlarmActions as readonly { readonly Ref: string }[];
        const topics = actions.map(({ Ref }) => String(template.Parameters?.[Ref]?.Default));
        return [
          [
            name.replace(`${slug}-`, ''),
            topics.map((topic) => topic.replace(start, '').replace(/^(routes\/(.*)\/)?topic$/, '$2')),
          ],
        ];
      }),
    ),
  );
}

function onGoogle(spec: PlatformSpec): Heard {
  const measured = Object.keys(planned(spec, () => false));
  return Object.fromEntries(
    synthGcpPlatform(spec)
      .stacks.flatMap(resourcesOf)
      .flatMap(({ type, body }): [string, readonly string[]][] => {
        const signal = (body.user_labels as { readonly signal?: string } | undefined)?.signal;
        if (type !== 'google_monitoring_alert_policy' || signal === undefined || !measured.includes(signal)) return [];
        // Not what starts a retraining: nobody hears of that.
        const told = (body.notification_channels as readonly string[]).filter((channel) =>
          /\.Foundation_/.test(channel),
        );
        const channels = told.map((channel) =>
          channel.replace(/^.*\.Foundation_(?:Channel|Route-([a-z0-9-]+))_.*$/, '$1'),
        );
        return [[signal, [...new Set(channels)]]];
      }),
  );
}

const ROUTED = loadPlatformSpec({
  name: 'fraud',
  owner: 'a@example.com',
  aws: { region: 'eu-central-1' },
  gcp: { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' },
  alerts: {
    routes: {
      'on-call': { webhooks: { pager: { url: 'https://example.com', secret: 'pager-token' } } },
      mail: { email: ['b@example.com'] },
      unused: { email: ['c@example.com'] },
    },
  },
  models: {
    ranker: { serving: {}, monitoring: { latencyP95: { route: 'on-call' }, cpu: { route: 'mail' } } },
    other: { serving: {}, monitoring: { errorRate: { route: 'mail' } } },
  },
});

describe.each([...specsOfBoth, { title: 'several routes', spec: ROUTED }])(
  'who hears of alarms of $title',
  ({ spec }) => {
    it('is on AWS who the plan says', () => {
      expect(onAws(spec)).toEqual(planned(spec, (watches) => watches === 'noTraffic'));
    });

    it('is on Google Cloud who the plan says', () => {
      expect(onGoogle(spec)).toEqual(planned(spec, (watches) => Object.hasOwn(GCP_UNMEASURED, watches)));
    });
  },
);

it('some go by routes', () => {
  expect(new Set(Object.values(onAws(ROUTED)).flat())).toEqual(new Set(['', 'on-call', 'mail']));
  expect(new Set(Object.values(onGoogle(ROUTED)).flat())).toEqual(new Set(['', 'on-call', 'mail']));
});
