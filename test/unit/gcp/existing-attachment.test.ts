import type { TerraformStack } from 'cdktf';
import { App } from 'cdktf';
import { expect, it } from 'vitest';
import { FoundationStack } from '../../../lib/gcp/platform/foundation-stack';
import { agentsThat } from '../../../lib/gcp/services/service-agents';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { planPlatform } from '../../../lib/plan/platform-plan';
import { specOn } from '../../../lib/spec/clouds';
import { resourcesOf } from '../../support/gcp-synth';

const foundation = (network?: object): TerraformStack => {
  const spec = loadPlatformSpec({
    name: 'churn',
    owner: 'ml@example.com',
    gcp: { project: 'churn-prod', projectNumber: 123456789012, region: 'europe-west4' },
    training: { cluster: { kind: 'managed' } },
    ...(network === undefined
      ? {}
      : { network: { mode: 'existing', gcp: { network: 'main', subnetwork: 'ml', ...network } } }),
  });
  return new FoundationStack(new App(), { plan: planPlatform(specOn('gcp', spec)), destroyData: false });
};

const rolesOf = (stack: TerraformStack) =>
  Object.fromEntries(
    Object.entries(resourcesOf(stack, 'google_project_iam_custom_role')).filter(([, { role_id }]) =>
      String(role_id).endsWith('attach_network'),
    ),
  );

it("lets Vertex AI use somebody else's attachment in the platform's project, as it may use the platform's own", () => {
  const made = rolesOf(foundation({ attachment: 'ml' }));
  expect(Object.values(made)).toMatchObject(agentsThat('attach').map(({ permissions }) => ({ permissions })));
  expect(made).toEqual(rolesOf(foundation()));
});

it('leaves an attachment of another project to whoever owns that', () => {
  const stack = foundation({ attachment: 'ml', hostProject: 'shared-net' });
  const roles = Object.keys(rolesOf(stack));
  expect(roles).toHaveLength(agentsThat('attach').length);
  for (const role of roles) expect(JSON.stringify(resourcesOf(stack, 'google_project_iam_member'))).not.toContain(role);
});
