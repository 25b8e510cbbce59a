import { describe, expect, test } from 'vitest';
import { granteeOf } from '../../../lib/gcp/access/grantee';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { ModelRegistry } from '../../../lib/gcp/model-registry/model-registry';
import { Network } from '../../../lib/gcp/network/network';
import { Records } from '../../../lib/gcp/records/records';
import { endpointNames } from '../../../lib/gcp/serving-endpoint/endpoint-names';
import type { ServingFacts } from '../../../lib/gcp/serving-endpoint/records';
import { ServingEndpoint } from '../../../lib/gcp/serving-endpoint/serving-endpoint';
import { type HostingSettings, servedName, servedPattern } from '../../../lib/gcp/serving-endpoint/workflow/deployment';
import { PlatformNames } from '../../../lib/plan/names';
import {
  CANARY,
  documentOfStack,
  ENDPOINT,
  LINEAR,
  PRIVATE,
  RECORDS,
  rolloutDocument,
  type ServingProps,
  servingStack,
} from '../../judges/gcp-rollout-world';
import { bindingsOf, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';
import { dependencies } from '../../support/terraform-expressions';
import { workflowProblems } from '../../support/workflows-check';

const endpointOf = (props: ServingProps) => resourceOf(servingStack(props).stack, 'google_vertex_ai_endpoint');

describe('the endpoint', () => {
  test('is called by a number that never changes', () => {
    expect(endpointOf(PRIVATE)).toMatchObject({
      name: '421754948',
      display_name: 'fraud-prod-detector',
      location: 'europe-west4',
      region: 'europe-west4',
      labels: { 'mlops-platform': 'fraud-prod', 'mlops-model': 'detector', 'mlops-endpoint': 'fraud-prod-detector' },
      encryption_spec: { kms_key_name: expect.stringContaining('cryptoKeys/artifacts') },
    });
    const names = endpointNames(TARGET, new PlatformNames('fraud', 'prod'), 'detector');
    expect(names).toEqual({
      endpointName: '421754948',
      endpointId: 'projects/fraud-prod/locations/europe-west4/endpoints/421754948',
      displayName: 'fraud-prod-detector',
      workflowName: 'fraud-prod-rollout-detector',
      workflowId: 'projects/fraud-prod/locations/europe-west4/workflows/fraud-prod-rollout-detector',
      addressName: 'fraud-prod-serving-detector',
      forwardingRuleName: 'fraud-prod-serving-detector',
    });
  });

  test('is reached from the network alone unless the spec says otherwise', () => {
    expect(endpointOf(PRIVATE)).toMatchObject({
      private_service_connect_config: { enable_private_service_connect: true, project_allowlist: ['fraud-prod'] },
    });
    expect(endpointOf(PRIVATE)).not.toHaveProperty('dedicated_endpoint_enabled');
    expect(endpointOf(CANARY)).toMatchObject({ dedicated_endpoint_enabled: true });
    expect(endpointOf(CANARY)).not.toHaveProperty('private_service_connect_config');
  });

  test('leaves traffic to the rollout', () => {
    expect(endpointOf(CANARY).lifecycle).toEqual({ ignore_changes: ['traffic_split'] });
    expect(endpointOf(CANARY)).not.toHaveProperty('traffic_split');
  });

  test('has an address in the network where it is private', () => {
    expect(resourceOf(servingStack(PRIVATE).stack, 'google_compute_address')).toMatchObject({
      name: 'fraud-prod-serving-detector',
      subnetwork: 'projects/fraud-prod/regions/europe-west4/subnetworks/fraud-prod',
      address_type: 'INTERNAL',
      purpose: 'GCE_ENDPOINT',
    });
    expect(resourcesOf(servingStack(CANARY).stack, 'google_compute_address')).toEqual({});
  });

  test('records requests from its making on, in a dataset of its own, once Vertex AI may write there', () => {
    const { stack } = servingStack({ serving: { capture: { sampling: '20%' } } });
    const endpoint = resourceOf(stack, 'google_vertex_ai_endpoint');
    expect(endpoint.predict_request_response_logging_config).toEqual({
      enabled: true,
      sampling_rate: 0.2,
      bigquery_destination: { output_uri: 'bq://fraud-prod.fraud_prod_captures_detector.requests' },
    });
    expect(endpoint.depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^google_bigquery_dataset\./),
        expect.stringMatching(/^google_bigquery_dataset_iam_member\./),
      ]),
    );
    expect(resourceOf(stack, 'google_bigquery_dataset')).toMatchObject({
      dataset_id: 'fraud_prod_captures_detector',
      location: 'europe-west4',
      default_encryption_configuration: { kms_key_name: expect.stringContaining('artifacts') },
      access: [{ role: 'OWNER', special_group: 'projectOwners' }],
      delete_contents_on_destroy: false,
      lifecycle: { prevent_destroy: true, ignore_changes: ['access'] },
    });
    expect(resourceOf(stack, 'google_bigquery_dataset_iam_member')).toMatchObject({
      role: 'roles/bigquery.dataEditor',
      member: 'serviceAccount:service-123456789012@gcp-sa-aiplatform.iam.gserviceaccount.com',
    });
    expect(resourcesOf(servingStack(PRIVATE).stack, 'google_bigquery_dataset')).toEqual({});
  });

  test('publishes its facts when everything is there', () => {
    const { stack } = servingStack(PRIVATE);
    const facts = resourceOf(stack, 'google_storage_bucket_object');
    expect(facts).toMatchObject({ bucket: RECORDS, name: 'models/detector/serving', content_type: 'application/json' });
    expect(JSON.parse(String(facts.content)) as ServingFacts).toEqual({
      model: 'detector',
      endpoint: ENDPOINT.endpointId,
      displayName: 'fraud-prod-detector',
      modelId: 'projects/fraud-prod/locations/europe-west4/models/fraud-prod-detector',
      workflow: ENDPOINT.workflowId,
      champion: 'models/detector/champion',
      lock: 'endpoints/fraud-prod-detector',
      access: 'private',
      address: 'fraud-prod-serving-detector',
      forwardingRule: 'fraud-prod-serving-detector',
    });
    expect(facts.depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^google_vertex_ai_endpoint\./),
        expect.stringMatching(/^google_workflows_workflow\./),
        expect.stringMatching(/^google_compute_address\./),
      ]),
    );
    expect(resourceOf(stack, 'google_workflows_workflow').depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/^google_service_account_iam_member\./)]),
    );
  });
});

