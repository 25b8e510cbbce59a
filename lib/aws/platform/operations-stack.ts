import type { Construct } from 'constructs';
import type { CollectionPlan } from '../../plan/pipeline/snapshot-collection';
import type { PlanOn } from '../../plan/platform-plan';
import { Operations } from '../operations/operations';
import { SnapshotCollector } from '../operations/snapshot-collector';
import { Foundation } from './foundation';
import { PlatformStack } from './platform-stack';

export interface OperationsStackProps {
  readonly plan: PlanOn<'aws'>;
  /** How snapshots are collected, where anything is frozen. */
  readonly collection: CollectionPlan | undefined;
}

/** What looks after endpoints and snapshots, and outlives the stacks of their models. */
export class OperationsStack extends PlatformStack {
  public readonly operations: Operations;
  /** Absent while nothing is frozen. */
  public readonly collector?: SnapshotCollector;

  constructor(scope: Construct, id: string, { plan, collection }: OperationsStackProps) {
    super(scope, id, { plan, part: 'operations', description: 'Care of endpoints and snapshots' });
    const { names } = plan;
    const foundation = new Foundation(this, 'Foundation', plan);
    const { alerts, keys } = foundation;
    this.operations = new Operations(this, 'Operations', {
      names,
      alerts,
      locks: foundation.locks,
      encryptionKey: keys.operations,
    });
    if (collection !== undefined)
      this.collector = new SnapshotCollector(this, 'Snapshots', {
        names,
        plan: collection,
        artifacts: foundation.artifacts,
        alerts,
        keys,
      });
  }
}
