import { App } from 'cdktf';
import { loadPlatformSpec } from '../../plan/load';
import { SpecError } from '../../spec/problem';
import { MlopsPlatform } from '../platform/mlops-platform';

const USAGE =
  'Name the spec: MLOPS_SPEC=platform.yaml MLOPS_ENVIRONMENT=prod cdktf synth, or "context": { "spec": …, "environment": … } in cdktf.json';

/** The app of cdktf.json: variables of the environment, or its context, choose what the CDKTF CLI works on. */
function main(): void {
  const app = new App({ stackTraces: false });
  const chosen = (variable: string, context: string): string | undefined => {
    const value: unknown = process.env[variable] ?? app.node.tryGetContext(context);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const file = chosen('MLOPS_SPEC', 'spec');
  if (file === undefined) throw new Error(USAGE);
  const environment = chosen('MLOPS_ENVIRONMENT', 'environment');
  new MlopsPlatform(app, 'Platform', {
    spec: loadPlatformSpec(file, environment === undefined ? {} : { environment }),
  });
  app.synth();
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof SpecError ? 1 : 2;
}
