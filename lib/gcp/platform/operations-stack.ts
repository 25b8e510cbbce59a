import type { Construct } from 'constructs';
import type { CollectionPlan } from '../../plan/pipeline/snapshot-collection';
import type { PlanOn } from '../../plan/platform-plan';
import { Operations } from '../operations/operations';
import { SnapshotCollector } from '../operations/snapshot-collector';
import { Foundation } from './foundation';
import { PlatformStack } from './platform-stack';

export interface OperationsStackProps {
  readonly plan: PlanOn<'gcp'>;
  /** How snapshots are collected, where anything is frozen. */
  readonly collection: CollectionPlan | undefined;
}

/** What looks after endpoints and snapshots, and outlives the stacks of their models. */
export class OperationsStack extends PlatformStack {
  public readonly operations: Operations;
  /** Absent while nothing is frozen. */
  public readonly collector?: SnapshotCollector;

  constructor(scope: Construct, { plan, collection }: OperationsStackProps) {
    super(scope, { plan, part: 'operations' });
    const { keys, records, channel, artifacts } = new Foundation(this, 'Foundation', plan);
    const context = {
      target: this.target,
      names: plan.names,
      alerts: channel,
      records,
      encryptionKey: keys.operations,
      labels: this.labels,
    };
    this.operations = new Operations(this, 'Operations', context);
    if (collection !== undefined)
      this.collector = new SnapshotCollector(this, 'Snapshots', { ...context, plan: collection, artifacts });
  }
}
