import { ComputeAddress } from '@cdktf/provider-google/lib/compute-address';
import type { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { VertexAiEndpoint } from '@cdktf/provider-google/lib/vertex-ai-endpoint';
import type { Construct } from 'constructs';
import { type EndpointPlan, planEndpoint, type WrittenEndpoint } from '../../plan/endpoint-plan';
import { GCP_UNMEASURED } from '../../plan/gcp-unmeasured';
import { gcpMachines } from '../../plan/machines/gcp-machines';
import { championPath, endpointLock, servingPath } from '../../plan/serving-access';
import { ENDPOINT_TAG, MODEL_TAG, PLATFORM_TAG } from '../../plan/tags';
import { DEFAULT_ENDPOINT_ACCESS } from '../../spec/serving';
import { grantActAs } from '../access/act-as';
import { after } from '../access/after';
import type { Grantors } from '../access/grantors';
import type { Workload } from '../access/workload';
import type { AlertChannel } from '../alerts/alert-channel';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { literalJson } from '../escape';
import type { EncryptionKey } from '../keys/encryption-key';
import { labelText } from '../labels';
import { type IModelRoles, ModelRoles } from '../model-registry/model-roles';
import type { IModelRegistry } from '../model-registry/registry-entry';
import type { INetwork } from '../network/network';
import type { IRecords } from '../records/records';
import type { DataRemovalProps } from '../removal';
import { known, knownRegion } from '../tokens';
import { Captures } from './captures';
import {
  EndpointEntry,
  ImportedEndpoint,
  type IServingEndpoint,
  type ServingEndpointAttributes,
} from './endpoint-entry';
import { RULE_LABEL } from './endpoint-names';
import { type HostingProps, hostingSettings, servingAccountId, servingIdentity } from './hosting';
import type { ServingFacts } from './records';
import { Rollout } from './rollout';
import type { PrivateAddress } from './workflow/rollout-props';

export interface ServingEndpointProps
  extends Omit<ServingEndpointAttributes, 'model'>,
    WrittenEndpoint,
    DataRemovalProps {
  /** The model's entry in the registry. */
  readonly registry: IModelRegistry;
  /** Network that clients of a private endpoint are in. An endpoint that is public needs none. */
  readonly network?: Pick<INetwork, 'networkId' | 'subnetworkId' | 'ready'>;
  /** Where the images of containers are. */
  readonly repository: { readonly grantors: Required<Pick<Grantors, 'repository'>> };
  /** Where trained models are. */
  readonly artifacts: Pick<IArtifactStore, 'grantors'>;
  /** Where rollouts hold the lock of the endpoint and keep the record of the version that serves. */
  readonly records: IRecords;
  /** Key of the endpoint, of what it serves and of recorded requests. */
  readonly encryptionKey: EncryptionKey;
  /** Key of the workflow. Default: `encryptionKey`. */
  readonly operationsKey?: EncryptionKey;
  /**
   * Who is told of rollouts that ended without saying how; `Monitoring` tells of all others. Alerts come from its platform.
   * Default: nobody, and they come from the slug of the names.
   */
  readonly alerts?: AlertChannel;
  /** Custom roles that its grants give. Default: those of its stack. */
  readonly roles?: IModelRoles;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The endpoint of a model, and the workflow that decides which version it serves. Terraform owns the endpoint and never
 * touches what is deployed to it, nor its traffic: applying in the middle of a rollout changes nothing. What is set here of
 * machines, scaling and recorded requests takes effect with the next rollout; promote the version that serves to have it now.
 * A version begins with as many machines as have the traffic by then, and scales in to the spec's once it is promoted.
 *
 * By default it is reached from the network alone, by Private Service Connect, at an address that is reserved here and that
 * the workflow leads to the endpoint once a first version is deployed.
 *
 * Its containers run as an account of the model. Vertex AI serves as a few accounts of a project alone (`validate` counts them
 * for a platform); with `serving.gcp.serviceAccount: vertex-ai` there is none, and containers do nothing but read their artifacts
 * and print. A version that serves goes on as the account that it was deployed with, also when that is taken away: promote it
 * right after such an apply.
 *
 * Vertex AI refuses to delete an endpoint that still serves: retire the model first.
 */
export class ServingEndpoint extends EndpointEntry {
  /** The endpoint of another stack. */
  public static fromNames(scope: Construct, id: string, attributes: ServingEndpointAttributes): IServingEndpoint {
    return new ImportedEndpoint(scope, id, attributes);
  }

  /** What it runs on and how it rolls out. */
  public readonly plan: EndpointPlan;
  public readonly access: 'private' | 'public';
  public readonly endpoint: VertexAiEndpoint;
  /** Identity that its containers run as. Absent where that is an account of Vertex AI's, which nothing can be granted. */
  public readonly workload: Workload | undefined;
  /** Lets Vertex AI run containers as that identity: without it no version is deployed. Absent with it. */
  public readonly runner: ServiceAccountIamMember | undefined;
  /** Where a part of the requests is recorded. */
  public readonly captures: Captures | undefined;
  /** Address of a private endpoint. */
  public readonly address: ComputeAddress | undefined;
  public readonly rollout: Rollout;
  /** Publishes ServingFacts. */
  public readonly facts: StorageBucketObject;

  private readonly roles: IModelRoles;

  /** @throws SpecError when serving or monitoring are not what a spec allows; Error when a private one has no network. */
  constructor(scope: Construct, id: string, props: ServingEndpointProps) {
    const { model } = props.registry;
    super(scope, id, { ...props, model }, { grant: (role, to) => this.roles.grant(role, to) });
    const { target, names, encryptionKey, labels = {} } = props;
    const { project } = target;
    const region = knownRegion(this, target);
    known(this, 'target.project', project, 'What tells settings of a version apart is computed from it');
    this.roles = props.roles ?? ModelRoles.ofStack(this, props);
    this.plan = planEndpoint(model, props, {
      cloud: 'gcp',
      catalog: gcpMachines,
      region,
      unmeasured: GCP_UNMEASURED,
      file: this.node.path,
    });
    this.access = this.plan.serving.gcp?.access ?? DEFAULT_ENDPOINT_ACCESS;

    const { capture } = this.plan.serving;
    this.captures =
      capture === undefined ? undefined : new Captures(this, 'Captures', { ...props, model, encryptionKey });
    const hosting: HostingProps = {
      target,
      names,
      model,
      endpoint: this.displayName,
      plan: this.plan,
      grantors: { ...props.repository.grantors, ...props.artifacts.grantors },
    };
    const identity = servingIdentity(this, hosting);
    this.workload = identity?.workload;
    this.runner = identity?.runner;
    const privateAddress = this.reserve(props);
    this.address = privateAddress?.resource;
    this.rollout = new Rollout(this, 'Rollout', {
      names,
      workflowName: this.workflowName,
      workflow: {
        target,
        platform: props.alerts?.platform ?? names.slug,
        model,
        endpoint: this.displayName,
        endpointId: this.endpointId,
        modelId: props.registry.modelId,
        championPath: championPath(model).join('/'),
        factsPath: servingPath(model).join('/'),
        lock: endpointLock(this.displayName),
        settings: hostingSettings(hosting),
        rollout: this.plan.rollout,
        guards: this.plan.signals.guards,
        outcomes: this.plan.signals.outcomes,
        ...(privateAddress === undefined ? {} : { privateAddress: privateAddress.leads }),
      },
      recordsBucket: props.records.bucketName,
      grantors: {
        ...props.registry.grantors,
        ...props.records.grantors,
        ...this.grantors,
        endpoint: (verb, name, to) => {
          this.grantors.endpoint(verb, name, to);
          // Source: Vertex AI API, DeployedModel.service_account: whoever deploys needs iam.serviceAccounts.actAs on it.
          if (identity !== undefined)
            grantActAs(target, servingAccountId(hosting), identity.workload.serviceAccount, to);
        },
      },
      after: identity?.ready ?? [],
      ...(props.alerts === undefined ? {} : { alerts: props.alerts }),
      encryptionKey: props.operationsKey ?? encryptionKey,
      labels,
    });
    this.endpoint = new VertexAiEndpoint(this, 'Endpoint', {
      project,
      // Both are required: the API's host is of the region.
      location: region,
      region,
      name: this.endpointName,
      displayName: this.displayName,
      description: `Serves ${model}`,
      labels: {
        ...labels,
        [PLATFORM_TAG]: labelText(names.slug),
        [MODEL_TAG]: labelText(model),
        [ENDPOINT_TAG]: labelText(this.displayName),
        ...(this.access === 'private' ? { [RULE_LABEL]: this.forwardingRuleName } : {}),
      },
      encryptionSpec: { kmsKeyName: encryptionKey.id },
      ...(this.access === 'public'
        ? { dedicatedEndpointEnabled: true }
        : { privateServiceConnectConfig: { enablePrivateServiceConnect: true, projectAllowlist: [project] } }),
      ...(capture === undefined || this.captures === undefined
        ? {}
        : {
            predictRequestResponseLoggingConfig: {
              enabled: true,
              samplingRate: capture.sampling / 100,
              bigqueryDestination: { outputUri: this.captures.outputUri },
            },
          }),
      lifecycle: { ignoreChanges: ['traffic_split'] },
      // It is made last and goes first: Vertex AI refuses to delete one that serves, and then nothing that it serves with is
      // gone.
      dependsOn: [...after(this, encryptionKey.ready), ...(this.captures?.ready ?? []), this.rollout.workflow.resource],
    });
    this.facts = this.publishFacts(props);
  }

  /** An address in the network, and what the workflow has to know to lead it to the endpoint. */
  private reserve({ target, network, labels = {} }: ServingEndpointProps) {
    if (this.access === 'public') return undefined;
    if (network === undefined)
      throw new Error(
        `${this.node.path}: a private endpoint is reached from a network, and there is none. Give one, or set serving.gcp.access to public.`,
      );
    const { project, region } = target;
    const resource = new ComputeAddress(this, 'Address', {
      project,
      region,
      name: this.addressName,
      description: `Clients of ${this.model}`,
      subnetwork: network.subnetworkId,
      addressType: 'INTERNAL',
      purpose: 'GCE_ENDPOINT',
      labels: { ...labels },
      dependsOn: [...after(this, network.ready)],
    });
    const leads: PrivateAddress = {
      rule: this.forwardingRuleName,
      address: `projects/${project}/regions/${region}/addresses/${this.addressName}`,
      network: network.networkId,
    };
    return { resource, leads };
  }

  private publishFacts({ registry, records }: ServingEndpointProps): StorageBucketObject {
    const facts: ServingFacts = {
      model: this.model,
      endpoint: this.endpointId,
      displayName: this.displayName,
      modelId: registry.modelId,
      workflow: this.workflowId,
      champion: championPath(this.model).join('/'),
      lock: endpointLock(this.displayName),
      access: this.access,
      ...(this.access === 'private' ? { address: this.addressName, forwardingRule: this.forwardingRuleName } : {}),
    };
    return new StorageBucketObject(this, 'Facts', {
      bucket: records.bucketName,
      name: servingPath(this.model).join('/'),
      content: literalJson(facts),
      contentType: 'application/json',
      // They say that the model may serve, so the endpoint is there by then, and whatever serves it.
      dependsOn: [
        ...after(this, records.ready),
        this.endpoint,
        this.rollout.workflow.resource,
        ...(this.address === undefined ? [] : [this.address]),
      ],
    });
  }
}
