import { blocks, resourcesOf, stringsIn, type TerraformResource, valuesAt } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

const EVERYBODY = ['allUsers', 'allAuthenticatedUsers'];
const EVERYWHERE = ['0.0.0.0/0', '::/0'];

/** What of a resource the internet could reach, or undefined. An argument that is left out has the provider's default. */
const EXPOSED: Readonly<Record<string, (resource: TerraformResource) => string | undefined>> = {
  google_compute_firewall: ({ body }) =>
    body.direction !== 'EGRESS' && blocks(body.allow).length > 0 && fromEverywhere(body)
      ? 'lets the whole internet in'
      : undefined,
  google_compute_address: ({ body }) => (body.address_type === 'INTERNAL' ? undefined : 'is an external address'),
  google_compute_global_address: ({ body }) =>
    body.address_type === 'INTERNAL' ? undefined : 'is an external address',
  google_compute_forwarding_rule: ({ body }) => externalScheme(body.load_balancing_scheme),
  google_compute_global_forwarding_rule: ({ body }) =>
    // an empty scheme is a Private Service Connect endpoint
    body.load_balancing_scheme === '' ? undefined : externalScheme(body.load_balancing_scheme),
  google_cloud_run_v2_service: ({ body }) =>
    ['INGRESS_TRAFFIC_INTERNAL_ONLY', 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER'].includes(String(body.ingress))
      ? undefined
      : 'takes traffic of the internet',
  google_workbench_instance: ({ body }) =>
    valuesAt(body, ['gce_setup', 'disable_public_ip']).includes(true) ? undefined : 'has a public address',
  google_sql_database_instance: ({ body }) =>
    valuesAt(body, ['settings', 'ip_configuration', 'ipv4_enabled']).includes(false)
      ? undefined
      : 'has a public address',
  google_vertex_ai_feature_online_store: ({ body }) =>
    valuesAt(body, ['dedicated_serving_endpoint']).length > 0 &&
    !valuesAt(body, ['dedicated_serving_endpoint', 'private_service_connect_config']).length
      ? 'has a public endpoint'
      : undefined,
};

/** Nothing is for everybody, comes from everywhere or has an address that the internet routes. */
export const notPublic: Rule = (stack) =>
  resourcesOf(stack).flatMap((resource) => {
    const { address, type, body } = resource;
    const everybody = stringsIn(body).filter(({ text }) => EVERYBODY.includes(text));
    const exposed = EXPOSED[type]?.(resource);
    const interfaces = valuesAt(body, ['network_interface']).flatMap((one) => blocks(one));
    return [
      ...everybody.map(({ path, text }) => ({ address, message: `${path} is ${text}` })),
      ...(exposed === undefined ? [] : [{ address, message: exposed }]),
      ...interfaces
        .filter((one) => one.access_config !== undefined || one.ipv6_access_config !== undefined)
        .map(() => ({ address, message: 'has an external address' })),
    ];
  });

function fromEverywhere(body: TerraformResource['body']): boolean {
  const ranges = [body.source_ranges ?? []].flat();
  const others = [body.source_tags, body.source_service_accounts].some((one) => one !== undefined);
  // with no source at all Google puts 0.0.0.0/0
  return ranges.some((range) => EVERYWHERE.includes(String(range))) || (ranges.length === 0 && !others);
}

function externalScheme(scheme: unknown): string | undefined {
  return typeof scheme === 'string' && scheme.startsWith('INTERNAL') ? undefined : 'is an external load balancer';
}
