import { championPath, servingPath } from '../plan/serving-access';
import { VERSION_DIGITS, VERSION_NUMBER } from '../plan/version-number';
import { CommandFailed } from './command-failed';
import { confirmed } from './confirm';
import { EXIT, type ExitCode, type Io } from './io';
import { type Champion, executionName, type LivePlatform, parseFacts, type Serving } from './live-platform';
import { type OnCloudOptions, onCloud } from './on-cloud';

/** Number of a version in the registry. */
const VERSION = new RegExp(`^${VERSION_NUMBER}$`);

export interface RolloutOptions extends OnCloudOptions {
  readonly model: string;
  readonly version?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

/** Input of the machine of an endpoint, the same on every cloud. */
interface RolloutRequest {
  readonly action: 'promote' | 'rollback';
  /** Number of the version in the registry. */
  readonly version: string;
  readonly reason?: string;
}

/** What is to be done, given the record of the version that serves, if one does. */
type Decide = (record: Champion | undefined) => RolloutRequest & { readonly saying: string };

/** Starts the machine of an endpoint, once a person has seen with what and agreed. */
export async function startRollout(file: string, options: RolloutOptions, io: Io, decide: Decide): Promise<ExitCode> {
  const { model, version, yes } = options;
  // Before the cloud is asked for anything, credentials too.
  if (version !== undefined && !VERSION.test(version)) {
    io.err(
      `${version} is no version: it is the number in the registry, of ${VERSION_DIGITS} digits at most, for example 7.\n`,
    );
    return EXIT.broken;
  }
  return onCloud(file, options, io, async (platform) => {
    const { names, where } = platform;
    const { endpoint, machine } = await servingOf(platform, model);
    const record = championIn(await read<Partial<Champion>>(platform, championPath(model)));
    const { saying, ...request } = decide(record);
    io.out(
      [
        `${saying} of ${model} in ${names.slug}, ${where}:`,
        `  endpoint  ${endpoint}`,
        `  serves    ${serves(record)}`,
        `  machine   ${machine}`,
        `  input     ${JSON.stringify(request)}`,
        '',
      ].join('\n'),
    );
    await confirmed(model, yes, io);
    const execution = await platform.start(machine, executionName(request.action, model), request);
    io.out(
      `Started ${execution}\nIt goes on by itself, and the alert channel hears how it ends. To look: ${platform.look(execution)}\n`,
    );
  });
}

/** A record may be there before anything serves: of a first version that is being tried, or of a model that was retired. */
const championIn = (record: Partial<Champion> | undefined): Champion | undefined =>
  record?.version === undefined ? undefined : { at: 'long ago', ...record, version: record.version };

const serves = (record: Champion | undefined): string =>
  record === undefined ? 'nothing yet' : `version ${record.version} since ${record.at}`;

async function servingOf(platform: LivePlatform, model: string): Promise<Serving> {
  const path = servingPath(model);
  const facts = await read(platform, path);
  if (facts !== undefined) return platform.serving(facts);
  const known = Object.keys(platform.spec.models);
  throw new CommandFailed(
    known.includes(model)
      ? `${model} does not serve in ${platform.names.slug}, ${platform.where}: there is no ${platform.publishedName(path)}. Give the model serving in the spec and deploy it first.`
      : `The spec has no model ${model}. Its models are: ${known.join(', ') || 'none'}.`,
  );
}

async function read<Value>(platform: LivePlatform, path: readonly string[]): Promise<Value | undefined> {
  const text = await platform.published(path);
  if (text === undefined) return undefined;
  return parseFacts(text, platform.publishedName(path)) as Value;
}
