import type { Target } from '../target';

const CONSOLE = 'https://console.cloud.google.com';

/** Address of a page of the console, in the project. */
export const consoleLink = ({ project }: Pick<Target, 'project'>, page: string): string =>
  `${CONSOLE}/${page}?project=${project}`;

/** Address of the log entries that a query of the Logging query language finds. */
export const logLink = ({ project }: Pick<Target, 'project'>, query: string): string =>
  `${CONSOLE}/logs/query;query=${encodeURIComponent(query)}?project=${project}`;
