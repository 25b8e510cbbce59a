import { blocks, resourcesOf } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/**
 * BigQuery gives a dataset without access to everybody who views or edits the project, and to whoever makes it for ever.
 * What Terraform keeps of it afterwards takes away what others were granted, which is written into the same list.
 */
export const statedAccess: Rule = (stack) =>
  resourcesOf(stack)
    .filter(({ type }) => type === 'google_bigquery_dataset')
    .flatMap(({ address, body }) => {
      if (blocks(body.access).length === 0)
        return [{ address, message: 'leaves its access to BigQuery: state that of projectOwners alone' }];
      const ignored = blocks(body.lifecycle).flatMap(({ ignore_changes }) => ignore_changes);
      return ignored.includes('access')
        ? []
        : [{ address, message: 'keeps its access list, which takes away grants: ignore changes of access' }];
    });
