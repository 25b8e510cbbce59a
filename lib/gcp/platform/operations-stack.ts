import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import { Operations } from '../operations/operations';
import { Foundation } from './foundation';
import { PlatformStack } from './platform-stack';

export interface OperationsStackProps {
  readonly plan: PlanOn<'gcp'>;
}

/** What looks after endpoints and outlives the stacks of their models. */
export class OperationsStack extends PlatformStack {
  public readonly operations: Operations;

  constructor(scope: Construct, { plan }: OperationsStackProps) {
    super(scope, { plan, part: 'operations' });
    const { keys, records, channel } = new Foundation(this, 'Foundation', plan);
    this.operations = new Operations(this, 'Operations', {
      target: this.target,
      names: plan.names,
      alerts: channel,
      records,
      encryptionKey: keys.operations,
      labels: this.labels,
    });
  }
}
