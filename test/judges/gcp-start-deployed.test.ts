import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { pipelined } from '../support/gcp-pipeline-stack';
import { resourcesOf } from '../support/gcp-synth';
import { plannedPipeline, UNCHECKED } from '../support/pipeline-spec';
import { type Json, WorkflowsJudge } from '../support/workflows-judge';
import { announced } from './gcp-operations-world';
import { locksOf, onlyRun, PROPS, startRun, valuesOf } from './gcp-start-world';

const REVISIONS = ['fraud-1.4.0', 'fraud-2.0.0'] as const;
const TAGS = { 'fraud-1.4.0': 'sha256:aaaa', 'fraud-2.0.0': 'sha256:cccc', 'fraud-serving-1.4.0': 'sha256:bbbb' };

/** What is deployed of a revision: what starts its runs is made with, and the objects by their addresses. */
function deployed(revision: string) {
  const plan = plannedPipeline({ ...UNCHECKED, image: revision });
  const { stack, made } = pipelined(plan);
  return {
    props: { ...PROPS, plan, document: made.documentName },
    objects: resourcesOf(stack, 'google_storage_bucket_object'),
  };
}

type Deployed = ReturnType<typeof deployed>;

/** What a bucket holds once Terraform has applied these, one after the other. */
function bucketAfter(deployments: readonly Deployed[]): Json {
  const bucket = new Map<string, Json>();
  let before: Deployed['objects'] = {};
  for (const { objects } of deployments) {
    for (const [address, { name, deletion_policy: policy }] of Object.entries(before))
      if (objects[address]?.name !== name && policy !== 'ABANDON') bucket.delete(String(name));
    for (const { name, content } of Object.values(objects))
      if (String(name).startsWith('pipelines/')) bucket.set(String(name), JSON.parse(String(content)));
    before = objects;
  }
  return Object.fromEntries(bucket);
}

describeJudge('workflows', 'the workflow that starts runs, once something else is deployed', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  test.each([
    ['an execution that began before', REVISIONS[0]],
    ['the next one', REVISIONS[1]],
  ])('%s runs the document that its revision and its images are of', async (_, revision) => {
    const artifacts = bucketAfter(REVISIONS.map(deployed));
    const { props } = deployed(revision);
    const run = await judge.run(startRun(null, { props, artifacts, tags: TAGS }));
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'registered' } });
    const begun = onlyRun(run);
    expect(valuesOf(begun)).toMatchObject({
      revision,
      images: expect.stringContaining(`${revision}=${TAGS[revision]}`),
    });
    expect(begun.pipelineSpec).toEqual(artifacts[props.document]);
    const [ran] = REVISIONS.filter((one) => JSON.stringify(begun.pipelineSpec).includes(`training:${one}`));
    expect(ran).toBe(revision);
    expect(announced(run)).toEqual(['detector-run-registered']);
    expect(locksOf(run)).toEqual([]);
  });
});
