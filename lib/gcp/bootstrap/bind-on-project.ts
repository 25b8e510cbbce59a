/**
 * The command that gives a role on a project, and changes nothing where it is given.
 * Source: gcloud reference, projects add-iam-policy-binding: without `--condition` it asks where the policy has any.
 */
export const bindOnProject = (project: string, member: string, role: string): string =>
  `gcloud projects add-iam-policy-binding ${project} --member=${member} --role=${role} --condition=None --quiet >/dev/null`;
