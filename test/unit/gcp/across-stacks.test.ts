import type { TerraformStack } from 'cdktf';
import { expect, test } from 'vitest';
import { granteeOf, type IGrantee } from '../../../lib/gcp/access/grantee';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { Alerts } from '../../../lib/gcp/alerts/alerts';
import { grantPublish, PublishedTopic } from '../../../lib/gcp/alerts/published-topic';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { DataLake } from '../../../lib/gcp/data-lake/data-lake';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { Keys } from '../../../lib/gcp/keys/keys';
import { ModelRoles } from '../../../lib/gcp/model-registry/model-roles';
import { Network } from '../../../lib/gcp/network/network';
import { Records } from '../../../lib/gcp/records/records';
import { ImageRepository } from '../../../lib/gcp/training-cluster/image-repository';
import { TrainingCluster } from '../../../lib/gcp/training-cluster/training-cluster';
import { PlatformNames } from '../../../lib/plan/names';
import { TRAINING_FAILED } from '../../../lib/plan/signals';
import { TARGET } from '../../support/gcp-synth';
import { twoStacks } from '../../support/two-stacks';

const target = TARGET;
const names = new PlatformNames('fraud', 'prod');
const encryptionKey = keyFromId('projects/fraud-prod/locations/europe-west4/keyRings/ml/cryptoKeys/data');
const store = { target, encryptionKey, bucketName: 'fraud-prod-things' };

const lakeIn = (stack: TerraformStack) =>
  new DataLake(stack, 'Lake', {
    target,
    names,
    encryptionKey,
    zones: { curated: {} },
    datasets: { payments: { zone: 'curated', columns: { id: 'string' } } },
  });
const clusterIn = (stack: TerraformStack) =>
  new TrainingCluster(stack, 'Cluster', {
    target,
    names,
    encryptionKey,
    network: Network.fromNames({ ...target, networkName: 'n', subnetworkName: 'n', attachmentName: 'n' }),
    artifacts: ArtifactStore.fromName('fraud-prod-artifacts'),
    records: Records.fromName('fraud-prod-records'),
  });

/** Grants on what is made in a stack. */
const GRANTS: Readonly<Record<string, (stack: TerraformStack, to: IGrantee) => void>> = {
  'rows to read': (stack, to) => lakeIn(stack).grants.readTable('payments', to),
  'rows to write': (stack, to) => lakeIn(stack).grants.writeTable('payments', to),
  files: (stack, to) => lakeIn(stack).grants.readFiles('curated', to),
  artifacts: (stack, to) => new ArtifactStore(stack, 'Artifacts', store).grants.read('models', to),
  records: (stack, to) => new Records(stack, 'Records', store).grants.hold('lock', to),
  keys: (stack, to) => new Keys(stack, 'Keys', { target, keyRingName: 'ml' }).grants.decrypt('data', to),
  images: (stack, to) =>
    new ImageRepository(stack, 'Images', { target, names, encryptionKey }).grantors.repository('pull', 'training', to),
  network: (stack, to) => new Network(stack, 'Network', { target, name: 'ml' }).grants.attach(to),
  'roles for models': (stack, to) => new ModelRoles(stack, 'Roles', { target, names }).grant('read-models', to),
  trainings: (stack, to) => clusterIn(stack).grants.submit(to),
  'messages to publish': (stack, to) =>
    grantPublish(new PublishedTopic(stack, 'Topic', { target, name: 'runs', publishers: {}, encryptionKey }), to),
};
const READERS = 'group:readers@example.com';

test.each(Object.entries(GRANTS))('a grant of %s is applied after the stack of what is granted', (_, grant) => {
  const { owners, users, written } = twoStacks();
  grant(owners, granteeOf(users, READERS));
  expect(written(users)).toEqual({ dependencies: ['owners'], after: [] });
});

test('a grant in the same stack orders resources, and no stack', () => {
  const { owners, written } = twoStacks();
  lakeIn(owners).grants.readTable('payments', granteeOf(owners, READERS));
  const { dependencies, after } = written(owners);
  expect(dependencies).toEqual([]);
  expect(after.filter((address) => address.startsWith('google_bigquery_table.'))).toHaveLength(1);
});

test('a grant in a stack that comes first is refused, and says where it can be', () => {
  const { owners, users, written } = twoStacks();
  const lake = lakeIn(owners);
  owners.addDependency(users);
  expect(() => lake.grants.readTable('payments', granteeOf(users, READERS))).toThrow(
    /^users\/\S+: needs owners\/Lake\/\S+, but the stack owners is applied after users\. Make it in owners/,
  );
  lake.grants.readTable('payments', granteeOf(owners, READERS));
  expect(written(owners).dependencies).toEqual(['users']);
});

test('what is encrypted with a key of another stack is applied after that', () => {
  const { owners, users, written } = twoStacks();
  new Records(users, 'Records', {
    ...store,
    encryptionKey: new Keys(owners, 'Keys', { target, keyRingName: 'ml' }).data,
  });
  expect(written(users)).toEqual({ dependencies: ['owners'], after: [] });
});

const alertsIn = (stack: TerraformStack) =>
  new Alerts(stack, 'Alerts', { target, names, encryptionKey, email: ['a@example.com'] });

test('receivers are told from their own stack alone, and another one is said how to tell them', () => {
  const { owners, users } = twoStacks();
  const { channel } = alertsIn(owners);
  const failed = { signal: TRAINING_FAILED, where: 'the log' };
  channel.announce(owners, 'Failed', failed);
  expect(() => channel.announce(users, 'Failed', failed)).toThrow(
    /^users\/Failed: cannot tell owners\/Alerts\/Channel\/\S+, which only the stack owners knows\. Make a channel in users: an AlertChannel .* Alerts\.topicId/,
  );
});

test('who is told beside the receivers is of the same stack too', () => {
  const { owners, users } = twoStacks();
  const channel = new AlertChannel(users, 'Channel', { target, platform: names.slug });
  const condition = { conditionThreshold: { comparison: 'COMPARISON_GT', duration: '0s', filter: 'x' } };
  const also = alertsIn(owners).channel.channels;
  expect(() => channel.alarm(users, 'Failed', { signal: TRAINING_FAILED, condition, also })).toThrow(
    /^users\/Failed: cannot tell owners\//,
  );
});

test('a channel in another stack comes after the topic that it names', () => {
  const { owners, users, written } = twoStacks();
  const { topicId, ready } = alertsIn(owners).topic;
  const channel = new AlertChannel(users, 'Channel', { target, platform: names.slug, topic: topicId, ready });
  channel.announce(users, 'Failed', { signal: TRAINING_FAILED, where: 'the log' });
  expect(written(users)).toEqual({ dependencies: ['owners'], after: [] });
});
