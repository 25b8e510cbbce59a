import { describe, expect, it } from 'vitest';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { Network } from '../../../lib/gcp/network/network';
import { Records } from '../../../lib/gcp/records/records';
import type { TrainingPipelineProps } from '../../../lib/gcp/training-pipeline/training-pipeline';
import { LONGEST_DOCUMENT, leastDocument } from '../../../lib/plan/pipeline/gcp-document-size';
import type { PipelinePlan } from '../../../lib/plan/pipeline/pipeline-plan';
import { clusterPlan } from '../../support/batch-training';
import { KEY, pipelined } from '../../support/gcp-pipeline-stack';
import { bindingsOf, documentOf, resourcesOf, TARGET } from '../../support/gcp-synth';
import { customJobs } from '../../support/pipeline-document';
import { EVERY_KIND, ON_CLUSTER, plannedPipeline, UNCHECKED, WITH_CLUSTER } from '../../support/pipeline-spec';
import { problemsOf } from '../../support/problems';
import { dependencies } from '../../support/terraform-expressions';

const CHECKS = { transactions: { 'rules.json': '{"rules":[]}' } };

/** The first pool of a job. */
function firstPool(job: object | undefined): Readonly<Record<string, unknown>> {
  const { jobSpec } = job as { jobSpec: { workerPoolSpecs: readonly Readonly<Record<string, unknown>>[] } };
  return jobSpec.workerPoolSpecs[0] ?? {};
}

const onCluster = (cluster: object = { accelerator: { type: 'l4' }, capacity: 'spot' }, more: object = {}) => {
  const pipeline = { ...ON_CLUSTER, steps: { ...ON_CLUSTER.steps, ...more } };
  const records = Records.fromName('records');
  return pipelined(
    plannedPipeline(pipeline, WITH_CLUSTER),
    {},
    { cluster: { plan: clusterPlan(cluster), records, operationsKey: keyFromId(KEY) } },
  );
};

/** Bindings of one account, without its name. */
const bindingsOfAccount = (stack: Parameters<typeof bindingsOf>[0], account: string): readonly string[] =>
  bindingsOf(stack).flatMap((binding) => {
    const [what = '', who = ''] = binding.split(/ to (?=\$)/);
    return who.includes(account) ? [`${what}${who.replace(/^\S+/, '')}`] : [];
  });

