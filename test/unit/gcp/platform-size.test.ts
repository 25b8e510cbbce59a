import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { App, TerraformResource } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { roleCommands } from '../../../lib/gcp/bootstrap/agent-steps';
import { MlopsPlatform } from '../../../lib/gcp/platform/mlops-platform';
import { AGENTS_TO_MAKE } from '../../../lib/gcp/services/service-agents';
import { loadPlatformSpec } from '../../../lib/plan/load';
import type { PlatformSpec } from '../../../lib/spec/platform';
import { SpecError } from '../../../lib/spec/problem';
import { exampleSpec } from '../../support/example-files';
import { GCP_EXAMPLES, synthGcpPlatform } from '../../support/examples-gcp';
import { datasets } from '../../support/many-datasets';
import { resourcesOf } from '../../support/terraform-stacks';
import { workflowProblems } from '../../support/workflows-check';

/** Models that may serve as an account of their own, in one project. */
const MOST_OWN = 20;

/** A platform with everything, of some size. */
function sized(models: number, tables: number): PlatformSpec {
  const all = datasets(tables, ['raw', 'curated']);
  return loadPlatformSpec({
    name: 'fraud',
    owner: 'a@example.com',
    gcp: {
      project: 'fraud-ml',
      projectNumber: 123456789012,
      region: 'europe-west4',
      billingAccount: '01AB23-45CD67-89EF01',
    },
    alerts: {
      email: ['a@example.com'],
      webhooks: { pager: { url: 'https://events.pager.example.com/v2/enqueue', secret: 'pager' } },
    },
    governance: { budget: { monthly: '100 USD' } },
    dataLake: { zones: { raw: {}, curated: {} }, datasets: all },
    training: { cluster: { kind: 'batch' }, reads: Object.keys(all) },
    models: Object.fromEntries(
      Array.from({ length: models }, (_, i) => [
        `model-with-a-rather-long-name-${i}`,
        {
          registry: { approval: i % 2 === 0 ? 'automatic' : 'manual' },
          serving: {
            ...(i % 3 === 0 ? { capture: {}, rollout: { strategy: 'linear', step: '10%' } } : {}),
            gcp: { serviceAccount: i < MOST_OWN ? 'own' : 'vertex-ai' },
          },
        },
      ]),
    ),
  });
}

/** Source: Workflows documentation, "Quotas and limits" and "Use environment variables". */
const MOST_VARIABLES = 20;
const LONGEST_VARIABLE = 4 * 1024;
const LONGEST_DESCRIPTION = 1000;

/** What Workflows would refuse in the workflows of a platform, and how many there are. */
function workflowsOf(spec: PlatformSpec) {
  const workflows = synthGcpPlatform(spec).stacks.flatMap((stack) =>
    resourcesOf(stack).filter(({ type }) => type === 'google_workflows_workflow'),
  );
  const problems = workflows.flatMap(({ body }) => {
    const variables = Object.entries((body.user_env_vars ?? {}) as Readonly<Record<string, string>>);
    return [
      ...workflowProblems(JSON.parse(asDeployed(String(body.source_contents)))),
      ...(variables.length > MOST_VARIABLES ? [`${variables.length} variables`] : []),
      ...variables.filter(([, value]) => value.length > LONGEST_VARIABLE).map(([name]) => `${name} is too long`),
      ...(String(body.description).length > LONGEST_DESCRIPTION ? ['the description is too long'] : []),
    ].map((problem) => `${body.name}: ${problem}`);
  });
  return { count: workflows.length, problems };
}

/** A text of a template as Terraform hands it on. Nothing else in it may be a template of Terraform's. */
function asDeployed(text: string): string {
  const templates = text.match(/(?<!\$)(?:\$\$)*\$\{|(?<!%)(?:%%)*%\{/g)?.filter((one) => one.length % 2 === 0) ?? [];
  if (templates.length > 0) throw new Error(`Terraform would read ${templates.length} templates in a workflow`);
  return text.replaceAll('$${', () => '${').replaceAll('%%{', () => '%{');
}

describe('generated workflows', () => {
  it.each(GCP_EXAMPLES)('of $title are what Workflows takes', (example) => {
    const { count, problems } = workflowsOf(exampleSpec(example));
    expect(problems).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(example.title.startsWith('minimal') ? 0 : 6);
  });

  it('of thirty models and thirty datasets are too', () => {
    const { count, problems } = workflowsOf(sized(30, 30));
    expect(problems).toEqual([]);
    expect(count).toBe(30 + 'relay spend-watch launcher model-events retire sweep scorecard'.split(' ').length);
  });
});

describe('a platform that no project holds', () => {
  it('is refused once it is synthesised', () => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'crowded-')) });
    const { foundation, node } = new MlopsPlatform(app, 'Platform', { spec: sized(1, 1) });
    // What `synth` asks once all stacks are written.
    const refused = () => app.node.validate();
    const project = 'fraud-ml';
    const there = (type: string) =>
      node.findAll().filter((one) => TerraformResource.isTerraformResource(one) && one.terraformResourceType === type)
        .length;
    const grant = (id: string | number) =>
      new ProjectIamMember(foundation, `Grant${id}`, { project, role: 'roles/viewer', member: 'user:a@example.com' });
    const policy = (id: string | number) =>
      new MonitoringAlertPolicy(foundation, `Policy${id}`, {
        project,
        displayName: 'p',
        combiner: 'OR',
        conditions: [],
      });

    const ofAgents = AGENTS_TO_MAKE.flatMap((id) => roleCommands(id, { project, projectNumber: 123456789012 })).length;
    for (let index = there('google_project_iam_member') + ofAgents; index < 1500; index++) grant(index);
    for (let index = there('google_monitoring_alert_policy'); index < 2000; index++) policy(index);
    expect(refused()).toEqual([]);
    grant('more');
    expect(refused).toThrow(SpecError);
    expect(refused).toThrow(
      /^1 problem .*Platform models: need more grants on the project itself .*received: 1501 for 1 models/s,
    );
    policy('more');
    expect(refused).toThrow(/^2 problems .*models: need more alert policies .*received: 2001 .*allowed: {2}2000$/ms);
    rmSync(app.outdir, { recursive: true });
  });
});

describe('a platform of a hundred models', () => {
  it('is synthesised, each in a stack of its own', () => {
    const { stacks } = synthGcpPlatform(sized(100, 3));
    expect(stacks.filter(({ name }) => name.includes('-model-'))).toHaveLength(100);
  });
});
