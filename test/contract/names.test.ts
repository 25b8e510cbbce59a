import { describe, expect, it } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { synthPlatform } from '../support/examples';
import { synthGcpPlatform } from '../support/examples-gcp';
import { ON_CLUSTER, pipelinePlatform, WITH_CLUSTER } from '../support/pipeline-spec';
import { resourcesOf } from '../support/terraform-stacks';

/** Names of models that begin or end like parts of the names of what belongs to another one. */
const ALIKE = ['risk', 'on-risk', 'events-on', 'drift-risk', 'quality-risk', 'risk-drift', 'risk-start', 'trigger'];

const model = {
  pipeline: { ...ON_CLUSTER, triggers: { nightly: { schedule: '0 3 * * *' }, fresh: { newData: 'transactions' } } },
  serving: { capture: {} },
  monitoring: { drift: { features: { amount: 'numeric' }, threshold: '40%' } },
};
const SPEC = loadPlatformSpec(
  pipelinePlatform(undefined, {
    ...WITH_CLUSTER,
    alerts: { routes: { trigger: { email: ['a@example.com'] }, relay: { email: ['b@example.com'] } } },
    models: Object.fromEntries(ALIKE.map((name) => [name, model])),
  }),
);

const twice = (names: readonly string[]): readonly string[] => names.filter((name, i) => names.indexOf(name) !== i);

/** Arguments that hold a physical name, by which no two resources of a type may be called. */
const NAMES = [
  'table_id',
  'account_id',
  'role_id',
  'dataset_id',
  'repository_id',
  'workflow_id',
  'display_name',
  'name',
];

/** Whether a property is what a type is called by, such as AlarmName of an Alarm. */
const isNameOf = (type: string, key: string): boolean =>
  key.endsWith('Name') && type.toLowerCase().endsWith(key.slice(0, -'Name'.length).toLowerCase());

describe('models whose names are alike', () => {
  it('share no name of a resource on Google Cloud', () => {
    const named = synthGcpPlatform(SPEC)
      .stacks.flatMap(resourcesOf)
      // Stacks have channels of their own and upload the same code, and several policies tell of one signal.
      .filter(
        ({ type }) => !/storage_bucket_object|notification_channel|alert_policy|_iam_|_project_service/.test(type),
      )
      .flatMap(({ type, body }) => {
        const name = NAMES.map((key) => (body as Readonly<Record<string, unknown>>)[key]).find(
          (value) => typeof value === 'string' && !value.includes('${'),
        );
        return name === undefined ? [] : [`${type} ${String(name)}`];
      });
    expect(named.length).toBeGreaterThan(100);
    expect(twice(named)).toEqual([]);
  });

  it('share no name of a resource on AWS', () => {
    const named = Object.values(synthPlatform(SPEC).templates).flatMap(({ template }) =>
      Object.values(template.Resources ?? {}).flatMap(({ Type: type, Properties: properties = {} }) =>
        Object.entries(properties)
          .filter(([key, value]) => typeof value === 'string' && isNameOf(type, key))
          .map(([, value]) => `${type} ${String(value)}`),
      ),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(twice(named)).toEqual([]);
  });
});
