import { App } from 'aws-cdk-lib';
import type { PlatformSpec } from '../../spec/platform';
import { MlopsPlatform } from '../platform/mlops-platform';

export interface PlatformAppProps {
  readonly spec: PlatformSpec;
  /** Folder of the cloud assembly. Default: what the CDK CLI asks for, else a temporary one. */
  readonly outdir?: string;
}

/**
 * An app with one platform in it. It reports nothing to anybody, and CloudFormation's own rules judge every template
 * strictly: a finding fails the synthesis.
 */
export function platformApp({ spec, outdir }: PlatformAppProps): App {
  const app = new App({
    analyticsReporting: false,
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
    ...(outdir === undefined ? {} : { outdir }),
  });
  new MlopsPlatform(app, 'Platform', { spec });
  return app;
}
