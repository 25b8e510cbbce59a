import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { describe, expect, it } from 'vitest';
import { apisOf, BOOTSTRAP_APIS, PLATFORM_APIS } from '../../../lib/gcp/services/apis';
import { ProjectServices } from '../../../lib/gcp/services/project-services';
import {
  AGENT_IDS,
  AGENTS_TO_MAKE,
  agentMember,
  encryptersOf,
  fillerOf,
  publishersOf,
  runnerOf,
  SERVICE_AGENTS,
  tableRow,
} from '../../../lib/gcp/services/service-agents';
import { gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';
import { MADE_TYPES } from '../../support/made-types';

describe('service agents', () => {
  it('are known by the number of the project', () => {
    expect(agentMember('pubsub', TARGET)).toBe(
      'serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com',
    );
    expect(agentMember('bigquery', TARGET)).toBe(
      'serviceAccount:bq-123456789012@bigquery-encryption.iam.gserviceaccount.com',
    );
  });

  it('encrypt with the keys of what their services keep', () => {
    expect(encryptersOf('data')).toEqual(['storage', 'bigquery']);
    expect(encryptersOf('artifacts')).toEqual(['storage', 'bigquery', 'aiplatform', 'artifactregistry', 'compute']);
    expect(encryptersOf('operations')).toEqual(['storage', 'pubsub', 'workflows', 'eventarc']);
  });

  it('publish alerts as Monitoring, and what was spent as one account for all of Google Cloud', () => {
    expect(publishersOf('alerts')).toEqual(['monitoring']);
    expect(publishersOf('spend')).toEqual(['budgets']);
    expect(agentMember('budgets', TARGET)).toBe('serviceAccount:billing-budget-alert@system.gserviceaccount.com');
  });

  it('record requests as Vertex AI', () => {
    expect(fillerOf('captures')).toEqual({ id: 'aiplatform', role: 'roles/bigquery.dataEditor' });
  });

  it('run containers that serve as Vertex AI', () => {
    expect(runnerOf('serving')).toEqual({ id: 'aiplatform', role: 'roles/iam.serviceAccountAdmin' });
  });

  it('work with a role of their own each, but for those that only encrypt or are of everybody', () => {
    const roles = AGENT_IDS.flatMap((id) => tableRow(id).role ?? []);
    expect(AGENT_IDS.filter((id) => tableRow(id).role === undefined)).toEqual(['storage', 'bigquery', 'budgets']);
    expect(new Set(roles).size).toBe(roles.length);
    for (const role of roles) expect(role).toMatch(/^roles\/[a-z]+\.(notificationS|s)erviceAgent$/);
  });

  it('are made where they are of one project, after their API is on', () => {
    expect(AGENT_IDS.filter((id) => !AGENTS_TO_MAKE.includes(id))).toEqual(['budgets']);
    for (const id of AGENT_IDS) expect(PLATFORM_APIS).toContain(SERVICE_AGENTS[id].api);
  });
});

describe('APIs', () => {
  it('are those of the longest prefix', () => {
    expect(apisOf('google_bigquery_dataset')).toEqual(['bigquery.googleapis.com']);
    expect(apisOf('google_bigquery_connection_iam_member')).toEqual(['bigqueryconnection.googleapis.com']);
    expect(apisOf('google_project_iam_custom_role')).toEqual(['iam.googleapis.com']);
    expect(apisOf('google_nothing')).toEqual([]);
  });

  it('are known of every resource that the library makes', () => {
    expect(MADE_TYPES.length).toBeGreaterThan(10);
    const others = MADE_TYPES.filter((type) => type !== 'google_project_service');
    expect(others.filter((type) => apisOf(type).length === 0)).toEqual([]);
  });

  it('that Terraform itself needs are among them', () => {
    for (const api of BOOTSTRAP_APIS) expect(PLATFORM_APIS).toContain(api);
  });
});

describe('ProjectServices', () => {
  it('stay on when the stack goes', () => {
    const stack = gcpStack();
    new ProjectServices(stack, 'Services', { target: TARGET });
    const services = Object.values(resourcesOf(stack, 'google_project_service'));
    expect(services.map(({ service }) => service).sort()).toEqual(PLATFORM_APIS);
    for (const service of services)
      expect(service).toMatchObject({
        project: 'fraud-prod',
        disable_on_destroy: false,
        disable_dependent_services: false,
      });
  });

  it('come before every resource of their stack, also those that were there first and those with an order of their own', () => {
    const stack = gcpStack();
    const topic = new PubsubTopic(stack, 'Topic', { name: 't' });
    new ProjectServices(stack, 'Services', { target: TARGET });
    new ProjectIamMember(stack, 'Member', { project: 'p', role: 'r', member: 'm', dependsOn: [topic] });
    const wait = (type: string) => (resourceOf(stack, type).depends_on ?? []).join();
    expect(wait('google_pubsub_topic')).toMatch(/^google_project_service\.\w*pubsubgoogleapiscom\w*$/);
    expect(wait('google_project_iam_member')).toMatch(
      /^google_pubsub_topic\.Topic,google_project_service\.\w*cloudresourcemanagergoogleapiscom\w*$/,
    );
  });

  it('order no resource of another stack, and none by an API that is not turned on here', () => {
    const stack = gcpStack();
    new ProjectServices(stack, 'Services', { target: TARGET, apis: ['storage.googleapis.com'] });
    new PubsubTopic(stack, 'Topic', { name: 't' });
    expect(resourceOf(stack, 'google_pubsub_topic').depends_on).toBeUndefined();
  });
});
