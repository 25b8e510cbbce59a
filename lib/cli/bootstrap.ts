import { loadPlatformSpec } from '../plan/load';
import { planPlatform } from '../plan/platform-plan';
import { SpecError } from '../spec/problem';
import { EXIT, type ExitCode, type Io } from './io';
import { reportProblems } from './report';

/** `mlops bootstrap`: prints, as a shell script to review and run, what an account needs once. It changes nothing. */
export async function bootstrap(spec: string, options: { readonly environment?: string }, io: Io): Promise<ExitCode> {
  try {
    const platform = loadPlatformSpec(
      spec,
      options.environment === undefined ? {} : { environment: options.environment },
    );
    const { bootstrapSteps } = await import('../aws/bootstrap/steps.js');
    const plan = planPlatform(platform);
    const steps = bootstrapSteps(plan).map(
      ({ title, why, commands }, i) =>
        `# ${i + 1}. ${title}\n#    ${why}\n${commands.map((line) => `${line}\n`).join('')}`,
    );
    io.out(
      `#!/usr/bin/env bash\n# Once for ${plan.names.slug}. Review each step, then run it.\nset -eu\n\n${steps.join('\n')}`,
    );
    return EXIT.fine;
  } catch (error) {
    if (error instanceof SpecError) return reportProblems(error, false, io);
    throw error;
  }
}
