/** Something to do once, by a person, before or right after the first deployment. */
export interface BootstrapStep {
  readonly title: string;
  readonly why: string;
  /** Shell commands to review and run. None: something to do by hand, as `why` says. */
  readonly commands: readonly string[];
}

/** The first of those that are the same thing to do. */
export const onceEach = <T>(items: readonly T[], what: (item: T) => string): readonly T[] =>
  items.filter((item, i) => items.findIndex((other) => what(other) === what(item)) === i);
