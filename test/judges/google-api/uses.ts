import type { GoogleApis } from '../../support/google-apis';

/** Path of the API of a resource, after its host and version. */
const pathOf = (resource: string): string => resource.slice(resource.indexOf('/') + 1);

/** What a platform comes to hold while it is used, none of which Terraform made: an object in each bucket, what endpoints record. */
export async function fill(google: GoogleApis, made: readonly string[]): Promise<void> {
  for (const bucket of made.filter((one) => /^storage\/b\/[^/]+$/.test(one))) {
    const name = bucket.replace('storage/b/', '');
    const upload = `storage.googleapis.com/upload/storage/v1/b/${name}/o?uploadType=media&name=files%2Fsomething`;
    await google.request('POST', upload, 'something');
  }
  for (const dataset of made.filter((one) => /^bigquery\/projects\/[^/]+\/datasets\/\w+_captures_\w+$/.test(one))) {
    const [, projectId, , datasetId] = pathOf(dataset).split('/');
    await google.request('POST', `bigquery.googleapis.com/bigquery/v2/${pathOf(dataset)}/tables`, {
      tableReference: { projectId, datasetId, tableId: 'requests' },
      schema: { fields: [{ name: 'request', type: 'STRING' }] },
    });
  }
}

/** A model that serves on an endpoint, as a rollout leaves it; the way to take it away again. */
export async function serve(google: GoogleApis, endpoint: string): Promise<() => Promise<void>> {
  const address = `aiplatform.googleapis.com/v1/${pathOf(endpoint)}`;
  const [location] = /projects\/[^/]+\/locations\/[^/]+/.exec(endpoint) ?? [];
  await google.request('POST', `${address}:deployModel`, {
    deployedModel: {
      model: `${location}/models/fraud-detector@1`,
      dedicatedResources: { machineSpec: { machineType: 'n2-standard-4' }, minReplicaCount: 1 },
    },
  });
  const { deployedModels } = (await google.request('GET', address)) as {
    readonly deployedModels: readonly { readonly id: string }[];
  };
  return async () => {
    for (const { id } of deployedModels)
      await google.request('POST', `${address}:undeployModel`, { deployedModelId: id });
  };
}

/** `gcloud kms keys versions create --primary`, of every key that is there. */
export async function newVersions(google: GoogleApis, left: readonly string[]): Promise<void> {
  for (const key of left.filter((one) => /\/cryptoKeys\/[^/]+$/.test(one))) {
    const address = `cloudkms.googleapis.com/v1/${pathOf(key)}`;
    const { name } = (await google.request('POST', `${address}/cryptoKeyVersions`, {})) as { readonly name: string };
    await google.request('POST', `${address}:updatePrimaryVersion`, { cryptoKeyVersionId: name.split('/').at(-1) });
  }
}
