import { PERSON } from '../plan/pipeline/run-parameters';
import { CommandFailed } from './command-failed';
import type { ExitCode, Io } from './io';
import { executionName } from './live-platform';
import { type OnCloudOptions, onCloud } from './on-cloud';

export interface TrainOptions extends OnCloudOptions {
  readonly model: string;
  /** What a person says of it, for whoever is told how it ends. */
  readonly reason?: string;
}

/**
 * `mlops train`: starts a run of a model's pipeline, as its triggers do; a person passes the cooldown. It is refused while
 * another run is under way.
 */
export async function train(file: string, options: TrainOptions, io: Io): Promise<ExitCode> {
  const { model, reason } = options;
  return onCloud(file, options, io, async (platform) => {
    const { names, where, spec } = platform;
    const known = spec.models[model];
    if (known === undefined)
      throw new CommandFailed(
        `The spec has no model ${model}. Its models are: ${Object.keys(spec.models).join(', ') || 'none'}.`,
      );
    if (known.pipeline === undefined)
      throw new CommandFailed(`${model} has no pipeline in the spec. Give it models.${model}.pipeline and deploy it.`);
    const { name, machine } = await platform.startMachine(model);
    if (machine === undefined)
      throw new CommandFailed(
        `The pipeline of ${model} is not in ${names.slug}, ${where}: there is no ${name}. Deploy the model first.`,
      );
    const request = { reason: 'manual', trigger: PERSON, ...(reason === undefined ? {} : { note: reason }) };
    io.out(
      [
        `Starts a run of the pipeline of ${model} in ${names.slug}, ${where}:`,
        `  machine   ${machine}`,
        `  input     ${JSON.stringify(request)}`,
        '',
      ].join('\n'),
    );
    const execution = await platform.start(machine, executionName('train', model), request);
    io.out(
      `Started ${execution}\nIt goes on by itself unless another run is under way, and the alert channel hears how it ends. To look: ${platform.look(execution)}\n`,
    );
  });
}
