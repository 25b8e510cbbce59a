import type { TerraformJson, TerraformStack } from '../../support/terraform-stacks';
import { RUNNER, type soundResources } from './sound-stack';
import { googleStack, ref } from './toy-stack';

type Resources = ReturnType<typeof soundResources>;

/** One thing wrong in a sound stack, where it is and what the rule must say. */
export interface RuleFault {
  /** Changes the resources; what it returns is added to the document. */
  readonly seed: (resources: Resources) => TerraformJson | undefined;
  readonly at: string;
  readonly says: RegExp;
  /** Stacks that stand before the sound one, which waits for none of them. */
  readonly others?: readonly TerraformStack[];
}

function fault(at: string, says: RegExp, seed: (resources: Resources) => unknown, more?: TerraformJson): RuleFault {
  return {
    at,
    says,
    seed: (resources) => {
      seed(resources);
      return more;
    },
  };
}

/** A resource of the sound stack with arguments changed, or left out where they are undefined. */
function changed(address: string, body: Record<string, unknown>, says: RegExp): RuleFault {
  const [type = '', name = ''] = address.split('.');
  return fault(address, says, (resources) => {
    const resource = resources[type]?.[name];
    if (resource === undefined) throw new Error(`there is no ${address}`);
    Object.assign(resource, JSON.parse(JSON.stringify(body)));
    for (const [key, value] of Object.entries(body)) if (value === undefined) delete resource[key];
  });
}

/** Another resource beside the sound ones. */
function added(type: string, body: Record<string, unknown>, says: RegExp): RuleFault {
  return fault(`${type}.added`, says, (resources) => {
    resources[type] = { ...resources[type], added: body };
  });
}

/** The same beside a stack with one resource, from which nothing is taken by reference. */
const beside = (type: string, body: Record<string, unknown>, faulty: RuleFault): RuleFault => ({
  ...faulty,
  others: [{ ...googleStack({ [type]: { elsewhere: body } }), name: 'elsewhere' }],
});

const BUCKET = 'google_storage_bucket.raw';
const TEMPLATE = 'google_compute_region_instance_template.workers';
const WORKFLOW = 'google_workflows_workflow.rollout';
const EVENTS = 'events@example.iam.gserviceaccount.com';
const waits = (...addresses: string[]) => ({ depends_on: addresses });
const OWNERS = { role: 'OWNER', special_group: 'projectOwners' };
const member = (role: string) => ({ project: 'example', role, member: 'group:ml@example.com' });

/** An endpoint that records requests in a dataset, on which somebody may write. */
const recording = (writer: string, says: RegExp): RuleFault =>
  fault('google_vertex_ai_endpoint.added', says, (resources) => {
    Object.assign(resources, {
      google_bigquery_dataset: { captures: { project: 'example', dataset_id: 'captures' } },
      google_bigquery_dataset_iam_member: {
        captures: {
          dataset_id: ref('google_bigquery_dataset.captures.dataset_id'),
          role: 'roles/bigquery.dataEditor',
          member: `serviceAccount:${writer}`,
        },
      },
      google_vertex_ai_endpoint: {
        added: {
          predict_request_response_logging_config: {
            bigquery_destination: { output_uri: 'bq://example.captures.requests' },
          },
        },
      },
    });
  });

/** A workflow deploys as an account, and the grant on it is another. */
const onRunner = (body: Record<string, unknown>): RuleFault => ({
  ...changed(RUNNER, body, /deploys as serving@\S+, and @gcp-sa-aiplatform\. does not administer it/),
  at: WORKFLOW,
});

