import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { describe, expect, test } from 'vitest';
import { Workload } from '../../../lib/gcp/access/workload';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { DataLake, type DataLakeAttributes } from '../../../lib/gcp/data-lake/data-lake';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { ModelRegistry } from '../../../lib/gcp/model-registry/model-registry';
import { ModelRoles } from '../../../lib/gcp/model-registry/model-roles';
import { Records } from '../../../lib/gcp/records/records';
import type { Target } from '../../../lib/gcp/target';
import { ImageRepository } from '../../../lib/gcp/training-cluster/image-repository';
import { PipelineStart } from '../../../lib/gcp/training-pipeline/pipeline-start';
import { PlatformNames } from '../../../lib/plan/names';
import { MOST_FROZEN_OF_A_PIPELINE } from '../../../lib/plan/object-grants-checks';
import type { TriggerPlan } from '../../../lib/plan/pipeline/pipeline-plan';
import { RUN_OUTCOMES } from '../../../lib/plan/pipeline/pipeline-signals';
import { bindingsOf, documentOf, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';
import { loadedPipeline, plannedPipeline } from '../../support/pipeline-spec';
import { dependencies } from '../../support/terraform-expressions';

const names = new PlatformNames('fraud', 'prod');
const key = keyFromId('projects/fraud-prod/locations/europe-west4/keyRings/k/cryptoKeys/k');
const SCHEDULE: TriggerPlan = { name: 'nightly', kind: 'schedule', cron: '0 3 * * *', timeZone: 'Europe/Berlin' };
const NEW_DATA: TriggerPlan = { name: 'fresh', kind: 'new-data', dataset: 'transactions' };
const SIGNAL: TriggerPlan = { name: 'drifted', kind: 'signal', signal: 'drift' };
/** What is called by the longest names that a spec may have. */
const LONGEST = {
  target: { ...TARGET, project: 'p'.repeat(30) },
  named: new PlatformNames('p'.repeat(24), 'e'.repeat(12)),
};

interface Named {
  readonly target?: Target;
  readonly named?: PlatformNames;
  /** Datasets of the lake beside those of the pipeline. */
  readonly more?: Readonly<Record<string, { readonly zone: string }>>;
}

function started(triggers: readonly TriggerPlan[], { target = TARGET, named = names, more = {} }: Named = {}) {
  const stack = gcpStack();
  const roles = ModelRoles.fromNames({ target: TARGET, names });
  const alerts = new AlertChannel(stack, 'Alerts', {
    target: TARGET,
    platform: 'fraud-prod',
    email: ['a@example.com'],
  });
  const records = Records.fromName('records');
  const accountId = names.of('serviceAccount', 'steps', 'detector');
  const document = new StorageBucketObject(stack, 'Document', { bucket: 'artifacts', name: 'd', content: '{}' });
  const made = new PipelineStart(stack, 'Start', {
    target,
    names: named,
    plan: { ...plannedPipeline(), triggers },
    registry: new ModelRegistry(stack, 'Registry', {
      target: TARGET,
      names,
      model: 'detector',
      alerts,
      records,
      roles,
    }),
    lake: lakeOf(stack, { target, names: named }, more),
    artifacts: ArtifactStore.fromName('artifacts'),
    document: { name: 'pipelines/detector/documents/d.json', ready: [document] },
    repository: ImageRepository.fromNames({ target: TARGET, names }),
    steps: {
      accountId,
      workload: new Workload(stack, 'Steps', { target: TARGET, accountId, access: [], grantors: {} }),
    },
    records,
    roles,
    alerts,
    attachment: 'projects/fraud-prod/regions/europe-west4/networkAttachments/net',
    encryptionKey: key,
    operationsKey: key,
  });
  return { stack, made };
}

function lakeOf(
  stack: ReturnType<typeof gcpStack>,
  of: Pick<DataLakeAttributes, 'target' | 'names'>,
  more: NonNullable<Named['more']>,
) {
  const datasets = { ...loadedPipeline().dataLake?.datasets, ...more };
  const zones = [...new Set(Object.values(datasets).map(({ zone }) => zone))];
  return DataLake.fromNames(stack, 'Lake', { ...of, zones, datasets });
}

describe('PipelineStart', () => {
  test('acts with just what the access plan says', () => {
    const { stack } = started([SCHEDULE, NEW_DATA, SIGNAL]);
    const member = / to \$\{google_service_account\.Start_Workflow_Workload_Account_\w+\.member\} /;
    const mine = bindingsOf(stack).filter((binding) => member.test(binding));
    expect(mine.map((binding) => binding.replace(member, ' '))).toEqual([
      'projects/fraud-prod/roles/fraud_prod_read_models on fraud-prod',
      'projects/fraud-prod/roles/fraud_prod_run_pipelines on fraud-prod',
      'roles/artifactregistry.reader on fraud-prod-training',
      'roles/bigquery.dataViewer on chargebacks',
      'roles/bigquery.dataViewer on transactions',
      'roles/bigquery.jobUser on fraud-prod',
      'roles/bigquery.readSessionUser on fraud-prod',
      expect.stringMatching(
        /^roles\/iam.serviceAccountUser on projects\/fraud-prod\/serviceAccounts\/fraud-prod-steps-detector@/,
      ),
      'roles/logging.logWriter on fraud-prod',
      'roles/storage.objectUser on artifacts (write snapshots/chargebacks and 1 more)',
      'roles/storage.objectUser on records (write locks/pipelines/detector)',
      'roles/storage.objectViewer on artifacts (read pipelines/detector)',
      expect.stringMatching(/^roles\/storage.objectViewer on fraud-prod-tables-curated/),
      'roles/storage.objectViewer on records (read models/detector/champion)',
    ]);
  });

  test('is started by the clock in the time zone of the schedule, as an account of its own', () => {
    const { stack } = started([SCHEDULE]);
    const job = resourceOf(stack, 'google_cloud_scheduler_job');
    expect(job).toMatchObject({ schedule: '0 3 * * *', time_zone: 'Europe/Berlin' });
    const { body, oauth_token } = job.http_target as { body: string; oauth_token: object };
    const { argument } = JSON.parse(Buffer.from(body, 'base64').toString()) as { argument: string };
    expect(JSON.parse(argument)).toEqual({ reason: 'schedule', trigger: 'nightly' });
    expect(oauth_token).toMatchObject({
      service_account_email: 'fraud-prod-clock-detector@fraud-prod.iam.gserviceaccount.com',
    });
    expect(resourcesOf(stack, 'google_pubsub_topic')).toEqual({});
  });

  test('is started by nothing before the document is there that it starts runs of', () => {
    const { stack } = started([SCHEDULE, NEW_DATA, SIGNAL]);
    const before = dependencies({ name: 'Test', json: documentOf(stack) });
    const starting = [...before.keys()].filter((address) =>
      /^google_(workflows_workflow|cloud_scheduler_job|eventarc_trigger|logging_project_sink)\.Start_/.test(address),
    );
    expect(starting).toHaveLength(4);
    for (const address of starting)
      expect(before.get(address), address).toContain('google_storage_bucket_object.Document');
  });

  test('gives the clock the times in numbers', () => {
    const { stack } = started([{ ...SCHEDULE, cron: '0 3 * jan,jul sat-sun' }]);
    expect(resourceOf(stack, 'google_cloud_scheduler_job')).toMatchObject({ schedule: '0 3 * 1,7 0,6' });
  });

  test('tells of a start by the clock that was not taken as of one that failed', () => {
    const { stack } = started([SCHEDULE]);
    const { name } = resourceOf(stack, 'google_cloud_scheduler_job');
    const notStarted = `resource.type="cloud_scheduler_job" AND resource.labels.job_id=("${name}") AND severity>=ERROR`;
    const told = Object.values(resourcesOf(stack, 'google_monitoring_alert_policy')).filter((policy) =>
      JSON.stringify(policy).includes(JSON.stringify(notStarted).slice(1, -1)),
    );
    expect(told.map(({ display_name }) => display_name)).toEqual(['fraud-prod: detector-run-start-failed']);
  });

  test('tells of as many schedules as a spec may have, whatever they are called, and of no more than a filter holds', () => {
    const schedules = (count: number) =>
      Array.from({ length: count }, (_, i): TriggerPlan => ({ ...SCHEDULE, name: `s${i}`.padEnd(32, 'x') }));
    const { stack } = started(schedules(250), LONGEST);
    expect(Object.keys(resourcesOf(stack, 'google_cloud_scheduler_job'))).toHaveLength(250);
    expect(() => started(schedules(300), LONGEST)).toThrow(
      /a filter of log entries has \d+ characters, .* takes 20000/,
    );
  });

  test('hears of as many tables as a pipeline may read, whatever they are called, and of no more than a filter holds', () => {
    const zone = 'z'.repeat(20);
    const hearing = (count: number) => {
      const tables = Array.from({ length: count }, (_, i) => `d${i}`.padEnd(64, 'x'));
      const triggers = tables.map((dataset): TriggerPlan => ({ ...NEW_DATA, name: `of-${dataset}`, dataset }));
      const more = Object.fromEntries(tables.map((dataset) => [dataset, { zone }]));
      return { tables, stack: started(triggers, { ...LONGEST, more }).stack };
    };
    const { tables, stack } = hearing(MOST_FROZEN_OF_A_PIPELINE);
    const { filter } = resourceOf(stack, 'google_logging_project_sink');
    expect(String(filter).match(/(?<=\/tables\/)\w+/g)).toEqual(tables);
    expect(() => hearing(2 * MOST_FROZEN_OF_A_PIPELINE)).toThrow(
      /a filter of log entries has \d+ characters, .* takes 20000/,
    );
  });

  test('hears of changes of the tables that a trigger names, and of no reads', () => {
    const { stack } = started([NEW_DATA, { ...NEW_DATA, name: 'again' }]);
    const sink = resourceOf(stack, 'google_logging_project_sink');
    expect(sink).toMatchObject({ unique_writer_identity: true, filter: expect.stringContaining('tableDataChange:*') });
    expect(sink.filter).toMatch(/resourceName=\("[^"]+\/datasets\/fraud_prod_curated\/tables\/transactions"\)$/);
    expect(sink.filter).not.toContain('chargebacks');
    const topic = resourceOf(stack, 'google_pubsub_topic');
    expect(topic.kms_key_name).toBeDefined();
    const publishers = Object.values(resourcesOf(stack, 'google_pubsub_topic_iam_member'));
    expect(publishers).toEqual([
      expect.objectContaining({ role: 'roles/pubsub.publisher', member: expect.stringContaining('writer_identity}') }),
    ]);
    expect(Object.keys(resourcesOf(stack, 'google_monitoring_notification_channel'))).toHaveLength(1);
  });

  test('hears of signals by a channel that Monitoring may publish to', () => {
    const { stack, made } = started([SIGNAL]);
    expect(made.signalChannel?.labelsInput).toEqual({ topic: 'projects/fraud-prod/topics/fraud-prod-runs-detector' });
    expect(resourcesOf(stack, 'google_logging_project_sink')).toEqual({});
    const [topic = ''] = Object.keys(resourcesOf(stack, 'google_pubsub_topic'));
    const [publishes = ''] = Object.keys(resourcesOf(stack, 'google_pubsub_topic_iam_member'));
    const channels = Object.values(resourcesOf(stack, 'google_monitoring_notification_channel'));
    expect(channels.find(({ type }) => type === 'pubsub')?.depends_on).toEqual(
      expect.arrayContaining([`google_pubsub_topic.${topic}`, `google_pubsub_topic_iam_member.${publishes}`]),
    );
    expect(Object.values(resourcesOf(stack, 'google_pubsub_topic_iam_member'))).toEqual([
      expect.objectContaining({ member: expect.stringContaining('gcp-sa-monitoring-notification') }),
    ]);
  });

  test('tells of every end of a run, and of executions that end without a word', () => {
    const { stack } = started([]);
    const policies = JSON.stringify(resourcesOf(stack, 'google_monitoring_alert_policy'));
    for (const end of RUN_OUTCOMES) expect(policies).toContain(`jsonPayload.signal=\\"detector-run-${end}\\"`);
    expect(policies).toContain('NOT jsonPayload.failure.exception:\\"RunNotStarted\\"');
    expect(resourcesOf(stack, 'google_cloud_scheduler_job')).toEqual({});
  });
});
