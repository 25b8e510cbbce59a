/** What people are told of an error that nobody foresaw, with the place that it comes from. */
export const faultText = (error: unknown): string =>
  `mlops is broken, please report this:\n${error instanceof Error ? error.stack : String(error)}`;
