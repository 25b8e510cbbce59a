import { describe, expect, it } from 'vitest';
import { awsPipelineAccess } from '../../../lib/plan/pipeline/aws-pipeline-access';
import { snapshotPrefix } from '../../../lib/plan/pipeline/pipeline-access';
import { plannedPipeline } from '../../support/pipeline-spec';
import { documentOf } from '../../support/sagemaker-document';

const STORE = 's3://fraud-artifacts/';
const plan = plannedPipeline();
const { steps, pipeline } = awsPipelineAccess(plan);
const prefixes = (verbs: readonly string[], edges = steps): readonly string[] =>
  edges.flatMap(({ kind, verb, name }) => (kind === 'prefix' && verbs.includes(verb) ? [`${STORE}${name}/`] : []));

interface Address {
  /** Member that has it: `S3OutputPath`. */
  readonly at: string;
  readonly uri: string;
  readonly output: boolean;
}

/** Addresses of the artifact store in a definition, up to what is known only in a run. */
function addresses(value: unknown, at = '', output = false): readonly Address[] {
  if (typeof value === 'string') return value.startsWith('s3://fraud-') ? [{ at, uri: value, output }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const name = /^(On|Values|\d+|Std:Join)$/.test(key) ? at : key;
    return addresses(item, name, output || /Output|Checkpoint/.test(key));
  });
}

describe('files of a pipeline of SageMaker', () => {
  const found = addresses(documentOf());

  it('are written where its steps may write', () => {
    const outputs = found.filter(({ output }) => output);
    expect(outputs.map(({ at }) => at)).toEqual(expect.arrayContaining(['S3Uri', 'S3OutputPath']));
    const allowed = prefixes(['write']);
    expect(outputs.filter(({ uri }) => !allowed.some((prefix) => uri.startsWith(prefix)))).toEqual([]);
  });

  it('are snapshots that its steps may read, and results that what orchestrates them may read', () => {
    const allowed = prefixes(['read']);
    for (const dataset of plan.datasets) expect(allowed).toContain(`${STORE}${snapshotPrefix(dataset)}/`);
    expect(prefixes(['read'], pipeline)).toEqual([`${STORE}pipelines/detector/`]);
    expect(found.filter(({ output }) => !output)).toEqual([]);
  });
});
