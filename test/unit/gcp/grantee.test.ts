import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { App, Lazy, TerraformStack } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { granteeOf } from '../../../lib/gcp/access/grantee';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { gcpStack } from '../../support/gcp-synth';

describe('a grantee', () => {
  it.each(['allUsers', 'allAuthenticatedUsers'])('is not %s', (member) => {
    expect(() => granteeOf(gcpStack(), member)).toThrow(`Test: ${member} is everybody on the internet`);
  });

  it.each(['allUsers', 'allAuthenticatedUsers'])('of its own making is not %s', (member) => {
    const scope = gcpStack();
    for (const given of [member, Lazy.stringValue({ produce: () => member })])
      expect(() => ArtifactStore.fromName('artifacts').grants.read('models', { scope, member: given })).toThrow(
        `Test: ${member} is everybody on the internet`,
      );
    expect(scope.node.findAll().filter(({ node }) => node.id.startsWith('Objects-'))).toEqual([]);
  });

  it.each(['', 'ml@example.com', 'group:', 'team:ml@example.com'])('is a member of IAM, which %j is not', (member) => {
    expect(() => granteeOf(gcpStack(), member)).toThrow(
      `Test: ${JSON.stringify(member)} is no member of IAM. Allowed: user:, group:`,
    );
  });

  it.each([
    'user:a@example.com',
    'group:ml@example.com',
    'serviceAccount:ml@fraud-prod.iam.gserviceaccount.com',
    'domain:example.com',
    'principal://iam.googleapis.com/locations/global/workforcePools/p/subject/s',
    'principalSet://iam.googleapis.com/locations/global/workforcePools/p/group/g',
    '$' + '{google_service_account.ml.member}',
  ])('may be %s', (member) => {
    expect(granteeOf(gcpStack(), member).member).toBe(member);
  });

  describe('of another stack', () => {
    /** Two stacks that are alike, and one where grants are made. */
    function stacks() {
      const here = gcpStack();
      const app = App.of(here);
      return { here, teams: ['TeamA', 'TeamB'].map((id) => new TerraformStack(app, id)) };
    }
    const accountOf = (stack: TerraformStack) => new ServiceAccount(stack, 'Account', { accountId: 'ml' });
    const grantsIn = (stack: TerraformStack) =>
      stack.node.findAll().filter(({ node }) => node.id.startsWith('Objects-'));

    it('is not the one of the same name of a third', () => {
      const { here, teams } = stacks();
      const accounts = teams.map(accountOf);
      const all = accounts.map(({ member }) => granteeOf(here, member));
      expect(new Set(all.map(({ scope }) => scope)).size).toBe(2);
      expect(accounts.map(({ member }) => granteeOf(here, member))).toEqual(all);
    });

    it('is refused what its scope has for one of the same name of a third', () => {
      const { here, teams } = stacks();
      const [a, b] = teams.map(accountOf).map(({ member }) => ({ scope: here, member })) as [never, never];
      const { grants } = ArtifactStore.fromName('artifacts');
      grants.read('models', a);
      expect(() => grants.read('models', b)).toThrow(
        /is granted to TeamA:\$\{google_service_account\.Account\.member\} here, so TeamB:/,
      );
    });

    it('is granted buckets of the same name of two stacks apart', () => {
      const { here, teams } = stacks();
      const to = granteeOf(here, 'group:ml@example.com');
      for (const stack of teams) {
        const bucket = new StorageBucket(stack, 'Bucket', { name: `of-${stack.node.id}`, location: 'EU' });
        ArtifactStore.fromName(bucket.name).grants.read('models', to);
      }
      expect(grantsIn(here)).toHaveLength(2);
    });

    it('has the id that it always had where it is of this one', () => {
      const { here } = stacks();
      expect(granteeOf(here, accountOf(here).member).scope.node.id).toBe(
        'Grantee-$' + '{google_service_account.Account.member}',
      );
    });
  });
});
