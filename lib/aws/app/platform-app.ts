import { App } from 'aws-cdk-lib';
import { checkContext } from '../../plan/context-flags';
import { ALLOW_DATA_LOSS, DESTROY_DATA, destroysData } from '../../plan/data-loss';
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
 * @param context - beside that of the CDK CLI, which wins.
 */
export function strictApp(outdir?: string, context: Readonly<Record<string, string>> = {}): App {
  return new App({
    analyticsReporting: false,
    autoSynth: false,
    context: { ...CONTEXT, ...context },
    stackTraces: false,
    ...(outdir === undefined ? {} : { outdir }),
  });
}

export interface PlatformAppProps {
  readonly spec: PlatformSpec;
  /** As of `strictApp`. */
  readonly outdir?: string;
  /** As of `strictApp`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** A strict app with one platform in it. */
export function platformApp({ spec, outdir, context }: PlatformAppProps): App {
  const app = strictApp(outdir, context);
  addPlatform(app, spec);
  return app;
}

/**
 * The platform of an app whose context alone says what becomes of data.
 * @throws DataLossRefused where one key is turned without the other; ContextRefused for a flag that the app has not.
 */
export function addPlatform(app: App, spec: PlatformSpec): void {
  checkContext(app.node.getAllContext(), [DESTROY_DATA, ALLOW_DATA_LOSS]);
  new MlopsPlatform(app, 'Platform', { spec, destroyData: destroysData(app) });
}
