import type { ChampionRecord, RolloutRequest, ServingFacts } from '../aws/serving-endpoint/records';
import { championPath, servingPath } from '../plan/serving-access';
import { CommandFailed } from './command-failed';
import { confirmed } from './confirm';
import type { ExitCode, Io } from './io';
import { checkAccount, executionName, type OnAws, onAws } from './on-aws';

export interface RolloutOptions {
  readonly environment?: string;
  readonly model: string;
  readonly version?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

/** What is to be done, given the record of the version that serves, if one does. */
type Decide = (record: ChampionRecord | undefined) => RolloutRequest & { readonly saying: string };

/** Starts the machine of an endpoint, once a person has seen with what and agreed. */
export async function startRollout(file: string, options: RolloutOptions, io: Io, decide: Decide): Promise<ExitCode> {
  const { environment, model, yes } = options;
  return onAws(file, environment, io, async (platform) => {
    const { account, names, spec } = platform;
    const facts = await servingFacts(platform, model);
    checkAccount(spec, facts.machineArn);
    const written = await account.parameter(names.parameter(...championPath(model)));
    const record = written === undefined ? undefined : parsed<ChampionRecord>(written, facts.champion);
    const { saying, ...request } = decide(record);
    io.out(
      [
        `${saying} of ${model} in ${names.slug}, ${account.region}:`,
        `  endpoint  ${facts.endpoint}`,
        `  serves    ${record === undefined ? 'nothing yet' : `version ${record.version} since ${record.at}`}`,
        `  machine   ${facts.machineArn}`,
        `  input     ${JSON.stringify(request)}`,
        '',
      ].join('\n'),
    );
    await confirmed(model, yes, io);
    const execution = await account.start(facts.machineArn, executionName(request.action, model), request);
    io.out(
      `Started ${execution}\nIt goes on by itself, and the alert channel hears how it ends. To look: aws stepfunctions describe-execution --region ${account.region} --execution-arn ${execution}\n`,
    );
  });
}

/** @throws CommandFailed for what is no number of a version. */
export function checkVersion(version: string): void {
  if (!/^[1-9][0-9]{0,5}$/.test(version))
    throw new CommandFailed(`${version} is no version: it is the number in the registry, for example 7.`);
}

async function servingFacts({ account, names, spec }: OnAws, model: string): Promise<ServingFacts> {
  const parameter = names.parameter(...servingPath(model));
  const written = await account.parameter(parameter);
  if (written !== undefined) return parsed<ServingFacts>(written, parameter);
  const known = Object.keys(spec.models);
  throw new CommandFailed(
    known.includes(model)
      ? `${model} does not serve in ${names.slug}, ${account.region}: there is no parameter ${parameter}. Give the model serving in the spec and deploy it first.`
      : `The spec has no model ${model}. Its models are: ${known.join(', ') || 'none'}.`,
  );
}

function parsed<Value>(text: string, parameter: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    throw new CommandFailed(`The parameter ${parameter} is no JSON; somebody else wrote it. Deploy the model again.`);
  }
}
