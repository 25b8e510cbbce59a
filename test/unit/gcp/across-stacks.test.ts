import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { expect, test } from 'vitest';
import { granteeOf, type IGrantee } from '../../../lib/gcp/access/grantee';
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
import { TARGET } from '../../support/gcp-synth';

const target = TARGET;
const names = new PlatformNames('fraud', 'prod');
const encryptionKey = keyFromId('projects/fraud-prod/locations/europe-west4/keyRings/ml/cryptoKeys/data');
const store = { target, encryptionKey, bucketName: 'fraud-prod-things' };

/** Two stacks of one app: what is granted is made in the first, to somebody in the second. */
function stacks() {
  const outdir = mkdtempSync(join(tmpdir(), 'mlops-two-stacks-'));
  const app = new App({ outdir });
  const [owners, users] = ['owners', 'users'].map((id) => {
    const stack = new TerraformStack(app, id);
    new GoogleProvider(stack, 'Google', { project: target.project, region: target.region });
    return stack;
  }) as [TerraformStack, TerraformStack];
  /** What the files say that a stack comes after: the other stack, and resources of its own. */
  const written = (of: TerraformStack) => {
    app.synth();
    const read = (file: string) => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
    const { dependencies } = read('manifest.json').stacks[of.node.id];
    const { resource = {} } = read(`stacks/${of.node.id}/cdk.tf.json`);
    rmSync(outdir, { recursive: true });
    const grants = Object.values(resource as Record<string, Record<string, { depends_on?: readonly string[] }>>);
    return {
      dependencies,
      after: grants.flatMap((byName) => Object.values(byName).flatMap((one) => one.depends_on ?? [])),
    };
  };
  return { owners, users, written };
}

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
};
const READERS = 'group:readers@example.com';

test.each(Object.entries(GRANTS))('a grant of %s is applied after the stack of what is granted', (_, grant) => {
  const { owners, users, written } = stacks();
  grant(owners, granteeOf(users, READERS));
  expect(written(users)).toEqual({ dependencies: ['owners'], after: [] });
});

test('a grant in the same stack orders resources, and no stack', () => {
  const { owners, written } = stacks();
  lakeIn(owners).grants.readTable('payments', granteeOf(owners, READERS));
  const { dependencies, after } = written(owners);
  expect(dependencies).toEqual([]);
  expect(after.filter((address) => address.startsWith('google_bigquery_table.'))).toHaveLength(1);
});

test('a grant in a stack that comes first is refused, and says where it can be', () => {
  const { owners, users, written } = stacks();
  const lake = lakeIn(owners);
  owners.addDependency(users);
  expect(() => lake.grants.readTable('payments', granteeOf(users, READERS))).toThrow(
    /^users\/\S+: needs owners\/Lake\/\S+, but the stack owners is applied after users\. Make it in owners/,
  );
  lake.grants.readTable('payments', granteeOf(owners, READERS));
  expect(written(owners).dependencies).toEqual(['users']);
});

test('what is encrypted with a key of another stack is applied after that', () => {
  const { owners, users, written } = stacks();
  new Records(users, 'Records', {
    ...store,
    encryptionKey: new Keys(owners, 'Keys', { target, keyRingName: 'ml' }).data,
  });
  expect(written(users)).toEqual({ dependencies: ['owners'], after: [] });
});
