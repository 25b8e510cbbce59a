import type { TerraformStack } from 'cdktf';
import { describe, expect, test } from 'vitest';
import { granteeOf } from '../../../lib/gcp/access/grantee';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { DataLake } from '../../../lib/gcp/data-lake/data-lake';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { Network } from '../../../lib/gcp/network/network';
import { Records } from '../../../lib/gcp/records/records';
import { jobOf } from '../../../lib/gcp/training-cluster/machine/batch-job';
import { attemptsOf } from '../../../lib/gcp/training-cluster/machine/batch-props';
import { TrainingCluster, type TrainingClusterProps } from '../../../lib/gcp/training-cluster/training-cluster';
import { patienceForRoom } from '../../../lib/plan/gcp-cluster-patience';
import { PlatformNames } from '../../../lib/plan/names';
import { SpecError } from '../../../lib/spec/problem';
import { batchProps } from '../../support/batch-training';
import {
  bindingsOf,
  documentOf,
  type GcpStackOptions,
  gcpStack,
  resourceOf,
  resourcesOf,
  TARGET,
} from '../../support/gcp-synth';

const KEY = 'projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/artifacts';
const NAMES = new PlatformNames('fraud', 'prod');
const RECORDS = Records.fromName('fraud-prod-records-123456789012');
const NETWORK = Network.fromNames({
  project: 'fraud-prod',
  region: 'europe-west4',
  networkName: 'net',
  subnetworkName: 'sub',
  attachmentName: 'attachment',
});
const ACCOUNT = 'fraud-prod-training@fraud-prod.iam.gserviceaccount.com';

const clusterProps = (more: Partial<TrainingClusterProps> = {}): TrainingClusterProps => ({
  target: TARGET,
  names: NAMES,
  network: NETWORK,
  artifacts: ArtifactStore.fromName('fraud-prod-artifacts-123456789012'),
  records: RECORDS,
  encryptionKey: keyFromId(KEY),
  operationsKey: keyFromId(KEY.replace('artifacts', 'operations')),
  labels: { platform: 'fraud' },
  ...more,
});

function clusterIn(more: Partial<TrainingClusterProps> = {}, options: GcpStackOptions = {}) {
  const stack = gcpStack(options);
  return { stack, cluster: new TrainingCluster(stack, 'Training', clusterProps(more)) };
}

/** Of the custom role of an id. */
const permissionsOf = (stack: TerraformStack, roleId: string) =>
  Object.values(resourcesOf(stack, 'google_project_iam_custom_role')).find(({ role_id }) => role_id === roleId)
    ?.permissions;

const defaultsOf = (stack: TerraformStack) =>
  JSON.parse(String(resourceOf(stack, 'google_storage_bucket_object').content));

const MANAGED = { kind: 'managed', accelerator: { type: 'l4' }, maxRuntime: '6 hours' } as const;
const BATCH = { kind: 'batch', accelerator: { type: 'l4' }, maxRuntime: '6 hours', capacity: 'spot' } as const;

describe('images', () => {
  test('live in a repository with a customer key, immutable tags, scans and a clean-up that is only tried', () => {
    const { stack, cluster } = clusterIn();
    expect(resourceOf(stack, 'google_artifact_registry_repository')).toMatchObject({
      repository_id: 'fraud-prod-training',
      format: 'DOCKER',
      kms_key_name: KEY,
      docker_config: { immutable_tags: true },
      vulnerability_scanning_config: { enablement_config: 'INHERITED' },
      cleanup_policy_dry_run: true,
      cleanup_policies: [
        { id: 'untagged', action: 'DELETE', condition: { tag_state: 'UNTAGGED', older_than: '1209600s' } },
      ],
      labels: { platform: 'fraud' },
      lifecycle: { prevent_destroy: true },
    });
    expect(cluster.repository.uri).toBe('europe-west4-docker.pkg.dev/fraud-prod/fraud-prod-training');
  });
});

interface Document {
  readonly resource: Readonly<Record<string, Readonly<Record<string, { readonly account_id?: string }>>>>;
}

