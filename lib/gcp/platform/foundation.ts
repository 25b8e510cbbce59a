import { Construct } from 'constructs';
import { alertChannels } from '../../plan/alert-receivers';
import { attachedJobs } from '../../plan/attached-jobs';
import { networkOn } from '../../plan/network-on';
import type { PlanOn } from '../../plan/platform-plan';
import { AlertChannel } from '../alerts/alert-channel';
import { Alerts } from '../alerts/alerts';
import { ArtifactStore, type IArtifactStore } from '../artifact-store/artifact-store';
import { type IKeys, Keys } from '../keys/keys';
import { type INetwork, Network } from '../network/network';
import { type IRecords, Records } from '../records/records';
import { gcpBucketName } from '../storage/bucket-name';
import { type IImageRepository, ImageRepository } from '../training-cluster/image-repository';
import type { PlatformStack } from './platform-stack';

/** Names of what the foundation makes and other stacks use. All are of the plan. */
export const foundationNames = ({ names, spec }: PlanOn<'gcp'>) => ({
  keyRing: names.of('compute', 'keys'),
  network: names.of('compute', 'net').slice(0, 48).replace(/-+$/, ''),
  records: gcpBucketName(names, 'records', spec.gcp),
  artifacts: gcpBucketName(names, 'artifacts', spec.gcp),
});

/** Whether the network of the platform has an attachment. */
export const hasAttachment = ({ spec }: PlanOn<'gcp'>): boolean => attachedJobs(spec).length > 0;

/**
 * The foundation of a platform as another stack sees it: by names of the plan alone. Each part is made at its first use,
 * so a stack has only what it needs.
 */
export class Foundation extends Construct {
  public readonly keys: IKeys;
  public readonly network: INetwork;
  public readonly records: IRecords;
  public readonly artifacts: IArtifactStore;
  public readonly images: IImageRepository;
  private readonly channels = new Map<string | undefined, AlertChannel>();

  constructor(
    private readonly stack: PlatformStack,
    id: string,
    private readonly plan: PlanOn<'gcp'>,
  ) {
    super(stack, id);
    const names = foundationNames(plan);
    this.keys = Keys.fromRing(names.keyRing, stack.target);
    this.records = Records.fromName(names.records);
    this.artifacts = ArtifactStore.fromName(names.artifacts);
    this.images = ImageRepository.fromNames({ target: stack.target, names: plan.names });
    this.network = networkByNames(plan, stack);
  }

  /** The receivers of alerts, numbered in this very stack. */
  get channel(): AlertChannel {
    return this.channelOf(undefined);
  }

  /** The receivers of a route, `alerts.routes` of the spec, likewise; those of the platform without one. */
  channelOf(route: string | undefined): AlertChannel {
    const made = this.channels.get(route) ?? this.newChannel(route);
    this.channels.set(route, made);
    return made;
  }

  private newChannel(wanted: string | undefined): AlertChannel {
    const { target, labels } = this.stack;
    const { names, spec } = this.plan;
    const planned = alertChannels(spec).find(({ route }) => route === wanted);
    return new AlertChannel(this, wanted === undefined ? 'Channel' : `Route-${wanted}`, {
      target,
      platform: names.slug,
      email: planned?.receivers.email ?? [],
      topic: Alerts.topicId(names, target, wanted),
      labels,
      ...(wanted === undefined ? {} : { route: wanted }),
    });
  }
}

function networkByNames(plan: PlanOn<'gcp'>, { target }: PlatformStack): INetwork {
  const { project, region } = target;
  const network = networkOn('gcp', plan.spec.network);
  const name = foundationNames(plan).network;
  return Network.fromNames(
    network.mode === 'existing'
      ? {
          project: network.gcp.hostProject ?? project,
          region,
          networkName: network.gcp.network,
          subnetworkName: network.gcp.subnetwork,
          ...(network.gcp.attachment === undefined ? {} : { attachmentName: network.gcp.attachment }),
        }
      : {
          project,
          region,
          networkName: name,
          subnetworkName: name,
          ...(hasAttachment(plan) ? { attachmentName: name } : {}),
        },
  );
}
