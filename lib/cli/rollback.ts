import { CommandFailed } from './command-failed';
import type { ExitCode, Io } from './io';
import { checkVersion, type RolloutOptions, startRollout } from './start-rollout';

/** `mlops rollback`: takes a model back to the version that served before, or to another one. */
export async function rollback(file: string, options: RolloutOptions, io: Io): Promise<ExitCode> {
  const { model, version, reason } = options;
  return startRollout(file, options, io, (record) => {
    if (version !== undefined) checkVersion(version);
    if (record === undefined)
      throw new CommandFailed(`No version of ${model} serves, so there is nothing to take back.`);
    const target = version ?? record.previous?.version;
    if (target === undefined)
      throw new CommandFailed(
        `Version ${record.version} of ${model} is the first that serves, so there is none to go back to. Promote another one, or name one with --version.`,
      );
    return {
      saying: `Takes version ${record.version} back to version ${target}`,
      action: 'rollback',
      version: target,
      ...(reason === undefined ? {} : { reason }),
    };
  });
}
