import { ComputeFirewall, type ComputeFirewallConfig } from '@cdktf/provider-google/lib/compute-firewall';
import type { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import { Construct } from 'constructs';
import type { Target } from '../target';

const LAST = 65_534;
const NARROW = 1_000;
const ANYWHERE = ['0.0.0.0/0'];

export interface FirewallProps {
  readonly target: Target;
  readonly network: ComputeNetwork;
  /** Every rule's name begins with it, a name of the plan with room for 15 characters. */
  readonly name: string;
  /** Range of the subnetwork. */
  readonly subnetwork: string;
  /** Address of the endpoint for Google's APIs. */
  readonly googleApis: string;
  /** Whether HTTPS may go anywhere, where routes lead there. */
  readonly internet: boolean;
}

/**
 * What may leave and enter the network: machines of the subnetwork talk with each other, as the nodes of a training must;
 * HTTPS goes to Google's APIs, and with NAT anywhere; nothing else, and every decision is on record. DNS and metadata come
 * from the machine's own host, which no rule concerns. Source: Virtual Private Cloud documentation, "VPC firewall rules",
 * always allowed traffic.
 */
export class Firewall extends Construct {
  public readonly rules: readonly ComputeFirewall[];

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    const { subnetwork, googleApis } = props;
    const https = [{ protocol: 'tcp', ports: ['443'] }];
    const all = [{ protocol: 'all' }];
    const rule = (suffix: string, description: string, rest: Partial<ComputeFirewallConfig>) =>
      new ComputeFirewall(this, suffix, {
        project: props.target.project,
        name: `${props.name}-${suffix}`,
        description,
        network: props.network.selfLink,
        priority: NARROW,
        logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
        ...rest,
      });
    this.rules = [
      rule('deny-egress', 'Nothing leaves that no other rule lets out', {
        direction: 'EGRESS',
        priority: LAST,
        deny: all,
        destinationRanges: ANYWHERE,
      }),
      rule('deny-ingress', 'Nothing enters that no other rule lets in', {
        direction: 'INGRESS',
        priority: LAST,
        deny: all,
        sourceRanges: ANYWHERE,
      }),
      rule('to-google', "HTTPS to Google's APIs", {
        direction: 'EGRESS',
        allow: https,
        destinationRanges: [`${googleApis}/32`],
      }),
      rule('to-members', 'Between machines of the subnetwork', {
        direction: 'EGRESS',
        allow: all,
        destinationRanges: [subnetwork],
      }),
      rule('from-members', 'Between machines of the subnetwork', {
        direction: 'INGRESS',
        allow: all,
        sourceRanges: [subnetwork],
      }),
      ...(props.internet
        ? [
            rule('to-internet', 'HTTPS through NAT', {
              direction: 'EGRESS',
              allow: https,
              destinationRanges: ANYWHERE,
            }),
          ]
        : []),
    ];
  }
}
