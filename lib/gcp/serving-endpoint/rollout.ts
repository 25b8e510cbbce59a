import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { rolloutAccess } from '../../plan/serving-access';
import type { Ready } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import type { AlertChannel } from '../alerts/alert-channel';
import type { AlertPolicy } from '../alerts/alert-policy';
import { announceGrantors } from '../alerts/announce-grantors';
import { logLink } from '../alerts/console-link';
import type { EncryptionKey } from '../keys/encryption-key';
import { recordsEnv } from '../workflow/record-steps';
import { Workflow } from '../workflow/workflow';
import type { RolloutWorkflowProps } from './workflow/rollout-props';
import { rolloutWorkflow } from './workflow/rollout-workflow';

export interface RolloutProps {
  readonly names: PlatformNames;
  readonly workflowName: string;
  /** What the workflow is told. */
  readonly workflow: RolloutWorkflowProps;
  /** Bucket of records and locks. */
  readonly recordsBucket: string;
  /** Who grants the edges of `rolloutAccess`, but for the log and the channel. */
  readonly grantors: Grantors;
  /** What the versions that it deploys need: it comes after that. */
  readonly after: Ready;
  /** Who is told of executions that ended without saying how. Default: nobody. */
  readonly alerts?: AlertChannel;
  /** Key of the workflow. */
  readonly encryptionKey: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The workflow that decides which version an endpoint serves. Approvals of the registry start it, and people. */
export class Rollout extends Construct {
  public readonly workflow: Workflow;
  /** Tells of executions that could not say how they ended: they were cancelled, or ran into a fault of their own. */
  public readonly silentEnds: AlertPolicy | undefined;

  constructor(scope: Construct, id: string, props: RolloutProps) {
    super(scope, id);
    const { names, workflow, alerts } = props;
    const { target, model, endpoint } = workflow;
    this.workflow = new Workflow(this, 'Workflow', {
      target,
      names,
      name: props.workflowName,
      description: `Decides which version of ${model} serves`,
      source: rolloutWorkflow(workflow),
      env: recordsEnv(props.recordsBucket),
      accountId: names.of('serviceAccount', 'rollout', model),
      access: rolloutAccess(model, endpoint),
      grantors: { ...announceGrantors(target), ...props.grantors },
      encryptionKey: props.encryptionKey,
      after: props.after,
      ...(props.labels === undefined ? {} : { labels: props.labels }),
    });
    const ends = silentEnds(props.workflowName);
    this.silentEnds = alerts?.announce(this, 'SilentEnds', {
      signal: workflow.outcomes.unfinished,
      filter: ends,
      where: `the executions of the workflow ${props.workflowName}: ${logLink(target, ends)}`,
    });
  }
}

/**
 * Executions that failed or were cancelled. Those that announced how they ended have succeeded.
 * Source: Workflows documentation, "Execution and system logs": ExecutionsSystemLog.
 */
export const silentEnds = (workflow: string): string =>
  [
    'resource.type="workflows.googleapis.com/Workflow"',
    `resource.labels.workflow_id="${workflow}"`,
    'log_id("workflows.googleapis.com/executions_system")',
    'jsonPayload.state=("FAILED" OR "CANCELLED")',
  ].join(' AND ');
