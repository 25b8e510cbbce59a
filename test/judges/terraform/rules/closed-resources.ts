import { resourcesOf, valuesAt } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/** What Google has closed, will close or has removed from later providers, and what takes its place. */
const CLOSED: readonly (readonly [RegExp, string])[] = [
  [/^google_notebooks_/, 'google_workbench_instance'],
  [/^google_ml_engine_/, 'google_vertex_ai_endpoint'],
  [/^google_tpu_node/, 'a Vertex AI or Batch job with TPUs'],
  [/^google_vertex_ai_featurestore/, 'google_vertex_ai_feature_group with google_vertex_ai_feature_online_store'],
  [/^google_vertex_ai_schedule/, 'google_cloud_scheduler_job'],
  [/^google_data_catalog_(entry|tag)/, 'google_dataplex_entry and google_dataplex_aspect_type'],
  [/^google_sourcerepo_/, 'google_secure_source_manager_repository'],
  [/^google_container_registry$/, 'google_artifact_registry_repository'],
  [/^google_iap_(brand|client)$/, 'google_iap_web_backend_service_iam_member'],
  [/^google_beyondcorp_app/, 'google_beyondcorp_security_gateway'],
  [/^google_parallelstore_/, 'google_lustre_instance'],
];

const CLOSED_ARGUMENTS: readonly (readonly [type: string, argument: string, instead: string])[] = [
  ['google_vertex_ai_feature_online_store', 'optimized', 'bigtable'],
  ['google_vertex_ai_feature_online_store', 'dedicated_serving_endpoint', 'bigtable'],
  ['google_vertex_ai_endpoint', 'enable_secure_private_service_connect', 'private_service_connect_config'],
  ['google_colab_runtime_template', 'software_config.post_startup_script_config', 'an image of its own'],
];

/** Nothing is built on what is going away. */
export const closedResources: Rule = (stack) =>
  resourcesOf(stack).flatMap(({ address, type, body }) => [
    ...CLOSED.filter(([pattern]) => pattern.test(type)).map(([, instead]) => ({
      address,
      message: `Google has closed ${type}: use ${instead}`,
    })),
    ...CLOSED_ARGUMENTS.filter(
      ([closed, argument]) => closed === type && valuesAt(body, argument.split('.')).length > 0,
    ).map(([, argument, instead]) => ({ address, message: `Google has closed ${argument}: use ${instead}` })),
  ]);
