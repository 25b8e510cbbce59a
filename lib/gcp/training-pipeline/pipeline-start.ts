import type { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { gcpStartMachineAccess } from '../../plan/pipeline/gcp-pipeline-access';
import type { PipelinePlan } from '../../plan/pipeline/pipeline-plan';
import { RUN_OUTCOMES, runSignals } from '../../plan/pipeline/pipeline-signals';
import { grantActAs } from '../access/act-as';
import { after } from '../access/after';
import type { Ready } from '../access/grantee';
import type { Workload } from '../access/workload';
import type { AlertChannel } from '../alerts/alert-channel';
import { NOTED_FIELDS } from '../alerts/announce';
import { announceGrantors } from '../alerts/announce-grantors';
import { consoleLink } from '../alerts/console-link';
import { failedOrSilent } from '../alerts/silent-ends';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import type { LakeGrantors } from '../data-lake/lake-grants';
import type { IDataset } from '../data-lake/lake-parts';
import type { EncryptionKey } from '../keys/encryption-key';
import type { IModelRoles } from '../model-registry/model-roles';
import type { IModelRegistry } from '../model-registry/registry-entry';
import type { IRecords } from '../records/records';
import type { Target } from '../target';
import { type IImageRepository, TRAINING_IMAGE } from '../training-cluster/image-repository';
import { recordsEnv } from '../workflow/record-steps';
import { Workflow } from '../workflow/workflow';
import { PipelineTriggers } from './pipeline-triggers';
import { startScheduleName, startWorkflowName } from './start-names';
import { START_ANNOUNCED } from './workflow/start-props';
import { startWorkflow } from './workflow/start-workflow';

export interface PipelineStartProps {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly plan: PipelinePlan;
  /** The model's entry in the registry. */
  readonly registry: IModelRegistry;
  /** The lake that runs read, with every dataset of the plan. None where no step reads one. */
  readonly lake?: { readonly datasets: Readonly<Record<string, IDataset>>; readonly grantors: LakeGrantors };
  /** Where snapshots, results and the pipeline's document are. */
  readonly artifacts: IArtifactStore;
  /** The object there that is the pipeline's document: its name, never again that of another one, and what makes it. */
  readonly document: { readonly name: string; readonly ready: Ready };
  /** Where the images of steps are. */
  readonly repository: IImageRepository;
  /** What runs act as. */
  readonly steps: { readonly accountId: string; readonly workload: Workload };
  /** Resource name of the network attachment by which steps reach the network. */
  readonly attachment: string;
  readonly records: IRecords;
  /** Custom roles that its grants give. */
  readonly roles: IModelRoles;
  /** Who is told. */
  readonly alerts: AlertChannel;
  /** Key of runs. */
  readonly encryptionKey: EncryptionKey;
  /** Key of the workflow and of what starts it. */
  readonly operationsKey: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The one way into a training pipeline: the workflow that starts its runs, and what starts that. */
export class PipelineStart extends Construct {
  public readonly workflow: Workflow;
  public readonly triggers: PipelineTriggers;

  constructor(scope: Construct, id: string, props: PipelineStartProps) {
    super(scope, id);
    const { target, names, plan, alerts, records, artifacts, registry, repository, roles, labels = {} } = props;
    const { project, region } = target;
    const name = startWorkflowName(names, plan.model);
    const { accountId, workload } = props.steps;
    this.workflow = new Workflow(this, 'Workflow', {
      target,
      names,
      name,
      description: `Starts runs of the pipeline of ${plan.model}`,
      source: startWorkflow({
        target,
        platform: alerts.platform,
        plan,
        modelId: registry.modelId,
        tables: Object.fromEntries(
          Object.entries(props.lake?.datasets ?? {}).map(([dataset, { zone, tableName }]) => [
            dataset,
            { databaseName: zone.databaseName, tableName },
          ]),
        ),
        artifactsBucket: artifacts.bucketName,
        document: props.document.name,
        imagePackage: `projects/${project}/locations/${region}/repositories/${repository.repositoryName}/packages/${TRAINING_IMAGE}`,
        account: workload.email,
        encryptionKeyId: props.encryptionKey.id,
        labels,
        attachment: props.attachment,
      }),
      env: recordsEnv(records.bucketName),
      accountId: names.of('serviceAccount', 'start', plan.model),
      access: gcpStartMachineAccess(plan),
      grantors: {
        ...announceGrantors(target),
        ...records.grantors,
        ...artifacts.grantors,
        ...registry.grantors,
        ...repository.grantors,
        ...props.lake?.grantors,
        pipeline: (_verb, _name, to) => {
          roles.grant('run-pipelines', to);
          // Source: Vertex AI documentation, "Configure a service account with granular permissions" of pipelines.
          grantActAs(target, accountId, workload.serviceAccount, to);
        },
      },
      encryptionKey: props.operationsKey,
      after: after(this, props.document.ready),
      labels,
    });
    this.triggers = new PipelineTriggers(this, 'Triggers', {
      target,
      names,
      plan,
      datasets: props.lake?.datasets ?? {},
      workflow: this.workflow,
      alerts,
      encryptionKey: props.operationsKey,
      labels,
    });
    this.announce(props, name);
  }

  /** Notification channel of alert policies whose signal starts a run; none where no signal does. */
  get signalChannel(): MonitoringNotificationChannel | undefined {
    return this.triggers.signalChannel;
  }

  private announce({ alerts, target, names, plan }: PipelineStartProps, name: string): void {
    const signals = runSignals(plan.model);
    const schedules = plan.triggers
      .filter(({ kind }) => kind === 'schedule')
      .map((trigger) => startScheduleName(names, plan.model, trigger.name));
    const executions = consoleLink(target, `workflows/workflow/${target.region}/${name}/executions`);
    const where = `the run in ${consoleLink(target, 'vertex-ai/pipelines/runs')}, and the executions of ${executions}`;
    for (const outcome of RUN_OUTCOMES) {
      const signal = signals[outcome];
      if (outcome !== 'start-failed') alerts.announce(this, `Says-${outcome}`, { signal, where, fields: NOTED_FIELDS });
      else
        alerts.announce(this, `Says-${outcome}`, {
          signal,
          where,
          filter: failedOrSilent({
            platform: alerts.platform,
            workflow: name,
            signal,
            announcedErrors: [START_ANNOUNCED],
            schedules,
          }),
          fields: NOTED_FIELDS,
        });
    }
  }
}
