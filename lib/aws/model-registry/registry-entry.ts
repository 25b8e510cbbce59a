import { Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { DEFAULT_APPROVAL, type ModelSpec } from '../../spec/model';
import type { Grantors } from '../access/grantors';
import { ModelRegistryGrants } from './model-registry-grants';

export interface ModelRegistryAttributes {
  /** Name of the model. */
  readonly model: string;
  /** Name of its model package group. */
  readonly groupName: string;
  /** Who approves its versions, as its spec says. Default: DEFAULT_APPROVAL. */
  readonly approval?: ModelSpec['registry']['approval'];
}

/** The entry of one model in the registry, made here or elsewhere. */
export interface IModelRegistry extends IConstruct {
  readonly model: string;
  /** Name of the model package group. */
  readonly groupName: string;
  /** ARN of the model package group. */
  readonly groupArn: string;
  /** Who approves versions. Where people do, a version that was created as approved is not approved yet. */
  readonly approval: ModelSpec['registry']['approval'];
  readonly grants: ModelRegistryGrants;
  /** Grants the verbs of `model`. */
  readonly grantors: Grantors;
}

/** What every entry can do, whoever made it. */
export abstract class RegistryEntry extends Construct implements IModelRegistry {
  public abstract readonly model: string;
  public abstract readonly groupName: string;
  public abstract readonly groupArn: string;
  public abstract readonly approval: ModelSpec['registry']['approval'];
  public abstract readonly grants: ModelRegistryGrants;

  /** @throws Error for another model than this one. */
  public readonly grantors: Grantors = {
    model: (verb, name, to) => {
      if (name !== this.model)
        throw new Error(`${this.node.path} is the registry of ${this.model}, so it cannot grant '${verb}' on ${name}`);
      this.grants[verb](to);
    },
  };
}

/** An entry that exists already. */
export class ImportedEntry extends RegistryEntry {
  public readonly model: string;
  public readonly groupName: string;
  public readonly groupArn: string;
  public readonly approval: ModelSpec['registry']['approval'];
  public readonly grants: ModelRegistryGrants;

  constructor(scope: Construct, id: string, attrs: ModelRegistryAttributes) {
    super(scope, id);
    this.model = attrs.model;
    this.groupName = attrs.groupName;
    this.groupArn = Stack.of(this).formatArn({
      service: 'sagemaker',
      resource: 'model-package-group',
      resourceName: attrs.groupName,
    });
    this.approval = attrs.approval ?? DEFAULT_APPROVAL;
    this.grants = new ModelRegistryGrants(Stack.of(this), attrs.groupName);
  }
}
