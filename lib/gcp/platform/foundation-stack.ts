import { Construct } from 'constructs';
import { alertReceivers } from '../../plan/alert-receivers';
import { networkOn } from '../../plan/network-on';
import type { PlanOn } from '../../plan/platform-plan';
import { Alerts } from '../alerts/alerts';
import { ArtifactStore } from '../artifact-store/artifact-store';
import { Budget } from '../budget/budget';
import { Keys } from '../keys/keys';
import { lastingResources } from '../lasting';
import { attachesIn } from '../network/attaches-in';
import { grantAttach, makeAttachRole } from '../network/grant-attach';
import { Network } from '../network/network';
import { Records } from '../records/records';
import { ProjectServices } from '../services/project-services';
import { ImageRepository } from '../training-cluster/image-repository';
import { foundationNames, hasAttachment } from './foundation';
import { PlatformStack } from './platform-stack';

export interface FoundationStackProps {
  readonly plan: PlanOn<'gcp'>;
  readonly destroyData: boolean;
}

/** What everything else stands on and what outlives it: APIs, keys, network, alert channel, budget, records, artifacts. */
export class FoundationStack extends PlatformStack {
  public readonly services: ProjectServices;
  public readonly keys: Keys;
  /** Absent where somebody else runs the network. */
  public readonly network?: Network;
  public readonly alerts: Alerts;
  /** Channels of alerts by the name of their route. */
  public readonly routes: Readonly<Record<string, Alerts>>;
  public readonly records: Records;
  public readonly artifacts: ArtifactStore;
  /** Images of containers that train and serve. */
  public readonly images: ImageRepository;
  /** Absent where the spec has none. */
  public readonly budget?: Budget;

  constructor(scope: Construct, { plan, destroyData }: FoundationStackProps) {
    super(scope, { plan, part: 'foundation' });
    const { target, labels } = this;
    const { names, spec } = plan;
    const known = foundationNames(plan);
    const network = networkOn('gcp', spec.network);
    this.services = new ProjectServices(this, 'Services', { target });
    lastingResources(this, { destroyData });
    this.keys = new Keys(this, 'Keys', { target, keyRingName: known.keyRing, labels, destroyData });
    const attachRole = names.of('customRole', 'attach-network');
    if (network.mode !== 'existing')
      this.network = new Network(this, 'Network', {
        target,
        name: known.network,
        mode: network.mode,
        cidr: network.cidr,
        destroyData,
        ...(hasAttachment(plan) ? { attachment: { roleId: attachRole } } : {}),
        labels,
      });
    // Where Network has it, so that a change from one to the other does not make the role of that id twice.
    if (this.network?.attachment === undefined) {
      const permit = attachesIn(spec) === target.project ? grantAttach : makeAttachRole;
      permit(this.network ?? new Construct(this, 'Network'), known.network, attachRole, target);
    }
    const alerts = { target, names, encryptionKey: this.keys.operations, labels };
    this.alerts = new Alerts(this, 'Alerts', { ...alerts, ...alertReceivers(spec) });
    this.routes = Object.fromEntries(
      Object.entries(spec.alerts.routes).map(([name, receivers]) => [
        name,
        new Alerts(this, `Route-${name}`, { ...alerts, ...receivers, route: { name, of: this.alerts } }),
      ]),
    );
    const store = { target, labels, destroyData };
    this.records = new Records(this, 'Records', {
      ...store,
      bucketName: known.records,
      encryptionKey: this.keys.operations,
    });
    this.artifacts = new ArtifactStore(this, 'Artifacts', {
      ...store,
      bucketName: known.artifacts,
      encryptionKey: this.keys.artifacts,
    });
    this.images = new ImageRepository(this, 'Images', { ...store, names, encryptionKey: this.keys.artifacts });
    const { billingAccount } = spec.gcp;
    if (spec.governance.budget !== undefined && billingAccount !== undefined)
      this.budget = new Budget(this, 'Budget', {
        ...spec.governance.budget,
        target,
        names,
        billingAccount,
        channel: this.alerts.channel,
        records: this.records,
        encryptionKey: this.keys.operations,
        labels,
      });
  }
}
