import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { OPERATIONS_SIGNALS } from '../../plan/outcome-signals';
import { retireAccess } from '../../plan/serving-access';
import type { IGrantee } from '../access/grantee';
import { grantOnProject } from '../access/project-grants';
import type { AlertChannel } from '../alerts/alert-channel';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { CustomerKey } from '../keys/customer-key';
import type { EncryptionKey } from '../keys/encryption-key';
import { PlatformDashboard } from '../monitoring/platform-dashboard';
import type { IRecords } from '../records/records';
import type { Target } from '../target';
import type { Workflow } from '../workflow/workflow';
import { DAILY_JOBS, Daily } from './daily';
import { KeptWorkflow } from './kept-workflow';
import { operationsWorkflow } from './operations-names';
import { ANNOUNCED_ERRORS } from './workflow/operations-props';
import { retireWorkflow } from './workflow/retire-workflow';

export interface OperationsProps {
  readonly target: Target;
  /** Names of the platform whose endpoints are looked after. */
  readonly names: PlatformNames;
  /** Who is told. It says which platform endpoints have to be labelled with. */
  readonly alerts: AlertChannel;
  /** Locks of endpoints and records of models, those that rollouts use. */
  readonly records: IRecords;
  /**
   * Key of the workflows; the agent of Workflows must be allowed to use it. Default: a key of its own, in a ring called
   * `…-operations`.
   */
  readonly encryptionKey?: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What looks after endpoints, made here or elsewhere. */
export interface IOperations {
  /** `projects/P/locations/R/workflows/N` of the workflow that retires models. */
  readonly retireId: string;
  readonly grants: OperationsUse;
}

/** What others may do with it. */
export class OperationsUse {
  constructor(private readonly target: Target) {}

  /** Lets someone retire models, as `mlops destroy` does. Workflows has no resource level in IAM. */
  retire(to: IGrantee): void {
    grantOnProject('roles/workflows.invoker', this.target, to);
  }
}

/**
 * What looks after all endpoints of a platform and outlives the stacks of its models: it empties the endpoint of a model that
 * is retired, tells of endpoints that no model owns, and publishes how many models serve and how old their versions are.
 */
export class Operations extends Construct implements IOperations {
  /** What looks after the endpoints of a platform in another stack, by the names of its plan. */
  static fromNames(names: PlatformNames, target: Target): IOperations {
    return { retireId: retireIdOf(names, target), grants: new OperationsUse(target) };
  }

  /** Retires a model; by hand with `{ "model": "fraud-detector" }`. */
  public readonly retire: Workflow;
  /** Tells of endpoints that no model owns. */
  public readonly sweep: Workflow;
  /** Publishes the scorecard. */
  public readonly scorecard: Workflow;
  public readonly dashboard: PlatformDashboard;
  public readonly retireId: string;
  public readonly grants: OperationsUse;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, names, alerts, labels = {} } = props;
    const encryptionKey =
      props.encryptionKey ??
      new CustomerKey(this, 'Key', {
        target,
        keyRingName: names.of('compute', 'operations'),
        agents: ['workflows'],
        labels,
      });
    const context = { ...props, encryptionKey };
    this.retire = new KeptWorkflow(this, 'Retire', {
      ...context,
      job: 'retire',
      description: 'Empties the endpoint of a model, and what leads there.',
      source: retireWorkflow({ target, platform: alerts.platform }),
      access: retireAccess(),
      failed: OPERATIONS_SIGNALS.retireFailed,
      announcedError: ANNOUNCED_ERRORS.retire,
      signals: [OPERATIONS_SIGNALS.retired],
    }).workflow;
    this.sweep = new Daily(this, 'Sweep', { ...context, job: DAILY_JOBS.sweep }).workflow;
    this.scorecard = new Daily(this, 'Scorecard', { ...context, job: DAILY_JOBS.scorecard }).workflow;
    this.dashboard = new PlatformDashboard(this, 'Dashboard', { target, names });
    this.retireId = retireIdOf(names, target);
    this.grants = new OperationsUse(target);
  }
}

const retireIdOf = (names: PlatformNames, { project, region }: Target): string =>
  `projects/${project}/locations/${region}/workflows/${operationsWorkflow(names, 'retire')}`;
