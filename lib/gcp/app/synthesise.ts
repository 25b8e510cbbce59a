import { TerraformResource, TerraformStack } from 'cdktf';
import type { Synthesised } from '../../plan/synthesised';
import type { PlatformSpec } from '../../spec/platform';
import { platformApp } from './platform-app';

/** Writes the Terraform JSON of a platform to a folder. */
export function synthesise(
  spec: PlatformSpec,
  outdir: string,
  context: Readonly<Record<string, string>> = {},
): readonly Synthesised[] {
  const app = platformApp({ spec, outdir, context });
  app.synth();
  return app.node
    .findAll()
    .filter((child): child is TerraformStack => TerraformStack.isStack(child))
    .map((stack) => ({
      name: stack.node.id,
      resources: stack.node.findAll().filter((child) => TerraformResource.isTerraformResource(child)).length,
    }));
}
