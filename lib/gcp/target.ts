import type { GcpTarget } from '../spec/gcp-target';

/** Where a construct's resources live. */
export type Target = Pick<GcpTarget, 'project' | 'projectNumber'> & { readonly region: string };

/** E-mail of a service account of a project. */
export const accountEmail = (accountId: string, { project }: Pick<Target, 'project'>): string =>
  `${accountId}@${project}.iam.gserviceaccount.com`;
