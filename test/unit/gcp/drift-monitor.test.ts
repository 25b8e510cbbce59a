import { describe, expect, test } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { MAX_FEATURES } from '../../../lib/spec/drift-checks';
import { synthGcpPlatform } from '../../support/examples-gcp';
import { promqlErrors } from '../../support/promql';
import { dependencies } from '../../support/terraform-expressions';
import { resourcesOf, type TerraformStack } from '../../support/terraform-stacks';
import { PREPARED } from '../../support/watched-spec';

const GCP = { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' };
const QUALITY = {
  labels: { dataset: 'labels', requestId: 'payment', requestField: 'payment_id', column: 'fraud', positive: '1' },
  metric: 'auc',
  atLeast: 0.8,
};

const specOf = (monitoring: object, gcp: object = GCP, pipeline?: object) =>
  loadPlatformSpec({
    name: 'fraud',
    owner: 'a@example.com',
    gcp,
    alerts: { email: ['a@example.com'], routes: { pager: { email: ['b@example.com'] } } },
    dataLake: {
      zones: { curated: {} },
      datasets: {
        labels: { zone: 'curated', columns: { payment: 'string', fraud: 'string' } },
        trained: { zone: 'curated', columns: { amount: 'double', prediction: 'double' } },
      },
    },
    models: { detector: { serving: { capture: {} }, monitoring, pipeline } },
    ...(pipeline === undefined ? {} : { training: { cluster: { kind: 'managed' } } }),
  });

function stackOf(monitoring: object, pipeline?: object): TerraformStack {
  const { stacks } = synthGcpPlatform(specOf(monitoring, GCP, pipeline));
  const found = stacks.find(({ name }) => name.endsWith('model-detector'));
  if (found === undefined) throw new Error('the model has no stack');
  return found;
}

const bodies = <Body>(stack: TerraformStack, type: string) =>
  resourcesOf(stack)
    .filter((one) => one.type === type)
    .map(({ body }) => body as unknown as Body);

const DRIFT = {
  features: { amount: 'numeric' },
  prediction: { type: 'numeric' },
  reference: 'trained',
  threshold: '40%',
  route: 'pager',
  severity: 'critical',
};

describe('DriftMonitor', () => {
  const stack = stackOf({ drift: { ...DRIFT, schedule: '0 4 * * *', timeZone: 'Europe/Berlin' }, quality: QUALITY });
  const policies = bodies<{
    display_name: string;
    severity?: string;
    conditions: readonly {
      condition_matched_log?: { filter: string };
      condition_prometheus_query_language?: { query: string; disable_metric_validation: boolean };
    }[];
    notification_channels: readonly string[];
  }>(stack, 'google_monitoring_alert_policy');
  const policy = (signal: string) => policies.find((one) => one.display_name === `fraud: ${signal}`);

  test('runs each kind on its own, by the clock of the spec', () => {
    const jobs = bodies<{
      name: string;
      schedule: string;
      time_zone: string;
      http_target: { body: string };
    }>(stack, 'google_cloud_scheduler_job');
    expect(jobs.map(({ name, schedule, time_zone }) => [name, schedule, time_zone]).sort()).toEqual([
      ['fraud-watch-drift-detector', '0 4 * * *', 'Europe/Berlin'],
      ['fraud-watch-quality-detector', '0 4 * * *', 'Europe/Berlin'],
    ]);
    const argument = (body: string) => JSON.parse(JSON.parse(Buffer.from(body, 'base64').toString()).argument);
    expect(jobs.map(({ http_target }) => argument(http_target.body))).toEqual(
      expect.arrayContaining([{ kind: 'drift' }, { kind: 'quality' }]),
    );
  });

  test('judges figures by the thresholds, severities and routes of the spec, whether they exist or not', () => {
    const drift = policy('detector-drift');
    expect(drift?.severity).toBe('CRITICAL');
    const { query, disable_metric_validation } = drift?.conditions[0]?.condition_prometheus_query_language ?? {};
    expect(query).toContain('custom_googleapis_com:mlops_drift_DriftShare{');
    expect(query).toMatch(/>= 0\.4$/);
    expect(query).toContain('model="detector"');
    expect(disable_metric_validation).toBe(true);
    const quality = policy('detector-quality')?.conditions[0]?.condition_prometheus_query_language?.query;
    expect(quality).toMatch(/ModelQuality\{.* < 0\.8$/);
    for (const text of [query, quality]) expect(promqlErrors(text ?? '')).toEqual([]);
    expect(drift?.notification_channels).not.toEqual(policy('detector-quality')?.notification_channels);
    expect(policy('detector-drift-failed')).toBeDefined();
  });

  test('tells what starts runs of the pipeline of what it finds, beside the people', () => {
    const pipeline = {
      image: 'fraud-1',
      steps: { train: { kind: 'training', inputs: { rows: 'trained' }, outputs: ['model'] } },
      register: { model: 'train.model' },
      triggers: { drifted: { signal: 'drift' }, worse: { signal: 'quality' } },
    };
    const made = resourcesOf(stackOf({ drift: DRIFT, quality: QUALITY }, pipeline));
    const starts = made.find(({ address }) => /^google_monitoring_notification_channel\.Start_/.test(address));
    const heard = (signal: string) =>
      made.find(({ body }) => body.display_name === `fraud: detector-${signal}`)?.body.notification_channels;
    const channel = `\${${starts?.address}.id}`;
    for (const signal of ['drift', 'quality']) expect(heard(signal), signal).toContain(channel);
    expect(heard('drift-failed')).not.toContain(channel);
  });

  test('tells of runs that their schedule could not start', () => {
    const filter = policy('detector-drift-failed')?.conditions[0]?.condition_matched_log?.filter;
    const jobs = bodies<{ name: string }>(stack, 'google_cloud_scheduler_job');
    expect(jobs).toHaveLength(2);
    const names = jobs.map(({ name }) => `"${name}"`).join(' OR ');
    expect(filter).toContain(
      ` OR (resource.type="cloud_scheduler_job" AND resource.labels.job_id=(${names}) AND severity>=ERROR)`,
    );
  });

  test('reads requests and runs the job with code that is there before', () => {
    const objects = bodies<{ name: string; content: string }>(stack, 'google_storage_bucket_object');
    const main = objects.find(({ name }) => /^jobs\/drift\/[0-9a-f]+\/__main__\.py$/.test(name));
    expect(main?.content).toContain('figures.json for machines');
    const [workflow] = bodies<{ name: string; source_contents: string }>(stack, 'google_workflows_workflow').filter(
      ({ name }) => name === 'fraud-drift-detector',
    );
    expect(workflow?.source_contents).toContain(
      `/gcs/fraud-artifacts-123456789012/${main?.name.replace('/__main__.py', '')}`,
    );
    expect(workflow?.source_contents).toContain('networkAttachments/fraud-net');
  });

  test('has a disk as the spec says, and no smaller one than there is, of a type that its machine boots from', () => {
    const onDisk = (drift: object) =>
      bodies<{ source_contents: string }>(stackOf({ drift: { ...DRIFT, ...drift } }), 'google_workflows_workflow')
        .map(({ source_contents }) => /"bootDiskType":"([^"]+)","bootDiskSizeGb":(\d+)/.exec(source_contents))
        .flatMap((found) => (found === null ? [] : [found.slice(1)]));
    expect(onDisk({ disk: '30 GiB' })).toEqual([['pd-ssd', '100']]);
    expect(onDisk({ disk: '2 TiB', machine: 'small' })).toEqual([['hyperdisk-balanced', '2048']]);
  });

  test('tells the job what the spec says by files that are there before, however much that is', () => {
    const text = (features: object) => {
      const made = stackOf({ drift: { ...DRIFT, reference: undefined, features }, quality: QUALITY }, PREPARED);
      const objects = bodies<{ name: string; content: string }>(made, 'google_storage_bucket_object');
      const [workflow] = bodies<{ name: string; source_contents: string }>(made, 'google_workflows_workflow').filter(
        ({ name }) => name === 'fraud-drift-detector',
      );
      return { objects, source: workflow?.source_contents ?? '' };
    };
    const names = Array.from({ length: MAX_FEATURES }, (_, i) => `${'f'.repeat(124)}_${i + 100}`);
    const { objects, source } = text(Object.fromEntries(names.map((name) => [name, 'numeric'])));
    expect(source).toHaveLength(text({ amount: 'numeric' }).source.length);
    for (const kind of ['drift', 'quality']) {
      const config = objects.find(({ name }) => name.match(`^jobs/config-detector/[0-9a-f]+/${kind}\\.json$`));
      const said = JSON.parse(config?.content ?? '{}');
      expect(said.features.map(({ name }: { name: string }) => name)).toEqual(names);
      expect(said.target?.name, kind).toBe(kind === 'quality' ? 'fraud' : undefined);
      expect(source).toContain(`/gcs/fraud-artifacts-123456789012/${config?.name}`);
    }
  });

  test('starts no run before the code and what it is told are there, and the job may do what it does', () => {
    const before = dependencies(stack);
    const objects = resourcesOf(stack)
      .filter(({ body }) => /^jobs\/(drift|config-detector)\//.test(`${body.name}`))
      .map(({ address }) => address);
    expect(objects.length).toBeGreaterThan(2);
    const grants = [...before.keys()].filter((address) => /_iam_member\.Drift_Job_/.test(address));
    expect(grants.length).toBeGreaterThan(2);
    const running = [...before.keys()].filter((address) =>
      /^google_(workflows_workflow|cloud_scheduler_job)\.Drift_/.test(address),
    );
    expect(running).toHaveLength(3);
    for (const address of running)
      expect([...(before.get(address) ?? [])]).toEqual(expect.arrayContaining([...objects, ...grants]));
  });

  test('is refused in a network that its jobs could not be in', () => {
    const spec = specOf({ drift: DRIFT });
    const gcp = { network: 'net', subnetwork: 'net' };
    expect(() => synthGcpPlatform({ ...spec, network: { mode: 'existing', gcp } })).toThrow(
      /Drift: drift jobs are in the network projects\/fraud-ml\/global\/networks\/net only through/,
    );
  });

  test('is not there where nobody asks for it', () => {
    const names = bodies<{ name: string }>(stackOf({}), 'google_workflows_workflow').map(({ name }) => name);
    expect(names).toEqual(['fraud-rollout-detector']);
  });
});
