import { ComputeGlobalAddress } from '@cdktf/provider-google/lib/compute-global-address';
import { ComputeGlobalForwardingRule } from '@cdktf/provider-google/lib/compute-global-forwarding-rule';
import type { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import { DnsManagedZone } from '@cdktf/provider-google/lib/dns-managed-zone';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { Construct } from 'constructs';
import { shortHash } from '../../plan/names';
import type { DataRemoval } from '../removal';
import type { Target } from '../target';

/**
 * Which of Google's APIs an endpoint leads to. vpc-sc: those that VPC Service Controls can guard, for a project within a
 * perimeter. Source: Virtual Private Cloud documentation, "Access Google APIs through endpoints", API bundles.
 */
export type ApiBundle = 'all-apis' | 'vpc-sc';
export const DEFAULT_API_BUNDLE: ApiBundle = 'all-apis';

/** Domains whose hosts the endpoint answers for: APIs, and both registries of images. */
const DOMAINS = ['googleapis.com', 'gcr.io', 'pkg.dev'] as const;

/** Seconds. */
const TTL = 300;

export interface GoogleApisProps {
  readonly target: Target;
  readonly network: ComputeNetwork;
  /** Every name begins with it, a name of the plan with room for 15 characters. */
  readonly name: string;
  /** Address of the endpoint, in no subnetwork. */
  readonly address: string;
  /** Whether the address may be replaced or go. */
  readonly lifecycle: DataRemoval['lifecycle'];
  readonly bundle: ApiBundle;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The way from the network to Google's APIs and to images of containers, without the internet: one private address, and
 * DNS that gives it for their names.
 */
export class GoogleApis extends Construct {
  public readonly address: ComputeGlobalAddress;
  public readonly endpoint: ComputeGlobalForwardingRule;
  public readonly zones: readonly DnsManagedZone[];

  constructor(scope: Construct, id: string, props: GoogleApisProps) {
    super(scope, id);
    const { target, network, name, labels = {} } = props;
    const { project } = target;
    this.address = new ComputeGlobalAddress(this, 'Address', {
      project,
      name: `${name}-google-apis`,
      addressType: 'INTERNAL',
      purpose: 'PRIVATE_SERVICE_CONNECT',
      network: network.id,
      address: props.address,
      labels: { ...labels },
      lifecycle: props.lifecycle,
    });
    this.endpoint = new ComputeGlobalForwardingRule(this, 'Endpoint', {
      project,
      name: endpointName(name),
      target: props.bundle,
      network: network.id,
      ipAddress: this.address.id,
      loadBalancingScheme: '',
      labels: { ...labels },
    });
    this.zones = DOMAINS.map((domain) => {
      const zone = new DnsManagedZone(this, domain, {
        project,
        name: `${name}-${domain.replaceAll('.', '-')}`,
        description: `${domain} by the endpoint for Google's APIs`,
        dnsName: `${domain}.`,
        visibility: 'private',
        privateVisibilityConfig: { networks: [{ networkUrl: network.id }] },
        labels: { ...labels },
        // Its records are of the same stack; nothing else may be in it.
        forceDestroy: false,
      });
      const record = { project, managedZone: zone.name, ttl: TTL };
      new DnsRecordSet(this, `${domain}-A`, { ...record, name: `${domain}.`, type: 'A', rrdatas: [props.address] });
      new DnsRecordSet(this, `${domain}-Hosts`, {
        ...record,
        name: `*.${domain}.`,
        type: 'CNAME',
        rrdatas: [`${domain}.`],
      });
      return zone;
    });
  }
}

/** Such an endpoint is called by 20 letters and digits at most. Source: the same page, "Forwarding rule name". */
const endpointName = (name: string): string => `apis${shortHash(name)}`;
