import { planPlatform } from '../plan/platform-plan';
import { specOn } from '../spec/clouds';
import { EXIT, type ExitCode, type Io } from './io';
import { withSpec } from './with-spec';

/** `mlops bootstrap`: prints, as a shell script to review and run, what an account needs once. It changes nothing. */
export async function bootstrap(
  file: string,
  { environment }: { readonly environment?: string },
  io: Io,
): Promise<ExitCode> {
  return withSpec(file, environment, io, async (spec) => {
    const { bootstrapSteps } = await import('../aws/bootstrap/steps.js');
    const plan = planPlatform(specOn('aws', spec));
    const steps = bootstrapSteps(plan).map(
      ({ title, why, commands }, i) =>
        `# ${i + 1}. ${title}\n#    ${why}\n${commands.map((line) => `${line}\n`).join('')}`,
    );
    const head = `#!/usr/bin/env bash\n# Once for ${plan.names.slug}. Review each step, then run it.\nset -eu\n`;
    io.out([head, ...steps].join('\n'));
    return EXIT.fine;
  });
}
