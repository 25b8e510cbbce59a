import { ofType } from './of-type';

/** Short names of APIs: `storage` is `storage.googleapis.com`. */
const apis = (...services: readonly string[]): readonly string[] =>
  services.map((service) => `${service}.googleapis.com`);

/**
 * APIs that resources need, by the longest prefix of the resource's type in Terraform. Source: the host of each resource's
 * API; Virtual Private Cloud documentation, "Access Google APIs through endpoints", for the directory of such an endpoint.
 */
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  google_artifact_registry_: apis('artifactregistry'),
  google_bigquery_: apis('bigquery'),
  google_bigquery_connection: apis('bigqueryconnection'),
  google_billing_budget: apis('billingbudgets'),
  google_cloud_scheduler_: apis('cloudscheduler'),
  google_compute_: apis('compute'),
  google_compute_global_forwarding_rule: apis('compute', 'servicedirectory'),
  google_dns_: apis('dns'),
  google_eventarc_: apis('eventarc'),
  google_kms_: apis('cloudkms'),
  google_logging_: apis('logging'),
  google_monitoring_: apis('monitoring'),
  google_project_iam_: apis('cloudresourcemanager'),
  google_project_iam_custom_role: apis('iam'),
  google_pubsub_: apis('pubsub'),
  google_secret_manager_: apis('secretmanager'),
  google_service_account: apis('iam'),
  google_storage_: apis('storage'),
  google_vertex_ai_: apis('aiplatform'),
  google_workflows_: apis('workflows'),
};

/** APIs of what no resource stands for: executions, trainings, scans of images, keys that sign as an account. */
const WITHOUT_RESOURCES = apis('workflowexecutions', 'batch', 'containerscanning', 'iamcredentials');

/**
 * APIs that Terraform needs before it can turn others on; a person turns them on once.
 * Source: google provider, google_project_service.
 */
export const BOOTSTRAP_APIS: readonly string[] = apis('serviceusage', 'cloudresourcemanager', 'iam', 'storage');

/** Every API that a platform uses, in alphabetical order. */
export const PLATFORM_APIS: readonly string[] = [
  ...new Set([...BOOTSTRAP_APIS, ...WITHOUT_RESOURCES, ...Object.values(BY_TYPE).flat()]),
].sort();

/** APIs of a resource type, such as `google_storage_bucket`. None for a type that nothing is known of. */
export const apisOf = (type: string): readonly string[] => ofType(BY_TYPE, type) ?? [];
