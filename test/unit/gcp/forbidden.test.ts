import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ComposerEnvironment } from '@cdktf/provider-google/lib/composer-environment';
import { ComputeInstance } from '@cdktf/provider-google/lib/compute-instance';
import { NotebooksInstance } from '@cdktf/provider-google/lib/notebooks-instance';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { VertexAiEndpoint } from '@cdktf/provider-google/lib/vertex-ai-endpoint';
import { VertexAiFeatureOnlineStore } from '@cdktf/provider-google/lib/vertex-ai-feature-online-store';
import { LocalBackend, TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { FORBIDDEN } from '../../../lib/gcp/forbidden/forbidden-table';
import * as gcp from '../../../lib/gcp/index';
import { keyFromId } from '../../../lib/gcp/keys/encryption-key';
import { PlatformNames } from '../../../lib/plan/names';
import { TARGET } from '../../support/gcp-synth';

const KEY = keyFromId('projects/fraud-prod/locations/europe-west4/keyRings/k/cryptoKeys/k');
const NAMES = new PlatformNames('fraud', 'prod');
const place = { target: TARGET, names: NAMES };

/** Constructs that need none of the others, each in a stack of a user's own. */
const ALONE: Readonly<Record<string, (stack: TerraformStack) => Construct>> = {
  AlertChannel: (stack) => new gcp.AlertChannel(stack, 'It', { target: TARGET, platform: 'fraud-prod' }),
  Alerts: (stack) => new gcp.Alerts(stack, 'It', { ...place, encryptionKey: KEY }),
  ArtifactStore: (stack) =>
    new gcp.ArtifactStore(stack, 'It', { target: TARGET, bucketName: 'artifacts', encryptionKey: KEY }),
  AuditLogs: (stack) => new gcp.AuditLogs(stack, 'It', { target: TARGET }),
  CustomerKey: (stack) => new gcp.CustomerKey(stack, 'It', { target: TARGET, keyRingName: 'k', agents: [] }),
  DataLake: (stack) => new gcp.DataLake(stack, 'It', { ...place, zones: { raw: {} }, encryptionKey: KEY }),
  ImageRepository: (stack) => new gcp.ImageRepository(stack, 'It', { ...place, encryptionKey: KEY }),
  Keys: (stack) => new gcp.Keys(stack, 'It', { target: TARGET, keyRingName: 'k' }),
  ModelRoles: (stack) => new gcp.ModelRoles(stack, 'It', place),
  Network: (stack) => new gcp.Network(stack, 'It', { target: TARGET, name: 'n' }),
  ProjectServices: (stack) => new gcp.ProjectServices(stack, 'It', { target: TARGET }),
  Records: (stack) => new gcp.Records(stack, 'It', { target: TARGET, bucketName: 'records', encryptionKey: KEY }),
  Workflow: (stack) =>
    new gcp.Workflow(stack, 'It', {
      target: TARGET,
      name: 'w',
      description: 'Does nothing',
      source: { main: { steps: [{ end: { return: 1 } }] } },
      accountId: 'workflow',
      access: [],
      grantors: {},
      encryptionKey: KEY,
    }),
  Workload: (stack) =>
    new gcp.Workload(stack, 'It', {
      target: TARGET,
      accountId: 'workload',
      access: [],
      grantors: {},
      description: 'x',
    }),
};

/** Those that take one of these, or make one. */
const WITH_OTHERS = [
  'AlertPolicy',
  'Budget',
  'DriftMonitor',
  'MlopsPlatform',
  'ModelEvents',
  'ModelRegistry',
  'Monitoring',
  'Operations',
  'PipelineStart',
  'ServingEndpoint',
  'SnapshotCollector',
  'TrainingCluster',
  'TrainingPipeline',
];

/** What refers to others' and makes none itself. */
const ELSEWHERE: Readonly<Record<string, (stack: TerraformStack) => unknown>> = {
  'a lake': (stack) => gcp.DataLake.fromNames(stack, 'It', { ...place, zones: ['raw'] }),
  'a registry': (stack) => gcp.ModelRegistry.fromNames(stack, 'It', { ...place, model: 'm' }),
  'an endpoint': (stack) => gcp.ServingEndpoint.fromNames(stack, 'It', { ...place, model: 'm' }),
  'a grantee': (stack) => gcp.granteeOf(stack, 'group:analysts@example.com'),
};

const book = (stack: TerraformStack) =>
  new NotebooksInstance(stack, 'Book', { name: 'n', location: 'europe-west4-a', machineType: 'n2-standard-2' });

function refused(
  add: (stack: TerraformStack) => void,
  ours: ((stack: TerraformStack) => unknown) | undefined = ALONE.Records,
): string {
  const app = Testing.app({ outdir: mkdtempSync(join(tmpdir(), 'mlops-forbidden-')) });
  try {
    for (const id of ['ours', 'theirs']) {
      const stack = new TerraformStack(app, id);
      new LocalBackend(stack, {});
      new GoogleProvider(stack, 'Google', {});
    }
    ours?.(app.node.findChild('ours') as TerraformStack);
    add(app.node.findChild('theirs') as TerraformStack);
    app.synth();
    return '';
  } catch (error) {
    return String(error);
  } finally {
    rmSync(app.outdir, { recursive: true });
  }
}

const endpoint = { name: '1234567890', displayName: 'e', location: 'europe-west4' };

describe('what Google has closed or will close', () => {
  it('is refused with its replacement, also beside our constructs', () => {
    const text = refused(book);
    expect(text).toContain('theirs/Book: google_notebooks_instance is refused, because');
    expect(text).toContain('Use instead: google_workbench_instance.');
  });

  it.each(Object.entries(ALONE))('is refused beside %s alone', (_name, ours) => {
    expect(refused(() => {}, ours)).toBe('');
    expect(refused(book, ours)).toContain('google_notebooks_instance is refused');
  });

  it.each(Object.entries(ELSEWHERE))('is refused beside what refers to %s of elsewhere', (_name, theirs) => {
    expect(refused(() => {}, theirs)).toBe('');
    expect(refused(book, theirs)).toContain('google_notebooks_instance is refused');
  });

  it('is refused beside every construct that there is', () => {
    const classes = Object.entries(gcp).filter(
      ([, one]) => typeof one === 'function' && one.prototype instanceof Construct,
    );
    expect(classes.map(([name]) => name).sort()).toEqual([...Object.keys(ALONE), ...WITH_OTHERS].sort());
  });

  it('is refused by the field where only a field is closed', () => {
    const store = (fields: object) =>
      refused((stack) => {
        new VertexAiFeatureOnlineStore(stack, 'Store', { name: 's', region: 'europe-west4', ...fields });
      });
    expect(store({ optimized: {} })).toContain('with optimized is refused');
    expect(store({ bigtable: { autoScaling: { minNodeCount: 1, maxNodeCount: 2 } } })).toBe('');
    const secure = (fields: object) =>
      refused((stack) => {
        new VertexAiEndpoint(stack, 'Endpoint', {
          ...endpoint,
          privateServiceConnectConfig: { enablePrivateServiceConnect: true, ...fields },
        });
      });
    expect(secure({ enableSecurePrivateServiceConnect: true })).toContain('enable_secure_private_service_connect');
    expect(secure({})).toBe('');
  });

  it('is refused by the value where only some values of a field are closed', () => {
    const composer = (imageVersion: string) =>
      refused((stack) => {
        new ComposerEnvironment(stack, 'Airflow', { name: 'a', config: { softwareConfig: { imageVersion } } });
      });
    for (const version of ['composer-1-airflow-2', 'composer-1.20.12-airflow-1.10.15', 'composer-2.0.31-airflow-2.2.5'])
      expect(composer(version), version).toContain('with config.software_config.image_version is refused');
    for (const version of ['composer-3-airflow-2', 'composer-2.10.1-airflow-2.9.3', 'composer-2-airflow-2'])
      expect(composer(version), version).toBe('');
    const block = (image_version: string) =>
      refused((stack) =>
        stack.addOverride('resource.google_composer_environment.it.config.dynamic', {
          software_config: { for_each: [1], content: { image_version } },
        }),
      );
    expect(block('composer-1.20.12-airflow-1.10.15')).toContain('google_composer_environment.it');
    expect(block('composer-3-airflow-2')).toBe('');
    const node = (family: string) =>
      refused((stack) =>
        stack.addOverride('resource.google_compute_region_instance_template.it.disk', [
          { boot: true, source_image: `projects/batch-custom-image/global/images/family/${family}` },
        ]),
      );
    expect(node('batch-debian-11-official')).toContain('with disk.source_image is refused');
    expect(node('batch-cos-stable-official')).toBe('');
    const image = 'projects/batch-custom-image/global/images/family/batch-debian-11-official';
    expect(
      refused((stack) => {
        new ComputeInstance(stack, 'Node', {
          name: 'n',
          machineType: 'n2-standard-2',
          networkInterface: [{ network: 'n' }],
          bootDisk: { initializeParams: { image } },
        });
      }),
    ).toContain('google_compute_instance with boot_disk.initialize_params.image is refused');
  });

  it.each([
    ['google_compute_subnetwork', { enable_flow_logs: true }, { log_config: {} }],
    ['google_bigtable_table_iam_member', { instance: 'i' }, { instance_name: 'i' }],
    ['google_cloud_run_v2_worker_pool', { custom_audiences: ['a'] }, { labels: {} }],
    [
      'google_cloud_run_v2_worker_pool',
      { template: { containers: [{ image: 'a' }, { image: 'b', depends_on: ['a'] }] } },
      { template: { containers: [{ image: 'a' }] }, depends_on: ['x'] },
    ],
  ])('is refused of %s by the field that later versions of the provider lack', (type, closed, open) => {
    const laid = (body: object) => refused((stack) => stack.addOverride(`resource.${type}.it`, body));
    expect(laid(closed)).toContain(`${type}.it with ${Object.keys(closed)[0]}`);
    expect(laid(open)).toBe('');
  });

  it('is refused where it is laid over the document of a stack', () => {
    expect(refused((stack) => stack.addOverride('resource.google_notebooks_instance.book', { name: 'n' }))).toContain(
      'theirs: google_notebooks_instance.book is refused',
    );
    const at = 'resource.google_vertex_ai_endpoint.it.private_service_connect_config';
    expect(refused((stack) => stack.addOverride(`${at}.enable_secure_private_service_connect`, true))).toContain(
      'theirs: google_vertex_ai_endpoint.it with private_service_connect_config.enable_secure_private_service_connect is',
    );
    expect(refused((stack) => stack.addOverride(`${at}.enable_private_service_connect`, true))).toBe('');
    expect(refused((stack) => stack.addOverride('terraform.required_version', '>= 1.9'))).toBe('');
  });

  it('is refused as a dynamic block, at any depth', () => {
    const store = (block: string) =>
      refused((stack) => {
        new VertexAiFeatureOnlineStore(stack, 'Store', { name: 's', region: 'europe-west4' }).addOverride(
          `dynamic.${block}`,
          { for_each: [1], content: {} },
        );
      });
    for (const field of ['optimized', 'dedicated_serving_endpoint'])
      expect(store(field)).toContain(`with ${field} is refused`);
    expect(store('bigtable')).toBe('');
    const at = 'resource.google_vertex_ai_endpoint.it.dynamic';
    const secure = (content: object) =>
      refused((stack) =>
        stack.addOverride(at, [{ private_service_connect_config: [{ for_each: [1], content: [content] }] }]),
      );
    expect(secure({ enable_secure_private_service_connect: true })).toContain('enable_secure_private_service_connect');
    expect(secure({ enable_private_service_connect: true })).toBe('');
  });

  it('names types that the provider has, and with an ending left open all these', () => {
    const lib = join(dirname(require.resolve('@cdktf/provider-google/package.json')), 'lib');
    const types = readdirSync(lib).map((name) => `google_${name.replaceAll('-', '_')}`);
    const of = ({ type }: { type: string }) =>
      types.filter((known) => (type.endsWith('*') ? known.startsWith(type.slice(0, -1)) : known === type));
    for (const one of FORBIDDEN) expect(of(one), one.type).not.toEqual([]);
    const open = FORBIDDEN.filter(({ type, field }) => type.endsWith('*') && field === undefined);
    expect(open.flatMap(of).sort()).toMatchInlineSnapshot(`
      [
        "google_beyondcorp_app_connection",
        "google_beyondcorp_app_connector",
        "google_beyondcorp_app_gateway",
        "google_beyondcorp_application",
        "google_beyondcorp_application_iam_binding",
        "google_beyondcorp_application_iam_member",
        "google_beyondcorp_application_iam_policy",
        "google_data_catalog_entry",
        "google_data_catalog_entry_group",
        "google_data_catalog_entry_group_iam_binding",
        "google_data_catalog_entry_group_iam_member",
        "google_data_catalog_entry_group_iam_policy",
        "google_data_catalog_tag",
        "google_data_catalog_tag_template",
        "google_data_catalog_tag_template_iam_binding",
        "google_data_catalog_tag_template_iam_member",
        "google_data_catalog_tag_template_iam_policy",
        "google_notebooks_environment",
        "google_notebooks_instance",
        "google_notebooks_instance_iam_binding",
        "google_notebooks_instance_iam_member",
        "google_notebooks_instance_iam_policy",
        "google_notebooks_location",
        "google_notebooks_runtime",
        "google_notebooks_runtime_iam_binding",
        "google_notebooks_runtime_iam_member",
        "google_notebooks_runtime_iam_policy",
        "google_sourcerepo_repository",
        "google_sourcerepo_repository_iam_binding",
        "google_sourcerepo_repository_iam_member",
        "google_sourcerepo_repository_iam_policy",
        "google_vertex_ai_featurestore",
        "google_vertex_ai_featurestore_entitytype",
        "google_vertex_ai_featurestore_entitytype_feature",
      ]
    `);
    for (const type of open.flatMap(of))
      expect(
        refused((stack) => stack.addOverride(`resource.${type}.it`, { name: 'n' })),
        type,
      ).toContain(`${type}.it is refused`);
  });
});
