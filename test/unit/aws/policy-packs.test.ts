import { describe, expect, it } from 'vitest';
import { EXAMPLE_CASES, exampleSpec, synthPlatform } from '../../support/examples';
import { nagFindings } from '../../support/nag';

describe('AwsSolutions, NIST 800-53 R5, HIPAA and PCI', () => {
  it.each(EXAMPLE_CASES)('find nothing unacknowledged in $title', (example) => {
    expect(nagFindings(synthPlatform(exampleSpec(example)).app)).toEqual([]);
  });
});
