import type { ExitCode, Io } from './io';
import { type RolloutOptions, startRollout } from './start-rollout';

/** `mlops promote`: rolls a version of a model out that the registry has approved, as the approval itself would. */
export async function promote(
  file: string,
  options: RolloutOptions & { readonly version: string },
  io: Io,
): Promise<ExitCode> {
  const { version, reason } = options;
  return startRollout(file, options, io, () => ({
    saying: `Rolls out version ${version}`,
    action: 'promote',
    version,
    ...(reason === undefined ? {} : { reason }),
  }));
}
