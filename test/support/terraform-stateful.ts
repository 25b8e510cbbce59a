import { resourcesOf, type TerraformStack } from './terraform-stacks';

/** Types that hold what cannot be made again, each with what would be lost. */
export const STATEFUL_TYPES: Readonly<Record<string, string>> = {
  google_artifact_registry_repository: 'the images of past runs',
  google_bigquery_connection: 'the account that the tables of the lake are read by',
  google_bigquery_dataset: 'its tables',
  google_bigquery_table: 'rows, or the pointer to the metadata of an Iceberg table',
  google_bigtable_instance: 'its tables',
  google_bigtable_table: 'rows',
  google_compute_address: 'the address that clients know',
  google_compute_disk: 'files',
  google_filestore_instance: 'files',
  google_firestore_database: 'documents',
  google_kms_crypto_key: 'all that was encrypted with it',
  google_kms_key_ring: 'its name, which can never be made again',
  google_logging_project_bucket_config: 'the logs of the past',
  google_redis_cluster: 'what is kept in it',
  google_secret_manager_secret: 'versions that people have put there',
  google_sql_database_instance: 'its databases',
  google_storage_bucket: 'objects',
  google_vertex_ai_dataset: 'annotations',
  google_vertex_ai_endpoint: 'the models that serve, and the address that clients know',
  google_vertex_ai_feature_group: 'the registration of features',
  google_vertex_ai_feature_online_store: 'the values of features',
  google_vertex_ai_index: 'vectors',
  google_vertex_ai_tensorboard: 'the experiments of the past',
  google_workbench_instance: 'the notebooks on its disk',
  terraform_data: 'what was there before, and may not be lost without anybody being told',
};

/** Types of what holds state, by address. Another address would make Terraform destroy the thing and make it anew. */
export function statefulAddresses(stack: TerraformStack): Readonly<Record<string, string>> {
  const stateful = resourcesOf(stack).filter(({ type }) => STATEFUL_TYPES[type] !== undefined);
  return Object.fromEntries(stateful.map(({ address, type }) => [address, type] as const).sort());
}

/** The same for every stack that has any, by the name of the stack: what a test pins. */
export function statefulByStack(
  stacks: readonly TerraformStack[],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(
    stacks
      .map((stack) => [stack.name, statefulAddresses(stack)] as const)
      .filter(([, addresses]) => Object.keys(addresses).length > 0),
  );
}
