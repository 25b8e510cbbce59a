import { CommandFailed } from './command-failed';
import type { ExitCode, Io } from './io';
import type { Champion } from './live-platform';
import { type RolloutOptions, startRollout } from './start-rollout';

/**
 * `mlops rollback`: takes a model back to the version that served before, or to another one. While a rollout is under way,
 * the version before is the one that still serves.
 */
export async function rollback(file: string, options: RolloutOptions, io: Io): Promise<ExitCode> {
  const { model, version, reason } = options;
  return startRollout(file, options, io, (record) => {
    if (record === undefined)
      throw new CommandFailed(`No version of ${model} serves, so there is nothing to take back.`);
    const underWay = versionUnderWay(record);
    const target = version ?? (underWay === undefined ? record.previous?.version : record.version);
    if (target === undefined)
      throw new CommandFailed(
        `Version ${record.version} of ${model} is the first that serves, so there is none to go back to. Promote another one, or name one with --version.`,
      );
    return {
      saying:
        underWay === undefined
          ? `Takes version ${record.version} back to version ${target}`
          : `Version ${underWay} is being rolled out. Once that has ended, goes back to version ${target}`,
      action: 'rollback',
      version: target,
      ...(reason === undefined ? {} : { reason }),
    };
  });
}

/** A record keeps what was tried until its machine has told how that ended, by when it may be what serves. */
const versionUnderWay = ({ version, trying }: Champion): string | undefined =>
  trying?.version === version ? undefined : trying?.version;
