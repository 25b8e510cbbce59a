import { Construct } from 'constructs';
import { planGcpAccess } from '../../plan/gcp-access';
import { planPipelines } from '../../plan/pipeline/pipeline-plan';
import { planCollection } from '../../plan/pipeline/snapshot-collection';
import { usesCluster } from '../../plan/pipeline/step-plan';
import { type PlanOn, planPlatform } from '../../plan/platform-plan';
import { specOn } from '../../spec/clouds';
import type { PlatformSpec } from '../../spec/platform';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { DataRemovalProps } from '../removal';
import { DataStack } from './data-stack';
import { FoundationStack } from './foundation-stack';
import { ModelStack } from './model-stack';
import { OperationsStack } from './operations-stack';
import type { PlatformStack } from './platform-stack';
import { refuseBeyondProject } from './project-limits';
import { RegistryStack } from './registry-stack';
import { TrainingStack } from './training-stack';

export interface MlopsPlatformProps extends DataRemovalProps {
  /** A loaded spec: `loadPlatformSpec('platform.yaml', { environment: 'prod' })`. */
  readonly spec: PlatformSpec;
}

/**
 * A whole platform in one environment, as stacks cut by lifetime. Stacks share names of the plan alone: no outputs, no
 * remote state, no look-ups, so each is planned without the others. The order to apply them in is that of their
 * dependencies, which `cdktf deploy` follows.
 *
 * @throws SpecError, once it is synthesised, where it needs more of something than a project takes.
 */
export class MlopsPlatform extends Construct {
  public readonly plan: PlanOn<'gcp'>;
  public readonly foundation: FoundationStack;
  public readonly data?: DataStack;
  public readonly training?: TrainingStack;
  /** Absent while there is no model. */
  public readonly registry?: RegistryStack;
  /** Absent while there is no model: one that serves no more has still to be retired. */
  public readonly operations?: OperationsStack;
  /** Stack of each model by its name. */
  public readonly models: Readonly<Record<string, ModelStack>>;

  constructor(scope: Construct, id: string, props: MlopsPlatformProps) {
    super(scope, id);
    const planned = planPlatform(specOn('gcp', props.spec));
    const plan = { ...planned, access: planGcpAccess(planned.spec, planned.names) };
    const { dataLake, training, models } = plan.spec;
    const destroyData = props.destroyData ?? false;
    this.plan = plan;
    refuseForbidden(this);
    refuseBeyondProject(this, Object.keys(models).length);
    this.foundation = new FoundationStack(this, { plan, destroyData });
    if (dataLake !== undefined)
      this.data = this.after([this.foundation], new DataStack(this, { plan, dataLake, destroyData }));
    const beforeTraining = [this.foundation, this.data].filter((stack) => stack !== undefined);
    if (training !== undefined) this.training = this.after(beforeTraining, new TrainingStack(this, { plan, training }));
    const collection = planCollection(plan.spec, plan.names);
    if (Object.keys(models).length > 0) {
      this.registry = this.after([this.foundation], new RegistryStack(this, { plan }));
      this.operations = this.after([this.foundation, this.registry], new OperationsStack(this, { plan, collection }));
    }
    const before = [this.foundation, this.data, this.registry].filter((stack) => stack !== undefined);
    const pipelines = planPipelines(models, plan.names);
    // What launches steps on the cluster has the role of what launches trainings on it.
    const onCluster = (model: string): readonly PlatformStack[] => {
      const pipeline = pipelines[model];
      return this.training !== undefined && pipeline !== undefined && usesCluster(pipeline) ? [this.training] : [];
    };
    this.models = Object.fromEntries(
      Object.entries(models).map(([model, spec]) => [
        model,
        this.after([...before, ...onCluster(model)], new ModelStack(this, { plan, model, spec, destroyData })),
      ]),
    );
  }

  /** Applied after other stacks, because it uses what those make. */
  private after<S extends PlatformStack>(earlier: readonly PlatformStack[], stack: S): S {
    for (const one of earlier) stack.addDependency(one);
    return stack;
  }
}
