import { App } from 'aws-cdk-lib';
import type { PlatformSpec } from '../../spec/platform';
import { MlopsPlatform } from '../platform/mlops-platform';

/**
 * An empty app that reports nothing to anybody, writes nothing unless it is told to, and has CloudFormation's own rules
 * judge every template strictly: a finding fails the synthesis.
 *
 * @param outdir - folder of the cloud assembly. Default: what the CDK CLI asks for, else a temporary one.
 */
export function strictApp(outdir?: string): App {
  return new App({
    analyticsReporting: false,
    autoSynth: false,
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
    ...(outdir === undefined ? {} : { outdir }),
  });
}

export interface PlatformAppProps {
  readonly spec: PlatformSpec;
  /** As of `strictApp`. */
  readonly outdir?: string;
}

/** A strict app with one platform in it. */
export function platformApp({ spec, outdir }: PlatformAppProps): App {
  const app = strictApp(outdir);
  new MlopsPlatform(app, 'Platform', { spec });
  return app;
}
