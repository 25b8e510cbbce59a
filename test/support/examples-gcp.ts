import { MlopsPlatform, type MlopsPlatformProps } from '../../lib/gcp/platform/mlops-platform';
import type { PlatformSpec } from '../../lib/spec/platform';
import { exampleSpec, examplesOn } from './example-files';
import type { TerraformPlatform, TerraformStack } from './terraform-stacks';
import { synthStacks } from './terraform-synth';

/** Every example of Google Cloud, in every environment. */
export const GCP_EXAMPLES = examplesOn('gcp');

export interface SynthesisedGcpPlatform {
  readonly platform: MlopsPlatform;
  /** In an order in which they can be applied. */
  readonly stacks: readonly TerraformStack[];
}

/** Synthesises a platform for Google Cloud, as `mlops synth` does. */
export function synthGcpPlatform(
  spec: PlatformSpec,
  context: Readonly<Record<string, unknown>> = {},
  props: Omit<MlopsPlatformProps, 'spec'> = {},
): SynthesisedGcpPlatform {
  let platform: MlopsPlatform | undefined;
  const stacks = synthStacks((app) => {
    platform = new MlopsPlatform(app, 'Platform', { spec, ...props });
  }, context);
  if (platform === undefined) throw new Error('nothing was built');
  return { platform, stacks };
}

/** All examples as Terraform reads them. */
export const synthGcpExamples = (): readonly TerraformPlatform[] =>
  GCP_EXAMPLES.map((example) => ({ name: example.title, stacks: synthGcpPlatform(exampleSpec(example)).stacks }));
