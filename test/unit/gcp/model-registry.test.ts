import { describe, expect, test } from 'vitest';
import { granteeOf } from '../../../lib/gcp/access/grantee';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { AUDITED_METHODS } from '../../../lib/gcp/model-registry/audited-methods';
import { ModelEvents } from '../../../lib/gcp/model-registry/model-events';
import { ModelRegistry } from '../../../lib/gcp/model-registry/model-registry';
import { MODEL_ROLES, ModelRoles } from '../../../lib/gcp/model-registry/model-roles';
import { Records } from '../../../lib/gcp/records/records';
import { ServingEndpoint } from '../../../lib/gcp/serving-endpoint/serving-endpoint';
import { ImageRepository } from '../../../lib/gcp/training-cluster/image-repository';
import { PlatformNames } from '../../../lib/plan/names';
import type { ModelSpec } from '../../../lib/spec/model';
import { SpecError } from '../../../lib/spec/problem';
import { bindingsOf, documentOf, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';

const names = new PlatformNames('fraud', 'prod');
const attributes = { target: TARGET, names, model: 'detector' };

function registry(approval: ModelSpec['registry']['approval'] = 'manual', rollout?: string) {
  const stack = gcpStack();
  const alerts = new AlertChannel(stack, 'Alerts', {
    target: TARGET,
    platform: 'fraud-prod',
    email: ['a@example.com'],
  });
  const made = new ModelRegistry(stack, 'Registry', {
    ...attributes,
    alerts,
    approval,
    records: Records.fromName('records'),
    ...(rollout === undefined ? {} : { rollout }),
  });
  return { stack, made };
}

describe('ModelRegistry', () => {
  test('is known by the name of the plan, though no resource makes it', () => {
    const { made } = registry();
    expect(made.modelId).toBe('projects/fraud-prod/locations/europe-west4/models/fraud-prod-detector');
    expect(made.modelName).toBe('fraud-prod-detector');
  });

  test('tells of registered, approved and rejected versions, and of approvals that failed where a machine approves', () => {
    expect(Object.keys(registry().made.announcements)).toEqual([
      'detector-registered',
      'detector-approved',
      'detector-rejected',
    ]);
    const { stack, made } = registry('automatic');
    expect(Object.keys(made.announcements)).toContain('detector-approval-failed');
    const policies = Object.values(resourcesOf(stack, 'google_monitoring_alert_policy'));
    expect(policies).toHaveLength(4);
    expect(JSON.stringify(policies)).toContain('jsonPayload.signal=\\"detector-approved\\"');
  });

  test.each([
    ['read', 'fraud_prod_read_models'],
    ['register', 'fraud_prod_register_models'],
    ['approve', 'fraud_prod_approve_models'],
  ] as const)('grants %s by just its permissions', (verb, role) => {
    const { stack, made } = registry();
    const group = granteeOf(stack, 'group:risk-ml@example.com');
    made.grants[verb](group);
    made.grantors.model(verb, 'detector', group);
    expect(bindingsOf(stack)).toEqual([`projects/fraud-prod/roles/${role} to group:risk-ml@example.com on fraud-prod`]);
    expect(resourcesOf(stack, 'google_project_iam_custom_role')).not.toEqual({});
  });

  test('is of a model that a spec could have', () => {
    const attempt = () => ModelRegistry.fromNames(gcpStack(), 'Registry', { ...attributes, model: 'My Model' });
    expect(attempt).toThrow(/Test\/Registry[\s\S]*model[\s\S]*My Model/);
    expect(attempt).toThrow(SpecError);
  });

  test('grants nothing on another model', () => {
    const { stack, made } = registry();
    expect(() => made.grantors.model('read', 'other', granteeOf(stack, 'user:a@example.com'))).toThrow(
      /cannot grant 'read' on other/,
    );
  });

  test('of another stack makes nothing, and grants roles that are there', () => {
    const stack = gcpStack();
    const entry = ModelRegistry.fromNames(stack, 'Registry', attributes);
    entry.grants.read(granteeOf(stack, 'user:a@example.com'));
    expect(Object.keys(resourcesOf(stack))).toEqual([expect.stringMatching(/^google_project_iam_member\./)]);
  });
});

describe('ModelRoles', () => {
  test('are made before they are given, and hold no permission to set policies', () => {
    const stack = gcpStack();
    new ModelRoles(stack, 'Roles', attributes).grant('deploy-models', granteeOf(stack, 'user:a@example.com'));
    expect(resourceOf(stack, 'google_project_iam_member').depends_on).toEqual([
      expect.stringMatching(/^google_project_iam_custom_role\.Roles_deploy-models/),
    ]);
    expect(
      Object.values(MODEL_ROLES)
        .flat()
        .filter((permission) => /setIamPolicy|\*|endpoints\.(create|delete)/.test(permission)),
    ).toEqual([]);
  });
});

describe('roles that nobody gave', () => {
  function standalone(also: PlatformNames[] = []) {
    const stack = gcpStack();
    const alerts = new AlertChannel(stack, 'Alerts', { target: TARGET, platform: 'fraud-prod' });
    const records = Records.fromName('records');
    const encryptionKey = keyFromId('projects/p/locations/l/keyRings/r/cryptoKeys/operations');
    const common = { target: TARGET, names, alerts, records };
    const detector = new ModelRegistry(stack, 'Detector', { ...common, model: 'detector' });
    new ModelRegistry(stack, 'Scorer', { ...common, model: 'scorer' });
    new ServingEndpoint(stack, 'Endpoint', {
      target: TARGET,
      names,
      registry: detector,
      repository: ImageRepository.fromNames({ target: TARGET, names }),
      artifacts: ArtifactStore.fromName('artifacts'),
      records,
      encryptionKey,
      serving: { gcp: { access: 'public' } },
    });
    new ModelEvents(stack, 'Events', { ...common, encryptionKey });
    for (const [at, others] of also.entries())
      new ModelRegistry(stack, `Other${at}`, { ...common, names: others, model: 'other' });
    return Object.values(resourcesOf(stack, 'google_project_iam_custom_role')).map(({ role_id }) => role_id);
  }

  test('are made once in a stack', () => {
    const ids = standalone();
    expect(ids).toHaveLength(Object.keys(MODEL_ROLES).length);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('are others for other names, and for a later generation of them', () => {
    const ids = standalone([
      new PlatformNames('fraud', 'dev'),
      new PlatformNames('fraud', 'prod', { roleGeneration: 2 }),
    ]);
    expect(ids).toHaveLength(3 * Object.keys(MODEL_ROLES).length);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('what a model says to those that hear of it', () => {
  const facts = (stack: ReturnType<typeof registry>['stack']) => {
    const { name, content } = resourceOf(stack, 'google_storage_bucket_object');
    return { name, content: JSON.parse(String(content)) };
  };

  test('is how it is approved, and what rolls it out', () => {
    expect(facts(registry('automatic', 'projects/p/locations/l/workflows/w').stack)).toEqual({
      name: 'registry/fraud-prod-detector',
      content: { model: 'detector', approval: 'automatic', rollout: 'projects/p/locations/l/workflows/w' },
    });
    expect(facts(registry().stack).content).toEqual({ model: 'detector', approval: 'manual' });
  });
});

describe('ModelEvents', () => {
  function events(props: { channelConfig?: boolean } = {}) {
    const stack = gcpStack();
    const alerts = new AlertChannel(stack, 'Alerts', { target: TARGET, platform: 'fraud-prod' });
    new ModelEvents(stack, 'Events', {
      target: TARGET,
      names,
      alerts,
      records: Records.fromName('records'),
      encryptionKey: keyFromId('projects/p/locations/l/keyRings/r/cryptoKeys/operations'),
      roles: ModelRoles.fromNames({ target: TARGET, names }),
      ...props,
    });
    return stack;
  }
  const stack = events();

  test('listens once for every way in which a version is registered or labelled', () => {
    const triggers = Object.values(resourcesOf(stack, 'google_eventarc_trigger'));
    const criteria = triggers.map(({ matching_criteria }) =>
      Object.fromEntries(
        (matching_criteria as { attribute: string; value: string }[]).map(({ attribute, value }) => [attribute, value]),
      ),
    );
    expect(criteria.map(({ methodName }) => methodName).sort()).toEqual(Object.values(AUDITED_METHODS).sort());
    expect(criteria).toHaveLength(6);
    for (const one of criteria)
      expect(one).toMatchObject({
        type: 'google.cloud.audit.log.v1.written',
        serviceName: 'aiplatform.googleapis.com',
      });
    expect(new Set(triggers.map(({ name }) => name)).size).toBe(6);
  });

  test('acts as an identity of its own, which is allowed to before any trigger is made', () => {
    expect(bindingsOf(stack).filter((line) => /eventarc|invoker/.test(line))).toEqual([
      expect.stringMatching(/^roles\/eventarc.eventReceiver to /),
      expect.stringMatching(/^roles\/workflows.invoker to /),
      expect.stringMatching(/^roles\/workflows.invoker to /),
    ]);
    for (const trigger of Object.values(resourcesOf(stack, 'google_eventarc_trigger')))
      expect(trigger.depends_on).toEqual(
        expect.arrayContaining([
          expect.stringContaining('google_project_iam_member.Events_Trigger_Project-eventarc'),
          expect.stringContaining('google_project_iam_audit_config.'),
        ]),
      );
  });

  test('puts writes on record, and no predictions', () => {
    expect(resourceOf(stack, 'google_project_iam_audit_config')).toMatchObject({
      service: 'aiplatform.googleapis.com',
      audit_log_config: [{ log_type: 'DATA_WRITE' }],
    });
  });

  test('encrypts events on their way before it listens, unless somebody else does', () => {
    expect(resourceOf(stack, 'google_eventarc_google_channel_config')).toMatchObject({
      name: 'projects/fraud-prod/locations/europe-west4/googleChannelConfig',
      location: 'europe-west4',
      crypto_key_name: 'projects/p/locations/l/keyRings/r/cryptoKeys/operations',
    });
    for (const trigger of Object.values(resourcesOf(stack, 'google_eventarc_trigger')))
      expect(trigger.depends_on).toEqual(
        expect.arrayContaining([expect.stringContaining('google_eventarc_google_channel_config.')]),
      );
    const without = events({ channelConfig: false });
    expect(resourcesOf(without, 'google_eventarc_google_channel_config')).toEqual({});
    expect(JSON.stringify(documentOf(without))).not.toContain('google_channel_config');
  });

  test('knows no model: what each wants it reads, so that models come and go without it', () => {
    const source = JSON.stringify(documentOf(stack));
    expect(source).toContain('registry/');
    expect(source).not.toContain('detector');
  });
});
