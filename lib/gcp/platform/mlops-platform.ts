import { Construct } from 'constructs';
import { planGcpAccess } from '../../plan/gcp-access';
import { type PlanOn, planPlatform } from '../../plan/platform-plan';
import { specOn } from '../../spec/clouds';
import type { PlatformSpec } from '../../spec/platform';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { DataRemovalProps } from '../removal';
import { DataStack } from './data-stack';
import { FoundationStack } from './foundation-stack';
import type { PlatformStack } from './platform-stack';

export interface MlopsPlatformProps extends DataRemovalProps {
  /** A loaded spec: `loadPlatformSpec('platform.yaml', { environment: 'prod' })`. */
  readonly spec: PlatformSpec;
}

/**
 * A whole platform in one environment, as stacks cut by lifetime. Stacks share names of the plan alone: no outputs, no
 * remote state, no look-ups, so each is planned without the others. The order to apply them in is that of their
 * dependencies, which `cdktf deploy` follows.
 */
export class MlopsPlatform extends Construct {
  public readonly plan: PlanOn<'gcp'>;
  public readonly foundation: FoundationStack;
  public readonly data?: DataStack;

  constructor(scope: Construct, id: string, props: MlopsPlatformProps) {
    super(scope, id);
    const planned = planPlatform(specOn('gcp', props.spec));
    const plan = { ...planned, access: planGcpAccess(planned.spec, planned.names) };
    const { dataLake } = plan.spec;
    const destroyData = props.destroyData ?? false;
    this.plan = plan;
    refuseForbidden(this);
    this.foundation = new FoundationStack(this, { plan, destroyData });
    if (dataLake !== undefined)
      this.data = this.after(this.foundation, new DataStack(this, { plan, dataLake, destroyData }));
  }

  /** Applied after another stack, because it uses what that one makes. */
  private after<S extends PlatformStack>(earlier: PlatformStack, stack: S): S {
    stack.addDependency(earlier);
    return stack;
  }
}
