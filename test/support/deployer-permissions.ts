/** Permissions on resources of a collection: `on('pubsub.topics', 'create')`. */
const on = (collection: string, ...verbs: readonly string[]): readonly string[] =>
  verbs.map((verb) => `${collection}.${verb}`);

const LIFE = ['create', 'update', 'delete'] as const;
const MADE_ANEW = ['create', 'delete'] as const;
const ACT_AS = on('iam.serviceAccounts', 'actAs');

/**
 * Permissions that make, change and delete a resource of a type of Terraform, and give others what it grants.
 * Source: each service's documentation of access control, permissions of its methods; Virtual Private Cloud documentation,
 * "Access Google APIs through endpoints", for the directory of such an endpoint.
 */
export const PERMISSIONS_FOR: Readonly<Record<string, readonly string[]>> = {
  google_artifact_registry_repository: on('artifactregistry.repositories', ...LIFE),
  google_artifact_registry_repository_iam_member: on('artifactregistry.repositories', 'setIamPolicy'),
  google_bigquery_connection: on('bigquery.connections', ...LIFE),
  google_bigquery_dataset: on('bigquery.datasets', ...LIFE),
  google_bigquery_dataset_iam_member: on('bigquery.datasets', 'setIamPolicy', 'update'),
  google_bigquery_table: on('bigquery.tables', ...LIFE),
  google_bigquery_table_iam_member: on('bigquery.tables', 'setIamPolicy'),
  // Of a billing account, not of the project.
  google_billing_budget: [],
  google_cloud_scheduler_job: [...on('cloudscheduler.jobs', ...LIFE), ...ACT_AS],
  google_compute_address: on('compute.addresses', ...MADE_ANEW),
  google_compute_firewall: on('compute.firewalls', ...LIFE),
  google_compute_global_address: on('compute.globalAddresses', 'createInternal', 'deleteInternal'),
  google_compute_global_forwarding_rule: [
    ...on('compute.globalForwardingRules', ...MADE_ANEW, 'pscCreate', 'pscDelete'),
    ...on('servicedirectory.namespaces', 'create'),
    ...on('servicedirectory.services', ...MADE_ANEW),
  ],
  google_compute_network: on('compute.networks', ...LIFE),
  google_compute_network_attachment: on('compute.networkAttachments', ...LIFE),
  google_compute_region_instance_template: [...on('compute.instanceTemplates', ...MADE_ANEW), ...ACT_AS],
  google_compute_route: on('compute.routes', ...MADE_ANEW),
  google_compute_router: on('compute.routers', ...LIFE),
  google_compute_router_nat: on('compute.routers', 'update'),
  google_compute_subnetwork: on('compute.subnetworks', ...LIFE),
  google_compute_subnetwork_iam_member: on('compute.subnetworks', 'setIamPolicy'),
  google_dns_managed_zone: on('dns.managedZones', ...LIFE),
  google_dns_policy: on('dns.policies', ...LIFE),
  google_dns_record_set: [...on('dns.changes', 'create'), ...on('dns.resourceRecordSets', ...LIFE)],
  google_eventarc_google_channel_config: on('eventarc.googleChannelConfigs', 'update'),
  google_eventarc_trigger: [...on('eventarc.triggers', ...LIFE), ...ACT_AS],
  google_kms_crypto_key: [...on('cloudkms.cryptoKeys', 'create', 'update'), 'cloudkms.cryptoKeyVersions.destroy'],
  google_kms_crypto_key_iam_member: on('cloudkms.cryptoKeys', 'setIamPolicy'),
  google_kms_key_ring: on('cloudkms.keyRings', 'create'),
  google_logging_project_sink: on('logging.sinks', ...LIFE),
  google_monitoring_alert_policy: [
    ...on('monitoring.alertPolicies', ...LIFE),
    ...on('logging.notificationRules', ...LIFE),
  ],
  google_monitoring_dashboard: on('monitoring.dashboards', ...LIFE),
  google_monitoring_notification_channel: on('monitoring.notificationChannels', ...LIFE),
  google_project_iam_audit_config: on('resourcemanager.projects', 'setIamPolicy'),
  google_project_iam_custom_role: on('iam.roles', ...LIFE),
  google_project_iam_member: on('resourcemanager.projects', 'setIamPolicy'),
  google_project_service: on('serviceusage.services', 'enable', 'disable'),
  google_pubsub_topic: on('pubsub.topics', ...LIFE),
  google_pubsub_topic_iam_member: on('pubsub.topics', 'setIamPolicy'),
  google_secret_manager_secret_iam_member: on('secretmanager.secrets', 'setIamPolicy'),
  google_service_account: on('iam.serviceAccounts', ...LIFE),
  google_service_account_iam_member: on('iam.serviceAccounts', 'setIamPolicy'),
  google_storage_bucket: on('storage.buckets', ...LIFE),
  google_storage_bucket_iam_member: on('storage.buckets', 'setIamPolicy'),
  google_storage_bucket_object: on('storage.objects', ...MADE_ANEW),
  google_vertex_ai_endpoint: on('aiplatform.endpoints', ...LIFE),
  google_workflows_workflow: [...on('workflows.workflows', ...LIFE), ...ACT_AS],
};

