import { dependencies, unescaped } from '../../../support/terraform-expressions';
import { resourcesOf, stringsIn } from '../../../support/terraform-stacks';
import { Names } from '../names';
import type { Rule } from '../rule';

const ADMINISTERS = 'roles/iam.serviceAccountAdmin';
const AGENT = '@gcp-sa-aiplatform.';

/**
 * What deploys versions that run as an account waits until the agent of Vertex AI administers that account.
 * Source: Vertex AI documentation, "Use a custom service account", set up a custom service account: for predictions.
 */
export const deployedAccounts: Rule = (stack) => {
  const names = new Names(stack);
  const before = dependencies(stack);
  const grants = resourcesOf(stack).filter(
    ({ type, body }) =>
      type === 'google_service_account_iam_member' && body.role === ADMINISTERS && String(body.member).includes(AGENT),
  );
  return resourcesOf(stack)
    .filter(({ type }) => type === 'google_workflows_workflow')
    .flatMap(({ address, body }) =>
      deployedAs(body.source_contents).flatMap((email) => {
        const [account = 'no account of the stack'] = names.in(email);
        const wanted = grants.filter(({ body: { service_account_id } }) => names.in(service_account_id).has(account));
        if (wanted.length === 0)
          return [{ address, message: `deploys as ${email}, and ${AGENT} does not administer it` }];
        return wanted
          .filter((grant) => !before.get(address)?.has(grant.address))
          .map((grant) => ({ address, message: `does not wait for ${grant.address}` }));
      }),
    );
};

/** E-mails of the accounts that a workflow deploys versions as. */
const deployedAs = (source: unknown): readonly string[] => [
  ...new Set(
    stringsIn(JSON.parse(unescaped(source))).flatMap(({ path, text }) =>
      path.endsWith('.deployedModel.serviceAccount') ? [text] : [],
    ),
  ),
];
