import type { GcpTarget } from '../spec/gcp-target';

/** Where a construct's resources live. */
export type Target = Pick<GcpTarget, 'project' | 'projectNumber'> & { readonly region: string };

/**
 * The number of a project as text: names of buckets and of Google's accounts are made of it.
 * @throws Error for what is no number, such as a value that Terraform knows later.
 */
export function numberOf({ projectNumber }: Pick<Target, 'projectNumber'>): string {
  const text = String(projectNumber);
  if (!/^\d+$/.test(text))
    throw new Error(
      `target.projectNumber is ${text}, which is no number of a project. Names are made of it before Terraform runs: give the number itself, as gcloud projects describe PROJECT says it.`,
    );
  return text;
}

/** E-mail of a service account of a project. */
export const accountEmail = (accountId: string, { project }: Pick<Target, 'project'>): string =>
  `${accountId}@${project}.iam.gserviceaccount.com`;
