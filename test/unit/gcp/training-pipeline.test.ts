import { describe, expect, it } from 'vitest';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { ModelRegistry } from '../../../lib/gcp/model-registry/model-registry';
import { ModelRoles } from '../../../lib/gcp/model-registry/model-roles';
import { Network } from '../../../lib/gcp/network/network';
import { ImageRepository } from '../../../lib/gcp/training-cluster/image-repository';
import { TrainingPipeline, type TrainingPipelineProps } from '../../../lib/gcp/training-pipeline/training-pipeline';
import { PlatformNames } from '../../../lib/plan/names';
import type { PipelinePlan } from '../../../lib/plan/pipeline/pipeline-plan';
import { bindingsOf, gcpStack, resourcesOf, TARGET } from '../../support/gcp-synth';
import { customJobs } from '../../support/pipeline-document';
import { EVERY_KIND, plannedPipeline } from '../../support/pipeline-spec';

const names = new PlatformNames('fraud', 'prod');
const KEY = 'projects/fraud-prod/locations/europe-west4/keyRings/k/cryptoKeys/k';
const { check: _, ...steps } = EVERY_KIND.steps;
/** Without a check of data. */
const UNCHECKED = { ...EVERY_KIND, steps: { ...steps, prepare: { ...steps.prepare, after: [] } } };

function pipelined(plan: PipelinePlan = plannedPipeline(UNCHECKED), checks: TrainingPipelineProps['checks'] = {}) {
  const stack = gcpStack();
  const roles = ModelRoles.fromNames({ target: TARGET, names });
  const made = new TrainingPipeline(stack, 'Pipeline', {
    target: TARGET,
    names,
    plan,
    artifacts: ArtifactStore.fromName('artifacts'),
    repository: ImageRepository.fromNames({ target: TARGET, names }),
    registry: ModelRegistry.fromNames(stack, 'Registry', { target: TARGET, model: 'detector', names }),
    network: Network.fromNames({ ...TARGET, networkName: 'net', subnetworkName: 'net', attachmentName: 'net' }),
    roles,
    encryptionKey: keyFromId(KEY),
    checks,
    labels: { platform: 'fraud-prod' },
  });
  return { stack, made };
}

/** The first pool of a job. */
function firstPool(job: object | undefined): Readonly<Record<string, unknown>> {
  const { jobSpec } = job as { jobSpec: { workerPoolSpecs: readonly Readonly<Record<string, unknown>>[] } };
  return jobSpec.workerPoolSpecs[0] ?? {};
}

describe('TrainingPipeline', () => {
  it('lets its steps do just what the access plan says, and reach files by the mounted bucket', () => {
    const { stack } = pipelined();
    const member = / to \$\{google_service_account\.Pipeline_Steps_Account_\w+\.member\} /;
    expect(bindingsOf(stack).map((binding) => binding.replace(member, ' '))).toEqual([
      'projects/fraud-prod/roles/fraud_prod_register_models on fraud-prod',
      'projects/fraud-prod/roles/fraud_prod_run_steps on fraud-prod',
      'roles/artifactregistry.reader on fraud-prod-training',
      'roles/compute.networkUser on net',
      'roles/iam.serviceAccountUser on projects/fraud-prod/serviceAccounts/fraud-prod-steps-detector@fraud-prod.iam.gserviceaccount.com',
      'roles/logging.logWriter on fraud-prod',
      'roles/monitoring.metricWriter on fraud-prod',
      'roles/storage.objectUser on artifacts (write pipelines/detector)',
      'roles/storage.objectViewer on artifacts (read snapshots/chargebacks and 2 more)',
      'roles/storage.objectViewer on artifacts (read the way to snapshots/chargebacks, snapshots/transactions, pipelines/detector, jobs)',
    ]);
  });

  it('keeps its document in the artifact store, where Terraform leaves it as it is', () => {
    const { stack, made } = pipelined();
    const objects = Object.values(resourcesOf(stack, 'google_storage_bucket_object'));
    const document = objects.find(({ name }) => name === 'pipelines/detector/pipeline.json');
    expect(document).toMatchObject({ bucket: 'artifacts', content_type: 'application/json' });
    expect(String(document?.content)).not.toMatch(/(?<!\$)\$\{/);
    expect(JSON.parse(String(document?.content))).toEqual(made.pipeline);
    expect(made.pipeline.deploymentSpec.executors['exec-train']).toMatchObject({
      container: { command: ['python3', made.code.path] },
    });
  });

  it('refuses a document that the workflow cannot hold which starts its runs', () => {
    const made = (steps: number) => {
      const parameters = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p-${i}`, 'x'.repeat(256)]));
      const more = Array.from({ length: steps }, (_, i) => [`more-${i}`, { kind: 'prediction', parameters }] as const);
      return pipelined(plannedPipeline({ ...UNCHECKED, steps: { ...UNCHECKED.steps, ...Object.fromEntries(more) } }));
    };
    expect(JSON.stringify(made(20).made.pipeline).length).toBeGreaterThan(150_000);
    expect(() => made(40)).toThrow(
      /^Test\/Pipeline: the document of the pipeline has \d{6} bytes, and the workflow that starts its runs can hold 240000\. Make it of fewer steps/,
    );
  });

  it('keeps the program beside it, in a folder of its own for each content, which stays', () => {
    const { stack, made } = pipelined();
    const code = Object.values(resourcesOf(stack, 'google_storage_bucket_object')).filter(({ name }) =>
      String(name).startsWith('jobs/'),
    );
    expect(made.code.path).toMatch(/^\/gcs\/artifacts\/jobs\/vertex-task\/[0-9a-f]{16}$/);
    expect(code.map(({ name }) => `/gcs/artifacts/${name}`)).toContain(`${made.code.path}/__main__.py`);
    for (const { deletion_policy: policy } of code) expect(policy).toBe('ABANDON');
  });

  it('keeps beside it the program that checks data, and what data is checked against', () => {
    const { stack, made } = pipelined(plannedPipeline(), { transactions: { 'rules.json': '{"rules":[]}' } });
    const objects = Object.values(resourcesOf(stack, 'google_storage_bucket_object'));
    const rules = objects.find(({ name }) =>
      /^jobs\/rules-transactions\/[0-9a-f]{16}\/rules\.json$/.test(String(name)),
    );
    expect(rules).toMatchObject({ content: '{"rules":[]}', content_type: 'application/json' });
    const { containerSpec } = firstPool(customJobs(made.pipeline).check);
    expect(containerSpec).toMatchObject({
      imageUri: 'europe-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-6:latest',
      command: ['python3', made.validation?.path],
      args: expect.arrayContaining(['--rules', `/gcs/artifacts/${rules?.name}`.replace('/rules.json', '')]),
    });
  });

  it('says what is missing where a step checks data', () => {
    expect(() => pipelined(plannedPipeline(EVERY_KIND))).toThrow(
      'Test/Pipeline: steps of detector check transactions, but `checks` says nothing of that. Give the files of --rules for each: checks: { transactions: { … } }.',
    );
  });

  it('says which step asks for a machine that is nowhere', () => {
    const plan = plannedPipeline(UNCHECKED);
    const nowhere = plan.steps.map((step) =>
      step.name === 'train'
        ? { ...step, machines: { ...step.machines, accelerator: { type: 'trainium1' as const, count: 1 } } }
        : step,
    );
    expect(() => pipelined({ ...plan, steps: nowhere })).toThrow(
      /train has no machine: gcp has no machine with trainium1/,
    );
  });
});
