import { describe, expect, it } from 'vitest';
import { Workload } from '../../../lib/gcp/access/workload';
import { planAddresses } from '../../../lib/gcp/network/address-plan';
import { Network, type NetworkProps } from '../../../lib/gcp/network/network';
import { edges } from '../../../lib/plan/access';
import { bindingsOf, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';

const network = (props: Partial<NetworkProps> = {}) => {
  const stack = gcpStack();
  return { stack, made: new Network(stack, 'Network', { target: TARGET, name: 'fraud-prod', ...props }) };
};

const rules = (stack: ReturnType<typeof gcpStack>) =>
  Object.fromEntries(
    Object.values(resourcesOf(stack, 'google_compute_firewall')).map(({ name, ...rule }) => [
      String(name).replace('fraud-prod-', ''),
      rule,
    ]),
  );

describe('Network', () => {
  it('is one subnetwork without a route to the internet, its flows and queries on record', () => {
    const { stack, made } = network();
    expect(resourceOf(stack, 'google_compute_network')).toMatchObject({
      auto_create_subnetworks: false,
      delete_default_routes_on_create: true,
    });
    expect(resourceOf(stack, 'google_compute_subnetwork')).toMatchObject({
      ip_cidr_range: '10.42.0.0/17',
      lifecycle: { prevent_destroy: true },
      private_ip_google_access: true,
      log_config: { flow_sampling: 1 },
    });
    expect(resourceOf(stack, 'google_dns_policy')).toMatchObject({ enable_logging: true });
    for (const type of ['google_compute_route', 'google_compute_router', 'google_compute_router_nat'])
      expect(resourcesOf(stack, type)).toEqual({});
    expect(made.networkId).toBe('projects/fraud-prod/global/networks/fraud-prod');
    expect(made.subnetworkId).toBe('projects/fraud-prod/regions/europe-west4/subnetworks/fraud-prod');
  });

  it('keeps its range, which can only change once both keys are turned', () => {
    const types = ['google_compute_subnetwork', 'google_compute_global_address'];
    const prevented = (stack: ReturnType<typeof gcpStack>) => types.map((type) => resourceOf(stack, type).lifecycle);
    expect(prevented(network().stack)).toEqual(types.map(() => ({ prevent_destroy: true })));
    const lifted = gcpStack({ context: { 'mlops:allowDataLoss': true } });
    new Network(lifted, 'Network', { target: TARGET, name: 'fraud-prod', destroyData: true });
    expect(prevented(lifted)).toEqual(types.map(() => ({ prevent_destroy: false })));
  });

  it("lets nothing out but to Google's APIs and to its own machines", () => {
    const found = rules(network().stack);
    expect(Object.keys(found).sort()).toEqual(
      ['deny-egress', 'deny-ingress', 'from-members', 'to-google', 'to-members'].sort(),
    );
    expect(found['deny-egress']).toMatchObject({
      direction: 'EGRESS',
      priority: 65_534,
      deny: [{ protocol: 'all' }],
      destination_ranges: ['0.0.0.0/0'],
    });
    expect(found['to-google']).toMatchObject({
      allow: [{ protocol: 'tcp', ports: ['443'] }],
      destination_ranges: ['10.42.128.2/32'],
    });
    for (const rule of Object.values(found)) expect(rule.log_config).toEqual({ metadata: 'INCLUDE_ALL_METADATA' });
    const allowed = Object.values(found).filter(({ allow }) => allow !== undefined);
    expect(JSON.stringify(allowed)).not.toContain('0.0.0.0/0');
  });

  it("is ready with its subnetwork and the way to Google's APIs, and the attachment where there is one", () => {
    const { made } = network();
    expect(made.ready).toEqual([made.subnetwork, made.googleApis.endpoint]);
    const { made: attached } = network({ attachment: { roleId: 'fraud_prod_attach' } });
    expect(attached.ready).toEqual([attached.subnetwork, attached.googleApis.endpoint, attached.attachment]);
  });

  it("gives the names of Google's APIs and of images the address of the endpoint", () => {
    const { stack } = network();
    expect(resourceOf(stack, 'google_compute_global_address')).toMatchObject({
      address: '10.42.128.2',
      purpose: 'PRIVATE_SERVICE_CONNECT',
    });
    const endpoint = resourceOf(stack, 'google_compute_global_forwarding_rule');
    expect(endpoint).toMatchObject({ target: 'all-apis', load_balancing_scheme: '' });
    expect(endpoint.name).toMatch(/^[a-z][a-z0-9]{0,19}$/);
    const records = Object.values(resourcesOf(stack, 'google_dns_record_set'));
    expect(records.map(({ name, type, rrdatas }) => `${name} ${type} ${rrdatas}`).sort()).toEqual([
      '*.gcr.io. CNAME gcr.io.',
      '*.googleapis.com. CNAME googleapis.com.',
      '*.pkg.dev. CNAME pkg.dev.',
      'gcr.io. A 10.42.128.2',
      'googleapis.com. A 10.42.128.2',
      'pkg.dev. A 10.42.128.2',
    ]);
    for (const zone of Object.values(resourcesOf(stack, 'google_dns_managed_zone')))
      expect(zone).toMatchObject({ visibility: 'private', force_destroy: false });
  });

  it('with NAT adds a route, a gateway on record and HTTPS, and changes nothing that is there', () => {
    const isolated = resourcesOf(network().stack);
    const { stack, made } = network({ mode: 'nat' });
    const withNat = resourcesOf(stack);
    for (const [address, body] of Object.entries(isolated)) expect(withNat[address]).toEqual(body);
    expect(resourceOf(stack, 'google_compute_router_nat')).toMatchObject({
      log_config: { enable: true, filter: 'ALL' },
      source_subnetwork_ip_ranges_to_nat: 'LIST_OF_SUBNETWORKS',
    });
    expect(resourceOf(stack, 'google_compute_route')).toMatchObject({ dest_range: '0.0.0.0/0' });
    expect(rules(stack)['to-internet']).toMatchObject({ allow: [{ protocol: 'tcp', ports: ['443'] }] });
    expect(made.nat).toBeDefined();
  });

  it('has an attachment where asked for, with what the agent of Vertex AI needs', () => {
    const { stack, made } = network({ attachment: { roleId: 'fraud_prod_attach' } });
    expect(made.attachmentId).toBe('projects/fraud-prod/regions/europe-west4/networkAttachments/fraud-prod');
    expect(resourceOf(stack, 'google_compute_network_attachment')).toMatchObject({
      connection_preference: 'ACCEPT_MANUAL',
      lifecycle: { ignore_changes: ['producer_accept_lists'] },
    });
    expect(resourceOf(stack, 'google_project_iam_custom_role').permissions).toContain(
      'compute.networkAttachments.update',
    );
    expect(bindingsOf(stack).join()).toContain('service-123456789012@gcp-sa-aiplatform.iam.gserviceaccount.com');
    expect(network().made.attachmentId).toBeUndefined();
  });

  it('grants its subnetwork, and that of a shared network in the project that owns it', () => {
    const { stack, made } = network();
    const shared = Network.fromNames({
      project: 'shared-net',
      region: 'europe-west4',
      networkName: 'main',
      subnetworkName: 'ml',
    });
    for (const [id, { grantors }] of Object.entries({ made, shared }))
      new Workload(stack, id, {
        target: TARGET,
        accountId: `training-${id}`,
        access: edges('training', [['network', 'attach', 'training', 'runs there']]),
        grantors,
      });
    const members = Object.values(resourcesOf(stack, 'google_compute_subnetwork_iam_member'));
    expect(members.map(({ project, subnetwork, role }) => `${project} ${subnetwork} ${role}`).sort()).toEqual([
      'fraud-prod fraud-prod roles/compute.networkUser',
      'shared-net ml roles/compute.networkUser',
    ]);
    expect(shared.networkId).toBe('projects/shared-net/global/networks/main');
  });

  it.each(['8.8.8.0/16', '10.0.0.0/30', '10.0.0.300/16', 'ten'])('refuses the range %s', (cidr) => {
    expect(() => network({ cidr })).toThrow(/Test\/Network.* cidr: must be .*for example 10\.42\.0\.0\/16/);
  });

  it('refuses a name that leaves no room for others', () => {
    expect(() => network({ name: 'n'.repeat(49) })).toThrow(/49 characters.*48 at most/);
  });
});

describe('the plan of addresses', () => {
  it.each([
    ['10.42.0.0/16', '10.42.0.0/17', '10.42.128.2'],
    ['10.0.0.0/22', '10.0.0.0/23', '10.0.2.2'],
    ['192.168.77.5/20', '192.168.64.0/21', '192.168.72.2'],
  ])('of %s is %s and %s', (cidr, subnetwork, googleApis) => {
    expect(planAddresses(cidr)).toEqual({ subnetwork, googleApis });
  });
});
