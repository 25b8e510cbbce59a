import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { askedRun, takenBackAt } from '../support/batch-training';
import { describeJudge } from '../support/describe-judge';
import { synthGcpPlatform } from '../support/examples-gcp';
import { neededBy, refusedOf } from '../support/gcp-call-permissions';
import { workloadBindings } from '../support/gcp-iam';
import { TARGET } from '../support/gcp-synth';
import { ON_CLUSTER, pipelinePlatform } from '../support/pipeline-spec';
import { type Json, WorkflowsJudge, type WorkflowsRequest } from '../support/workflows-judge';

const CLUSTER = { kind: 'batch', accelerator: { type: 'l4' }, capacity: 'spot', attempts: 2 };
/** A platform whose records are called as those of the world are. */
const SYNTHESISED = synthGcpPlatform(
  loadPlatformSpec(pipelinePlatform(ON_CLUSTER, { name: 'fraud-prod', gcp: TARGET, training: { cluster: CLUSTER } })),
);
const launcher = SYNTHESISED.platform.models.detector?.pipeline?.launcher;
const requests = launcher?.machine.requests;
if (launcher === undefined || requests === undefined) throw new Error('no step is on the cluster');

const NAME = 'train-0a1b2c';
const WANTED = {
  image: `${launcher.machine.repository}/training:fraud-1.4.0`,
  command: 'python',
  args: [],
  maxRuntimeSeconds: 3600,
};

/** The same, where the bucket of requests is called as the platform's. */
const inBucket = (request: WorkflowsRequest): WorkflowsRequest =>
  JSON.parse(JSON.stringify(request).replace(/(?<="|\/b\/)artifacts(?="|\/)/g, requests.bucket));

describeJudge('workflows', 'what runs steps on the batch cluster, as its account', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const { bindings } = workloadBindings(SYNTHESISED).find(
    ({ path }) => path === launcher.launcher.workload.node.path,
  ) ?? { bindings: [] };
  const asked = (batch: Json): WorkflowsRequest => {
    const request = askedRun(CLUSTER, { [NAME]: WANTED }, batch, launcher.machine);
    return { ...request, workflows: { train: launcher.launcher.source } };
  };

  test.each<[string, WorkflowsRequest, string]>([
    ['whose spot machines are taken away', asked({ outcomes: ['preempted', 'preempted', 'succeeded'] }), 'succeeded'],
    ['that is taken back', takenBackAt(asked({ outcomes: ['hangs'] }), NAME, 600), 'cancelled'],
  ])('may make every call of a training %s', async (_, request, outcome) => {
    const run = await judge.run(inBucket(request));
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome } });
    const calls = run.calls.filter(({ execution }) => execution === 0);
    expect(refusedOf(neededBy(calls, TARGET.project), bindings)).toEqual([]);
  });
});
