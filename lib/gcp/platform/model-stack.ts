import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import type { ModelSpec } from '../../spec/model';
import { ModelRegistry } from '../model-registry/model-registry';
import { ModelRoles } from '../model-registry/model-roles';
import { Monitoring } from '../monitoring/monitoring';
import { ServingEndpoint } from '../serving-endpoint/serving-endpoint';
import { ImageRepository } from '../training-cluster/image-repository';
import { Foundation, foundationNames } from './foundation';
import { PlatformStack } from './platform-stack';

export interface ModelStackProps {
  readonly plan: PlanOn<'gcp'>;
  /** Name of the model. */
  readonly model: string;
  readonly spec: ModelSpec;
  readonly destroyData: boolean;
}

/** Everything of one model. Nothing of another model is in it, so models come and go alone. */
export class ModelStack extends PlatformStack {
  public readonly registry: ModelRegistry;
  /** Absent while the model does not serve. */
  public readonly serving?: ServingEndpoint;
  /** Absent while the model does not serve. */
  public readonly monitoring?: Monitoring;

  constructor(scope: Construct, { plan, model, spec, destroyData }: ModelStackProps) {
    super(scope, { plan, part: `model-${model}` });
    const { target, labels } = this;
    const { names } = plan;
    const { artifacts, channel, keys, network, records } = new Foundation(this, 'Foundation', plan);
    const roles = ModelRoles.fromNames({ target, names });
    this.registry = new ModelRegistry(this, 'Registry', {
      target,
      model,
      names,
      approval: spec.registry.approval,
      alerts: channel,
      roles,
    });
    if (spec.serving === undefined) return;
    const monitoring = spec.monitoring === undefined ? {} : { monitoring: spec.monitoring };
    this.serving = new ServingEndpoint(this, 'Serving', {
      target,
      names,
      registry: this.registry,
      network,
      repository: ImageRepository.fromNames({ target, names }),
      artifacts,
      records,
      encryptionKey: keys.artifacts,
      operationsKey: keys.operations,
      alerts: channel,
      roles,
      serving: spec.serving,
      labels,
      destroyData,
      ...monitoring,
    });
    this.monitoring = new Monitoring(this, 'Monitoring', {
      target,
      model,
      endpointName: this.serving.endpointName,
      serving: spec.serving,
      alerts: channel,
      names,
      recordsBucket: foundationNames(plan).records,
      ...monitoring,
    });
  }
}
