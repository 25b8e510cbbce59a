import { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import { ComputeNetworkAttachment } from '@cdktf/provider-google/lib/compute-network-attachment';
import { ComputeRoute } from '@cdktf/provider-google/lib/compute-route';
import { ComputeRouter } from '@cdktf/provider-google/lib/compute-router';
import { ComputeRouterNat } from '@cdktf/provider-google/lib/compute-router-nat';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import { DnsPolicy } from '@cdktf/provider-google/lib/dns-policy';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { DEFAULT_CIDR, network as networkSpec } from '../../spec/network';
import type { Grantors } from '../access/grantors';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { findingsOf, refuseProps } from '../props';
import { type DataRemovalProps, dataRemoval } from '../removal';
import type { Target } from '../target';
import { planAddresses } from './address-plan';
import { Firewall } from './firewall';
import { type ApiBundle, DEFAULT_API_BUNDLE, GoogleApis } from './google-apis';
import { grantAttach } from './grant-attach';
import { NetworkGrants } from './network-grants';

export interface NetworkProps extends DataRemovalProps {
  readonly target: Target;
  /**
   * Name of the network and its subnetwork, and what the names of rules, zones and routers begin with: a name of the plan
   * (kind `compute`) of 48 characters at most.
   */
  readonly name: string;
  /**
   * isolated: no way to the internet. nat: HTTPS to the internet through Cloud NAT. A job on Vertex AI is in the network and in
   * one of Google's, by which it reaches the internet all the same unless a VPC Service Controls perimeter is around the
   * project. Default: isolated.
   * Source: documentation of Vertex AI, "Use Private Service Connect interface for Vertex AI Training".
   */
  readonly mode?: 'isolated' | 'nat';
  /** Private IPv4 range, /16 to /22; half of it is the subnetwork. Fixed once it exists. Default: DEFAULT_CIDR. */
  readonly cidr?: string;
  /** Default: DEFAULT_API_BUNDLE. */
  readonly apiBundle?: ApiBundle;
  /**
   * Makes a network attachment, by which managed trainings reach what is in the network, and the role by which the agent
   * of Vertex AI takes interfaces from it. Default: none.
   */
  readonly attachment?: {
    /** A name of the plan (kind `customRole`). */
    readonly roleId: string;
  };
  readonly labels?: Readonly<Record<string, string>>;
}

/** A network of another stack or of somebody else. */
export interface NetworkAttributes {
  /** Project that owns the network. */
  readonly project: string;
  readonly region: string;
  readonly networkName: string;
  readonly subnetworkName: string;
  /** Name of a network attachment to the subnetwork. */
  readonly attachmentName?: string;
}

/** Where trainings and endpoints run. */
export interface INetwork {
  /** `projects/P/global/networks/N`. */
  readonly networkId: string;
  /** `projects/P/regions/R/subnetworks/N`. */
  readonly subnetworkId: string;
  /** `projects/P/regions/R/networkAttachments/N`, where there is one. */
  readonly attachmentId: string | undefined;
  /** What has to be there before anything runs in the network; empty for one of another stack. */
  readonly ready: readonly ITerraformDependable[];
  readonly grants: NetworkGrants;
  readonly grantors: Required<Pick<Grantors, 'network'>>;
}

/** Characters that names of what belongs to the network add to its own. */
const SUFFIX = 15;

/**
 * A private network: one subnetwork that spans the zones of its region, no address of it known to the internet, Google's
 * APIs by a private endpoint, flows, firewall decisions and DNS queries on record.
 */
export class Network extends Construct implements INetwork {
  public readonly network: ComputeNetwork;
  public readonly subnetwork: ComputeSubnetwork;
  public readonly firewall: Firewall;
  public readonly googleApis: GoogleApis;
  public readonly nat: ComputeRouterNat | undefined;
  public readonly attachment: ComputeNetworkAttachment | undefined;
  public readonly networkId: string;
  public readonly subnetworkId: string;
  public readonly attachmentId: string | undefined;
  public readonly ready: readonly ITerraformDependable[];
  public readonly grants: NetworkGrants;
  public readonly grantors: Required<Pick<Grantors, 'network'>>;

  /** A network by its names; it has private Google access, and routes or endpoints that whoever runs it owns. */
  static fromNames(attributes: NetworkAttributes): INetwork {
    return { ...namesOf(attributes), ready: [], ...grantsOn(attributes, []) };
  }

  /** @throws SpecError when mode or range are not what a spec allows; Error when the name leaves no room for others. */
  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, name, mode = 'isolated', labels = {} } = props;
    const { project, region } = target;
    if (name.length + SUFFIX > 63)
      throw new Error(
        `${this.node.path}: the name ${name} has ${name.length} characters, and a network's has ${63 - SUFFIX} at most: rules and zones begin with it`,
      );
    const cidr = props.cidr ?? DEFAULT_CIDR;
    refuseProps(this, findingsOf(networkSpec, { mode, cidr }));
    const addresses = planAddresses(cidr);
    const { lifecycle } = dataRemoval(this, props);
    this.network = new ComputeNetwork(this, 'Network', {
      project,
      name,
      autoCreateSubnetworks: false,
      routingMode: 'REGIONAL',
      // The route to the internet is one of its own with NAT: this argument could not change without a new network.
      deleteDefaultRoutesOnCreate: true,
    });
    this.subnetwork = new ComputeSubnetwork(this, 'Subnetwork', {
      project,
      region,
      name,
      network: this.network.id,
      ipCidrRange: addresses.subnetwork,
      stackType: 'IPV4_ONLY',
      privateIpGoogleAccess: true,
      logConfig: { aggregationInterval: 'INTERVAL_5_MIN', flowSampling: 1, metadata: 'INCLUDE_ALL_METADATA' },
      // Another range is another subnetwork, which what uses it stops half-way through.
      lifecycle,
    });
    const common = { target, network: this.network, name };
    this.firewall = new Firewall(this, 'Firewall', { ...common, ...addresses, internet: mode === 'nat' });
    this.googleApis = new GoogleApis(this, 'GoogleApis', {
      ...common,
      address: addresses.googleApis,
      lifecycle,
      bundle: props.apiBundle ?? DEFAULT_API_BUNDLE,
      labels,
    });
    new DnsPolicy(this, 'DnsLog', {
      project,
      name,
      enableLogging: true,
      enableInboundForwarding: false,
      networks: [{ networkUrl: this.network.id }],
    });
    this.nat = mode === 'nat' ? this.natFor(props) : undefined;
    this.attachment = props.attachment === undefined ? undefined : this.attachmentFor(props, props.attachment.roleId);
    const attributes = {
      project,
      region,
      networkName: name,
      subnetworkName: name,
      ...(this.attachment === undefined ? {} : { attachmentName: name }),
    };
    const { networkId, subnetworkId, attachmentId } = namesOf(attributes);
    this.networkId = networkId;
    this.subnetworkId = subnetworkId;
    this.attachmentId = attachmentId;
    this.ready = [
      this.subnetwork,
      this.googleApis.endpoint,
      ...(this.attachment === undefined ? [] : [this.attachment]),
    ];
    const { grants, grantors } = grantsOn(attributes, [this.subnetwork]);
    this.grants = grants;
    this.grantors = grantors;
  }

  private attachmentFor({ target, name }: NetworkProps, roleId: string): ComputeNetworkAttachment {
    const { project, region } = target;
    grantAttach(this, name, roleId, target);
    return new ComputeNetworkAttachment(this, 'Attachment', {
      project,
      region,
      name,
      connectionPreference: 'ACCEPT_MANUAL',
      subnetworks: [this.subnetwork.selfLink],
      // Vertex AI adds its own project when a training attaches.
      lifecycle: { ignoreChanges: ['producer_accept_lists'] },
    });
  }

  /** One gateway serves all zones of the region and survives the loss of one. Source: Cloud NAT documentation, overview. */
  private natFor({ target: { project, region }, name }: NetworkProps): ComputeRouterNat {
    new ComputeRoute(this, 'Internet', {
      project,
      name: `${name}-internet`,
      network: this.network.id,
      destRange: '0.0.0.0/0',
      nextHopGateway: 'default-internet-gateway',
    });
    const router = new ComputeRouter(this, 'Router', { project, region, name, network: this.network.id });
    return new ComputeRouterNat(this, 'Nat', {
      project,
      region,
      name,
      router: router.name,
      natIpAllocateOption: 'AUTO_ONLY',
      sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS',
      subnetwork: [{ name: this.subnetwork.id, sourceIpRangesToNat: ['ALL_IP_RANGES'] }],
      logConfig: { enable: true, filter: 'ALL' },
    });
  }
}

function namesOf({ project, region, networkName, subnetworkName, attachmentName }: NetworkAttributes) {
  return {
    networkId: `projects/${project}/global/networks/${networkName}`,
    subnetworkId: `projects/${project}/regions/${region}/subnetworks/${subnetworkName}`,
    attachmentId:
      attachmentName === undefined
        ? undefined
        : `projects/${project}/regions/${region}/networkAttachments/${attachmentName}`,
  };
}

function grantsOn(
  { project, region, subnetworkName }: NetworkAttributes,
  ready: readonly ITerraformDependable[],
): Pick<INetwork, 'grants' | 'grantors'> {
  const grants = new NetworkGrants({ project, region, subnetworkName, ready });
  return { grants, grantors: { network: (verb, _name, to) => grants[verb](to) } };
}
