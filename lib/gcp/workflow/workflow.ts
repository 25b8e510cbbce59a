import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct } from 'constructs';
import type { AccessEdge } from '../../plan/access';
import type { PlatformNames } from '../../plan/names';
import { after } from '../access/after';
import type { IGrantee, Ready } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import { grantOnProject } from '../access/project-grants';
import { Workload } from '../access/workload';
import { literal } from '../escape';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { EncryptionKey } from '../keys/encryption-key';
import type { Target } from '../target';
import { sourceText } from './source-text';
import type { WorkflowSource } from './syntax';

export interface WorkflowProps {
  readonly target: Target;
  /** A name of the plan (kind `compute`). */
  readonly name: string;
  readonly description: string;
  readonly source: WorkflowSource;
  /** What `sys.get_env` gives, by name. */
  readonly env?: Readonly<Record<string, string>>;
  /** Id of its service account, a name of the plan (kind `serviceAccount`). */
  readonly accountId: string;
  /** What its executions may do, from the access plan. */
  readonly access: readonly AccessEdge[];
  /** Who grants that; writing its own log is granted here. */
  readonly grantors: Grantors;
  /** Names of the platform that it is of, as of its workload. */
  readonly names?: PlatformNames;
  /** Key of its source and of its executions' data. */
  readonly encryptionKey: EncryptionKey;
  /**
   * Whether each call is on record with its arguments and what it gave. Not for what handles secrets: they would be too.
   * Source: Workflows documentation, "Log workflows", call logging. Default: true.
   */
  readonly callLog?: boolean;
  /** What else has to be there before the first execution. Default: nothing. */
  readonly after?: Ready;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A generated workflow that owns what changes at run time: encrypted, every call on record, with an identity of its own. */
export class Workflow extends Construct {
  public readonly resource: WorkflowsWorkflow;
  public readonly workload: Workload;
  public readonly source: WorkflowSource;
  /** `projects/P/locations/R/workflows/N`. */
  public readonly workflowId: string;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, name, source, encryptionKey } = props;
    this.source = source;
    this.workload = new Workload(this, 'Workload', {
      target,
      accountId: props.accountId,
      access: props.access,
      grantors: { ...props.grantors, log: (_verb, _name, to) => grantLog(target, to) },
      description: props.description,
      ...(props.names === undefined ? {} : { names: props.names }),
    });
    this.workflowId = `projects/${target.project}/locations/${target.region}/workflows/${name}`;
    this.resource = new WorkflowsWorkflow(this, 'Workflow', {
      project: target.project,
      region: target.region,
      name,
      description: props.description,
      serviceAccount: this.workload.serviceAccount.id,
      sourceContents: literal(sourceText(name, source)),
      cryptoKeyName: encryptionKey.id,
      callLogLevel: (props.callLog ?? true) ? 'LOG_ALL_CALLS' : 'LOG_NONE',
      ...(props.env === undefined ? {} : { userEnvVars: { ...props.env } }),
      ...(props.labels === undefined ? {} : { labels: { ...props.labels } }),
      // Its source is in the app: nothing is lost with it.
      deletionProtection: false,
      dependsOn: [...after(this, encryptionKey.ready), ...this.workload.ready, ...(props.after ?? [])],
    });
  }

  /** Lets someone start executions, of every workflow of the project: Workflows has no policy of a single one. */
  grantStart(target: Target, to: IGrantee): void {
    grantOnProject('roles/workflows.invoker', target, to);
  }
}

/** Logging has no resource level for writing. */
export function grantLog(target: Target, to: IGrantee): void {
  grantOnProject('roles/logging.logWriter', target, to);
}
