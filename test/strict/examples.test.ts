import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { platformApp, strictApp } from '../../lib/aws/app/platform-app';
import { DataLake } from '../../lib/aws/data-lake/data-lake';
import { EXAMPLE_CASES, exampleSpec, ownStack } from '../support/examples';
import { loadedPipeline } from '../support/pipeline-spec';
import { loadedWatched } from '../support/watched-spec';

/** What CloudFormation's own rules found, warnings included. */
const findings = (app: App): readonly unknown[] => {
  app.synth();
  return JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports;
};

describe('CloudFormation Validate, strict', () => {
  it.each(EXAMPLE_CASES)('finds nothing in $title', (example) => {
    expect(findings(platformApp({ spec: exampleSpec(example) }))).toEqual([]);
  });

  it('finds nothing where drift and quality of a model are watched', () => {
    expect(findings(platformApp({ spec: loadedWatched() }))).toEqual([]);
  });

  it('finds nothing where a pipeline makes a model', () => {
    expect(findings(platformApp({ spec: loadedPipeline() }))).toEqual([]);
  });

  it("finds nothing in a lake alone in somebody's stack", () => {
    const app = strictApp();
    new DataLake(new Stack(app, 'Own'), 'Lake', {
      zones: { raw: { retention: '90 days' }, curated: {} },
      datasets: {
        events: { zone: 'raw', columns: { id: 'string', ts: 'timestamp' }, partitionBy: ['day(ts)'] },
        scores: { zone: 'curated', columns: { id: 'string', score: 'double' } },
      },
    });
    expect(findings(app)).toEqual([]);
  });

  it('finds nothing in the stack of the example existing-stack', () => {
    const app = strictApp();
    ownStack(app);
    expect(findings(app)).toEqual([]);
  });

  it('would find a fault', () => {
    const [example] = EXAMPLE_CASES;
    if (example === undefined) throw new Error('there is no example');
    const app = platformApp({ spec: exampleSpec(example) });
    new CfnBucket(new Stack(app, 'Faulty'), 'Bucket', { versioningConfiguration: { status: 'On' } });
    expect(findings(app)).toHaveLength(1);
  });
});
