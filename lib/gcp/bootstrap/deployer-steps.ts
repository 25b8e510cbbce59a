import type { BootstrapStep } from '../../plan/bootstrap-step';
import type { PlanOn } from '../../plan/platform-plan';
import { ofType } from '../services/of-type';
import { bindOnProject } from './bind-on-project';

/**
 * Roles on the project that make, change and delete resources, by the beginning of the resource's type in Terraform. Budgets
 * are of a billing account and have a step of their own.
 * Source: IAM documentation, predefined roles of each service; Virtual Private Cloud documentation, "Access Google APIs
 * through endpoints", required roles; Logging documentation, "Configure log-based alerting policies", required roles.
 */
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  google_artifact_registry_: ['artifactregistry.admin'],
  google_bigquery_: ['bigquery.admin'],
  google_billing_budget: [],
  google_cloud_scheduler_: ['cloudscheduler.admin', 'iam.serviceAccountUser'],
  google_compute_: ['compute.admin', 'servicedirectory.editor'],
  google_compute_region_instance_template: ['compute.admin', 'iam.serviceAccountUser'],
  google_dns_: ['dns.admin'],
  google_eventarc_: ['eventarc.admin', 'iam.serviceAccountUser'],
  google_kms_: ['cloudkms.admin'],
  google_logging_: ['logging.configWriter'],
  google_monitoring_: ['monitoring.editor', 'logging.configWriter'],
  google_project_iam_: ['resourcemanager.projectIamAdmin', 'iam.roleAdmin'],
  google_project_service: ['serviceusage.serviceUsageAdmin'],
  google_pubsub_: ['pubsub.admin'],
  google_secret_manager_: ['secretmanager.admin'],
  google_service_account: ['iam.serviceAccountAdmin'],
  google_storage_: ['storage.admin'],
  google_vertex_ai_: ['aiplatform.admin'],
  google_workflows_: ['workflows.admin', 'iam.serviceAccountUser'],
};

/** Roles that deploy a resource type, such as `google_storage_bucket`. `undefined` for a type that nothing is known of. */
export const deployerRolesOf = (type: string): readonly string[] | undefined => ofType(BY_TYPE, type);

/** What whoever deploys may do on the project. He needs it as long as the platform is there. */
export function deployerSteps({ spec: { gcp } }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  const roles = [...new Set(Object.values(BY_TYPE).flat())].sort();
  return [
    {
      title: `Let whoever deploys make what is in ${gcp.project}, if that is no owner of it`,
      why: `MEMBER is who runs Terraform, such as serviceAccount:deploy@${gcp.project}.iam.gserviceaccount.com. Datasets and tables as well are kept by a role on the project alone: nobody becomes their owner by making them.`,
      commands: roles.map((role) => `# ${bindOnProject(gcp.project, 'MEMBER', `roles/${role}`)}`),
    },
  ];
}
