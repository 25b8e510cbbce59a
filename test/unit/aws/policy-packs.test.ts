import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_CASES, exampleSpec, ownStack, synthPlatform } from '../../support/examples';
import { nagFindings } from '../../support/nag';

describe('AwsSolutions, NIST 800-53 R5, HIPAA and PCI', () => {
  it.each(EXAMPLE_CASES)('find nothing unacknowledged in $title', (example) => {
    expect(nagFindings(synthPlatform(exampleSpec(example)).app)).toEqual([]);
  });

  it("find nothing unacknowledged in what the example existing-stack adds to somebody's stack", () => {
    const findings = nagFindings(ownStack(new App()));
    const before = /^Scoring\/(Inbox|Importer|Scientists|Website)\//;
    expect(findings.filter(({ resource }) => !before.test(resource))).toEqual([]);
    expect(findings.length, 'what was there before was looked at').toBeGreaterThan(0);
  });
});
