/** The Google service behind resource types. */
export interface GoogleService {
  /** What a `google_project_service` turns on, each of them. */
  readonly apis: readonly string[];
  /** Part of the address of the agent that uses customer keys for it; absent where it keeps nothing of its own. */
  readonly agent?: string;
}

const service = (apis: string | readonly string[], agent?: string): GoogleService => ({
  apis: [apis].flat().map((api) => `${api}.googleapis.com`),
  ...(agent === undefined ? {} : { agent }),
});

/**
 * By prefix of the type. Source: Google's reference of service agents, and the first path segment of each API; Virtual Private
 * Cloud documentation, "Access Google APIs through endpoints", for the directory that such an endpoint is written into.
 */
const SERVICES: Readonly<Record<string, GoogleService>> = {
  google_access_context_manager_: service('accesscontextmanager'),
  google_artifact_registry_: service('artifactregistry', '@gcp-sa-artifactregistry.'),
  google_bigquery_: service('bigquery', '@bigquery-encryption.'),
  google_bigquery_connection: service('bigqueryconnection', '@bigquery-encryption.'),
  google_bigquery_data_transfer_: service('bigquerydatatransfer', '@bigquery-encryption.'),
  google_bigquery_datapolicy_: service('bigquerydatapolicy'),
  google_bigtable_: service('bigtableadmin', '@gcp-sa-bigtable.'),
  google_billing_budget: service('billingbudgets'),
  google_cloud_run_v2_: service('run', '@serverless-robot-prod.'),
  google_cloud_scheduler_: service('cloudscheduler', '@gcp-sa-cloudscheduler.'),
  google_cloud_tasks_: service('cloudtasks'),
  google_cloudbuild_: service('cloudbuild', '@gcp-sa-cloudbuild.'),
  google_cloudfunctions2_: service('cloudfunctions', '@gcf-admin-robot.'),
  google_colab_: service('aiplatform', '@gcp-sa-aiplatform.'),
  google_compute_: service('compute', '@compute-system.'),
  google_compute_global_forwarding_rule: service(['compute', 'servicedirectory'], '@compute-system.'),
  google_container_: service('container', '@container-engine-robot.'),
  google_dataflow_: service('dataflow', '@dataflow-service-producer-prod.'),
  google_dataplex_: service('dataplex', '@gcp-sa-dataplex.'),
  google_dns_: service('dns'),
  google_eventarc_: service('eventarc', '@gcp-sa-eventarc.'),
  google_filestore_: service('file', '@cloud-filer.'),
  google_firestore_: service('firestore', '@gcp-sa-firestore.'),
  google_kms_: service('cloudkms'),
  google_logging_: service('logging', '@gcp-sa-logging.'),
  google_monitoring_: service('monitoring'),
  google_network_connectivity_: service('networkconnectivity'),
  google_org_policy_: service('orgpolicy'),
  google_project_iam_: service('cloudresourcemanager'),
  google_project_iam_custom_role: service('iam'),
  google_project_service: service('serviceusage'),
  google_pubsub_: service('pubsub', '@gcp-sa-pubsub.'),
  google_redis_: service('redis', '@cloud-redis.'),
  google_secret_manager_: service('secretmanager', '@gcp-sa-secretmanager.'),
  google_service_account: service('iam'),
  google_service_directory_: service('servicedirectory'),
  google_service_networking_: service('servicenetworking'),
  google_sql_: service('sqladmin', '@gcp-sa-cloud-sql.'),
  google_storage_: service('storage', '@gs-project-accounts.'),
  google_tags_: service('cloudresourcemanager'),
  google_vertex_ai_: service('aiplatform', '@gcp-sa-aiplatform.'),
  google_workbench_: service('notebooks', '@compute-system.'),
  google_workflows_: service('workflows', '@gcp-sa-workflows.'),
};

/** On before Terraform runs, or it could turn nothing on. */
export const ALWAYS_ON: readonly string[] = ['cloudresourcemanager.googleapis.com', 'serviceusage.googleapis.com'];

/** The service of a type: that of the longest prefix. */
export function serviceOf(type: string): GoogleService | undefined {
  const prefixes = Object.keys(SERVICES).filter((prefix) => type.startsWith(prefix));
  const [longest] = prefixes.sort((a, b) => b.length - a.length);
  return longest === undefined ? undefined : SERVICES[longest];
}
