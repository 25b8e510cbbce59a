/** Something to do once, by a person, before or right after the first deployment. */
export interface BootstrapStep {
  readonly title: string;
  readonly why: string;
  /** Shell commands to review and run. None: something to do by hand, as `why` says. */
  readonly commands: readonly string[];
}
