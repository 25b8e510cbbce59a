import { afterAll, beforeAll, expect, test } from 'vitest';
import { ArtifactStore } from '../../lib/gcp/artifact-store/artifact-store';
import { keyFromId } from '../../lib/gcp/keys/encryption-key';
import { Network } from '../../lib/gcp/network/network';
import { Records } from '../../lib/gcp/records/records';
import { TrainingCluster } from '../../lib/gcp/training-cluster/training-cluster';
import { apiCall, HTTP_ROUTINES } from '../../lib/gcp/workflow/http-steps';
import { expr } from '../../lib/gcp/workflow/syntax';
import { PlatformNames } from '../../lib/plan/names';
import { describeJudge } from '../support/describe-judge';
import { documentOf, gcpStack, resourceOf, TARGET } from '../support/gcp-synth';
import { judgeWithTerraform, terraformLines } from '../support/terraform';
import { describeTerraform } from '../support/terraform-judge';
import type { TerraformJson } from '../support/terraform-stacks';
import { WorkflowsJudge } from '../support/workflows-judge';

const KEY = keyFromId('projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/artifacts');

const MANAGED = [
  { kind: 'managed' },
  { kind: 'managed', accelerator: { type: 'l4', count: 4 }, nodes: 3, capacity: 'spot' },
  { kind: 'managed', accelerator: { type: 'h200', count: 8 }, capacity: 'spot', disk: '2 TiB' },
] as const;

const BATCH = [
  { kind: 'batch', accelerator: { type: 'l4' }, capacity: 'spot' },
  { kind: 'batch', machine: 'large', nodes: 2 },
] as const;

function clusterIn(cluster: object) {
  const stack = gcpStack();
  new TrainingCluster(stack, 'Training', {
    target: TARGET,
    names: new PlatformNames('fraud', 'prod'),
    cluster: cluster as (typeof MANAGED)[0],
    network: Network.fromNames({
      project: 'fraud-prod',
      region: 'europe-west4',
      networkName: 'net',
      subnetworkName: 'sub',
      attachmentName: 'attachment',
    }),
    artifacts: ArtifactStore.fromName('fraud-prod-artifacts-123456789012'),
    records: Records.fromName('fraud-prod-records-123456789012'),
    encryptionKey: KEY,
    labels: { platform: 'fraud' },
  });
  return stack;
}

/** A workflow that sends its argument to Vertex AI, and says what came of it. */
const SUBMIT = {
  main: {
    params: ['job'],
    steps: [
      apiCall('create', {
        method: 'POST',
        url: 'https://europe-west4-aiplatform.googleapis.com/v1/projects/fraud-prod/locations/europe-west4/customJobs',
        body: expr('job'),
        result: 'answer',
      }),
      { give: { return: expr('answer.code') } },
    ],
  },
  ...HTTP_ROUTINES,
};

describeJudge('workflows', "defaults of a managed cluster, by Google's discovery document", () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const submit = (job: unknown) =>
    judge.run({
      workflows: { submit: SUBMIT },
      start: [{ workflow: 'submit', argument: job }],
      world: { state: { replies: { 'aiplatform.projects.locations.customJobs.create': [{ name: 'j' }] } } },
    });
  const defaultsOf = (cluster: object) =>
    JSON.parse(String(resourceOf(clusterIn(cluster), 'google_storage_bucket_object').content));

  test.each(MANAGED)('are what customJobs.create takes: %j', async (cluster) => {
    const { executions } = await submit(defaultsOf(cluster));
    expect(executions[0]).toMatchObject({ status: 'SUCCEEDED', result: 200 });
  });

  test('a field that there is not would be found', async () => {
    const wrong = { ...defaultsOf(MANAGED[0]), jobSpecs: {} };
    await expect(submit(wrong)).rejects.toThrow('jobSpecs');
  });
});

describeTerraform('training clusters, judged by Terraform', () => {
  test('no errors and no warnings', async () => {
    const stacks = [...MANAGED, ...BATCH].map((cluster, i) => ({
      name: `${cluster.kind}-${i}`,
      json: documentOf(clusterIn(cluster)) as TerraformJson,
    }));
    const { findings, judge } = await judgeWithTerraform(stacks);
    process.stderr.write(`training clusters were judged by: ${judge}\n`);
    expect(terraformLines(findings)).toEqual([]);
  });
});
