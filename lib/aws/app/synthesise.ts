import type { Synthesised } from '../../plan/synthesised';
import type { PlatformSpec } from '../../spec/platform';
import { platformApp } from './platform-app';

/** Writes the templates of a platform to a folder. */
export function synthesise(
  spec: PlatformSpec,
  outdir: string,
  context: Readonly<Record<string, string>> = {},
): readonly Synthesised[] {
  return platformApp({ spec, outdir, context })
    .synth()
    .stacks.map(({ stackName, template }) => ({
      name: stackName,
      resources: Object.keys(template.Resources ?? {}).length,
    }));
}
