import { Fn, Stack } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { KeyName } from '../../plan/access';
import { networkOn } from '../../plan/network-on';
import type { PlanOn } from '../../plan/platform-plan';
import type { IAlerts } from '../alerts/alert-channel';
import { Alerts } from '../alerts/alerts';
import { ArtifactStore, type IArtifactStore } from '../artifact-store/artifact-store';
import { type IKeys, Keys } from '../keys/keys';
import { type ILocks, Locks } from '../locks/locks';
import { type INetwork, Network } from '../network/network';
import { AccessLogs } from '../storage/access-logs';
import { bucketName } from '../storage/bucket-name';
import { published } from './published';

/**
 * The foundation of a platform as another stack sees it: by names of the plan, and by published values where there is no
 * name. Each part is imported at its first use, so a template reads only what it needs.
 */
export class Foundation extends Construct {
  private readonly parts = new Map<string, unknown>();

  constructor(
    scope: Construct,
    id: string,
    private readonly plan: PlanOn<'aws'>,
  ) {
    super(scope, id);
  }

  get keys(): IKeys {
    const read = (key: KeyName) => this.read('keys', key);
    return this.part('Keys', () =>
      Keys.fromArns(this, 'Keys', {
        get data() {
          return read('data');
        },
        get artifacts() {
          return read('artifacts');
        },
        get operations() {
          return read('operations');
        },
      }),
    );
  }

  get alerts(): IAlerts {
    return this.channel('Alerts', 'topic');
  }

  /** The channel of a route, `alerts.routes` of the spec. */
  alertsOf(route: string): IAlerts {
    return this.channel(`Route-${route}`, 'routes', route, 'topic');
  }

  get network(): INetwork {
    const network = networkOn('aws', this.plan.spec.network);
    return this.part('Network', () =>
      Network.fromIds(this, 'Network', {
        vpcId: this.read('network', 'vpc'),
        subnetIds: Fn.split(',', this.read('network', 'subnets')),
        subnetCount: network.mode === 'existing' ? network.aws.subnets.length : network.zones,
      }),
    );
  }

  get locks(): ILocks {
    return this.part('Locks', () =>
      Locks.fromName(this, 'Locks', { tableName: this.plan.names.of('machine', 'locks') }),
    );
  }

  get accessLogs(): s3.IBucket {
    return this.part('AccessLogs', () => AccessLogs.fromName(this, 'AccessLogs', this.bucket('access-logs')));
  }

  get artifacts(): IArtifactStore {
    return this.part('Artifacts', () =>
      ArtifactStore.fromName(this, 'Artifacts', { bucketName: this.bucket('artifacts') }),
    );
  }

  private channel(id: string, ...path: readonly string[]): IAlerts {
    return this.part(id, () =>
      Alerts.fromTopicArn(this, id, {
        topicArn: this.read('alerts', ...path),
        encryptionKey: this.keys.operations,
        platform: this.plan.names.slug,
      }),
    );
  }

  private bucket(part: string): string {
    return bucketName(Stack.of(this), this.plan.names, part, this.plan.spec.aws.region);
  }

  private read(...path: readonly string[]): string {
    return published(this, this.plan.names, ...path);
  }

  private part<T>(name: string, make: () => T): T {
    const known = this.parts.get(name) as T | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.parts.set(name, made);
    return made;
  }
}
