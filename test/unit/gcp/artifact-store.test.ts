import { describe, expect, it } from 'vitest';
import { Workload } from '../../../lib/gcp/access/workload';
import { ArtifactStore, type ArtifactStoreProps } from '../../../lib/gcp/artifact-store/artifact-store';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { edges, PREFIXES } from '../../../lib/plan/access';
import { bindingsOf, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';

const BUCKET = 'fraud-prod-artifacts-123456789012';
const KEY = 'projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/artifacts';

const store = (props: Partial<ArtifactStoreProps> = {}) => {
  const stack = gcpStack();
  return { stack, made: new ArtifactStore(stack, 'Artifacts', { target: TARGET, bucketName: BUCKET, ...props }) };
};

describe('ArtifactStore', () => {
  it('says what is wrong with the name of its bucket', () => {
    expect(() => store({ bucketName: 'A_B' })).toThrow(/Test\/Artifacts[\s\S]*bucketName[\s\S]*A_B/);
  });

  it('keeps artifacts, and lets checkpoints and query results expire', () => {
    const { stack, made } = store({ encryptionKey: keyFromId(KEY), checkpointDays: 14 });
    const { lifecycle_rule, encryption } = resourceOf(stack, 'google_storage_bucket');
    expect(encryption).toEqual({ default_kms_key_name: KEY });
    expect(lifecycle_rule).toContainEqual({
      action: { type: 'Delete' },
      condition: { age: 14, matches_prefix: ['training/checkpoints/'], with_state: 'LIVE' },
    });
    expect(lifecycle_rule).toContainEqual({
      action: { type: 'Delete' },
      condition: { age: 7, matches_prefix: ['queries/'], with_state: 'LIVE' },
    });
    expect(JSON.stringify(lifecycle_rule)).not.toContain(PREFIXES.artifacts);
    expect(made.uri(PREFIXES.artifacts)).toBe(`gs://${BUCKET}/training/artifacts/`);
  });

  it('alone has a key of its own, which the agent of Cloud Storage may use before the bucket is made', () => {
    const { stack } = store();
    const bucket = resourceOf(stack, 'google_storage_bucket');
    expect(bucket.encryption).toEqual({
      default_kms_key_name: `projects/fraud-prod/locations/europe-west4/keyRings/${BUCKET}/cryptoKeys/${BUCKET}`,
    });
    expect(bucket.depends_on?.join()).toContain('google_kms_crypto_key_iam_member.');
    expect(Object.keys(resourcesOf(stack, 'google_kms_crypto_key_iam_member'))).toHaveLength(1);
  });

  it('grants one prefix, here and elsewhere', () => {
    const { stack, made } = store({ encryptionKey: keyFromId(KEY) });
    for (const [id, { grantors }] of Object.entries({ Here: made, Elsewhere: ArtifactStore.fromName(BUCKET) }))
      new Workload(stack, id, {
        target: TARGET,
        accountId: `training-${id.toLowerCase()}`,
        access: edges('training', [
          ['prefix', 'write', PREFIXES.checkpoints, 'goes on from there'],
          ['prefix', 'read', PREFIXES.artifacts, 'reads models'],
        ]),
        grantors,
      });
    const bindings = bindingsOf(stack);
    expect(bindings).toHaveLength(4);
    expect(bindings.filter((one) => one.startsWith('roles/storage.objectUser'))).toHaveLength(2);
    expect(bindings[3]).toContain(`on ${BUCKET} (read training/artifacts)`);
  });

  it('grants lists of one prefix, and none of its files', () => {
    const { stack, made } = store({ encryptionKey: keyFromId(KEY) });
    new Workload(stack, 'Watch', {
      target: TARGET,
      accountId: 'watch',
      access: edges('drift-watch/detector', [['prefix', 'list', PREFIXES.captures, 'sees whether there are requests']]),
      grantors: made.grantors,
    });
    const listed = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "")';
    expect(resourceOf(stack, 'google_storage_bucket_iam_member')).toMatchObject({
      role: 'roles/storage.objectViewer',
      condition: {
        title: 'list serving/captures',
        expression: `${listed}.startsWith("serving/captures/") || ${listed} == "serving/captures"`,
      },
    });
  });
});