/**
 * Which of those permissions predefined roles have. A role that is not here has none.
 * Source: IAM documentation, "IAM roles and permissions index", as of August 2026.
 */
export const PERMISSIONS_OF_ROLE: Readonly<Record<string, readonly string[]>> = {
  'aiplatform.admin': on('aiplatform.endpoints', ...LIFE),
  'artifactregistry.admin': on('artifactregistry.repositories', ...LIFE, 'setIamPolicy'),
  'bigquery.admin': [
    ...on('bigquery.connections', ...LIFE),
    ...on('bigquery.datasets', ...LIFE, 'setIamPolicy'),
    ...on('bigquery.tables', ...LIFE, 'setIamPolicy'),
  ],
  'cloudkms.admin': [
    ...on('cloudkms.cryptoKeys', 'create', 'update', 'setIamPolicy'),
    ...on('cloudkms.cryptoKeyVersions', 'destroy'),
    ...on('cloudkms.keyRings', 'create'),
  ],
  'cloudscheduler.admin': on('cloudscheduler.jobs', ...LIFE),
  'compute.admin': [
    ...on('compute.addresses', ...MADE_ANEW),
    ...on('compute.firewalls', ...LIFE),
    ...on('compute.globalAddresses', 'createInternal', 'deleteInternal'),
    ...on('compute.globalForwardingRules', ...MADE_ANEW, 'pscCreate', 'pscDelete'),
    ...on('compute.instanceTemplates', ...MADE_ANEW),
    ...on('compute.networkAttachments', ...LIFE),
    ...on('compute.networks', ...LIFE),
    ...on('compute.routers', ...LIFE),
    ...on('compute.routes', ...MADE_ANEW),
    ...on('compute.subnetworks', ...LIFE, 'setIamPolicy'),
  ],
  'dns.admin': [
    ...on('dns.changes', 'create'),
    ...on('dns.managedZones', ...LIFE),
    ...on('dns.policies', ...LIFE),
    ...on('dns.resourceRecordSets', ...LIFE),
  ],
  'eventarc.admin': [...on('eventarc.googleChannelConfigs', 'update'), ...on('eventarc.triggers', ...LIFE)],
  'iam.roleAdmin': on('iam.roles', ...LIFE),
  'iam.serviceAccountAdmin': on('iam.serviceAccounts', ...LIFE, 'setIamPolicy'),
  'iam.serviceAccountUser': ACT_AS,
  'logging.configWriter': [...on('logging.notificationRules', ...LIFE), ...on('logging.sinks', ...LIFE)],
  'monitoring.editor': [
    ...on('monitoring.alertPolicies', ...LIFE),
    ...on('monitoring.dashboards', ...LIFE),
    ...on('monitoring.notificationChannels', ...LIFE),
    ...on('serviceusage.services', 'enable'),
  ],
  'pubsub.admin': on('pubsub.topics', ...LIFE, 'setIamPolicy'),
  'resourcemanager.projectIamAdmin': on('resourcemanager.projects', 'setIamPolicy'),
  'secretmanager.admin': on('secretmanager.secrets', 'setIamPolicy'),
  'servicedirectory.editor': [
    ...on('servicedirectory.namespaces', 'create'),
    ...on('servicedirectory.services', ...MADE_ANEW),
  ],
  'serviceusage.serviceUsageAdmin': on('serviceusage.services', 'enable', 'disable'),
  'storage.admin': [...on('storage.buckets', ...LIFE, 'setIamPolicy'), ...on('storage.objects', ...MADE_ANEW)],
  'workflows.admin': on('workflows.workflows', ...LIFE),
};
