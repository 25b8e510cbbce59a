import { ProjectService } from '@cdktf/provider-google/lib/project-service';
import { Aspects, TerraformResource, TerraformStack } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { Target } from '../target';
import { apisOf, PLATFORM_APIS } from './apis';

export interface ProjectServicesProps {
  readonly target: Pick<Target, 'project'>;
  /** APIs by their full names, `storage.googleapis.com`. Default: PLATFORM_APIS. */
  readonly apis?: readonly string[];
}

/**
 * The APIs of a project. They stay on when the stack goes, as others of the project may use them. Every resource of the
 * same stack is made after its API; other stacks are applied after this one.
 */
export class ProjectServices extends Construct {
  public readonly services: Readonly<Record<string, ProjectService>>;

  constructor(scope: Construct, id: string, { target, apis = PLATFORM_APIS }: ProjectServicesProps) {
    super(scope, id);
    refuseForbidden(this);
    this.services = Object.fromEntries(
      apis.map((api) => [
        api,
        new ProjectService(this, api, {
          project: target.project,
          service: api,
          disableOnDestroy: false,
          disableDependentServices: false,
        }),
      ]),
    );
    Aspects.of(TerraformStack.of(this)).add({ visit: (node) => this.order(node) });
  }

  /** Makes a resource wait for its APIs, so far as they are turned on here. */
  private order(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || node instanceof ProjectService) return;
    const waits = new Set(node.dependsOn ?? []);
    for (const api of apisOf(node.terraformResourceType)) {
      const service = this.services[api];
      if (service !== undefined) waits.add(`${service.terraformResourceType}.${service.friendlyUniqueId}`);
    }
    if (waits.size > 0) node.dependsOn = [...waits];
  }
}
