import { CLOUD_NAMES, CLOUDS, type Cloud, cloudsOf } from '../spec/clouds';
import type { PlatformSpec } from '../spec/platform';
import { CommandFailed } from './command-failed';
import { EXIT, type ExitCode, type Io } from './io';
import type { LivePlatform } from './live-platform';
import { withSpec } from './with-spec';

export interface OnCloudOptions {
  readonly environment?: string;
  /** Default: the one that the spec lives on. */
  readonly cloud?: Cloud;
}

/** How each cloud is spoken to. Imported only when it is, so that the tools of the other need not be there. */
const ADAPTERS: Readonly<Record<Cloud, (spec: PlatformSpec) => Promise<LivePlatform>>> = {
  aws: async (spec) => (await import('./on-aws.js')).onAws(spec),
  gcp: async (spec) => (await import('./on-gcp.js')).onGcp(spec),
};

/** Loads one environment of a spec and goes on where it lives; says what stands in the way where it cannot. */
export async function onCloud(
  file: string,
  { environment, cloud }: OnCloudOptions,
  io: Io,
  next: (platform: LivePlatform) => Promise<void>,
): Promise<ExitCode> {
  return withSpec(file, environment, io, async (spec) => {
    try {
      await next(await ADAPTERS[cloud ?? onlyCloudOf(spec)](spec));
      return EXIT.fine;
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      io.err(`${error.message}\n`);
      return EXIT.broken;
    }
  });
}

function onlyCloudOf(spec: PlatformSpec): Cloud {
  const [only, ...others] = cloudsOf(spec);
  if (only !== undefined && others.length === 0) return only;
  throw new CommandFailed(
    `The spec lives on ${CLOUDS.map((cloud) => CLOUD_NAMES[cloud]).join(' and ')}. Say which is meant with ${CLOUDS.map((cloud) => `--cloud ${cloud}`).join(' or ')}.`,
  );
}
