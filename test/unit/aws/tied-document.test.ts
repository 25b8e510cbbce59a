import { describe, expect, it } from 'vitest';
import { deployedPipeline, LARGE_PIPELINE, ON_AWS_ALONE } from '../../support/large-pipeline';
import { EVERY_KIND, loadedPipeline, ON_CLUSTER, WITH_CLUSTER } from '../../support/pipeline-spec';

/** Names of the parameter by which a run says whose it is: of the definition, and of what the start machine gives. */
function tiesOf(pipeline: object, more: object = {}): readonly string[] {
  const { document, given } = deployedPipeline(loadedPipeline(pipeline, { ...ON_AWS_ALONE, ...more }));
  const declared = document.Parameters.filter(({ Name }) => Name.startsWith('document-'));
  expect(declared).toEqual([{ Name: expect.stringMatching(/^document-[0-9a-f]{16}$/), Type: 'String' }]);
  expect(Object.keys(given)).toEqual(expect.arrayContaining(declared.map(({ Name }) => Name)));
  return declared.map(({ Name }) => Name);
}

const { steps } = EVERY_KIND;

describe('a definition that only who was made with it can start', () => {
  it.each([
    ['in the template', EVERY_KIND],
    ['that is a file', LARGE_PIPELINE],
  ])('%s is the same again, and another one wherever a run of it would be', (_, pipeline) => {
    const { prepare } = steps;
    const ties = [
      tiesOf(pipeline),
      tiesOf({ ...pipeline, image: 'fraud-2.0.0' }),
      tiesOf({ ...pipeline, revision: '3f2a91c' }),
      tiesOf({ ...pipeline, gate: { metric: 'evaluate.auc', atLeast: 0.8 } }),
      tiesOf({ ...pipeline, steps: { ...pipeline.steps, prepare: { ...prepare, retries: 3 } } }),
    ].flat();
    expect(new Set(ties).size).toBe(5);
    // Its tokens have other numbers than before.
    expect(tiesOf(pipeline)).toEqual(ties.slice(0, 1));
  });

  it('is another one where a step on the batch cluster is', () => {
    const { train } = ON_CLUSTER.steps;
    const other = { ...ON_CLUSTER, steps: { ...ON_CLUSTER.steps, train: { ...train, image: 'fraud-train-3' } } };
    expect(tiesOf(other, WITH_CLUSTER)).not.toEqual(tiesOf(ON_CLUSTER, WITH_CLUSTER));
  });
});
