import { Construct } from 'constructs';
import { batchSubmissionAccess } from '../../plan/gcp-access';
import { TRAINING_FAILED } from '../../plan/signals';
import { grantActAs } from '../access/act-as';
import { ANNOUNCED_FIELDS } from '../alerts/announce';
import { announceGrantors } from '../alerts/announce-grantors';
import { logLink } from '../alerts/console-link';
import { failedOrSilent } from '../alerts/silent-ends';
import { accountEmail } from '../target';
import { recordsEnv } from '../workflow/record-steps';
import { Workflow } from '../workflow/workflow';
import { grantJobRole } from './job-grants';
import { ARTIFACTS_VARIABLE, CHECKPOINTS_VARIABLE } from './machine/batch-job';
import type { BatchWorkflowProps } from './machine/batch-props';
import { batchWorkflow, TRAINING_ANNOUNCED, type TrainingRequest } from './machine/batch-workflow';
import { type NodeTemplate, nodeTemplates } from './node-template';
import { type BatchSubmission, batchSubmission, launcherName } from './submission';
import type { TrainingEngine, TrainingEngineProps } from './training-engine';

/**
 * Trainings on machines of Cloud Batch, which Terraform cannot make jobs of: a template of nodes for each way of buying
 * them, and a workflow that submits each training and sees it through.
 */
export class BatchTraining extends Construct implements TrainingEngine {
  public readonly launcher: Workflow;
  /** In the order in which a training tries them. */
  public readonly templates: readonly NodeTemplate[];
  public readonly submission: BatchSubmission;
  public readonly defaults: Readonly<Record<string, unknown>>;
  public readonly failures: TrainingEngine['failures'];
  /** What the launcher is made from. */
  public readonly machine: BatchWorkflowProps;

  constructor(scope: Construct, id: string, props: TrainingEngineProps) {
    super(scope, id);
    const { target, names, plan, workload } = props;
    this.submission = batchSubmission(names, target);
    const { accountId } = this.submission;
    const account = accountEmail(accountId, target);
    this.templates = nodeTemplates(this, { ...props, of: ['training'], account, after: workload.ready });
    this.machine = {
      target,
      platform: names.slug,
      plan,
      ways: this.templates.map(({ capacity, name }) => ({ capacity, template: name })),
      account,
      repository: props.repository.uri,
      image: props.image,
      variables: { [ARTIFACTS_VARIABLE]: props.artifactsUri, [CHECKPOINTS_VARIABLE]: props.checkpointsUri },
      labels: props.labels,
    };
    this.launcher = new Workflow(this, 'Launcher', {
      target,
      name: launcherName(names),
      description: 'Runs a training on the batch cluster',
      source: batchWorkflow(this.machine),
      env: recordsEnv(props.records.bucketName),
      accountId: names.of('serviceAccount', 'launcher'),
      access: batchSubmissionAccess(),
      grantors: {
        ...announceGrantors(target),
        ...props.records.grantors,
        // Jobs have no resource level of their own; a job runs as an account, which the launcher must be let use.
        cluster: (_verb, _name, to) => {
          grantJobRole(names, target, to, props.roles.jobs);
          grantActAs(target, accountId, workload.serviceAccount, to);
        },
      },
      encryptionKey: props.operationsKey,
      // A training that is started at once finds its templates.
      after: this.templates.map(({ resource }) => resource),
      labels: props.labels,
    });
    this.defaults = { workflow: this.launcher.workflowId, request: requestOf(props) };
    this.failures = {
      filter: failedOrSilent({
        platform: this.machine.platform,
        workflow: launcherName(names),
        signal: TRAINING_FAILED,
        announcedErrors: [TRAINING_ANNOUNCED],
      }),
      fields: ANNOUNCED_FIELDS,
      where: logLink(target, 'resource.type="batch.googleapis.com/Job"'),
    };
  }
}

/** What an execution takes, complete. */
const requestOf = ({ image, plan }: TrainingEngineProps): TrainingRequest => ({
  image,
  args: [],
  env: {},
  nodes: plan.nodes,
  maxRuntimeSeconds: plan.maxRuntimeSeconds,
});
