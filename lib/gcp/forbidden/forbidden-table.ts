/** A type of resource, or a field of one, that Google has closed or will close, and what to use instead. */
export interface Forbidden {
  /** Type of the Terraform resource; `*` at the end stands for any ending. */
  readonly type: string;
  /** Field that is closed, as a path of the rendered resource. Without it the whole type is. */
  readonly field?: string;
  /** Values of the field that are closed. Without it all are. */
  readonly value?: RegExp;
  readonly because: string;
  readonly instead: string;
}

const NOTEBOOKS = 'Vertex AI Workbench managed and user-managed notebooks have ended';
const LEGACY_FEATURES = 'the legacy feature store ends on 2027-02-17';
const DATA_CATALOG = 'Data Catalog ended on 2026-06-01';
const IAP_BRAND = 'the brand and client APIs of IAP have ended';

const BATCH_IMAGE = {
  value: /batch-debian-11/,
  because: 'support of the images of Batch with Debian 11 ended on 2026-08-31',
  instead: 'an image of the family batch-cos-stable-official',
} as const;

/**
 * As of 2026-11-22. Sources: upgrade guides of hashicorp/google 7 and 8; documentation of Vertex AI ("Managing featurestores",
 * "Online serving types"), Knowledge Catalog ("Deprecations"), AI Platform ("Deprecations"), Cloud Source Repositories, Managed
 * Service for Apache Airflow (formerly Cloud Composer, "Reference"), Batch (release notes).
 */
export const FORBIDDEN: readonly Forbidden[] = [
  { type: 'google_notebooks_*', because: NOTEBOOKS, instead: 'google_workbench_instance' },
  {
    type: 'google_ml_engine_model',
    because: 'AI Platform Prediction was shut down on 2025-01-31',
    instead: 'a Vertex AI endpoint: ServingEndpoint',
  },
  { type: 'google_tpu_node', because: 'hashicorp/google 7 removed it', instead: 'google_tpu_v2_vm' },
  {
    type: 'google_vertex_ai_featurestore*',
    because: LEGACY_FEATURES,
    instead: 'google_vertex_ai_feature_group and google_vertex_ai_feature_online_store with bigtable',
  },
  {
    type: 'google_vertex_ai_feature_online_store',
    field: 'optimized',
    because: 'optimized online serving ends on 2027-02-17',
    instead: 'bigtable, or Vector Search for embeddings',
  },
  {
    type: 'google_vertex_ai_feature_online_store',
    field: 'dedicated_serving_endpoint',
    because: 'it belongs to optimized online serving, which ends on 2027-02-17',
    instead: 'bigtable',
  },
  {
    type: 'google_vertex_ai_endpoint',
    field: 'private_service_connect_config.enable_secure_private_service_connect',
    because: 'hashicorp/google 7 removed it',
    instead: 'enable_private_service_connect',
  },
  {
    type: 'google_colab_runtime_template',
    field: 'software_config.post_startup_script_config',
    because: 'hashicorp/google 7 removed it',
    instead: 'an image of your own',
  },
  { type: 'google_data_catalog_entry*', because: DATA_CATALOG, instead: 'google_dataplex_entry' },
  { type: 'google_data_catalog_tag*', because: DATA_CATALOG, instead: 'google_dataplex_aspect_type' },
  {
    type: 'google_sourcerepo_repository*',
    because: 'Cloud Source Repositories takes no new customers since 2024-06-17',
    instead: 'Secure Source Manager or Developer Connect',
  },
  {
    type: 'google_container_registry',
    because: 'Container Registry was shut down in 2025',
    instead: 'google_artifact_registry_repository',
  },
  {
    type: 'google_composer_environment',
    field: 'config.software_config.image_version',
    value: /^composer-(1|2\.0)[.-]/,
    because: 'Cloud Composer 1 and 2.0 ended on 2026-09-15',
    instead: 'composer-3-airflow-2',
  },
  { type: 'google_compute_instance_template', field: 'disk.source_image', ...BATCH_IMAGE },
  { type: 'google_compute_region_instance_template', field: 'disk.source_image', ...BATCH_IMAGE },
  { type: 'google_compute_instance', field: 'boot_disk.initialize_params.image', ...BATCH_IMAGE },
  { type: 'google_compute_instance_from_template', field: 'boot_disk.initialize_params.image', ...BATCH_IMAGE },
  { type: 'google_compute_disk', field: 'image', ...BATCH_IMAGE },
  { type: 'google_compute_image', field: 'source_image', ...BATCH_IMAGE },
  {
    type: 'google_compute_subnetwork',
    field: 'enable_flow_logs',
    because: 'hashicorp/google 7 removed it',
    instead: 'log_config',
  },
  {
    type: 'google_bigtable_table_iam_*',
    field: 'instance',
    because: 'hashicorp/google 7 removed it',
    instead: 'instance_name',
  },
  {
    type: 'google_cloud_run_v2_worker_pool',
    field: 'custom_audiences',
    because: 'hashicorp/google 8 removed it',
    instead: 'nothing: a worker pool answers no requests',
  },
  {
    type: 'google_cloud_run_v2_worker_pool',
    field: 'template.containers.depends_on',
    because: 'hashicorp/google 7 removed it',
    instead: 'containers that wait by themselves for one another',
  },
  { type: 'google_iap_brand', because: IAP_BRAND, instead: 'IAP with the OAuth client that Google manages' },
  { type: 'google_iap_client', because: IAP_BRAND, instead: 'IAP with the OAuth client that Google manages' },
  {
    type: 'google_beyondcorp_app*',
    because: 'hashicorp/google 8 removed it',
    instead: 'google_beyondcorp_security_gateway',
  },
  { type: 'google_parallelstore_instance', because: 'Parallelstore is deprecated', instead: 'google_lustre_instance' },
];
