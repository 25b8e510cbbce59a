import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { platformApp } from '../../lib/aws/app/platform-app';
import { EXAMPLE_CASES, exampleSpec } from '../support/examples';

/** What CloudFormation's own rules found, warnings included. */
const findings = (app: App): readonly unknown[] => {
  app.synth();
  return JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports;
};

describe('CloudFormation Validate, strict', () => {
  it.each(EXAMPLE_CASES)('finds nothing in $title', (example) => {
    expect(findings(platformApp({ spec: exampleSpec(example) }))).toEqual([]);
  });

  it('would find a fault', () => {
    const [example] = EXAMPLE_CASES;
    if (example === undefined) throw new Error('there is no example');
    const app = platformApp({ spec: exampleSpec(example) });
    new CfnBucket(new Stack(app, 'Faulty'), 'Bucket', { versioningConfiguration: { status: 'On' } });
    expect(findings(app)).toHaveLength(1);
  });
});
