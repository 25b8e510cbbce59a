import type { FolderSource, ValueSource } from './draft';

/**
 * Name within a group of what comes from outside it: a parameter of the run keeps its own; the output of a task is called
 * after both, as Kubeflow's compiler does. Two hyphens in a row are in the name of no output, so no two are called the same:
 * with one, `prep.train-test` and `prep-train.test` would be.
 */
export const channel = (source: ValueSource | FolderSource): string =>
  'run' in source ? source.run : `pipelinechannel--${source.task}--${source.output}`;
