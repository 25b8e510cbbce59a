import type { TerraformStack } from 'cdktf';
import { describe, expect, test } from 'vitest';
import { granteeOf } from '../../../lib/gcp/access/grantee';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { Operations } from '../../../lib/gcp/operations/operations';
import { operationsWorkflow } from '../../../lib/gcp/operations/operations-names';
import { Records } from '../../../lib/gcp/records/records';
import { gcpBucketName } from '../../../lib/gcp/storage/bucket-name';
import type { AccessEdge } from '../../../lib/plan/access';
import { gcpScorecardTriggerAccess, gcpSweepTriggerAccess } from '../../../lib/plan/gcp-access';
import { PlatformNames } from '../../../lib/plan/names';
import { OPERATIONS_SIGNALS } from '../../../lib/plan/outcome-signals';
import { retireAccess, scorecardAccess, sweepAccess } from '../../../lib/plan/serving-access';
import { bindingsOf, gcpStack, resourcesOf, TARGET } from '../../support/gcp-synth';

const NAMES = new PlatformNames('fraud', 'prod');
const KEY = 'projects/fraud-prod/locations/europe-west4/keyRings/r/cryptoKeys/operations';
const BUCKET = gcpBucketName(NAMES, 'records', TARGET);

function build(own = false): { readonly stack: TerraformStack; readonly operations: Operations } {
  const stack = gcpStack();
  const operations = new Operations(stack, 'Operations', {
    target: TARGET,
    names: NAMES,
    alerts: new AlertChannel(stack, 'Alerts', { target: TARGET, platform: NAMES.slug, email: ['a@example.com'] }),
    records: Records.fromName(BUCKET),
    labels: { 'mlops-platform': NAMES.slug },
    ...(own ? {} : { encryptionKey: keyFromId(KEY) }),
  });
  return { stack, operations };
}

describe('what looks after endpoints', () => {
  test('are three workflows with an identity and the bucket of records each', () => {
    const found = Object.values(resourcesOf(build().stack, 'google_workflows_workflow'));
    expect(found.map(({ name }) => name).sort()).toEqual([
      'fraud-prod-retire',
      'fraud-prod-scorecard',
      'fraud-prod-sweep',
    ]);
    expect(new Set(found.map((one) => one.service_account)).size).toBe(3);
    for (const one of found)
      expect(one).toMatchObject({
        crypto_key_name: KEY,
        call_log_level: 'LOG_ALL_CALLS',
        deletion_protection: false,
        user_env_vars: { RECORDS_BUCKET: BUCKET },
        labels: { 'mlops-platform': 'fraud-prod' },
      });
  });

  test('of which two start once a day, in UTC, after all that lets them', () => {
    const { stack } = build();
    const jobs = Object.values(resourcesOf(stack, 'google_cloud_scheduler_job'));
    expect(jobs.map(({ name }) => name).sort()).toEqual(['fraud-prod-scorecard', 'fraud-prod-sweep']);
    for (const { name, http_target, time_zone, schedule, depends_on } of jobs) {
      expect({ time_zone, schedule }).toEqual({ time_zone: 'Etc/UTC', schedule: '17 4 * * *' });
      const { uri, body, oauth_token } = http_target as Record<string, unknown>;
      expect(uri).toBe(
        `https://workflowexecutions.googleapis.com/v1/projects/fraud-prod/locations/europe-west4/workflows/${name}/executions`,
      );
      expect(JSON.parse(Buffer.from(body as string, 'base64').toString())).toEqual({ argument: '{}' });
      expect(oauth_token).toMatchObject({
        service_account_email: `${name}-trigger@fraud-prod.iam.gserviceaccount.com`,
      });
      expect(depends_on?.some((one) => one.startsWith('google_workflows_workflow.'))).toBe(true);
      expect(depends_on?.some((one) => one.startsWith('google_project_iam_member.'))).toBe(true);
    }
  });

  test('every signal of theirs is told of, and failures that they could not tell of themselves', () => {
    const { stack } = build();
    const policies = Object.values(resourcesOf(stack, 'google_monitoring_alert_policy'));
    expect(policies.map(({ display_name }) => display_name).sort()).toEqual(
      Object.values(OPERATIONS_SIGNALS)
        .filter((signal) => signal !== OPERATIONS_SIGNALS.undelivered)
        .map(({ name }) => `fraud-prod: ${name}`)
        .sort(),
    );
    const filter = (signal: string): string => {
      const policy = policies.find(({ display_name }) => display_name === `fraud-prod: ${signal}`);
      const conditions = (policy?.conditions ?? []) as { condition_matched_log: { filter: string } }[];
      return conditions.map((one) => one.condition_matched_log.filter).join();
    };
    expect(filter('endpoint-retire-failed')).toBe(
      '(resource.type="workflows.googleapis.com/Workflow" AND jsonPayload.platform="fraud-prod" AND jsonPayload.signal="endpoint-retire-failed") OR ' +
        '(resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="fraud-prod-retire" AND jsonPayload.@type="type.googleapis.com/google.cloud.workflows.type.ExecutionsSystemLog" AND jsonPayload.state=("FAILED" OR "CANCELLED") AND NOT jsonPayload.failure.exception:"RetireFailed")',
    );
    // What was not started failed as well; there is no queue that it could wait in.
    expect(filter('endpoint-sweep-failed')).toMatch(
      / OR \(resource\.type="cloud_scheduler_job" AND resource\.labels\.job_id=\("fraud-prod-sweep"\) AND severity>=ERROR\)$/,
    );
    expect(JSON.stringify(policies)).toContain('mlops destroy SPEC --cloud gcp --model M');
  });

  test('a key of their own where none is given', () => {
    const { stack } = build(true);
    expect(Object.values(resourcesOf(stack, 'google_kms_key_ring')).map(({ name }) => name)).toEqual([
      'fraud-prod-operations',
    ]);
    for (const { depends_on } of Object.values(resourcesOf(stack, 'google_workflows_workflow')))
      expect(depends_on?.some((one) => one.startsWith('google_kms_crypto_key_iam_member.'))).toBe(true);
  });

  test('in another stack are known by their names', () => {
    const { operations } = build();
    const known = Operations.fromNames(NAMES, TARGET);
    expect(known.retireId).toBe(operations.retireId);
    expect(known.retireId).toBe(operations.retire.workflowId);
    expect(operationsWorkflow(NAMES, 'retire')).toBe('fraud-prod-retire');
    const stack = gcpStack();
    known.grants.retire(granteeOf(stack, 'group:ops@example.com'));
    expect(bindingsOf(stack)).toEqual(['roles/workflows.invoker to group:ops@example.com on fraud-prod']);
  });
});

