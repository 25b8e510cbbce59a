/** A training pipeline as a cloud was told it, in words that both have in common. */
export interface ToldPipeline {
  /** Parameters of a run, and whether they are numbers. */
  readonly parameters: Readonly<Record<string, 'text' | 'number'>>;
  /** Folders that steps read: `prepare.train > train.train`, `run.snapshot-x > check.data`. */
  readonly edges: readonly string[];
  /** Steps that are done before a step, and before the registration. */
  readonly before: Readonly<Record<string, readonly string[]>>;
  /** `evaluate.auc >= 0.5`, by the step; the gate is that of the registration. */
  readonly conditions: Readonly<Record<string, string>>;
  /** Tags of the images of steps that are the user's, by the step; that of the registration is what serves the model. */
  readonly images: Readonly<Record<string, string>>;
  /** What the registered version says of itself, by its field: where in the run that comes from. */
  readonly lineage: Readonly<Record<string, string>>;
  /** What starts runs by itself. */
  readonly triggers: readonly ToldTrigger[];
}

export interface ToldTrigger {
  readonly name: string;
  /** `0 3 * * * in Europe/Berlin`, `table transactions`, `signal detector-drift`. */
  readonly on: string;
}

/** Name of the registration, which each cloud calls otherwise. */
export const REGISTRATION = 'registration';

/** The first group of each match in what is told as JSON, each text once. */
export const textsIn = (told: unknown, pattern: RegExp): string =>
  [...new Set([...JSON.stringify(told).matchAll(pattern)].map(([, text]) => text))].join(' ');

interface Graph {
  readonly before: Readonly<Record<string, readonly string[]>>;
  readonly conditions: Readonly<Record<string, string>>;
}

/** A graph of steps and the registration alone. */
export function alone({ before, conditions }: Graph, register: string, others: (name: string) => boolean): Graph {
  const kept = <T>(of: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
    Object.entries(of).flatMap(([name, value]) =>
      others(name) ? [] : [[name === register ? REGISTRATION : name, value] as const],
    );
  return {
    before: Object.fromEntries(kept(before).map(([name, all]) => [name, all.filter((one) => !others(one)).sort()])),
    conditions: Object.fromEntries(kept(conditions)),
  };
}

export const byName = (one: ToldTrigger, other: ToldTrigger): number => one.name.localeCompare(other.name);
