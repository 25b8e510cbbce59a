import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import { Operations } from '../operations/operations';
import { Foundation } from './foundation';
import { PlatformStack } from './platform-stack';

export interface OperationsStackProps {
  readonly plan: PlanOn<'aws'>;
}

/** What looks after endpoints and outlives the stacks of their models. */
export class OperationsStack extends PlatformStack {
  public readonly operations: Operations;

  constructor(scope: Construct, id: string, { plan }: OperationsStackProps) {
    super(scope, id, { plan, part: 'operations', description: 'Care of endpoints' });
    const foundation = new Foundation(this, 'Foundation', plan);
    this.operations = new Operations(this, 'Operations', {
      names: plan.names,
      alerts: foundation.alerts,
      locks: foundation.locks,
      encryptionKey: foundation.keys.operations,
    });
  }
}
