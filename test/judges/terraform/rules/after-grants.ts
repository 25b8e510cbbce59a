import { dependencies } from '../../../support/terraform-expressions';
import { resourcesOf, type TerraformResource, valuesAt } from '../../../support/terraform-stacks';
import { Names } from '../names';
import type { Rule } from '../rule';

/** What needs a grant as soon as it is made: which argument names what the grant is about. */
interface Need {
  readonly argument: readonly string[];
  /** `target`: grants on what is named, to the member with this in its address; `principal`: grants to what is named. */
  readonly about: { readonly target: string } | 'principal';
}

const NEEDS: Readonly<Record<string, Need>> = {
  google_storage_notification: { argument: ['topic'], about: { target: '@gs-project-accounts.' } },
  google_monitoring_notification_channel: {
    argument: ['labels', 'topic'],
    about: { target: '@gcp-sa-monitoring-notification.' },
  },
  google_secret_manager_secret: { argument: ['topics', 'name'], about: { target: '@gcp-sa-secretmanager.' } },
  google_vertex_ai_endpoint: {
    argument: ['predict_request_response_logging_config', 'bigquery_destination', 'output_uri'],
    about: { target: '@gcp-sa-aiplatform.' },
  },
  // it tries to receive an event, and its account must be allowed to
  google_eventarc_trigger: { argument: ['service_account'], about: 'principal' },
  // they run whenever somebody or the clock starts them
  google_workflows_workflow: { argument: ['service_account'], about: 'principal' },
  google_cloud_scheduler_job: {
    argument: ['http_target', 'oauth_token', 'service_account_email'],
    about: 'principal',
  },
  // it reads the bucket, as the account of its connection
  google_bigquery_table: { argument: ['biglake_configuration', 'connection_id'], about: 'principal' },
};

/** Nothing is made before the grants of the same stack that Google tries out when it makes it, or that it works by from then on. */
export const afterGrants: Rule = (stack) => {
  const names = new Names(stack);
  const before = dependencies(stack);
  const grants = resourcesOf(stack).filter(({ type }) => type.endsWith('_iam_member'));
  const missing = ({ address, body }: TerraformResource, { argument, about }: Need) => {
    const named = names.in(valuesAt(body, argument));
    if (named.size === 0) return [];
    const wanted = grants.filter(({ body: { member, ...target } }) =>
      about === 'principal'
        ? meets(names.in(member), named)
        : String(member).includes(about.target) && meets(names.in(target), named),
    );
    if (wanted.length === 0 && about !== 'principal')
      return [{ address, message: `nothing lets ${about.target} use ${[...named].join(', ')}` }];
    return wanted
      .filter((grant) => !before.get(address)?.has(grant.address))
      .map((grant) => ({ address, message: `does not wait for ${grant.address}` }));
  };
  return resourcesOf(stack).flatMap((resource) => {
    const need = NEEDS[resource.type];
    return need === undefined ? [] : missing(resource, need);
  });
};

function meets(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...some].some((address) => others.has(address));
}