describe('a cluster of either kind', () => {
  test('has its account and what that is granted at one address, so that its kind can change', () => {
    const accountOf = (cluster: TrainingClusterProps['cluster']) => {
      const { stack } = clusterIn(cluster === undefined ? {} : { cluster });
      const { resource } = documentOf(stack) as unknown as Document;
      return Object.entries(resource.google_service_account ?? {})
        .filter(([, { account_id }]) => account_id === 'fraud-prod-training')
        .map(([address]) => address);
    };
    expect(accountOf(MANAGED)).toEqual(['Training_Workload_Account_EFD54AB8']);
    expect(accountOf(BATCH)).toEqual(accountOf(MANAGED));
  });

  test('reads many datasets by the same grants, whatever order a spec names them in', () => {
    const grantsIn = (reads: readonly string[]) => {
      const stack = gcpStack();
      const columns = { id: 'int' } as const;
      const lake = new DataLake(stack, 'Lake', {
        target: TARGET,
        names: NAMES,
        zones: { curated: {} },
        datasets: Object.fromEntries(
          ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((d) => [d, { zone: 'curated', columns }]),
        ),
        encryptionKey: keyFromId(KEY),
      });
      new TrainingCluster(stack, 'Training', clusterProps({ reads, grantors: lake.grantors }));
      return (documentOf(stack) as unknown as Document).resource.google_storage_bucket_iam_member;
    };
    const sorted = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    expect(grantsIn([...sorted].reverse())).toEqual(grantsIn(sorted));
  });
});

describe('a managed cluster', () => {
  test('is refused in a network that it could not be in, which one of nodes of its own can', () => {
    const network = Network.fromNames({ ...TARGET, networkName: 'net', subnetworkName: 'sub' });
    expect(() => clusterIn({ network })).toThrow(
      'Test/Training/Managed: managed trainings are in the network projects/fraud-prod/global/networks/net only through a network attachment, and it has none.',
    );
    expect(() => clusterIn({ network, cluster: BATCH })).not.toThrow();
  });

  test('boots managed machines from what they boot from', () => {
    const pools = (cluster: object) => defaultsOf(clusterIn({ cluster: { kind: 'managed', ...cluster } }).stack);
    for (const cluster of [{ machine: 'small' }, { accelerator: { type: 'h200', count: 8 }, capacity: 'spot' }])
      expect(pools(cluster)).toMatchObject({
        jobSpec: { workerPoolSpecs: [{ diskSpec: { bootDiskType: 'hyperdisk-balanced' } }] },
      });
  });

  test('publishes the body of a training as one object', () => {
    const { stack } = clusterIn({ cluster: { ...MANAGED, nodes: 3, capacity: 'spot', disk: '50 GiB' } });
    expect(resourceOf(stack, 'google_storage_bucket_object')).toMatchObject({
      bucket: 'fraud-prod-records-123456789012',
      name: 'training/defaults',
      content_type: 'application/json',
    });
    const pool = {
      machineSpec: { machineType: 'g2-standard-4', acceleratorType: 'NVIDIA_L4', acceleratorCount: 1 },
      diskSpec: { bootDiskType: 'pd-ssd', bootDiskSizeGb: 100 },
      containerSpec: expect.objectContaining({
        imageUri: 'europe-west4-docker.pkg.dev/fraud-prod/fraud-prod-training/training',
      }),
    };
    expect(defaultsOf(stack)).toMatchObject({
      labels: { platform: 'fraud' },
      encryptionSpec: { kmsKeyName: KEY },
      jobSpec: {
        workerPoolSpecs: [
          { ...pool, replicaCount: 1 },
          { ...pool, replicaCount: 2 },
        ],
        scheduling: { strategy: 'SPOT', timeout: '21600s', restartJobOnWorkerRestart: true },
        serviceAccount: ACCOUNT,
        baseOutputDirectory: { outputUriPrefix: 'gs://fraud-prod-artifacts-123456789012/training/artifacts/' },
        pscInterfaceConfig: {
          networkAttachment: 'projects/fraud-prod/regions/europe-west4/networkAttachments/attachment',
        },
      },
    });
  });

  test('leaves the tag or digest of an image that it was given', () => {
    const uri = 'europe-west4-docker.pkg.dev/fraud-prod/fraud-prod-training/training';
    const written = (image: string) =>
      defaultsOf(clusterIn({ image }).stack).jobSpec.workerPoolSpecs[0].containerSpec.imageUri;
    for (const image of [`${uri}@sha256:${'a'.repeat(64)}`, `${uri}:v2`, uri]) expect(written(image)).toBe(image);
    expect(written(`${uri}:initial`)).toBe(uri);
  });

  test('trains on one machine without an accelerator unless told otherwise, and on demand', () => {
    const { jobSpec } = defaultsOf(clusterIn().stack);
    expect(jobSpec.workerPoolSpecs).toHaveLength(1);
    expect(jobSpec.workerPoolSpecs[0]).toMatchObject({
      machineSpec: { machineType: 'n2-standard-4' },
      replicaCount: 1,
    });
    expect(jobSpec.scheduling.strategy).toBe('STANDARD');
  });

  test('its trainings may do what the access plan says, and nothing else', () => {
    const { stack } = clusterIn();
    expect(bindingsOf(stack).map((line) => line.replace(/ to \S+ on /, ' on '))).toEqual([
      'roles/artifactregistry.reader on fraud-prod-training',
      'roles/compute.networkUser on sub',
      'roles/logging.logWriter on fraud-prod',
      'roles/monitoring.metricWriter on fraud-prod',
      'roles/storage.objectUser on fraud-prod-artifacts-123456789012 (write training/artifacts and 1 more)',
    ]);
  });

  test('its trainings read the datasets that they may read, by grants of the lake', () => {
    expect(() => clusterIn({ reads: ['transactions'] })).toThrow(
      "Test/Training: nothing grants reading the dataset 'transactions'. Give it `grantors`",
    );
    const stack = gcpStack();
    const lake = DataLake.fromNames(stack, 'Lake', {
      target: TARGET,
      names: NAMES,
      zones: ['curated'],
      datasets: { transactions: { zone: 'curated' } },
    });
    new TrainingCluster(stack, 'Training', clusterProps({ reads: ['transactions'], grantors: lake.grantors }));
    expect(bindingsOf(stack).join()).toContain('roles/bigquery.dataViewer');
  });

  test('tells the channel of failed trainings', () => {
    const stack = gcpStack();
    const alerts = new AlertChannel(stack, 'Alerts', {
      target: TARGET,
      platform: 'fraud-prod',
      email: ['a@example.com'],
    });
    new TrainingCluster(stack, 'Training', clusterProps({ alerts }));
    const policy = resourceOf(stack, 'google_monitoring_alert_policy');
    expect(policy).toMatchObject({
      display_name: 'fraud-prod: training-failed',
      severity: 'WARNING',
      conditions: [
        {
          condition_matched_log: {
            filter: 'resource.type="ml_job" AND resource.labels.task_name="service" AND severity>=ERROR',
          },
        },
      ],
    });
  });
});

