import { Construct, type IConstruct } from 'constructs';
import { z } from 'zod';
import type { PlatformNames } from '../../plan/names';
import { modelName } from '../../spec/identifiers';
import type { IGrantee } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { findingsOf, refuseProps } from '../props';
import type { Target } from '../target';
import type { IModelRoles } from './model-roles';

const NAMED = z.object({ model: modelName });

export interface ModelRegistryAttributes {
  readonly target: Target;
  /** Name of the model: `fraud-detector`. */
  readonly model: string;
  /** Names of the plan. */
  readonly names: PlatformNames;
}

/** The entry of one model in the registry, made here or elsewhere. */
export interface IModelRegistry extends IConstruct {
  readonly model: string;
  /** Last part of `modelId`; versions are registered with it as `modelId` of models.upload, later ones as `parentModel`. */
  readonly modelName: string;
  /** `projects/P/locations/R/models/M`, whose versions are `…@<number>`. */
  readonly modelId: string;
  readonly grants: ModelRegistryGrants;
  /** Grants the verbs of `model`. */
  readonly grantors: Required<Pick<Grantors, 'model'>>;
}

/** Permissions on the versions of a model; Vertex AI knows them for all models of a project alone. */
export class ModelRegistryGrants {
  constructor(private readonly roles: IModelRoles) {}

  /** Lets someone list and read versions. */
  read(to: IGrantee): void {
    this.roles.grant('read-models', to);
  }

  /** Lets someone register versions, with whatever labels; where people approve, none is approved by that. */
  register(to: IGrantee): void {
    this.roles.grant('register-models', to);
  }

  /** Lets someone approve and reject versions that are registered, by their label. */
  approve(to: IGrantee): void {
    this.roles.grant('approve-models', to);
  }
}

/** What every entry can do, whoever made it. */
export class RegistryEntry extends Construct implements IModelRegistry {
  public readonly model: string;
  public readonly modelName: string;
  public readonly modelId: string;
  public readonly grants: ModelRegistryGrants;

  /** @throws Error for another model than this one. */
  public readonly grantors: IModelRegistry['grantors'] = {
    model: (verb, name, to) => {
      if (name !== this.model)
        throw new Error(`${this.node.path} is the registry of ${this.model}, so it cannot grant '${verb}' on ${name}`);
      this.grants[verb](to);
    },
  };

  /** @throws SpecError for a name that no model of a spec can have. */
  constructor(scope: Construct, id: string, { target, model, names }: ModelRegistryAttributes, roles: IModelRoles) {
    super(scope, id);
    refuseForbidden(this);
    refuseProps(this, findingsOf(NAMED, { model }));
    this.model = model;
    this.modelName = names.of('modelGroup', model);
    this.modelId = `projects/${target.project}/locations/${target.region}/models/${this.modelName}`;
    this.grants = new ModelRegistryGrants(roles);
  }
}
