import { App } from 'aws-cdk-lib';
import type { PlatformSpec } from '../../spec/platform';
import { MlopsPlatform } from '../platform/mlops-platform';

const CONTEXT = {
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // Where in the code of this library a resource was made tells nobody anything, and paths of a machine stay on it.
  'aws:cdk:disable-creation-stack-traces': true,
};

/**
 * An empty app that reports nothing to anybody, writes nothing unless it is told to, and has CloudFormation's own rules
 * judge every template strictly: a finding fails the synthesis. What it writes is the same on every machine.
 *
 * @param outdir - folder of the cloud assembly. Default: what the CDK CLI asks for, else a temporary one.
 */
export function strictApp(outdir?: string): App {
  return new App({
    analyticsReporting: false,
    autoSynth: false,
    context: CONTEXT,
    stackTraces: false,
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
