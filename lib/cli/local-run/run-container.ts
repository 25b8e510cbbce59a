import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { InputSource } from '../../plan/pipeline/graph';
import { stepArguments } from '../../plan/pipeline/step-arguments';
import type { ContainerStep } from '../../plan/pipeline/step-plan';
import { entries } from './local-store';
import { type Metrics, readMetrics } from './metrics';
import { type ProcessPlace, runProcess } from './run-process';
import { StepFailed } from './step-failed';

/** What a step of one run needs to know. */
export interface StepRun {
  /** Folder of the step in the store. */
  readonly folder: string;
  /** Folder of what an input is of. */
  readonly source: (from: InputSource) => string;
  readonly place: ProcessPlace;
  readonly onLine: (line: string) => void;
}

/**
 * Runs a step as its container would be: its command, with the arguments of the contract.
 *
 * @returns what it measured
 * @throws StepFailed if it fails or does not keep the contract
 */
export async function runContainer(step: ContainerStep, run: StepRun): Promise<Metrics> {
  const { command, inputs } = step;
  if (command === undefined) throw new StepFailed(noCommand([step.name]));
  const output = (name: string) => join(run.folder, name);
  const places = {
    input: (argument: string) => {
      const found = inputs.find((input) => input.argument === argument);
      return found === undefined ? '' : run.source(found.from);
    },
    output,
    // No output is called as these two are.
    metrics: output('metrics'),
    checkpoints: output('checkpoints'),
  };
  for (const name of [
    ...step.outputs,
    ...(step.metrics.length === 0 ? [] : ['metrics']),
    ...(step.checkpoints ? ['checkpoints'] : []),
  ])
    mkdirSync(output(name), { recursive: true });
  const whole = [...command, ...stepArguments(step, places)];
  const { failure, lastLines } = await runProcess(whole, run.place, step.maxRuntimeSeconds, run.onLine);
  if (failure !== undefined)
    throw new StepFailed(
      [
        `Step ${step.name} failed: ${failure}. It ran`,
        `  ${whole.map(quoted).join(' ')}`,
        `in ${run.place.code}${lastLines.length === 0 ? ' and printed nothing.' : ', and the last lines that it printed are'}`,
        ...lastLines.map((line) => `  ${line}`),
      ].join('\n'),
    );
  const empty = step.outputs.filter((name) => entries(output(name)).length === 0);
  if (empty.length > 0)
    throw new StepFailed(
      `Step ${step.name} ended well but wrote nothing to ${empty.map((name) => `--${name} ${output(name)}`).join(', ')}. A step has to write at least one file to each of its outputs; remove an output that it does not have.`,
    );
  return step.metrics.length === 0 ? {} : readMetrics(step.name, places.metrics, step.metrics);
}

/** What is wrong with steps that say no command. */
export const noCommand = (steps: readonly string[]): string =>
  `A laptop does not know the entry point of an image: say what ${steps.join(', ')} ${steps.length === 1 ? 'runs' : 'run'}, for example command: [python, -m, fraud, ${steps[0]}].`;

/** As a shell would have to be given it. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
