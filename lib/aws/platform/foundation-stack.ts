import type { Construct } from 'constructs';
import { KEYS } from '../../plan/access';
import { alertReceivers } from '../../plan/alert-receivers';
import { networkNeeds } from '../../plan/network-needs';
import { networkOn } from '../../plan/network-on';
import type { PlanOn } from '../../plan/platform-plan';
import { PLATFORM_TAG } from '../../plan/tags';
import { Alerts } from '../alerts/alerts';
import { ArtifactStore } from '../artifact-store/artifact-store';
import { Budget } from '../budget/budget';
import { Keys } from '../keys/keys';
import { Locks } from '../locks/locks';
import { Network } from '../network/network';
import { AccessLogs } from '../storage/access-logs';
import { bucketName } from '../storage/bucket-name';
import { PlatformStack } from './platform-stack';
import { publish } from './published';

export interface FoundationStackProps {
  readonly plan: PlanOn<'aws'>;
  readonly destroyData: boolean;
}

/** What everything else stands on and what outlives it: keys, network, alert channel, budget, locks, artifacts. */
export class FoundationStack extends PlatformStack {
  public readonly keys: Keys;
  public readonly network: Network;
  public readonly alerts: Alerts;
  /** Channels of alerts by the name of their route. */
  public readonly routes: Readonly<Record<string, Alerts>>;
  public readonly budget?: Budget;
  public readonly locks: Locks;
  public readonly accessLogs: AccessLogs;
  public readonly artifacts: ArtifactStore;

  constructor(scope: Construct, id: string, { plan, destroyData }: FoundationStackProps) {
    super(scope, id, {
      plan,
      part: 'foundation',
      description: 'Keys, network, alerts, budget, locks and artifacts',
      terminationProtection: !destroyData,
    });
    const { names, spec } = plan;
    const { region } = spec.aws;
    this.keys = new Keys(this, 'Keys', {
      aliases: { data: alias('data'), artifacts: alias('artifacts'), operations: alias('operations') },
    });
    this.network = new Network(this, 'Network', {
      ...networkOn('aws', spec.network),
      needs: networkNeeds(spec),
      encryptionKey: this.keys.operations,
      logName: names.slug,
    });
    const common = { platform: names.slug, encryptionKey: this.keys.operations };
    this.alerts = new Alerts(this, 'Alerts', { ...common, ...alertReceivers(spec) });
    this.routes = Object.fromEntries(
      Object.entries(spec.alerts.routes).map(([name, receivers]) => [
        name,
        new Alerts(this, `Route-${name}`, { ...common, ...receivers, route: { name, of: this.alerts } }),
      ]),
    );
    if (spec.governance.budget !== undefined)
      this.budget = new Budget(this, 'Budget', {
        ...spec.governance.budget,
        alerts: this.alerts,
        tag: { name: PLATFORM_TAG, value: names.slug },
      });
    this.locks = new Locks(this, 'Locks', {
      tableName: names.of('machine', 'locks'),
      encryptionKey: this.keys.operations,
      destroyData,
    });
    this.accessLogs = new AccessLogs(this, 'AccessLogs', {
      bucketName: bucketName(this, names, 'access-logs', region),
      destroyData,
    });
    this.artifacts = new ArtifactStore(this, 'Artifacts', {
      bucketName: bucketName(this, names, 'artifacts', region),
      encryptionKey: this.keys.artifacts,
      accessLogs: this.accessLogs.bucket,
      destroyData,
    });
    this.publishGenerated(plan);

    function alias(key: string): string {
      return names.of('keyAlias', key);
    }
  }

  /** What CloudFormation numbers itself and other stacks need. */
  private publishGenerated({ names }: PlanOn<'aws'>): void {
    const values = {
      'alerts/topic': this.alerts.topic.topicArn,
      ...Object.fromEntries(
        Object.entries(this.routes).map(([route, { topic }]) => [`alerts/routes/${route}/topic`, topic.topicArn]),
      ),
      'network/vpc': this.network.vpcId,
      'network/subnets': this.network.subnetIds.join(','),
      ...Object.fromEntries(KEYS.map((key) => [`keys/${key}`, this.keys[key].keyArn])),
    };
    for (const [path, value] of Object.entries(values))
      publish(this, `Published-${path.replaceAll('/', '-')}`, names.parameter(...path.split('/')), value);
  }
}
