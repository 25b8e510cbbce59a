import { expect, it } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { synthGcpPlatform } from '../../support/examples-gcp';
import { resourcesOf } from '../../support/terraform-stacks';
import { PREPARED } from '../../support/watched-spec';

const kind = (of: 'managed' | 'batch') => ({ training: { cluster: { kind: of } } });
const SHARED = { mode: 'existing', gcp: { network: 'main', subnetwork: 'ml', attachment: 'ml' } };
const LAKE = { zones: { raw: {} } };
const ROWS = { ...LAKE, datasets: { rows: { zone: 'raw', columns: { id: 'string' } } } };
const MADE = { models: { ranker: { pipeline: PREPARED } } };

/** Platforms as one may become the other by a change of its spec. */
const PLATFORMS: Readonly<Record<string, object>> = {
  'with nothing': {},
  'with a managed cluster': kind('managed'),
  'with a batch cluster': kind('batch'),
  "with somebody else's network": { ...kind('managed'), network: SHARED },
  "with a batch cluster in somebody else's network": { ...kind('batch'), network: SHARED },
  'with a network of another project': {
    ...kind('managed'),
    network: { ...SHARED, gcp: { ...SHARED.gcp, hostProject: 'shared-net' } },
  },
  'with a lake': { dataLake: LAKE },
  'with a table': { dataLake: ROWS },
  'with a model': { models: { ranker: {} } },
  'with a pipeline and a managed cluster': { ...MADE, ...kind('managed') },
  'with a pipeline and a batch cluster': { ...MADE, ...kind('batch') },
  'with an endpoint': { models: { ranker: { serving: {} } } },
};

/** Custom roles, with their ids, by the part of a platform whose stack has them. */
function rolesOf(spec: object): ReadonlyMap<string, readonly string[]> {
  const { stacks } = synthGcpPlatform(
    loadPlatformSpec({
      name: 'churn',
      owner: 'ml@example.com',
      gcp: { project: 'churn-prod', projectNumber: 123456789012, region: 'europe-west4' },
      ...spec,
    }),
  );
  return new Map(
    stacks.map((stack) => [
      stack.name,
      resourcesOf(stack)
        .filter(({ type }) => type === 'google_project_iam_custom_role')
        .map(({ address, body }) => `${address} ${body.role_id}`)
        .sort(),
    ]),
  );
}

/** Google keeps the id of a role that was deleted, and takes the role back for 7 days only. */
it('a custom role stays, at its address, as long as its stack does, whatever the spec says', () => {
  const first = new Map<string, readonly [platform: string, roles: readonly string[]]>();
  for (const [platform, spec] of Object.entries(PLATFORMS))
    for (const [stack, roles] of rolesOf(spec)) {
      const [before, known] = first.get(stack) ?? [platform, roles];
      first.set(stack, [before, known]);
      expect(roles, `${stack} ${platform}, and ${before}`).toEqual(known);
    }
  expect([...first.values()].flatMap(([, roles]) => roles).map((role) => role.replace(/^.* churn_/, ''))).toEqual(
    expect.arrayContaining(['attach_network', 'training_submit', 'training_jobs', 'write_rows']),
  );
});