/** Seeded faults by rule. */
export const RULE_FAULTS: Readonly<Record<string, Readonly<Record<string, RuleFault>>>> = {
  'additive-iam': {
    'a binding': added('google_project_iam_binding', { role: 'roles/x.y', members: [] }, /takes away/),
    'a policy': added('google_storage_bucket_iam_policy', { bucket: 'b', policy_data: '{}' }, /takes away/),
    'access of a dataset': added('google_bigquery_dataset_access', { role: 'WRITER' }, /access list/),
    'access inside a dataset': added(
      'google_bigquery_dataset',
      { access: [OWNERS, { role: 'WRITER', special_group: 'projectWriters' }] },
      /access list/,
    ),
    'access of a bucket': added('google_storage_bucket_access_control', { role: 'READER' }, /access list/),
    'the list of a bucket': added('google_storage_bucket_acl', { predefined_acl: 'private' }, /access list/),
    'the list of what will be in a bucket': added('google_storage_default_object_acl', { bucket: 'b' }, /access list/),
  },
  'after-api': {
    'a resource that does not wait for its API': changed(
      'google_eventarc_trigger.approved',
      waits('google_project_iam_member.events'),
      /does not wait for google_project_service\.eventarc/,
    ),
    'an API that nobody turns on': added('google_dns_managed_zone', { name: 'x' }, /nothing turns dns/),
    'the second of the APIs that a resource needs': added(
      'google_compute_global_forwarding_rule',
      { name: 'x', load_balancing_scheme: '', ...waits('google_project_service.compute') },
      /nothing turns servicedirectory/,
    ),
    'a type of no known API': added('google_healthcare_dataset', { name: 'x' }, /no API is known/),
  },
  'after-grants': {
    'a notification before the bucket may publish': changed(
      'google_storage_notification.raw',
      waits('google_pubsub_topic.files'),
      /does not wait for google_pubsub_topic_iam_member\.files/,
    ),
    'a topic that the bucket may never publish to': fault(
      'google_storage_notification.raw',
      /nothing lets @gs-project-accounts/,
      (resources) => {
        Object.assign(resources.google_pubsub_topic_iam_member?.files ?? {}, { member: 'group:ml@example.com' });
      },
    ),
    'an endpoint before its agent may write what it records': recording(
      'service-1@gcp-sa-aiplatform.iam.gserviceaccount.com',
      /does not wait for google_bigquery_dataset_iam_member\.captures/,
    ),
    'an endpoint whose agent may never write what it records': recording(
      'service-1@gcp-sa-pubsub.iam.gserviceaccount.com',
      /nothing lets @gcp-sa-aiplatform\. use google_bigquery_dataset\.captures/,
    ),
    'a trigger before its account may receive events': changed(
      'google_eventarc_trigger.approved',
      waits('google_project_service.eventarc'),
      /does not wait for google_project_iam_member\.events/,
    ),
    'a workflow before its account may do anything': changed(
      WORKFLOW,
      { service_account: ref('google_service_account.events.id') },
      /does not wait for google_project_iam_member\.events/,
    ),
    'a schedule before its account may start anything': added(
      'google_cloud_scheduler_job',
      {
        name: 'x',
        http_target: { oauth_token: { service_account_email: EVENTS } },
        ...waits('google_service_account.events'),
      },
      /does not wait for google_project_iam_member\.events/,
    ),
  },
  'after-key-grants': {
    'a bucket before its agent may use the key': changed(
      BUCKET,
      waits('google_project_service.storage', 'google_kms_crypto_key_iam_member.topic'),
      /does not wait for google_kms_crypto_key_iam_member\.bucket/,
    ),
    'a key that the agent may never use': fault(
      WORKFLOW,
      /nothing lets @gcp-sa-workflows\. use the key data/,
      (resources) => {
        Object.assign(resources.google_kms_crypto_key_iam_member?.workflow ?? {}, { member: 'group:ml@example.com' });
      },
    ),
    'a key by its name': changed(
      'google_pubsub_topic.files',
      { kms_key_name: 'projects/p/locations/l/keyRings/main/cryptoKeys/other' },
      /nothing lets @gcp-sa-pubsub\. use the key other/,
    ),
  },
  'after-names': {
    'an account by its address': changed(
      'google_eventarc_trigger.approved',
      {
        service_account: EVENTS,
        ...waits('google_project_service.eventarc'),
      },
      /service_account names google_service_account\.events/,
    ),
    'a topic by its name': changed(
      'google_storage_notification.raw',
      waits(),
      /topic names google_pubsub_topic\.files/,
    ),
    'a bucket by its name': added('google_storage_bucket_object', { bucket: 'example-raw' }, /bucket names/),
  },
  'after-stacks': {
    'a bucket by its name': beside(
      'google_storage_bucket',
      { name: 'example-records' },
      added('google_storage_bucket_object', { bucket: 'example-records' }, /bucket names .*elsewhere of elsewhere/),
    ),
    'the topic of a channel': beside(
      'google_pubsub_topic',
      { name: 'others' },
      added(
        'google_monitoring_notification_channel',
        { type: 'pubsub', labels: { topic: 'projects/example/topics/others' } },
        /labels\.topic names .*elsewhere of elsewhere/,
      ),
    ),
    'a role of its own making': beside(
      'google_project_iam_custom_role',
      { role_id: 'example_watch' },
      added('google_project_iam_member', member('projects/example/roles/example_watch'), /role names/),
    ),
    'a repository': beside(
      'google_artifact_registry_repository',
      { repository_id: 'images' },
      added('google_artifact_registry_repository_iam_member', { repository: 'images' }, /repository names/),
    ),
    'a key': beside(
      'google_kms_crypto_key',
      { name: 'other' },
      changed(
        'google_pubsub_topic.files',
        { kms_key_name: 'projects/example/locations/europe-west4/keyRings/main/cryptoKeys/other' },
        /kms_key_name names/,
      ),
    ),
  },
  alone: {
    'a data source': fault('data.google_project.this', /asks Google/, () => undefined, {
      data: { google_project: { this: {} } },
    }),
    "another stack's state": fault('data.terraform_remote_state.x', /reads another/, () => undefined, {
      data: { terraform_remote_state: { x: {} } },
    }),
    'an output for another stack': fault('output.cross-stack-output-bucket', /another stack/, () => undefined, {
      output: { 'cross-stack-output-bucket': { value: 1 } },
    }),
  },
  'apis-stay': {
    'an API that goes with the stack': changed(
      'google_project_service.pubsub',
      { disable_on_destroy: undefined },
      /disable_on_destroy/,
    ),
  },
  'closed-resources': {
    'a closed service': added('google_notebooks_instance', {}, /google_workbench_instance/),
    'a closed argument': added('google_vertex_ai_feature_online_store', { optimized: {} }, /use bigtable/),
    'a closed argument in a block': added(
      'google_colab_runtime_template',
      { software_config: { post_startup_script_config: {} } },
      /an image of its own/,
    ),
  },
  'customer-key': {
    'a bucket without a key': changed(BUCKET, { encryption: undefined }, /has no customer key/),
    'a topic without a key': changed('google_pubsub_topic.files', { kms_key_name: undefined }, /has no customer key/),
    'one disk of several': changed(
      TEMPLATE,
      { disk: [{ source_image: 'debian-13' }, { disk_encryption_key: { kms_key_self_link: 'key' } }] },
      /disk has no customer key/,
    ),
    'a secret whose block is empty': added(
      'google_secret_manager_secret',
      { secret_id: 'webhook', replication: { auto: {} } },
      /replication\.auto has no customer key/,
    ),
  },
  'decided-protection': {
    'a protection that nobody decided': changed(WORKFLOW, { deletion_protection: undefined }, /deletion_protection/),
    'one with another name': added('google_memorystore_instance', {}, /deletion_protection_enabled/),
  },
  'deployed-accounts': {
    'a workflow that deploys before the agent administers the account': changed(
      WORKFLOW,
      waits('google_project_service.workflows', 'google_kms_crypto_key_iam_member.workflow'),
      /does not wait for google_service_account_iam_member\.runner/,
    ),
    'an agent that only acts as the account': onRunner({ role: 'roles/iam.serviceAccountUser' }),
    'an agent that administers another account': onRunner({
      service_account_id: ref('google_service_account.events.name'),
    }),
    'another who administers the account': onRunner({ member: 'group:ml@example.com' }),
  },
  'known-machines': {
    'a machine that does not exist': changed(TEMPLATE, { machine_type: 'g2-standard-5' }, /in no table/),
    'a machine in a region that lacks it': changed(
      TEMPLATE,
      { machine_type: 'a3-ultragpu-8g', region: 'europe-west12' },
      /does not exist for batch in europe-west12/,
    ),
    'an H200 on demand': changed(
      TEMPLATE,
      { machine_type: 'a3-ultragpu-8g', scheduling: { provisioning_model: 'STANDARD' } },
      /cannot be had as on-demand/,
    ),
    'an H100 on demand because nobody says how': changed(
      TEMPLATE,
      { machine_type: 'a3-highgpu-1g', scheduling: undefined },
      /cannot be had as on-demand/,
    ),
    'a machine that nothing trains on': changed(
      WORKFLOW,
      { source_contents: '{"workerPoolSpecs":[{"machineSpec":{"machineType":"n2-standard-2"}}]}' },
      /n2-standard-2 does not exist for training/,
    ),
    'a machine that serves, bought as nothing is that serves': changed(
      WORKFLOW,
      {
        source_contents:
          '{"dedicatedResources":{"machineSpec":{"machineType":"g2-standard-4"}},"scheduling":{"strategy":"SPOT"}}',
      },
      /cannot be had as spot for hosting/,
    ),
    'more accelerators than the machine has': changed(
      WORKFLOW,
      {
        source_contents:
          '{"machineSpec":{"machineType":"g2-standard-4","acceleratorType":"NVIDIA_L4","acceleratorCount":3}}',
      },
      /g2-standard-4 does not have 3 of NVIDIA_L4/,
    ),
    'more accelerators than a machine takes': changed(
      TEMPLATE,
      { machine_type: 'n1-standard-4', guest_accelerator: [{ type: 'nvidia-tesla-t4', count: 3 }] },
      /n1-standard-4 does not have 3 of nvidia-tesla-t4/,
    ),
    'an accelerator in a document': changed(
      WORKFLOW,
      { source_contents: '{"main":{"machineType":"g2-standard-4","acceleratorType":"NVIDIA_L5"}}' },
      /accelerator NVIDIA_L5 is in no table/,
    ),
  },
  'known-places': {
    'a region that does not exist': changed(BUCKET, { location: 'europe-west99' }, /in europe-west99/),
    'a zone that does not exist': added('google_compute_disk', { zone: 'europe-middle4-a' }, /in europe-middle4-a/),
    'a region inside a name': changed(
      'google_eventarc_trigger.approved',
      { destination: { workflow: 'projects/p/locations/europe-east4/workflows/w' } },
      /in europe-east4/,
    ),
    'a region in an address': changed(
      WORKFLOW,
      { source_contents: '{"url":"https://europe-west77-aiplatform.googleapis.com/v1/x"}' },
      /in europe-west77/,
    ),
  },
  'literal-templates': {
    'an expression of a workflow': changed(WORKFLOW, { source_contents: `{"a":"${ref('event.data')}"}` }, /escape it/),
    'a call of a workflow': changed(WORKFLOW, { source_contents: `{"a":"${ref('sys.now()')}"}` }, /escape it/),
    'a resource of another stack': changed(
      'google_eventarc_trigger.approved',
      { name: ref('google_storage_bucket.curated.name') },
      /refers to nothing here/,
    ),
    'a directive': changed(WORKFLOW, { description: '%{H}' }, /%\{H\}/),
    'a brace that never closes': changed(WORKFLOW, { description: ref('sys').slice(0, -1) }, /escape it/),
  },
  'narrow-roles': {
    'a basic role': added('google_project_iam_member', member('roles/editor'), /basic role/),
    'an administrator': added('google_project_iam_member', member('roles/storage.admin'), /administers/),
    'an administrator of a part': added(
      'google_project_iam_member',
      member('roles/storage.objectAdmin'),
      /administers/,
    ),
    'an owner of data': added('google_project_iam_member', member('roles/bigquery.dataOwner'), /administers/),
    'an administrator of an account': added(
      'google_service_account_iam_member',
      member('roles/iam.serviceAccountAdmin'),
      /administers/,
    ),
    'an agent that administers every account': added(
      'google_project_iam_member',
      {
        ...member('roles/iam.serviceAccountAdmin'),
        member: 'serviceAccount:service-1@gcp-sa-aiplatform.iam.gserviceaccount.com',
      },
      /administers/,
    ),
    'an editor who may delete the table': added(
      'google_bigquery_table_iam_member',
      member('roles/bigquery.dataEditor'),
      /administers/,
    ),
    'a role that grants itself': added(
      'google_project_iam_custom_role',
      { role_id: 'x', permissions: ['storage.buckets.get', 'storage.buckets.setIamPolicy'] },
      /grant itself anything/,
    ),
  },
  'not-public': {
    'everybody in a grant': added(
      'google_storage_bucket_iam_member',
      { bucket: ref('google_storage_bucket.raw.name'), role: 'roles/x.y', member: 'allUsers' },
      /member is allUsers/,
    ),
    'a firewall open to the world': added(
      'google_compute_firewall',
      { name: 'x', network: 'n', allow: { protocol: 'tcp' }, source_ranges: ['0.0.0.0/0'] },
      /lets the whole internet in/,
    ),
    'a firewall that names no source': added(
      'google_compute_firewall',
      { name: 'x', network: 'n', allow: { protocol: 'tcp' } },
      /lets the whole internet in/,
    ),
    'an external address': added('google_compute_address', { name: 'x' }, /external address/),
    'a machine with an external address': changed(
      TEMPLATE,
      { network_interface: [{ network: 'default', access_config: {} }] },
      /external address/,
    ),
    'a service for the internet': added('google_cloud_run_v2_service', { name: 'x' }, /traffic of the internet/),
  },
  'short-filters': {
    'an alert policy': added(
      'google_monitoring_alert_policy',
      { conditions: [{ condition_matched_log: { filter: 'a'.repeat(20_001) } }] },
      /conditions\.condition_matched_log\.filter has 20001 characters, and 20000 are allowed/,
    ),
    'an alert policy of time series': added(
      'google_monitoring_alert_policy',
      { conditions: { condition_threshold: { filter: 'a'.repeat(2_049) } } },
      /condition_threshold\.filter has 2049 characters, and 2048 are allowed/,
    ),
    'a sink': added(
      'google_logging_project_sink',
      { name: 'x', filter: 'a'.repeat(20_001) },
      /filter has 20001 characters, and 20000 are allowed/,
    ),
    'what a sink leaves out': added(
      'google_logging_project_sink',
      { name: 'x', exclusions: [{ name: 'y', filter: 'a'.repeat(20_001) }] },
      /exclusions\.filter has 20001 characters, and 20000 are allowed/,
    ),
  },
  'sound-buckets': {
    'access lists': changed(BUCKET, { uniform_bucket_level_access: undefined }, /uniform_bucket_level_access/),
    'public objects': changed(BUCKET, { public_access_prevention: 'inherited' }, /public_access_prevention/),
    'no versions': changed(BUCKET, { versioning: { enabled: false } }, /versioning\.enabled/),
    'deletion for good': changed(BUCKET, { soft_delete_policy: undefined }, /soft_delete_policy/),
  },
  'stated-access': {
    'a dataset for everybody in the project': added(
      'google_bigquery_dataset',
      { dataset_id: 'x' },
      /leaves its access/,
    ),
    'a dataset that takes grants away': added(
      'google_bigquery_dataset',
      { dataset_id: 'x', access: OWNERS },
      /takes away grants/,
    ),
  },
};
