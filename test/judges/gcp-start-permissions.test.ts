import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { describeJudge } from '../support/describe-judge';
import { synthGcpPlatform } from '../support/examples-gcp';
import { neededBy, refusedOf } from '../support/gcp-call-permissions';
import { workloadBindings } from '../support/gcp-iam';
import { TARGET } from '../support/gcp-synth';
import { pipelinePlatform } from '../support/pipeline-spec';
import { type Json, WorkflowsJudge } from '../support/workflows-judge';
import { described, startRun, type Written } from './gcp-start-world';

/** A platform whose buckets and tables are called as those of the world are. */
const SYNTHESISED = synthGcpPlatform(
  loadPlatformSpec(pipelinePlatform(undefined, { name: 'fraud-prod', gcp: TARGET })),
);
const { pipeline, start } = SYNTHESISED.platform.models.detector ?? {};
if (pipeline === undefined || start === undefined) throw new Error('nothing makes the model');

const NIGHTLY = { reason: 'schedule', trigger: 'nightly' };

describeJudge('workflows', 'the workflow that starts runs, as its account', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const { bindings } = workloadBindings(SYNTHESISED).find(({ path }) => path === start.workflow.workload.node.path) ?? {
    bindings: [],
  };
  const artifacts = { [pipeline.documentName]: pipeline.pipeline as unknown as Json };
  const started = (written: Written = {}) =>
    judge.run({
      ...startRun(NIGHTLY, { artifacts, ...written }),
      workflows: { start: start.workflow.source },
    });

  test.each<[string, Written, string]>([
    ['a first run', {}, 'registered'],
    [
      'a run that is to be better than what serves',
      { champion: { version: '6', name: 'x', id: '611111' }, versions: { 6: { description: described(0.93) } } },
      'registered',
    ],
    ['a run whose step fails', { courses: [{ fails: { train: 'exit code 1' } }] }, 'failed'],
  ])('may make every call of %s', async (_, written, outcome) => {
    const run = await started(written);
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome } });
    expect(refusedOf(neededBy(run.calls, TARGET.project), bindings)).toEqual([]);
  });
});