describe('its identities', () => {
  test('may do what the plan says, and no more', () => {
    const bindings = bindingsOf(servingStack(PRIVATE).stack).map((line) =>
      line
        .replaceAll(/\$\{google_service_account\.Serving_Rollout\w*\.\w+\}/g, '<Rollout>')
        .replaceAll(/\$\{google_service_account\.Serving_Account\w*\.\w+\}/g, '<Serving>')
        .replaceAll(/projects\/fraud-prod\/serviceAccounts\/fraud-prod-serving-detector@\S+/g, '<Serving>'),
    );
    const role = (name: string) => `projects/fraud-prod/roles/fraud_prod_${name}`;
    const records = `on ${RECORDS}`;
    expect(bindings.sort()).toEqual(
      [
        'roles/logging.logWriter to <Serving> on fraud-prod',
        'roles/monitoring.metricWriter to <Serving> on fraud-prod',
        'roles/iam.serviceAccountUser to <Rollout> on <Serving>',
        'roles/iam.serviceAccountAdmin to serviceAccount:service-123456789012@gcp-sa-aiplatform.iam.gserviceaccount.com on <Serving>',
        'roles/logging.logWriter to <Rollout> on fraud-prod',
        `${role('read_models')} to <Rollout> on fraud-prod`,
        `${role('deploy_models')} to <Rollout> on fraud-prod`,
        `${role('watch_endpoints')} to <Rollout> on fraud-prod`,
        `roles/storage.objectUser to <Rollout> ${records} (write locks/endpoints/fraud-prod-detector and 1 more)`,
        `roles/storage.objectViewer to <Rollout> ${records} (read models/detector/champion and 1 more)`,
      ].sort(),
    );
  });

  test('are there before what deploys as them', () => {
    const { stack, endpoint } = servingStack(PRIVATE);
    const before = dependencies({ name: 'serving', json: stack.toTerraform() }).get(
      `google_workflows_workflow.${endpoint.rollout.workflow.resource.friendlyUniqueId}`,
    );
    for (const resource of [endpoint.workload?.serviceAccount, endpoint.runner])
      expect(before).toContain(`${resource?.terraformResourceType}.${resource?.friendlyUniqueId}`);
  });

  test('are one less where containers run as an account of Vertex AI', () => {
    const { stack, endpoint } = servingStack({ serving: { gcp: { serviceAccount: 'vertex-ai' } } });
    expect([endpoint.workload, endpoint.runner]).toEqual([undefined, undefined]);
    expect(Object.values(resourcesOf(stack, 'google_service_account')).map(({ account_id }) => account_id)).toEqual([
      'fraud-prod-rollout-detector',
    ]);
    expect(resourcesOf(stack, 'google_service_account_iam_member')).toEqual({});
    expect(bindingsOf(stack).filter((line) => !line.includes('Serving_Rollout'))).toEqual([]);
    expect(JSON.stringify(documentOfStack(stack))).not.toMatch(/"serviceAccount"|fraud-prod-serving-detector@/);
  });

  test('are tokens nowhere: the workflow knows its account by computing it', () => {
    expect(JSON.stringify(rolloutDocument(PRIVATE))).toContain(
      'fraud-prod-serving-detector@fraud-prod.iam.gserviceaccount.com',
    );
    expect(JSON.stringify(rolloutDocument(PRIVATE))).not.toContain('TfToken');
  });

  test('others may ask it', () => {
    const { stack, endpoint } = servingStack();
    endpoint.grants.invoke(granteeOf(stack, 'group:apps@example.com'));
    expect(bindingsOf(stack)).toContain(
      'projects/fraud-prod/roles/fraud_prod_ask_endpoints to group:apps@example.com on fraud-prod',
    );
  });

  test('nobody gets more of it than there is', () => {
    const { stack, endpoint } = servingStack();
    const to = granteeOf(stack, 'group:apps@example.com');
    expect(() => endpoint.grantors.endpoint('deploy', 'another', to)).toThrow(/grants nothing on another/);
    expect(() => endpoint.grantors.endpoint('retire', 'fraud-prod-detector', to)).toThrow(
      /that is for all of a platform/,
    );
  });

  test('an endpoint of another stack is found by its names', () => {
    const stack = gcpStack();
    const found = ServingEndpoint.fromNames(stack, 'Serving', {
      target: TARGET,
      names: new PlatformNames('fraud', 'prod'),
      model: 'detector',
    });
    found.grants.invoke(granteeOf(stack, 'group:apps@example.com'));
    expect(found.endpointId).toBe(ENDPOINT.endpointId);
    expect(Object.keys(resourcesOf(stack))).toHaveLength(1);
  });
});

