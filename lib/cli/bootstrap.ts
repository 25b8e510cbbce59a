import type { BootstrapStep } from '../plan/bootstrap-step';
import { PlatformNames } from '../plan/names';
import { planPlatform } from '../plan/platform-plan';
import { CLOUD_NAMES, type Cloud, specOn } from '../spec/clouds';
import type { PlatformSpec } from '../spec/platform';
import { EXIT, type ExitCode, type Io } from './io';
import { withSpec } from './with-spec';

const STEPS: Readonly<Record<Cloud, (spec: PlatformSpec) => Promise<readonly BootstrapStep[]>>> = {
  aws: async (spec) => (await import('../aws/bootstrap/steps.js')).bootstrapSteps(planPlatform(specOn('aws', spec))),
  gcp: async (spec) => (await import('../gcp/bootstrap/steps.js')).bootstrapSteps(planPlatform(specOn('gcp', spec))),
};

/** `mlops bootstrap`: prints, as a shell script to review and run, what an account needs once. It changes nothing. */
export async function bootstrap(
  file: string,
  { cloud, environment }: { readonly cloud: Cloud; readonly environment?: string },
  io: Io,
): Promise<ExitCode> {
  return withSpec(file, environment, io, async (spec) => {
    const steps = (await STEPS[cloud](spec)).map(
      ({ title, why, commands }, i) =>
        `# ${i + 1}. ${title}\n#    ${why}\n${commands.map((line) => `${line}\n`).join('')}`,
    );
    const head = `#!/usr/bin/env bash\n# Once for ${new PlatformNames(spec.name, spec.environment).slug} on ${CLOUD_NAMES[cloud]}. Review each step, then run it.\nset -eu\n`;
    io.out([head, ...steps].join('\n'));
    return EXIT.fine;
  });
}
