import { BINDINGS_VERSION } from '../../support/terraform-bindings';
import { ref } from '../terraform/toy-stack';

type Resources = Record<string, Record<string, Record<string, unknown>>>;

const NUMBER = '555555555555';
const REGION = 'europe-west4';

/** A project of its own for each stack, so that stacks do not meet. */
export const toyProject = (id: string) => ({
  id,
  number: String(Number(NUMBER) + ([...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 0) % 1e9)),
  agents: ['storage', 'bigquery', 'pubsub', 'monitoring'],
});

/** What any platform has, in few resources: keys, a bucket, a table, a topic and a channel that publishes to it. */
export function toyResources(id: string): Resources {
  const { number } = toyProject(id);
  const agents = {
    bigquery: `bq-${number}@bigquery-encryption.iam.gserviceaccount.com`,
    pubsub: `service-${number}@gcp-sa-pubsub.iam.gserviceaccount.com`,
    storage: `service-${number}@gs-project-accounts.iam.gserviceaccount.com`,
  };
  const api = (name: string) => `google_project_service.${name}`;
  const grant = (name: string) => `google_kms_crypto_key_iam_member.${name}`;
  const key = ref('google_kms_crypto_key.data.id');
  const lifecycle = { prevent_destroy: true };
  return {
    google_project_service: Object.fromEntries(
      ['bigquery', 'cloudkms', 'monitoring', 'pubsub', 'storage'].map((name) => [
        name,
        { service: `${name}.googleapis.com`, disable_on_destroy: false },
      ]),
    ),
    google_kms_key_ring: { main: { name: 'main', location: REGION, depends_on: [api('cloudkms')] } },
    google_kms_crypto_key: { data: { name: 'data', key_ring: ref('google_kms_key_ring.main.id'), lifecycle } },
    google_kms_crypto_key_iam_member: Object.fromEntries(
      Object.entries(agents).map(([name, email]) => [
        name,
        {
          crypto_key_id: key,
          role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
          member: `serviceAccount:${email}`,
        },
      ]),
    ),
    google_storage_bucket: {
      raw: {
        name: `${id}-raw-${number}`,
        location: REGION,
        uniform_bucket_level_access: true,
        encryption: { default_kms_key_name: key },
        lifecycle,
        depends_on: [api('storage'), grant('storage')],
      },
    },
    google_bigquery_dataset: {
      curated: {
        dataset_id: 'curated',
        location: REGION,
        default_encryption_configuration: { kms_key_name: key },
        depends_on: [api('bigquery'), grant('bigquery')],
      },
    },
    google_bigquery_table: {
      payments: {
        dataset_id: ref('google_bigquery_dataset.curated.dataset_id'),
        table_id: 'payments',
        deletion_protection: false,
        schema: JSON.stringify([{ name: 'amount', type: 'INT64', mode: 'NULLABLE' }]),
        encryption_configuration: { kms_key_name: key },
      },
    },
    google_pubsub_topic: {
      alerts: { name: 'alerts', kms_key_name: key, depends_on: [api('pubsub'), grant('pubsub')] },
    },
    google_pubsub_topic_iam_member: {
      alerts: {
        topic: ref('google_pubsub_topic.alerts.id'),
        role: 'roles/pubsub.publisher',
        member: `serviceAccount:service-${number}@gcp-sa-monitoring-notification.iam.gserviceaccount.com`,
      },
    },
    google_monitoring_notification_channel: {
      alerts: {
        type: 'pubsub',
        display_name: 'alerts',
        labels: { topic: `projects/${id}/topics/alerts` },
        depends_on: [api('monitoring'), 'google_pubsub_topic_iam_member.alerts'],
      },
    },
  };
}

/** The document of a stack in a toy's project. */
export const toyDocument = (id: string, resource: Resources, more: object = {}): object => ({
  terraform: {
    required_providers: { google: { source: 'google', version: BINDINGS_VERSION } },
    backend: { local: { path: 'terraform.tfstate' } },
  },
  provider: { google: [{ project: id, region: REGION }] },
  resource,
  ...more,
});
