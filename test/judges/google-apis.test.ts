import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { GoogleApis } from '../support/google-apis';

const PROJECT = 'fraud-prod';
const NUMBER = '123456789012';
const PLACE = `projects/${PROJECT}/locations/europe-west4`;
const APIS = [
  'aiplatform',
  'bigquery',
  'bigqueryconnection',
  'billingbudgets',
  'cloudkms',
  'compute',
  'dns',
  'eventarc',
];
const MORE_APIS = ['iam', 'pubsub', 'storage', 'workflows'];

describeJudge('workflows', 'Google on this machine', () => {
  let google: GoogleApis;

  beforeAll(async () => {
    google = await GoogleApis.start();
    await google.addProject({
      id: PROJECT,
      number: NUMBER,
      agents: ['storage', 'eventarc'],
      grants: [
        [`serviceAccount:service-${NUMBER}@gcp-sa-eventarc.iam.gserviceaccount.com`, 'roles/eventarc.serviceAgent'],
      ],
      billingAccount: '01AB23-45CD67-89EF01',
    });
    const serviceIds = [...APIS, ...MORE_APIS].map((api) => `${api}.googleapis.com`);
    await post(`serviceusage.googleapis.com/v1/projects/${PROJECT}/services:batchEnable`, { serviceIds });
    await get(`serviceusage.googleapis.com/v1/projects/${PROJECT}/services`);
  });

  afterAll(() => google?.close());

  const get = (address: string) => google.request('GET', address);
  const post = (address: string, body: object) => google.request('POST', address, body);
  const remove = (address: string) => google.request('DELETE', address);
  const link = (path: string) => `https://www.googleapis.com/compute/v1/projects/${PROJECT}/${path}`;
  const compute = `compute.googleapis.com/compute/v1/projects/${PROJECT}`;
  const iam = `iam.googleapis.com/v1/projects/${PROJECT}`;
  const emailOf = (account: string) => `${account}@${PROJECT}.iam.gserviceaccount.com`;

  /** An account that everybody knows of. */
  const account = async (accountId: string): Promise<string> => {
    await post(`${iam}/serviceAccounts`, { accountId });
    for (const _ of [1, 2, 3]) await get(`${iam}/serviceAccounts/${emailOf(accountId)}`);
    return `serviceAccount:${emailOf(accountId)}`;
  };

  interface Policy {
    readonly etag?: string;
    readonly version?: number;
    readonly bindings?: readonly { readonly role: string; readonly members: readonly string[] }[];
  }

  const project = `cloudresourcemanager.googleapis.com/v1/projects/${PROJECT}`;
  const policy = async () => (await post(`${project}:getIamPolicy`, {})) as Policy;

  /** Adds a grant, and looks at it as often as is asked. */
  const grant = async (member: string, role: string, looks = 2): Promise<void> => {
    const { etag = '', bindings = [] } = await policy();
    await post(`${project}:setIamPolicy`, { policy: { etag, bindings: [...bindings, { role, members: [member] }] } });
    for (let look = 0; look < looks; look++) await policy();
  };

  test('takes nothing that the discovery documents have not, and remembers it', async () => {
    await expect(post(`${compute}/global/networks`, { name: 'a', autoCreateSubnetwork: false })).rejects.toThrow(
      /400.*body\.autoCreateSubnetwork: unknown/,
    );
    await expect(get('healthcare.googleapis.com/v1/projects/p')).rejects.toThrow(/501/);
    const findings = await google.findings();
    expect(findings).toEqual([expect.stringContaining('autoCreateSubnetwork'), expect.stringContaining('healthcare')]);
  });

  test('does nothing for an API that is off', async () => {
    await expect(get(`cloudscheduler.googleapis.com/v1/${PLACE}/jobs`)).rejects.toThrow(/403.*SERVICE_DISABLED/);
  });

  test('names a resource by its number or its id, and knows it by both', async () => {
    await google.request('PUT', `pubsub.googleapis.com/v1/projects/${PROJECT}/topics/seen`, {});
    expect(await get(`pubsub.googleapis.com/v1/projects/${NUMBER}/topics/seen`)).toMatchObject({
      name: `projects/${PROJECT}/topics/seen`,
    });
    await expect(google.request('PUT', `pubsub.googleapis.com/v1/projects/${PROJECT}/topics/seen`, {})).rejects.toThrow(
      /409/,
    );
  });

  test('keeps what others use', async () => {
    await post(`${compute}/global/networks`, { name: 'main', autoCreateSubnetworks: false });
    const subnetwork = { name: 'main', network: link('global/networks/main'), ipCidrRange: '10.0.0.0/24' };
    await post(`${compute}/regions/europe-west4/subnetworks`, subnetwork);
    await expect(remove(`${compute}/global/networks/main`)).rejects.toThrow(
      /already being used by .*subnetworks\/main/,
    );
    await expect(
      post(`${compute}/global/firewalls`, { name: 'f', network: link('global/networks/other') }),
    ).rejects.toThrow(/networks\/other does not exist/);

    const zones = `dns.googleapis.com/dns/v1/projects/${PROJECT}/managedZones`;
    await post(zones, { name: 'zone', dnsName: 'example.com.', description: '' });
    const record = { name: 'a.example.com.', type: 'A', ttl: 300, rrdatas: ['10.0.0.1'] };
    await post(`${zones}/zone/changes`, { additions: [record] });
    await expect(post(`${zones}/zone/changes`, { additions: [record] })).rejects.toThrow(/409/);
    await expect(remove(`${zones}/zone`)).rejects.toThrow(/not empty/);
    await post(`${zones}/zone/changes`, { deletions: [record] });
    await remove(`${zones}/zone`);

    const datasets = `bigquery.googleapis.com/bigquery/v2/projects/${PROJECT}/datasets`;
    await post(datasets, { datasetReference: { projectId: PROJECT, datasetId: 'd' } });
    const tableReference = { projectId: PROJECT, datasetId: 'd', tableId: 't' };
    await post(`${datasets}/d/tables`, { tableReference });
    await expect(remove(`${datasets}/d`)).rejects.toThrow(/still in use/);
    await remove(`${datasets}/d?deleteContents=true`);
    await expect(get(`${datasets}/d/tables/t`)).rejects.toThrow(/404/);
  });

  test('changes a policy for nobody who has not read it, and no grant takes effect at once', async () => {
    const trigger = (serviceAccount: string) =>
      post(`eventarc.googleapis.com/v1/${PLACE}/triggers?triggerId=t`, {
        name: `${PLACE}/triggers/t`,
        eventFilters: [{ attribute: 'type', value: 'google.cloud.audit.log.v1.written' }],
        destination: { workflow: `${PLACE}/workflows/w` },
        serviceAccount,
      });
    await post(`workflows.googleapis.com/v1/${PLACE}/workflows?workflowId=w`, { sourceContents: '{}' });
    await expect(trigger(emailOf('receiver'))).rejects.toThrow(/Service account receiver@.* does not exist/);
    const member = await account('receiver');
    await expect(trigger(emailOf('receiver'))).rejects.toThrow(/403.*roles\/workflows\.invoker/);
    await grant(member, 'roles/workflows.invoker');
    await grant(member, 'roles/eventarc.eventReceiver', 1);
    await expect(trigger(emailOf('receiver'))).rejects.toThrow(/403.*roles\/eventarc\.eventReceiver/);
    await policy();
    expect(await trigger(emailOf('receiver'))).toMatchObject({ done: true });

    await expect(post(`${project}:setIamPolicy`, { policy: { etag: 'old', bindings: [] } })).rejects.toThrow(
      /409.*ABORTED/,
    );
    const condition = { title: 'some', expression: 'true' };
    const bindings = [{ role: 'roles/viewer', members: [member], condition }];
    await expect(post(`${project}:setIamPolicy`, { policy: { bindings } })).rejects.toThrow(/set to version 3/);
    await expect(grant('serviceAccount:nobody@x.iam.gserviceaccount.com', 'roles/viewer')).rejects.toThrow(
      /does not exist/,
    );
    await expect(grant(member, `projects/${PROJECT}/roles/none`)).rejects.toThrow(/Role .* does not exist/);
  });

  test('gives an account of the same name nothing that the deleted one had', async () => {
    const member = await account('reborn');
    await grant(member, 'roles/logging.logWriter');
    await remove(`${iam}/serviceAccounts/${emailOf('reborn')}`);
    await account('reborn');
    const members = (await policy()).bindings?.find(({ role }) => role === 'roles/logging.logWriter')?.members;
    expect(members).toEqual([expect.stringMatching(/^deleted:serviceAccount:reborn@.*\?uid=\d+$/)]);
  });

  test('lets a table be in no bucket that its connection may not use', async () => {
    const connections = `bigqueryconnection.googleapis.com/v1/${PLACE}/connections`;
    await post(`${connections}?connectionId=lake`, { cloudResource: {} });
    const { cloudResource } = (await get(`${connections}/lake`)) as {
      readonly cloudResource: { serviceAccountId: string };
    };
    await post(`storage.googleapis.com/storage/v1/b?project=${PROJECT}`, { name: 'tables', location: 'europe-west4' });
    const datasets = `bigquery.googleapis.com/bigquery/v2/projects/${PROJECT}/datasets`;
    await post(datasets, { datasetReference: { projectId: PROJECT, datasetId: 'lake' } });
    const table = () =>
      post(`${datasets}/lake/tables`, {
        tableReference: { projectId: PROJECT, datasetId: 'lake', tableId: 't' },
        schema: { fields: [{ name: 'n', type: 'INT64' }] },
        biglakeConfiguration: {
          connectionId: `${PROJECT}.europe-west4.lake`,
          storageUri: 'gs://tables/t/',
          fileFormat: 'PARQUET',
          tableFormat: 'ICEBERG',
        },
      });
    await expect(table()).rejects.toThrow(/403.*does not have storage\.objects\.create access/);
    const members = [`serviceAccount:${cloudResource.serviceAccountId}`];
    const bindings = [{ role: 'roles/storage.objectUser', members }];
    await google.request('PUT', 'storage.googleapis.com/storage/v1/b/tables/iam', { bindings });
    for (const _ of [1, 2]) await get('storage.googleapis.com/storage/v1/b/tables/iam');
    expect(await table()).toMatchObject({ schema: { fields: [{ type: 'INTEGER' }] } });
  });

  test('tells no budget to a topic that it may not publish to', async () => {
    const budget = {
      notificationsRule: { pubsubTopic: `projects/${PROJECT}/topics/seen`, schemaVersion: '1.0' },
      amount: {},
    };
    await expect(
      post('billingbudgets.googleapis.com/v1/billingAccounts/01AB23-45CD67-89EF01/budgets', budget),
    ).rejects.toThrow(/billing-budget-alert@.* may not publish/);
  });

  test('makes no endpoint that records into nothing', async () => {
    const endpoint = (outputUri: string) =>
      post(`aiplatform.googleapis.com/v1/${PLACE}/endpoints?endpointId=1`, {
        displayName: 'e',
        predictRequestResponseLoggingConfig: { enabled: true, samplingRate: 1, bigqueryDestination: { outputUri } },
      });
    await expect(endpoint(`bq://${PROJECT}.none.requests`)).rejects.toThrow(/dataset .*none does not exist/);
  });

  test('keeps keys and what is in them, and encrypts with no version that is gone', async () => {
    const rings = `cloudkms.googleapis.com/v1/${PLACE}/keyRings`;
    await post(`${rings}?keyRingId=main`, {});
    await post(`${rings}/main/cryptoKeys?cryptoKeyId=data`, { purpose: 'ENCRYPT_DECRYPT' });
    await expect(post(`${rings}?keyRingId=main`, {})).rejects.toThrow(/409/);
    await expect(remove(`${rings}/main`)).rejects.toThrow(/400.*not deleted/);
    await post(`${rings}/main/cryptoKeys/data/cryptoKeyVersions/1:destroy`, {});
    const bucket = { name: 'closed', encryption: { defaultKmsKeyName: `${PLACE}/keyRings/main/cryptoKeys/data` } };
    await expect(post(`storage.googleapis.com/storage/v1/b?project=${PROJECT}`, bucket)).rejects.toThrow(
      /no version that encrypts/,
    );
  });

  test('keeps the id of a deleted role for 37 days, and gives it back within 7', async () => {
    const role = { roleId: 'kept', role: { title: 'kept', includedPermissions: ['storage.objects.get'] } };
    await post(`${iam}/roles`, role);
    await remove(`${iam}/roles/kept`);
    await expect(post(`${iam}/roles`, role)).rejects.toThrow(/in a deleted state/);
    await google.pass(6);
    await post(`${iam}/roles/kept:undelete`, {});
    await remove(`${iam}/roles/kept`);
    await google.pass(8);
    await expect(post(`${iam}/roles/kept:undelete`, {})).rejects.toThrow(/more than 7 days ago/);
    await google.pass(28);
    await expect(post(`${iam}/roles`, role)).rejects.toThrow(/in a deleted state/);
    await google.pass(2);
    await post(`${iam}/roles`, role);
  });
});