describe('TrainingPipeline with a step on the batch cluster', () => {
  const { stack, made } = onCluster();
  const [launcher] = Object.values(resourcesOf(stack, 'google_workflows_workflow'));

  it('lets its launcher run things as its steps, and nobody else', () => {
    expect(bindingsOfAccount(stack, 'Launcher_Workflow_Workload')).toEqual([
      'projects/fraud-prod/roles/fraud_prod_training_jobs on fraud-prod',
      'roles/iam.serviceAccountUser on projects/fraud-prod/serviceAccounts/fraud-prod-steps-detector@fraud-prod.iam.gserviceaccount.com',
      'roles/logging.logWriter on fraud-prod',
      'roles/storage.objectUser on artifacts (write training/requests/detector)',
      'roles/storage.objectUser on records (write locks/training and 1 more)',
    ]);
    expect(bindingsOfAccount(stack, 'Launcher_OnMessage_Workload')).toEqual(['roles/workflows.invoker on fraud-prod']);
  });

  it('lets its steps ask for trainings, and start no workflow', () => {
    const steps = bindingsOfAccount(stack, 'Pipeline_Steps_Account');
    expect(steps).toEqual(
      expect.arrayContaining([
        'roles/batch.agentReporter on fraud-prod',
        'roles/pubsub.publisher on fraud-prod-trainings-detector',
        'roles/storage.objectUser on artifacts (write pipelines/detector and 1 more)',
      ]),
    );
    expect(steps.join('\n')).not.toMatch(/workflows/);
  });

  it('has nodes that are the account of its steps, as jobs on them must be', () => {
    const templates = Object.values(resourcesOf(stack, 'google_compute_region_instance_template'));
    const email = 'fraud-prod-steps-detector@fraud-prod.iam.gserviceaccount.com';
    expect(templates.map(({ service_account: account }) => account)).toEqual([
      expect.objectContaining({ email }),
      expect.objectContaining({ email }),
    ]);
    expect(made.launcher?.machine.account).toBe(email);
    expect(made.launcher?.machine.ways).toEqual([
      { capacity: 'spot', template: templates.find(({ name }) => String(name).includes('-spot-'))?.name },
      { capacity: 'on-demand', template: templates.find(({ name }) => String(name).includes('-demand-'))?.name },
    ]);
  });

  it('lets each step ask for the time that it may take, and none for more than the longest', () => {
    const { train, evaluate } = ON_CLUSTER.steps;
    const longer = {
      other: { ...train, maxRuntime: '9 hours' },
      evaluate: { ...evaluate, inputs: { ...evaluate.inputs, other: 'other.model' } },
    };
    expect(made.launcher?.machine.plan.maxRuntimeSeconds).toBe(6 * 3600);
    expect(onCluster(undefined, longer).made.launcher?.machine.plan.maxRuntimeSeconds).toBe(9 * 3600);
  });

  it('counts its machines with those of all trainings of the cluster', () => {
    expect(launcher).toMatchObject({ user_env_vars: { RECORDS_BUCKET: 'records' }, call_log_level: 'LOG_ALL_CALLS' });
    const source = String(launcher?.source_contents);
    for (const record of ['training/running', 'locks/']) expect(source).toContain(record);
  });

  it('has tasks that ask for what the step says', () => {
    const executor = made.pipeline.deploymentSpec.executors['exec-train'];
    const args = executor !== undefined && 'container' in executor ? executor.container.args : [];
    const given = (name: string) => args[args.indexOf(name) + 1];
    expect(JSON.parse(given('--request') ?? '')).toEqual({
      image: 'europe-west4-docker.pkg.dev/fraud-prod/fraud-prod-training/training:fraud-train-2',
      command: 'python',
      args: [
        ...['-m', 'fraud.train', '--train', "{{$.inputs.artifacts['train'].path}}"],
        ...['--labels', "{{$.inputs.artifacts['labels'].path}}", '--model', "{{$.outputs.artifacts['model'].path}}"],
        ...['--rounds', '200'],
      ],
      maxRuntimeSeconds: 21_600,
    });
    expect([given('--topic'), given('--requests'), args[0]]).toEqual([
      'projects/fraud-prod/topics/fraud-prod-trainings-detector',
      'gs://artifacts/training/requests/detector',
      'training',
    ]);
    expect(args).toContain('--checkpoints');
  });

  it('says what is missing where nobody gave it the cluster', () => {
    expect(() => pipelined(plannedPipeline(ON_CLUSTER, WITH_CLUSTER))).toThrow(
      'Test/Pipeline: steps of detector run on the batch cluster, but `cluster` is not given.',
    );
  });

  it('makes nothing of it where no step runs there', () => {
    const plain = pipelined();
    expect([plain.made.launcher, plain.made.requests]).toEqual([undefined, undefined]);
    expect(resourcesOf(plain.stack, 'google_workflows_workflow')).toEqual({});
  });
});

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
      'roles/storage.objectViewer on artifacts (read jobs and 2 more)',
      'roles/storage.objectViewer on artifacts (read the way to jobs, pipelines/detector, snapshots/chargebacks, snapshots/transactions, grant 2)',
    ]);
  });

  it('keeps its document in the artifact store, where Terraform leaves it as it is', () => {
    const { stack, made } = pipelined();
    const objects = Object.values(resourcesOf(stack, 'google_storage_bucket_object'));
    const document = objects.find(({ name }) => name === made.documentName);
    expect(document).toMatchObject({ bucket: 'artifacts', content_type: 'application/json' });
    expect(String(document?.content)).not.toMatch(/(?<!\$)\$\{/);
    expect(JSON.parse(String(document?.content))).toEqual(made.pipeline);
    expect(made.pipeline.deploymentSpec.executors['exec-train']).toMatchObject({
      container: { command: ['python3', made.code.path] },
    });
  });

  it('has a document of its own for each pipeline, and leaves the ones before for those who run them', () => {
    const nameOf = (pipeline: object = {}, more: Partial<TrainingPipelineProps> = {}) =>
      pipelined(plannedPipeline({ ...UNCHECKED, ...pipeline }), {}, more).made.documentName;
    const { prepare } = UNCHECKED.steps;
    const names = [
      nameOf(),
      nameOf({ image: 'fraud-2.0.0' }),
      nameOf({ gate: { metric: 'evaluate.loss', atMost: 0.1 } }),
      nameOf({ steps: { ...UNCHECKED.steps, prepare: { ...prepare, retries: 3 } } }),
      nameOf({}, { encryptionKey: keyFromId(`${KEY}2`) }),
    ];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^pipelines\/detector\/documents\/[0-9a-f]{16}\.json$/);
    expect(nameOf()).toBe(names[0]);
    const { stack, made } = pipelined();
    const objects = Object.values(resourcesOf(stack, 'google_storage_bucket_object'));
    expect(objects.find(({ name }) => name === made.documentName)?.deletion_policy).toBe('ABANDON');
  });

  it.each([
    ['on machines of Vertex AI', [], () => pipelined()],
    ['on the batch cluster', ['Pipeline_Launcher'], () => onCluster()],
    ['with a check of data', ['Pipeline_Rules', 'Pipeline_Validation'], () => pipelined(plannedPipeline(), CHECKS)],
  ])('%s has its document once all that it names is there, and whoever runs it may', (_, more, make) => {
    const { stack } = make();
    const before = dependencies({ name: 'Test', json: documentOf(stack) });
    const document = [...before.keys()].find((address) => /_object\.Pipeline_Document_/.test(address)) ?? '';
    const needed = [...before.keys()].filter((address) =>
      /^google_(storage_bucket_object\.Pipeline_(?!Document_)|\w+_iam_member\.Pipeline_Steps_|eventarc_trigger\.Pipeline_Launcher_)/.test(
        address,
      ),
    );
    expect([...(before.get(document) ?? [])]).toEqual(expect.arrayContaining(needed));
    expect(new Set(needed.map((address) => /Pipeline_[A-Za-z]+/.exec(address)?.[0]))).toEqual(
      new Set(['Pipeline_Code', 'Pipeline_Steps', ...more]),
    );
  });

  it('is refused in a network that its steps could not be in', () => {
    const network = Network.fromNames({ ...TARGET, networkName: 'net', subnetworkName: 'net' });
    expect(() => pipelined(undefined, {}, { network })).toThrow(
      /^Test\/Pipeline: steps of pipelines are in the network/,
    );
  });

  it('refuses a document that the workflow cannot hold which starts its runs', () => {
    const planOf = (steps: number, more: object = {}) => {
      const parameters = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p-${i}`, '"ü'.repeat(128)]));
      const nodes = { kind: 'training', nodes: 2, inputs: { data: 'prepare.test' }, outputs: ['model'] };
      const others = Array.from(
        { length: steps },
        (_, i) => [`more-${i}`, { kind: 'prediction', parameters }] as const,
      );
      const all = { ...UNCHECKED.steps, ...Object.fromEntries(others), twice: { ...nodes, parameters } };
      const used = { kind: 'prediction', inputs: { model: 'twice.model' } };
      return plannedPipeline({ ...UNCHECKED, steps: { ...all, used } }, more);
    };
    const bytesOf = (plan: PipelinePlan) => Buffer.byteLength(JSON.stringify(pipelined(plan).made.pipeline));
    for (const steps of [0, 5]) {
      const bytes = bytesOf(planOf(steps));
      expect(leastDocument(planOf(steps))).toBeLessThan(bytes);
      expect(leastDocument(planOf(steps))).toBeGreaterThan(0.4 * bytes);
    }
    let most = 5;
    while (leastDocument(planOf(most + 1, { gcp: undefined })) <= LONGEST_DOCUMENT) most += 1;
    expect(() => bytesOf(planOf(most))).toThrow(
      /models\.detector\.pipeline\.steps: make a document that is too long for the workflow that starts its runs\n {2}received: \d{6} bytes\n/,
    );
    const [problem] = problemsOf(() => planOf(most + 1));
    expect(problem).toMatchObject({
      path: 'models.detector.pipeline.steps',
      line: expect.any(Number),
      received: expect.stringMatching(/^at least \d{6} bytes$/),
    });
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
    const { stack, made } = pipelined(plannedPipeline(), CHECKS);
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
      step.kind === 'training'
        ? { ...step, machines: { ...step.machines, accelerator: { type: 'trainium1' as const, count: 1 } } }
        : step,
    );
    expect(() => pipelined({ ...plan, steps: nowhere })).toThrow(
      /train has no machine: gcp has no machine with trainium1/,
    );
  });
});