describe('a batch cluster', () => {
  test('tells of trainings that its launcher announces as failed, and of executions that could not announce anything', () => {
    const stack = gcpStack();
    const alerts = new AlertChannel(stack, 'Alerts', {
      target: TARGET,
      platform: 'fraud-prod',
      email: ['a@example.com'],
    });
    new TrainingCluster(stack, 'Training', clusterProps({ alerts, cluster: { kind: 'batch' } }));
    const { conditions } = resourceOf(stack, 'google_monitoring_alert_policy');
    const { filter } = (conditions as readonly { condition_matched_log: { filter: string } }[])[0]
      ?.condition_matched_log ?? {
      filter: '',
    };
    expect(filter).toContain('jsonPayload.signal="training-failed"');
    expect(filter).toContain(
      'jsonPayload.state=("FAILED" OR "CANCELLED") AND NOT jsonPayload.failure.exception:"TrainingFailed"',
    );
  });

  test('has a template of nodes for each way of buying them', () => {
    const { stack } = clusterIn({ cluster: BATCH });
    const templates = Object.values(resourcesOf(stack, 'google_compute_region_instance_template'));
    const common = {
      machine_type: 'g2-standard-4',
      guest_accelerator: [{ type: 'nvidia-l4', count: 1 }],
      disk: [
        expect.objectContaining({ boot: true, disk_size_gb: 100, disk_encryption_key: { kms_key_self_link: KEY } }),
      ],
      network_interface: [
        { subnetwork: 'projects/fraud-prod/regions/europe-west4/subnetworks/sub', stack_type: 'IPV4_ONLY' },
      ],
      service_account: { email: ACCOUNT, scopes: ['https://www.googleapis.com/auth/cloud-platform'] },
      shielded_instance_config: { enable_secure_boot: false, enable_vtpm: true, enable_integrity_monitoring: true },
      metadata: { 'block-project-ssh-keys': 'true', 'serial-port-enable': 'false' },
      lifecycle: { create_before_destroy: true },
    };
    expect(templates).toEqual([
      expect.objectContaining({
        ...common,
        name: expect.stringMatching(/^fraud-prod-training-on-demand-[0-9a-f]{8}$/),
        scheduling: {
          provisioning_model: 'STANDARD',
          preemptible: false,
          automatic_restart: true,
          on_host_maintenance: 'TERMINATE',
        },
      }),
      expect.objectContaining({
        ...common,
        name: expect.stringMatching(/^fraud-prod-training-spot-[0-9a-f]{8}$/),
        scheduling: {
          provisioning_model: 'SPOT',
          preemptible: true,
          automatic_restart: false,
          on_host_maintenance: 'TERMINATE',
        },
      }),
    ]);
  });

  test('a template that says something else is another one, by another name', () => {
    const names = (cluster: object) =>
      Object.values(
        resourcesOf(clusterIn({ cluster: { ...BATCH, ...cluster } }).stack, 'google_compute_region_instance_template'),
      ).map(({ name }) => name);
    expect(names({})).toEqual(names({}));
    expect(names({ disk: '200 GiB' }).filter((name) => names({}).includes(name))).toEqual([]);
  });

  test('is started by a workflow, which comes after its templates', () => {
    const { stack, cluster } = clusterIn({ cluster: BATCH });
    const workflow = resourceOf(stack, 'google_workflows_workflow');
    expect(workflow).toMatchObject({
      name: 'fraud-prod-training',
      crypto_key_name: KEY.replace('artifacts', 'operations'),
      user_env_vars: { RECORDS_BUCKET: 'fraud-prod-records-123456789012' },
    });
    const templates = Object.keys(resourcesOf(stack, 'google_compute_region_instance_template'));
    expect(workflow.depends_on).toEqual(
      expect.arrayContaining(templates.map((name) => `google_compute_region_instance_template.${name}`)),
    );
    expect(cluster.submission).toEqual({
      kind: 'batch',
      accountId: 'fraud-prod-training',
      workflowId: 'projects/fraud-prod/locations/europe-west4/workflows/fraud-prod-training',
    });
    expect(defaultsOf(stack)).toEqual({
      workflow: 'projects/fraud-prod/locations/europe-west4/workflows/fraud-prod-training',
      request: {
        image: 'europe-west4-docker.pkg.dev/fraud-prod/fraud-prod-training/training:initial',
        args: [],
        env: {},
        nodes: 1,
        maxRuntimeSeconds: 21_600,
      },
    });
  });

  test('its trainings and its launcher may do what the access plan says, and nothing else', () => {
    const { stack } = clusterIn({ cluster: BATCH });
    const of = (who: string) =>
      bindingsOf(stack)
        .filter((line) => line.includes(`_${who}_`))
        .map((line) => line.replace(/ to \S+ on /, ' on '));
    expect(bindingsOf(stack)).toContainEqual(
      expect.stringMatching(/^roles\/batch\.agentReporter to \$\{google_service_account\.Training_Workload_/),
    );
    expect(of('Launcher_Workload')).toEqual([
      'projects/fraud-prod/roles/fraud_prod_training_jobs on fraud-prod',
      `roles/iam.serviceAccountUser on projects/fraud-prod/serviceAccounts/${ACCOUNT}`,
      'roles/logging.logWriter on fraud-prod',
      'roles/storage.objectUser on fraud-prod-records-123456789012 (write locks/training and 1 more)',
    ]);
    expect(permissionsOf(stack, 'fraud_prod_training_jobs')).toEqual([
      'batch.jobs.cancel',
      'batch.jobs.create',
      'batch.jobs.get',
      'compute.instanceTemplates.get',
    ]);
  });

  test('tries spot machines, then those on demand; several nodes begin again as a whole', () => {
    const tried = (cluster: object) =>
      attemptsOf(batchProps(cluster)).map(({ suffix, retries, patience }) => [suffix, retries, patience]);
    expect(tried({ accelerator: { type: 'l4' }, capacity: 'spot', attempts: 3 })).toEqual([
      ['-s', 2, 1800],
      ['-d', 2, 86_400],
    ]);
    expect(tried({ accelerator: { type: 'l4' }, capacity: 'spot', nodes: 2, attempts: 2 })).toEqual([
      ['-s1', 0, 1800],
      ['-s2', 0, 1800],
      ['-d1', 0, 86_400],
      ['-d2', 0, 86_400],
    ]);
    // Machines that cannot be had on demand are tried as spot machines alone.
    expect(tried({ accelerator: { type: 'h200', count: 8 }, capacity: 'spot' })).toEqual([['-s', 2, 86_400]]);
  });

  test.each([1, 4, 100, 1000])(
    'a training that waits for room among %i machines takes no more steps than it has',
    (most) => {
      const { pause, looks } = patienceForRoom(most);
      expect(looks * (most * 10 + 50)).toBeLessThanOrEqual(50_000);
      expect(looks * pause).toBeGreaterThanOrEqual(4 * 3600);
    },
  );
});

describe('grants', () => {
  const SOMEBODY = 'group:ml@example.com';

  function granted(grant: (cluster: TrainingCluster, to: ReturnType<typeof granteeOf>) => void, cluster: object) {
    const made = clusterIn({ cluster: cluster as typeof MANAGED });
    grant(made.cluster, granteeOf(made.stack, SOMEBODY));
    return bindingsOf(made.stack)
      .filter((line) => line.includes(SOMEBODY))
      .map((line) => line.replace(` to ${SOMEBODY}`, ''));
  }

  test('starting trainings is a role of its own, acting as their account, and reading the defaults', () => {
    expect(granted((cluster, to) => cluster.grants.submit(to), MANAGED)).toEqual([
      'projects/fraud-prod/roles/fraud_prod_training_submit on fraud-prod',
      `roles/iam.serviceAccountUser on projects/fraud-prod/serviceAccounts/${ACCOUNT}`,
      'roles/storage.objectViewer on fraud-prod-records-123456789012 (read training/defaults)',
    ]);
    expect(permissionsOf(clusterIn({ cluster: MANAGED }).stack, 'fraud_prod_training_submit')).toEqual([
      'aiplatform.customJobs.cancel',
      'aiplatform.customJobs.create',
      'aiplatform.customJobs.get',
      'aiplatform.customJobs.list',
    ]);
  });

  test('starting trainings on a batch cluster is starting executions', () => {
    expect(granted((cluster, to) => cluster.grants.submit(to), BATCH)).toEqual([
      'roles/storage.objectViewer on fraud-prod-records-123456789012 (read training/defaults)',
      'roles/workflows.invoker on fraud-prod',
    ]);
  });

  test('images are pulled and pushed', () => {
    const lines = granted((cluster, to) => {
      cluster.grants.pull(to);
      cluster.grants.push(to);
    }, MANAGED);
    expect(lines).toEqual([
      'roles/artifactregistry.reader on fraud-prod-training',
      'roles/artifactregistry.writer on fraud-prod-training',
    ]);
  });

  test.each([MANAGED, BATCH])('on an imported cluster are those on the cluster itself: $kind', (cluster) => {
    const stack = gcpStack();
    const { grants } = TrainingCluster.fromNames({
      target: TARGET,
      names: NAMES,
      kind: cluster.kind,
      records: RECORDS,
    });
    grants.submit(granteeOf(stack, SOMEBODY));
    expect(bindingsOf(stack).map((line) => line.replace(` to ${SOMEBODY}`, ''))).toEqual(
      granted((own, to) => own.grants.submit(to), cluster),
    );
  });
});

describe('a cluster that cannot be had', () => {
  test('is refused with what could be had instead', () => {
    const wrong = () => clusterIn({ cluster: { kind: 'managed', accelerator: { type: 'h200', count: 8 } } });
    expect(wrong).toThrow(SpecError);
    expect(wrong).toThrow(/cluster\.accelerator/);
  });

  test('is refused with everything that is wrong with it', () => {
    expect(() => clusterIn({ cluster: { kind: 'batch', nodes: 0, maxRuntime: 'soon' } })).toThrow(/2 problems/);
  });
});

describe('nodes of one training on a batch cluster', () => {
  const isNear = (cluster: object) =>
    'placement' in Object(jobOf(batchProps({ nodes: 2, ...cluster })).allocationPolicy);

  test('stand close together where their machines can, and are asked to nowhere else', () => {
    expect(isNear({ machine: 'medium' })).toBe(true);
    expect(isNear({ accelerator: { type: 'l4' } })).toBe(true);
    expect(isNear({ accelerator: { type: 't4' } })).toBe(false);
    expect(isNear({ machine: 'medium', nodes: 1 })).toBe(false);
  });
});
