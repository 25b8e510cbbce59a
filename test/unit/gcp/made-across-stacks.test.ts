import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { expect, test } from 'vitest';
import { Workload } from '../../../lib/gcp/access/workload';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { Alerts } from '../../../lib/gcp/alerts/alerts';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { Budget } from '../../../lib/gcp/budget/budget';
import { DataLake } from '../../../lib/gcp/data-lake/data-lake';
import { Keys } from '../../../lib/gcp/keys/keys';
import { ModelEvents } from '../../../lib/gcp/model-registry/model-events';
import { ModelRegistry } from '../../../lib/gcp/model-registry/model-registry';
import { ModelRoles } from '../../../lib/gcp/model-registry/model-roles';
import { Network } from '../../../lib/gcp/network/network';
import { Operations } from '../../../lib/gcp/operations/operations';
import { Records } from '../../../lib/gcp/records/records';
import { ServingEndpoint } from '../../../lib/gcp/serving-endpoint/serving-endpoint';
import { ImageRepository } from '../../../lib/gcp/training-cluster/image-repository';
import { TrainingCluster } from '../../../lib/gcp/training-cluster/training-cluster';
import { PipelineStart } from '../../../lib/gcp/training-pipeline/pipeline-start';
import { TrainingPipeline } from '../../../lib/gcp/training-pipeline/training-pipeline';
import { PlatformNames } from '../../../lib/plan/names';
import { TARGET } from '../../support/gcp-synth';
import { plannedPipeline } from '../../support/pipeline-spec';
import { twoStacks } from '../../support/two-stacks';

const target = TARGET;
const names = new PlatformNames('fraud', 'prod');
const model = 'detector';
const DATASET = { zone: 'curated', columns: { id: 'string' } } as const;
const accountId = 'fraud-prod-steps';

/** All that constructs are given, of a stack of its own but for the channel of alerts. */
function world() {
  const { owners, users, written } = twoStacks();
  const encryptionKey = new Keys(owners, 'Keys', { target, keyRingName: 'ml' }).data;
  const store = { target, encryptionKey };
  const records = new Records(owners, 'Records', { ...store, bucketName: 'fraud-records' });
  const told = new Alerts(owners, 'Alerts', { ...store, names, email: ['a@example.com'] });
  const roles = new ModelRoles(owners, 'Roles', { target, names });
  const given = {
    ...store,
    names,
    records,
    roles,
    operationsKey: encryptionKey,
    artifacts: new ArtifactStore(owners, 'Artifacts', { ...store, bucketName: 'fraud-artifacts' }),
    network: new Network(owners, 'Network', { target, name: 'ml', attachment: { roleId: 'attach_ml' } }),
    repository: new ImageRepository(owners, 'Images', { ...store, names }),
    lake: new DataLake(owners, 'Lake', {
      ...store,
      names,
      zones: { curated: {} },
      datasets: { transactions: DATASET, chargebacks: DATASET },
    }),
    registry: new ModelRegistry(owners, 'Registry', { target, names, model, alerts: told.channel, records, roles }),
    alerts: new AlertChannel(users, 'Channel', { target, platform: names.slug, email: ['a@example.com'] }),
  };
  const steps = new Workload(owners, 'Steps', { target, accountId, access: [], grantors: {} });
  const document = new StorageBucketObject(owners, 'Document', { bucket: 'fraud-artifacts', name: 'd', content: '{}' });
  return {
    users,
    written,
    given,
    steps: { accountId, workload: steps },
    document: { name: 'pipelines/detector/documents/d.json', ready: [document] },
  };
}

const MAKE: Readonly<Record<string, (of: ReturnType<typeof world>) => unknown>> = {
  Budget: ({ users, given }) =>
    new Budget(users, 'Made', {
      ...given,
      channel: given.alerts,
      billingAccount: '01AB23-45CD67-89EF01',
      monthly: { amount: 5000, currency: 'EUR' },
    }),
  ModelEvents: ({ users, given }) => new ModelEvents(users, 'Made', given),
  ModelRegistry: ({ users, given }) => new ModelRegistry(users, 'Made', { ...given, model }),
  Operations: ({ users, given }) => new Operations(users, 'Made', given),
  PipelineStart: ({ users, given, steps, document }) =>
    new PipelineStart(users, 'Made', {
      ...given,
      steps,
      plan: {
        ...plannedPipeline(),
        triggers: [
          { name: 'nightly', kind: 'schedule', cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
          { name: 'fresh', kind: 'new-data', dataset: 'transactions' },
          { name: 'drifted', kind: 'signal', signal: 'drift' },
        ],
      },
      document,
      attachment: 'projects/fraud-prod/regions/europe-west4/networkAttachments/ml',
    }),
  ServingEndpoint: ({ users, given }) => new ServingEndpoint(users, 'Made', { ...given, serving: {} }),
  'TrainingCluster (managed)': ({ users, given }) =>
    new TrainingCluster(users, 'Made', { ...given, reads: ['transactions'], grantors: given.lake.grantors }),
  'TrainingCluster (batch)': ({ users, given }) =>
    new TrainingCluster(users, 'Made', { ...given, cluster: { kind: 'batch', accelerator: { type: 't4' } } }),
  TrainingPipeline: ({ users, given }) =>
    new TrainingPipeline(users, 'Made', { ...given, plan: plannedPipeline(), checks: { transactions: {} } }),
};

test.each(Object.entries(MAKE))('%s names what is of another stack, and comes after that', (_, make) => {
  const of = world();
  make(of);
  expect(of.written(of.users).dependencies).toEqual(['owners']);
});
