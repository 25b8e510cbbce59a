import { describe, expect, it } from 'vitest';
import { deployerRolesOf, deployerSteps } from '../../../lib/gcp/bootstrap/deployer-steps';
import { planPlatform } from '../../../lib/plan/platform-plan';
import { specOn } from '../../../lib/spec/clouds';
import { PERMISSIONS_FOR, PERMISSIONS_OF_ROLE } from '../../support/deployer-permissions';
import { exampleSpec } from '../../support/example-files';
import { GCP_EXAMPLES } from '../../support/examples-gcp';
import { MADE_TYPES } from '../../support/made-types';

const permissionsOf = (roles: readonly string[]): readonly string[] =>
  roles.flatMap((role) => PERMISSIONS_OF_ROLE[role] ?? []);

describe('the roles of whoever deploys', () => {
  it('are known of every resource that the library makes, and none of a budget alone', () => {
    expect(Object.keys(PERMISSIONS_FOR)).toEqual([...MADE_TYPES].sort());
    expect(MADE_TYPES.filter((type) => deployerRolesOf(type) === undefined)).toEqual([]);
    expect(MADE_TYPES.filter((type) => deployerRolesOf(type)?.length === 0)).toEqual(['google_billing_budget']);
    expect(deployerRolesOf('google_nothing')).toBeUndefined();
  });

  it.each(Object.entries(PERMISSIONS_FOR))('have every permission for %s', (type, needed) => {
    const had = permissionsOf(deployerRolesOf(type) ?? []);
    expect(needed.filter((permission) => !had.includes(permission))).toEqual([]);
  });

  it.each(GCP_EXAMPLES)('are printed for $title, each for something that no other one lets anybody do', (example) => {
    const [{ commands } = { commands: [] }] = deployerSteps(planPlatform(specOn('gcp', exampleSpec(example))));
    const printed = commands.map((line) => /--role=roles\/(\S+)/.exec(line)?.[1] ?? line);
    expect(printed).toEqual([
      'aiplatform.admin',
      'artifactregistry.admin',
      'bigquery.admin',
      'cloudkms.admin',
      'cloudscheduler.admin',
      'compute.admin',
      'dns.admin',
      'eventarc.admin',
      'iam.roleAdmin',
      'iam.serviceAccountAdmin',
      'iam.serviceAccountUser',
      'logging.configWriter',
      'monitoring.editor',
      'pubsub.admin',
      'resourcemanager.projectIamAdmin',
      'secretmanager.admin',
      'servicedirectory.editor',
      'serviceusage.serviceUsageAdmin',
      'storage.admin',
      'workflows.admin',
    ]);
    const needed = Object.values(PERMISSIONS_FOR).flat();
    const idle = printed.filter((role) => {
      const others = permissionsOf(printed.filter((other) => other !== role));
      return needed.every((permission) => others.includes(permission));
    });
    expect(idle).toEqual([]);
  });
});
