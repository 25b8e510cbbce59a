import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { GcsBackend, LocalBackend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import { labelsOf } from '../labels';
import type { Target } from '../target';

export interface PlatformStackProps {
  readonly plan: PlanOn<'gcp'>;
  /** Last part of the stack's name: `foundation`, `model-fraud-detector`. */
  readonly part: string;
}

/** One stack of a platform, named and placed by the plan, with a state of its own. */
export class PlatformStack extends TerraformStack {
  public readonly target: Target;
  public readonly labels: Readonly<Record<string, string>>;

  constructor(scope: Construct, { plan, part }: PlatformStackProps) {
    const name = plan.names.of('stack', part);
    super(scope, name);
    const { project, projectNumber, region, state } = plan.spec.gcp;
    this.target = { project, projectNumber, region };
    this.labels = labelsOf(plan.tags);
    const provider = new GoogleProvider(this, 'Google', {
      project,
      region,
      // Some APIs, such as that of budgets, answer people only when it is said whose quota a request counts against.
      userProjectOverride: true,
      billingProject: project,
    });
    // As an override: CDKTF writes the keys of a provider's maps in snake case, and these labels would be others.
    provider.addOverride('default_labels', { ...this.labels });
    // Beside the folder of what was synthesised, which the next synthesis replaces: a stack is three folders below that.
    if (state === undefined) new LocalBackend(this, { path: `../../../terraform.${name}.tfstate` });
    else new GcsBackend(this, { bucket: state.bucket, prefix: `mlops/${name}` });
  }
}
