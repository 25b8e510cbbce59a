/** Alias of the version that a run registered: this and the id of the run. Aliases begin with a letter. */
export const RUN_ALIAS_PREFIX = 'run-';
