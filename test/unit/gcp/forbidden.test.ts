import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NotebooksInstance } from '@cdktf/provider-google/lib/notebooks-instance';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { VertexAiEndpoint } from '@cdktf/provider-google/lib/vertex-ai-endpoint';
import { VertexAiFeatureOnlineStore } from '@cdktf/provider-google/lib/vertex-ai-feature-online-store';
import { LocalBackend, TerraformStack, Testing } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { FORBIDDEN } from '../../../lib/gcp/forbidden/forbidden-table';
import { Records } from '../../../lib/gcp/records/records';
import { TARGET } from '../../support/gcp-synth';

function refused(add: (stack: TerraformStack) => void): string {
  const app = Testing.app({ outdir: mkdtempSync(join(tmpdir(), 'mlops-forbidden-')) });
  try {
    for (const id of ['ours', 'theirs']) {
      const stack = new TerraformStack(app, id);
      new LocalBackend(stack, {});
      new GoogleProvider(stack, 'Google', {});
    }
    // Any construct of ours will do.
    new Records(app.node.findChild('ours') as TerraformStack, 'Records', { target: TARGET, bucketName: 'records' });
    add(app.node.findChild('theirs') as TerraformStack);
    app.synth();
    return '';
  } catch (error) {
    return String(error);
  } finally {
    rmSync(app.outdir, { recursive: true });
  }
}

const endpoint = { name: '1234567890', displayName: 'e', location: 'europe-west4' };

describe('what Google has closed or will close', () => {
  it('is refused with its replacement, also beside our constructs', () => {
    const text = refused((stack) => {
      new NotebooksInstance(stack, 'Book', { name: 'n', location: 'europe-west4-a', machineType: 'n2-standard-2' });
    });
    expect(text).toContain('theirs/Book: google_notebooks_instance is refused, because');
    expect(text).toContain('Use instead: google_workbench_instance.');
  });

  it('is refused by the field where only a field is closed', () => {
    const store = (fields: object) =>
      refused((stack) => {
        new VertexAiFeatureOnlineStore(stack, 'Store', { name: 's', region: 'europe-west4', ...fields });
      });
    expect(store({ optimized: {} })).toContain('with optimized is refused');
    expect(store({ bigtable: { autoScaling: { minNodeCount: 1, maxNodeCount: 2 } } })).toBe('');
    const secure = (fields: object) =>
      refused((stack) => {
        new VertexAiEndpoint(stack, 'Endpoint', {
          ...endpoint,
          privateServiceConnectConfig: { enablePrivateServiceConnect: true, ...fields },
        });
      });
    expect(secure({ enableSecurePrivateServiceConnect: true })).toContain('enable_secure_private_service_connect');
    expect(secure({})).toBe('');
  });

  it('names types that the provider has', () => {
    const lib = join(dirname(require.resolve('@cdktf/provider-google/package.json')), 'lib');
    const types = readdirSync(lib).map((name) => `google_${name.replaceAll('-', '_')}`);
    for (const { type } of FORBIDDEN)
      expect(
        types.some((known) => (type.endsWith('*') ? known.startsWith(type.slice(0, -1)) : known === type)),
        type,
      ).toBe(true);
  });
});
