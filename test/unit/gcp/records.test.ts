import { describe, expect, it } from 'vitest';
import { Workload } from '../../../lib/gcp/access/workload';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { Records, type RecordsProps } from '../../../lib/gcp/records/records';
import { gcpBucketName } from '../../../lib/gcp/storage/bucket-name';
import { edges } from '../../../lib/plan/access';
import { PlatformNames } from '../../../lib/plan/names';
import { gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';

const NAMES = new PlatformNames('fraud', 'prod');
const BUCKET = 'fraud-prod-records-123456789012';
const KEY = 'projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/operations';

const records = (props: Partial<RecordsProps> = {}, context = {}) => {
  const stack = gcpStack({ context });
  const made = new Records(stack, 'Records', {
    target: TARGET,
    bucketName: gcpBucketName(NAMES, 'records', TARGET),
    encryptionKey: keyFromId(KEY),
    ...props,
  });
  return { stack, made };
};

describe('Records', () => {
  it('are in a bucket that IAM alone decides about, encrypted, with versions that go after a day', () => {
    const { stack } = records();
    expect(resourceOf(stack, 'google_storage_bucket')).toMatchObject({
      name: BUCKET,
      location: 'europe-west4',
      uniform_bucket_level_access: true,
      public_access_prevention: 'enforced',
      versioning: { enabled: true },
      soft_delete_policy: { retention_duration_seconds: 604_800 },
      encryption: { default_kms_key_name: KEY },
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
      lifecycle_rule: [
        { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 7 } },
        { action: { type: 'Delete' }, condition: { days_since_noncurrent_time: 1, with_state: 'ARCHIVED' } },
      ],
    });
  });

  it('go only when both keys are turned', () => {
    expect(() => records({ destroyData: true })).toThrow(/does not allow data loss/);
    const { stack } = records({ destroyData: true }, { 'mlops:allowDataLoss': true });
    expect(resourceOf(stack, 'google_storage_bucket')).toMatchObject({
      force_destroy: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  it('grant a lock and a path, and nothing beside them', () => {
    const { stack, made } = records();
    new Workload(stack, 'Rollout', {
      target: TARGET,
      accountId: 'fraud-prod-rollout',
      access: edges('rollout/fraud', [
        ['lock', 'hold', 'endpoints/fraud', 'one at a time'],
        ['parameter', 'read', 'models/fraud', 'what serves'],
      ]),
      grantors: made.grantors,
    });
    const conditions = Object.values(resourcesOf(stack, 'google_storage_bucket_iam_member'));
    expect(conditions).toHaveLength(2);
    expect(conditions).toContainEqual(
      expect.objectContaining({
        bucket: BUCKET,
        role: 'roles/storage.objectUser',
        depends_on: [expect.stringMatching(/^google_storage_bucket\./)],
        condition: {
          title: 'write locks/endpoints/fraud',
          expression: [
            `resource.name == "projects/_/buckets/${BUCKET}/objects/locks/endpoints/fraud"`,
            `resource.name.startsWith("projects/_/buckets/${BUCKET}/objects/locks/endpoints/fraud/")`,
            'api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("locks/endpoints/fraud/")',
            'api.getAttribute("storage.googleapis.com/objectListPrefix", "") == "locks/endpoints/fraud"',
          ].join(' || '),
        },
      }),
    );
    expect(conditions).toContainEqual(
      expect.objectContaining({
        role: 'roles/storage.objectViewer',
        condition: expect.objectContaining({ title: 'read models/fraud' }),
      }),
    );
  });

  it('of another stack are known by the name of their bucket and wait for nothing', () => {
    const stack = gcpStack();
    const { made } = records();
    for (const { grantors } of [Records.fromName(BUCKET), made])
      new Workload(stack, `W${grantors === made.grantors}`, {
        target: TARGET,
        accountId: 'fraud-prod-sweep',
        access: edges('sweep', [['parameter', 'read', 'models', 'which there are']]),
        grantors,
      });
    const grants = Object.values(resourcesOf(stack, 'google_storage_bucket_iam_member'));
    expect(grants).toHaveLength(2);
    for (const grant of grants) {
      expect(grant.bucket).toBe(BUCKET);
      expect(grant.depends_on).toEqual([]);
    }
  });
});

describe('the name of a bucket', () => {
  it('is the same for every length of project number, and fits', () => {
    const long = new PlatformNames('a'.repeat(40), 'production');
    const name = gcpBucketName(long, 'some-long-zone', TARGET);
    expect(name.length).toBeLessThanOrEqual(63);
    expect(name).toMatch(/^a+-[0-9a-f]{8}-123456789012$/);
  });
});
