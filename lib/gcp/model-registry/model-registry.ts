import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import type { Construct } from 'constructs';
import { registryPath } from '../../plan/gcp-access';
import { approvalFailed, modelSignals } from '../../plan/signals';
import { DEFAULT_APPROVAL, type ModelSpec } from '../../spec/model';
import { after } from '../access/after';
import type { AlertChannel } from '../alerts/alert-channel';
import type { AlertPolicy } from '../alerts/alert-policy';
import { consoleLink } from '../alerts/console-link';
import { literalJson } from '../escape';
import type { IRecords } from '../records/records';
import { type IModelRoles, ModelRoles } from './model-roles';
import { type IModelRegistry, type ModelRegistryAttributes, RegistryEntry } from './registry-entry';
import type { RegistryFacts } from './workflow/events-props';

export interface ModelRegistryProps extends ModelRegistryAttributes {
  /** manual: a person approves each version. automatic: the platform does when it is registered. Default: DEFAULT_APPROVAL. */
  readonly approval?: ModelSpec['registry']['approval'];
  /** Who is told of registered, approved and rejected versions. */
  readonly alerts: AlertChannel;
  /** Where `ModelEvents` reads how versions are approved and rolled out. */
  readonly records: Pick<IRecords, 'bucketName' | 'ready'>;
  /** The workflow that rolls approved versions out, `projects/P/locations/R/workflows/W`. Default: none is. */
  readonly rollout?: string;
  /** Custom roles that its grants give. Default: those of its stack. */
  readonly roles?: IModelRoles;
}

/**
 * The entry of one model in the registry of Vertex AI. Terraform's provider has no resource for a model: the first version
 * that is registered by this name makes it, and approval-convention.ts says what labels and aliases mean. `ModelEvents`
 * hears of versions, approves what is approved by itself and starts rollouts; here people are told.
 */
export class ModelRegistry extends RegistryEntry {
  /** An entry that is watched elsewhere; the roles of the platform are there already. */
  public static fromNames(scope: Construct, id: string, attributes: ModelRegistryAttributes): IModelRegistry {
    return new RegistryEntry(scope, id, attributes, ModelRoles.fromNames(attributes));
  }

  public readonly approval: ModelSpec['registry']['approval'];
  /** Publishes RegistryFacts. */
  public readonly facts: StorageBucketObject;
  /** Alert policies of registered, approved and rejected versions and of failed approvals, by the name of their signal. */
  public readonly announcements: Readonly<Record<string, AlertPolicy>>;

  constructor(scope: Construct, id: string, props: ModelRegistryProps) {
    super(scope, id, props, { grant: (role, to) => this.roles.grant(role, to) });
    const { target, model, approval = DEFAULT_APPROVAL, alerts } = props;
    this.approval = approval;
    this.roles = props.roles ?? ModelRoles.ofStack(this, props);
    this.facts = this.publishFacts(props);
    const page = `vertex-ai/models/locations/${target.region}/models/${this.modelName}`;
    const where = `the model registry of Vertex AI, ${this.modelName}: ${consoleLink(target, page)}`;
    const [registered, approved, rejected] = modelSignals(model, approval);
    this.announcements = Object.fromEntries(
      (
        [
          ['Registered', registered],
          ['Approved', approved],
          ['Rejected', rejected],
          ...(approval === 'automatic' ? [['ApprovalFailed', approvalFailed(model)] as const] : []),
        ] as const
      ).map(([name, signal]) => [signal.name, alerts.announce(this, name, { signal, where })]),
    );
  }

  private readonly roles: IModelRoles;

  private publishFacts({ records, rollout }: ModelRegistryProps): StorageBucketObject {
    const facts: RegistryFacts = {
      model: this.model,
      approval: this.approval,
      ...(rollout === undefined ? {} : { rollout }),
    };
    return new StorageBucketObject(this, 'Facts', {
      bucket: records.bucketName,
      name: registryPath(this.modelName).join('/'),
      content: literalJson(facts),
      contentType: 'application/json',
      dependsOn: [...after(this, records.ready)],
    });
  }
}
