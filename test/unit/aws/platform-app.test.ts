import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { platformApp } from '../../../lib/aws/app/platform-app';
import { EXAMPLE_CASES, exampleSpec } from '../../support/examples';

const ROOT = join(__dirname, '../../..');

describe('what an app of a platform writes', () => {
  it.each(EXAMPLE_CASES)('has no path of this machine: $title', (example) => {
    const { stackTraceLimit } = Error;
    const { directory } = platformApp({ spec: exampleSpec(example) }).synth();
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name), 'utf8')] as const);
    expect(texts.length).toBeGreaterThan(5);
    for (const [file, text] of texts) {
      expect(text.includes(ROOT), file).toBe(false);
      expect(text.includes(directory), file).toBe(false);
    }
  });

  it('says of each acknowledgement what is meant and why', () => {
    const [example] = EXAMPLE_CASES;
    if (example === undefined) throw new Error('there is no example');
    const { directory } = platformApp({ spec: exampleSpec(example) }).synth();
    const metadata = readdirSync(directory).filter((file) => file.endsWith('.metadata.json'));
    const text = metadata.map((file) => readFileSync(join(directory, file), 'utf8')).join();
    expect(text).toContain('aws:cdk:acknowledged-rules');
    expect(text).toContain('VPCDefaultSecurityGroupClosed');
  });
});
