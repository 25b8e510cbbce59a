import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { TARGET } from './gcp-synth';

interface Document {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, { readonly depends_on?: readonly string[] }>>>>;
  readonly data?: unknown;
  readonly output?: unknown;
}

/** Two stacks of one app: what is used is made in the first, and whoever uses it is in the second. */
export function twoStacks() {
  const outdir = mkdtempSync(join(tmpdir(), 'mlops-two-stacks-'));
  const app = new App({ outdir });
  const [owners, users] = ['owners', 'users'].map((id) => {
    const stack = new TerraformStack(app, id);
    new GoogleProvider(stack, 'Google', { project: TARGET.project, region: TARGET.region });
    return stack;
  }) as [TerraformStack, TerraformStack];
  /**
   * What the files say that a stack comes after: the other stack, and resources of its own.
   * @throws Error where a stack reads what is in the state of the other one.
   */
  const written = (of: TerraformStack) => {
    app.synth();
    const read = (file: string) => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
    const { dependencies } = read('manifest.json').stacks[of.node.id] as { dependencies: readonly string[] };
    const documents: readonly Document[] = [of, owners, users].map(({ node }) => read(`stacks/${node.id}/cdk.tf.json`));
    rmSync(outdir, { recursive: true });
    const crossing = documents.flatMap(({ data, output }) => [data, output]).filter((one) => one !== undefined);
    if (crossing.length > 0) throw new Error(`values cross stacks by their states: ${JSON.stringify(crossing)}`);
    const resources = Object.values(documents[0]?.resource ?? {}).flatMap((byName) => Object.values(byName));
    return { dependencies, after: resources.flatMap((one) => one.depends_on ?? []) };
  };
  return { owners, users, written };
}
