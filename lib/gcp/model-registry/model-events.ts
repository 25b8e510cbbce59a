import { EventarcGoogleChannelConfig } from '@cdktf/provider-google/lib/eventarc-google-channel-config';
import { EventarcTrigger } from '@cdktf/provider-google/lib/eventarc-trigger';
import { ProjectIamAuditConfig } from '@cdktf/provider-google/lib/project-iam-audit-config';
import { Construct } from 'constructs';
import { modelEventsAccess, modelEventsTriggerAccess } from '../../plan/gcp-access';
import { MODEL_EVENTS_FAILED } from '../../plan/model-events-signals';
import type { PlatformNames } from '../../plan/names';
import { after } from '../access/after';
import { grantOnProject } from '../access/project-grants';
import { Workload } from '../access/workload';
import type { AlertChannel } from '../alerts/alert-channel';
import type { AlertPolicy } from '../alerts/alert-policy';
import { announceGrantors } from '../alerts/announce-grantors';
import { logLink } from '../alerts/console-link';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { EncryptionKey } from '../keys/encryption-key';
import type { IRecords } from '../records/records';
import { silentEnds } from '../serving-endpoint/rollout';
import type { Target } from '../target';
import { recordsEnv } from '../workflow/record-steps';
import { Workflow } from '../workflow/workflow';
import { AUDITED_ACCESS, AUDITED_METHODS, AUDITED_SERVICE } from './audited-methods';
import { type IModelRoles, ModelRoles } from './model-roles';
import { eventsWorkflow } from './workflow/events-workflow';

export interface ModelEventsProps {
  readonly target: Target;
  /** Names of the plan. */
  readonly names: PlatformNames;
  /** Who is told; alerts come from its platform. */
  readonly alerts: AlertChannel;
  /** Where each `ModelRegistry` says what it wants, and where what was seen of versions is kept. */
  readonly records: IRecords;
  /** Key of the workflow, and of events on their way to it. */
  readonly encryptionKey: EncryptionKey;
  /** Custom roles that its grants give. Default: those of its stack. */
  readonly roles?: IModelRoles;
  /**
   * Whether this puts changes of models on record, which is a setting of the whole project: there may be one owner of it.
   * Default: true.
   */
  readonly auditConfig?: boolean;
  /**
   * Whether events of Google's services are encrypted with the key, which is a setting of the whole project in the region:
   * one that is there is taken over, so there may be one owner of it. It stays when this goes, with the key that it names;
   * before the key is destroyed, `gcloud eventarc google-channels update --location=REGION --clear-crypto-key` resets it.
   * Default: true.
   * Source: Eventarc documentation, "Use customer-managed encryption keys (CMEK)"; Eventarc API, GoogleChannelConfig.
   */
  readonly channelConfig?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * What hears of every change in the model registry of a platform: one trigger for each way in which audit logs write of it,
 * and one workflow for all models, which tells people, approves what is approved by itself, and starts rollouts.
 */
export class ModelEvents extends Construct {
  public readonly workflow: Workflow;
  /** Identity that starts the workflow. */
  public readonly trigger: Workload;
  /** By a short name of the method: `update-ui`. */
  public readonly triggers: Readonly<Record<string, EventarcTrigger>>;
  public readonly auditConfig: ProjectIamAuditConfig | undefined;
  public readonly channelConfig: EventarcGoogleChannelConfig | undefined;
  /** Tells of executions that failed. */
  public readonly failures: AlertPolicy;

  constructor(scope: Construct, id: string, props: ModelEventsProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, names, alerts, records, labels = {} } = props;
    const { project, region } = target;
    const roles = props.roles ?? ModelRoles.ofStack(this, props);
    const name = names.of('compute', 'model-events');
    this.workflow = new Workflow(this, 'Workflow', {
      target,
      names,
      name,
      description: 'Hears of the model registry',
      source: eventsWorkflow({ target, platform: alerts.platform }),
      env: recordsEnv(records.bucketName),
      accountId: names.of('serviceAccount', 'model-events'),
      access: modelEventsAccess(),
      grantors: {
        ...announceGrantors(target),
        ...records.grantors,
        model: (verb, _name, to) => roles.grant(verb === 'approve' ? 'approve-models' : 'read-models', to),
        // IAM of workflows has no level below the project in Terraform's provider.
        machine: (_verb, _name, to) => grantOnProject('roles/workflows.invoker', target, to),
      },
      encryptionKey: props.encryptionKey,
      labels,
    });
    this.auditConfig =
      (props.auditConfig ?? true)
        ? new ProjectIamAuditConfig(this, 'AuditConfig', {
            project,
            service: AUDITED_SERVICE,
            auditLogConfig: AUDITED_ACCESS.map((logType) => ({ logType })),
          })
        : undefined;
    this.channelConfig =
      (props.channelConfig ?? true)
        ? new EventarcGoogleChannelConfig(this, 'ChannelConfig', {
            project,
            location: region,
            name: `projects/${project}/locations/${region}/googleChannelConfig`,
            cryptoKeyName: props.encryptionKey.id,
            dependsOn: [...after(this, props.encryptionKey.ready)],
          })
        : undefined;
    this.trigger = new Workload(this, 'Trigger', {
      target,
      accountId: names.of('serviceAccount', 'model-events-on'),
      description: 'Starts the workflow that hears of the model registry',
      access: modelEventsTriggerAccess(),
      grantors: {
        machine: (_verb, _name, to) => {
          this.workflow.grantStart(target, to);
          // Source: Eventarc documentation, "Roles and permissions": whoever a trigger of audit logs acts as.
          grantOnProject('roles/eventarc.eventReceiver', target, to);
        },
      },
    });
    this.triggers = Object.fromEntries(
      Object.entries(AUDITED_METHODS).map(([method, methodName]) => [
        method,
        new EventarcTrigger(this, `On-${method}`, {
          project,
          location: region,
          name: names.of('compute', 'model-events', method),
          matchingCriteria: [
            { attribute: 'type', value: 'google.cloud.audit.log.v1.written' },
            { attribute: 'serviceName', value: AUDITED_SERVICE },
            { attribute: 'methodName', value: methodName },
          ],
          destination: { workflow: this.workflow.resource.id },
          serviceAccount: this.trigger.email,
          labels: { ...labels },
          dependsOn: [
            ...this.trigger.ready,
            this.workflow.resource,
            ...(this.auditConfig === undefined ? [] : [this.auditConfig]),
            ...(this.channelConfig === undefined ? [] : [this.channelConfig]),
          ],
        }),
      ]),
    );
    const ends = silentEnds(name);
    this.failures = alerts.announce(this, 'Failures', {
      signal: MODEL_EVENTS_FAILED,
      filter: ends,
      where: `the executions of the workflow ${name}: ${logLink(target, ends)}`,
    });
  }
}
