import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { ScoringStack } from '../../examples/existing-stack/stack';
import { MlopsPlatform } from '../../lib/aws/platform/mlops-platform';
import type { DataRemovalProps } from '../../lib/aws/removal';
import type { PlatformSpec } from '../../lib/spec/platform';
import { examplesOn } from './example-files';
import type { CfnTemplate } from './resource-schemas';

/** A template as the app makes it: there is always something in it. */
export type SynthesisedTemplate = CfnTemplate & Required<Pick<CfnTemplate, 'Resources'>>;

/** Every example of AWS, in every environment. */
export const EXAMPLE_CASES = examplesOn('aws');

export { type ExampleCase, exampleSpec } from './example-files';

export interface SynthesisedPlatform {
  readonly app: App;
  readonly platform: MlopsPlatform;
  readonly assembly: CloudAssembly;
  /** Templates by stack name, in the order of deployment. */
  readonly templates: readonly { readonly name: string; readonly template: SynthesisedTemplate }[];
}

/** Synthesises a platform without asking the rules of CloudFormation, unless the context does. */
export function synthPlatform(
  spec: PlatformSpec,
  context: Readonly<Record<string, unknown>> = {},
  removal: DataRemovalProps = {},
): SynthesisedPlatform {
  const app = new App({ analyticsReporting: false, context: { ...context } });
  const platform = new MlopsPlatform(app, 'Platform', { spec, ...removal });
  const assembly = app.synth();
  return {
    app,
    platform,
    assembly,
    templates: assembly.stacks.map(({ stackName, template }) => ({
      name: stackName,
      template: template as SynthesisedTemplate,
    })),
  };
}

/** The example with constructs in somebody's own stack, as its own app makes it. */
export const ownStack = (app: App): ScoringStack =>
  new ScoringStack(app, 'Scoring', {
    vpcId: 'vpc-0a1b2c3d4e5f67890',
    subnetIds: ['subnet-0a1b2c3d4e5f67890', 'subnet-0f9e8d7c6b5a43210'],
  });
