import { loadPlatformSpec } from '../../plan/load';
import { SpecError } from '../../spec/problem';
import { addPlatform, strictApp } from './platform-app';

const USAGE = 'Name the spec: cdk synth -c spec=platform.yaml -c environment=prod';

/** The app of cdk.json: `-c spec=… -c environment=…` choose what the CDK CLI synthesises, compares and deploys. */
function main(): void {
  const app = strictApp();
  const context = (name: string): string | undefined => {
    const value: unknown = app.node.tryGetContext(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const file = context('spec');
  if (file === undefined) throw new Error(USAGE);
  const environment = context('environment');
  const spec = loadPlatformSpec(file, environment === undefined ? {} : { environment });
  addPlatform(app, spec);
  app.synth();
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof SpecError ? 1 : 2;
}
