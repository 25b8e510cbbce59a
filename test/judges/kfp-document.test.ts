import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PipelineDocument } from '../../lib/gcp/training-pipeline/ir/pipeline-spec';
import { describeJudge } from '../support/describe-judge';
import { KfpJudge } from '../support/kfp-judge';
import { renderedPipeline } from '../support/pipeline-document';
import { EVERY_KIND } from '../support/pipeline-spec';

describeJudge('kfp', 'the document of a pipeline', () => {
  let judge: KfpJudge;
  beforeAll(async () => {
    judge = await KfpJudge.start();
  });
  afterAll(() => judge[Symbol.asyncDispose]());

  it('is a pipeline specification, in which everything that is named is there', async () => {
    expect(await judge.problems(renderedPipeline())).toEqual([]);
  });
});
