import type { ContainerWork } from './step-plan';

/** File in the folder of `--metrics`: one flat JSON object of numbers, one for each metric that the step declares. */
export const METRICS_FILE = 'metrics.json';

/** Where the container of a step finds things, as paths of its own file system or what a cloud makes them of. */
export interface StepPlaces {
  readonly input: (argument: string) => string;
  readonly output: (argument: string) => string;
  readonly metrics: string;
  readonly checkpoints: string;
}

/**
 * What a container is given, the same on every cloud and on a laptop: `--<input> <folder>`, `--<output> <folder>`,
 * `--<parameter> <value>`, `--metrics <folder>` if it measures something, `--checkpoints <folder>` if its machine may go.
 */
export function stepArguments(
  step: Pick<ContainerWork, 'inputs' | 'outputs' | 'parameters' | 'metrics' | 'checkpoints'>,
  places: StepPlaces,
): readonly string[] {
  return [
    ...step.inputs.flatMap(({ argument }) => [`--${argument}`, places.input(argument)]),
    ...step.outputs.flatMap((output) => [`--${output}`, places.output(output)]),
    ...step.parameters.flatMap(({ argument, value }) => [`--${argument}`, value]),
    ...(step.metrics.length === 0 ? [] : ['--metrics', places.metrics]),
    ...(step.checkpoints ? ['--checkpoints', places.checkpoints] : []),
  ];
}
