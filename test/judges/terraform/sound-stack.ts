import { ref } from './toy-stack';

type Resources = Record<string, Record<string, Record<string, unknown>>>;

const REGION = 'europe-west4';
const KEY = ref('google_kms_crypto_key.data.id');
const agent = (service: string) => `serviceAccount:service-1@${service}.iam.gserviceaccount.com`;
/** What the agent of Vertex AI needs to deploy what runs as an account. */
export const RUNNER = 'google_service_account_iam_member.runner';
const SERVICES = ['cloudkms', 'compute', 'eventarc', 'iam', 'pubsub', 'storage', 'workflows'];
const AGENTS: Readonly<Record<string, string>> = {
  bucket: 'gs-project-accounts',
  disk: 'compute-system',
  topic: 'gcp-sa-pubsub',
  workflow: 'gcp-sa-workflows',
};
const after = (...addresses: string[]) => ({ depends_on: addresses });
const api = (name: string) => `google_project_service.${name}`;
const keyGrant = (name: string) => `google_kms_crypto_key_iam_member.${name}`;

/** Resources in which no rule finds anything: each fault changes one thing in a copy of them. */
export function soundResources(): Resources {
  const entries = <T>(names: readonly string[], make: (name: string) => T) =>
    Object.fromEntries(names.map((name) => [name, make(name)]));
  return {
    google_project_service: entries(SERVICES, (name) => ({
      service: `${name}.googleapis.com`,
      disable_on_destroy: false,
    })),
    google_kms_key_ring: { main: { name: 'main', location: REGION, ...after(api('cloudkms')) } },
    google_kms_crypto_key: { data: { name: 'data', key_ring: ref('google_kms_key_ring.main.id') } },
    google_kms_crypto_key_iam_member: entries(Object.keys(AGENTS), (name) => ({
      crypto_key_id: KEY,
      role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
      member: agent(AGENTS[name] ?? ''),
    })),
    google_service_account: {
      events: { account_id: 'events', ...after(api('iam')) },
      serving: { account_id: 'serving', ...after(api('iam')) },
    },
    google_service_account_iam_member: {
      runner: {
        service_account_id: ref('google_service_account.serving.name'),
        role: 'roles/iam.serviceAccountAdmin',
        member: agent('gcp-sa-aiplatform'),
      },
    },
    google_project_iam_member: {
      events: {
        project: 'example',
        role: 'roles/eventarc.eventReceiver',
        member: `serviceAccount:${ref('google_service_account.events.email')}`,
      },
    },
    google_storage_bucket: {
      raw: {
        name: 'example-raw',
        location: REGION,
        uniform_bucket_level_access: true,
        public_access_prevention: 'enforced',
        versioning: { enabled: true },
        soft_delete_policy: { retention_duration_seconds: 604800 },
        encryption: { default_kms_key_name: KEY },
        ...after(api('storage'), keyGrant('bucket')),
      },
    },
    google_pubsub_topic: {
      files: { name: 'files', kms_key_name: KEY, ...after(api('pubsub'), keyGrant('topic')) },
    },
    google_pubsub_topic_iam_member: {
      files: {
        topic: ref('google_pubsub_topic.files.id'),
        role: 'roles/pubsub.publisher',
        member: agent('gs-project-accounts'),
      },
    },
    google_storage_notification: {
      raw: {
        bucket: ref('google_storage_bucket.raw.name'),
        topic: 'projects/example/topics/files',
        payload_format: 'JSON_API_V1',
        ...after('google_pubsub_topic_iam_member.files'),
      },
    },
    google_workflows_workflow: {
      rollout: {
        name: 'rollout',
        region: REGION,
        deletion_protection: false,
        crypto_key_name: KEY,
        source_contents: JSON.stringify({
          main: {
            params: ['event'],
            steps: [
              {
                deploy: {
                  args: { body: { deployedModel: { serviceAccount: 'serving@example.iam.gserviceaccount.com' } } },
                },
              },
              { say: { return: '$${event.data}' } },
            ],
          },
        }),
        ...after(api('workflows'), keyGrant('workflow'), RUNNER),
      },
    },
    google_eventarc_trigger: {
      approved: {
        name: 'approved',
        location: REGION,
        service_account: ref('google_service_account.events.email'),
        matching_criteria: [{ attribute: 'type', value: 'google.cloud.audit.log.v1.written' }],
        destination: { workflow: ref('google_workflows_workflow.rollout.id') },
        ...after(api('eventarc'), 'google_project_iam_member.events'),
      },
    },
    google_compute_region_instance_template: {
      workers: {
        region: REGION,
        machine_type: 'g2-standard-4',
        scheduling: { provisioning_model: 'SPOT' },
        disk: [{ source_image: 'debian-13', disk_encryption_key: { kms_key_self_link: KEY } }, { type: 'SCRATCH' }],
        network_interface: [{ network: 'default' }],
        ...after(api('compute'), keyGrant('disk')),
      },
    },
  };
}
