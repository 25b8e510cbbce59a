import type { Construct } from 'constructs';
import type { PlatformPlan } from '../../plan/platform-plan';
import type { ModelSpec } from '../../spec/model';
import { ModelRegistry } from '../model-registry/model-registry';
import { Foundation } from './foundation';
import { PlatformStack } from './platform-stack';

export interface ModelStackProps {
  readonly plan: PlatformPlan;
  /** Name of the model. */
  readonly model: string;
  readonly spec: ModelSpec;
  readonly destroyData: boolean;
}

/** Everything of one model. Nothing of another model is in it, so models come and go alone. */
export class ModelStack extends PlatformStack {
  public readonly registry: ModelRegistry;

  constructor(scope: Construct, id: string, { plan, model, spec, destroyData }: ModelStackProps) {
    super(scope, id, { plan, part: `model-${model}`, description: `Model ${model}` });
    const foundation = new Foundation(this, 'Foundation', plan);
    this.registry = new ModelRegistry(this, 'Registry', {
      model,
      groupName: plan.names.of('modelGroup', model),
      approval: spec.registry.approval,
      alerts: foundation.alerts,
      encryptionKey: foundation.keys.operations,
      logName: plan.names.of('machine', model, 'approval'),
      destroyData,
    });
  }
}
