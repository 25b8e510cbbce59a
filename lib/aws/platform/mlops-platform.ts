import { type Stack, Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { planCollection } from '../../plan/pipeline/snapshot-collection';
import { type PlanOn, planPlatform } from '../../plan/platform-plan';
import { specOn } from '../../spec/clouds';
import type { PlatformSpec } from '../../spec/platform';
import type { DataRemovalProps } from '../removal';
import { DataStack } from './data-stack';
import { FoundationStack } from './foundation-stack';
import { ModelStack } from './model-stack';
import { OperationsStack } from './operations-stack';
import { TrainingStack } from './training-stack';

export interface MlopsPlatformProps extends DataRemovalProps {
  /** A loaded spec: `loadPlatformSpec('platform.yaml', { environment: 'prod' })`. */
  readonly spec: PlatformSpec;
}

/**
 * A whole platform in one environment, as stacks cut by lifetime: the foundation, the data, the training cluster, and
 * one for each model. Stacks share names of the plan and published values, never exports, so each can go without the
 * others. The order of deployment is the order of their dependencies, which `cdk deploy --all` follows.
 */
export class MlopsPlatform extends Construct {
  public readonly plan: PlanOn<'aws'>;
  public readonly foundation: FoundationStack;
  public readonly data?: DataStack;
  public readonly training?: TrainingStack;
  /** Absent while there is no model: one that serves no more has still to be retired. */
  public readonly operations?: OperationsStack;
  /** Stack of each model by its name. */
  public readonly models: Readonly<Record<string, ModelStack>>;

  constructor(scope: Construct, id: string, props: MlopsPlatformProps) {
    super(scope, id);
    const plan = planPlatform(specOn('aws', props.spec));
    const { dataLake, training, models } = plan.spec;
    const destroyData = props.destroyData ?? false;
    this.plan = plan;
    this.foundation = new FoundationStack(this, 'Foundation', { plan, destroyData });
    if (dataLake !== undefined)
      this.data = this.after(this.foundation, new DataStack(this, 'Data', { plan, dataLake, destroyData }));
    if (training !== undefined)
      this.training = this.after(this.foundation, new TrainingStack(this, 'Training', { plan, training }));
    const collection = planCollection(plan.spec, plan.names);
    if (Object.keys(models).length > 0)
      this.operations = this.after(this.foundation, new OperationsStack(this, 'Operations', { plan, collection }));
    this.models = Object.fromEntries(
      Object.entries(models).map(([model, spec]) => {
        const stack = this.after(
          this.foundation,
          new ModelStack(this, `Model-${model}`, { plan, model, spec, destroyData }),
        );
        if (this.training !== undefined && stack.pipeline?.clusterSteps !== undefined) this.after(this.training, stack);
        return [model, stack];
      }),
    );
    for (const [key, value] of Object.entries(plan.tags)) Tags.of(this).add(key, value);
  }

  /** Deployed after another stack, because it reads what that one publishes. */
  private after<S extends Stack>(earlier: Stack, stack: S): S {
    stack.addStackDependency(earlier);
    return stack;
  }
}
