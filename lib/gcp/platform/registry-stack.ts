import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import { ModelEvents } from '../model-registry/model-events';
import { ModelRoles } from '../model-registry/model-roles';
import { Foundation } from './foundation';
import { PlatformStack } from './platform-stack';

export interface RegistryStackProps {
  readonly plan: PlanOn<'gcp'>;
}

/** What hears of the registry for all models: one set of audit-log triggers, one router, one set of roles. */
export class RegistryStack extends PlatformStack {
  public readonly roles: ModelRoles;
  public readonly events: ModelEvents;

  constructor(scope: Construct, { plan }: RegistryStackProps) {
    super(scope, { plan, part: 'registry' });
    const { target, labels } = this;
    const { names } = plan;
    const { keys, records, channel } = new Foundation(this, 'Foundation', plan);
    this.roles = new ModelRoles(this, 'Roles', { target, names });
    this.events = new ModelEvents(this, 'Events', {
      target,
      names,
      alerts: channel,
      records,
      encryptionKey: keys.operations,
      roles: this.roles,
      labels,
    });
  }
}
