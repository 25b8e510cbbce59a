import { describe, expect, it } from 'vitest';
import { granteeOf } from '../../../lib/gcp/access/grantee';
import { gcpStack } from '../../support/gcp-synth';

describe('a grantee', () => {
  it.each(['allUsers', 'allAuthenticatedUsers'])('is not %s', (member) => {
    expect(() => granteeOf(gcpStack(), member)).toThrow(`Test: ${member} is everybody on the internet`);
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
});
