import { Construct } from 'constructs';
import type { AccessEdge } from '../../plan/access';
import type { PlatformNames } from '../../plan/names';
import type { Signal } from '../../plan/signals';
import type { Grantors } from '../access/grantors';
import type { AlertChannel } from '../alerts/alert-channel';
import { ANNOUNCED_FIELDS } from '../alerts/announce';
import { announceGrantors } from '../alerts/announce-grantors';
import { consoleLink } from '../alerts/console-link';
import { failedOrSilent } from '../alerts/silent-ends';
import type { EncryptionKey } from '../keys/encryption-key';
import type { IRecords } from '../records/records';
import type { Target } from '../target';
import { recordsEnv } from '../workflow/record-steps';
import type { WorkflowSource } from '../workflow/syntax';
import { Workflow } from '../workflow/workflow';
import { everyEndpoint } from './operations-grants';
import { type OperationsJob, operationsWorkflow } from './operations-names';

/** What the workflows that look after all endpoints share. */
export interface OperationsContext {
  readonly target: Target;
  readonly names: PlatformNames;
  /** Who is told. */
  readonly alerts: AlertChannel;
  /** Locks of endpoints and records of models, those that rollouts use. */
  readonly records: IRecords;
  /** Key of the workflows. */
  readonly encryptionKey: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface KeptWorkflowProps extends OperationsContext {
  readonly job: OperationsJob;
  readonly description: string;
  readonly source: WorkflowSource;
  readonly access: readonly AccessEdge[];
  /** What is told when it fails, and the tag of the error that it ends with once it has told so itself. */
  readonly failed: Signal;
  readonly announcedError: string;
  /** Names of the Cloud Scheduler jobs that start it. Default: none does. */
  readonly schedules?: readonly string[];
  /** What else it announces. */
  readonly signals?: readonly Signal[];
  /** Grantors beyond those of the platform's endpoints. */
  readonly grantors?: Grantors;
}

/** A workflow that outlives the models it looks after, with alerts of all that it says and of ends that it cannot announce. */
export class KeptWorkflow extends Construct {
  public readonly workflow: Workflow;

  constructor(scope: Construct, id: string, props: KeptWorkflowProps) {
    super(scope, id);
    const { target, names, alerts, records, job, labels } = props;
    const name = operationsWorkflow(names, job);
    this.workflow = new Workflow(this, 'Workflow', {
      target,
      name,
      description: props.description,
      source: props.source,
      env: recordsEnv(records.bucketName),
      accountId: names.of('serviceAccount', job),
      access: props.access,
      grantors: {
        ...everyEndpoint(target, names, job),
        ...announceGrantors(target),
        ...records.grantors,
        ...props.grantors,
      },
      encryptionKey: props.encryptionKey,
      ...(labels === undefined ? {} : { labels }),
    });
    const where = `the executions of ${consoleLink(target, `workflows/workflow/${target.region}/${name}/executions`)}`;
    alerts.announce(this, 'Failed', {
      signal: props.failed,
      where,
      filter: failedOrSilent({
        platform: alerts.platform,
        workflow: name,
        signal: props.failed,
        announcedErrors: [props.announcedError],
        schedules: props.schedules ?? [],
      }),
      fields: ANNOUNCED_FIELDS,
    });
    for (const signal of props.signals ?? []) alerts.announce(this, `Says-${signal.name}`, { signal, where });
  }
}