describe('access', () => {
  test('is that of the plan, and of no workload more', () => {
    const { stack, operations } = build();
    const edges = (all: readonly AccessEdge[]) => new Set(all.map(({ workload }) => workload));
    expect(operations.retire.workload.access).toEqual(retireAccess());
    expect(operations.sweep.workload.access).toEqual(sweepAccess());
    expect(operations.scorecard.workload.access).toEqual(scorecardAccess());
    expect(edges([...gcpSweepTriggerAccess(), ...gcpScorecardTriggerAccess()]).size).toBe(2);
    const account = (id: string) => `\${google_service_account.Operations_${id}_Account_`;
    const of = (id: string) =>
      bindingsOf(stack)
        .filter((one) => one.includes(account(id)))
        .map((one) =>
          one
            .replace(/ to \$\{google_service_account\.\w+\.member\}/, '')
            .replace(/\$\{google_project_iam_custom_role\.[\w-]+\.name\}/, 'custom role'),
        );
    expect(of('Retire_Workflow_Workload')).toEqual([
      'custom role on fraud-prod',
      'custom role on fraud-prod',
      'roles/logging.logWriter on fraud-prod',
      `roles/storage.objectUser on ${BUCKET} (write locks/endpoints and 1 more)`,
      `roles/storage.objectViewer on ${BUCKET} (read models)`,
    ]);
    expect(of('Sweep_Kept_Workflow_Workload')).toEqual([
      'custom role on fraud-prod',
      'roles/logging.logWriter on fraud-prod',
      `roles/storage.objectViewer on ${BUCKET} (read models)`,
    ]);
    expect(of('Scorecard_Kept_Workflow_Workload')).toEqual([
      'custom role on fraud-prod',
      'roles/logging.logWriter on fraud-prod',
      'roles/monitoring.metricWriter on fraud-prod',
      `roles/storage.objectViewer on ${BUCKET} (read models)`,
    ]);
    expect(of('Sweep_Trigger')).toEqual(['roles/workflows.invoker on fraud-prod']);
    expect(of('Scorecard_Trigger')).toEqual(['roles/workflows.invoker on fraud-prod']);
  });

  test('to endpoints deletes none', () => {
    const roles = Object.values(resourcesOf(build().stack, 'google_project_iam_custom_role'));
    expect(roles.map(({ role_id }) => role_id).sort()).toEqual([
      'fraud_prod_retire_list',
      'fraud_prod_retire_retire',
      'fraud_prod_scorecard_list',
      'fraud_prod_sweep_list',
    ]);
    const permissions = roles.flatMap((role) => role.permissions as string[]);
    for (const one of permissions) expect(one).not.toMatch(/^aiplatform\.endpoints\.(delete|create|deploy)$/);
    expect(
      roles.filter(({ role_id }) => role_id !== 'fraud_prod_retire_retire').flatMap((role) => role.permissions),
    ).toEqual(Array.from({ length: 3 }, () => ['aiplatform.endpoints.get', 'aiplatform.endpoints.list']).flat());
  });
});