describe('its workflow', () => {
  test.each([CANARY, LINEAR, PRIVATE])('is what Workflows takes: %j', (props) => {
    expect(workflowProblems(rolloutDocument(props))).toEqual([]);
  });

  test('has room for the longest names', () => {
    const target = {
      project: 'p'.repeat(30),
      projectNumber: 1234567890123,
      region: 'northamerica-northeast1',
    } as const;
    const names = new PlatformNames('a'.repeat(30), 'b'.repeat(20));
    const stack = gcpStack();
    const model = 'm'.repeat(40);
    new ServingEndpoint(stack, 'Serving', {
      target,
      names,
      registry: ModelRegistry.fromNames(stack, 'Registry', { target, names, model }),
      network: Network.fromNames({
        project: 'q'.repeat(30),
        region: target.region,
        networkName: 'n'.repeat(63),
        subnetworkName: 's'.repeat(63),
      }),
      repository: { grantors: { repository: () => {} } },
      artifacts: { grantors: { prefix: () => {} } },
      records: Records.fromName('r'.repeat(63)),
      encryptionKey: keyFromId('key'),
    });
    expect(workflowProblems(documentOfStack(stack))).toEqual([]);
  });

  test('is told of when it ends without saying how', () => {
    const policies = Object.values(resourcesOf(servingStack().stack, 'google_monitoring_alert_policy'));
    expect(policies).toHaveLength(1);
    const conditions = (policies[0]?.conditions ?? []) as { condition_matched_log: { filter: string } }[];
    expect(conditions.map((one) => one.condition_matched_log.filter)).toEqual([
      `resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="${ENDPOINT.workflowName}" AND log_id("workflows.googleapis.com/executions_system") AND jsonPayload.state=("FAILED" OR "CANCELLED")`,
    ]);
  });

  test('another document for other settings, the same one for the same', () => {
    expect(rolloutDocument(CANARY)).not.toEqual(rolloutDocument(LINEAR));
    expect(JSON.stringify(servingStack().stack.toTerraform())).toBe(JSON.stringify(servingStack().stack.toTerraform()));
  });

  test('names of what it deploys tell settings apart, and others from its own', () => {
    const settings = {
      machineSpec: { machineType: 'n2-standard-4' },
      replicas: { min: 2, max: 4 },
      requestsPerReplica: 600,
      serviceAccount: 'a@b',
    };
    const name = (more: Partial<HostingSettings>) => servedName('fraud', { ...settings, ...more });
    const { serviceAccount: _, ...asVertexAi } = settings;
    expect(name({})).toBe(name({}));
    expect(
      new Set([
        name({}),
        name({ requestsPerReplica: 1 }),
        name({ serviceAccount: 'c@d' }),
        servedName('fraud', asVertexAi),
        name({ replicas: { min: 1, max: 4 } }),
        name({ capture: { sampling: 10 } }),
        name({ capture: { sampling: 20 } }),
      ]).size,
    ).toBe(7);
    const pattern = new RegExp(servedPattern('fraud'));
    expect(pattern.test('fraud-12-0a1b2c3d')).toBe(true);
    expect(pattern.test('fraud-prod-12-0a1b2c3d')).toBe(false);
    expect(pattern.test('fraud-notes')).toBe(false);
  });
});

describe('refuses', () => {
  test('a private endpoint without a network', () => {
    const { endpoint } = servingStack();
    expect(endpoint.access).toBe('public');
    expect(() => servingStack({ serving: {}, network: undefined } as never)).toThrow(
      /there is none. Give one, or set serving.gcp.access to public/,
    );
  });

  test.each<[ServingProps, RegExp]>([
    [{ serving: { replicas: { min: 4, max: 2 } } }, /serving\.replicas\.max/],
    [{ serving: { accelerator: { type: 'trainium1' } } }, /serving\.accelerator/],
    [{ serving: { rollout: { strategy: 'canary', bake: '1 minute' } } }, /bake/],
  ])('%j', (props, what) => {
    expect(() => servingStack(props)).toThrow(what);
  });

  test('no canary of one machine: a part of its traffic is not a part of it', () => {
    for (const strategy of ['canary', 'linear'] as const) {
      const serving = { replicas: { min: 1 }, rollout: { strategy, bake: '10 minutes' } };
      expect(servingStack({ serving }).endpoint.plan.serving.replicas.min).toBe(1);
    }
  });
});
