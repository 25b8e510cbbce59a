import { dependable } from 'cdktf';
import { Construct } from 'constructs';
import { batchSubmissionAccess, gcpTrainingAccess } from '../../plan/gcp-access';
import { physicalName } from '../../plan/names';
import type { IGrantee } from '../access/grantee';
import { grantOnProject, grantPermissions } from '../access/project-grants';
import { Workload } from '../access/workload';
import { announceGrantors } from '../alerts/announce-grantors';
import { logLink } from '../alerts/console-link';
import { accountEmail } from '../target';
import { recordsEnv } from '../workflow/record-steps';
import { Workflow } from '../workflow/workflow';
import type { BatchWorkflowProps } from './machine/batch-props';
import { batchWorkflow, type TrainingRequest } from './machine/batch-workflow';
import { type NodeTemplate, nodeTemplate } from './node-template';
import { type BatchSubmission, batchSubmission, grantActAs, launcherName } from './submission';
import type { TrainingEngine, TrainingEngineProps } from './training-engine';

/** Characters that the name of a template adds to that of its kind. */
const HASH = 9;

/**
 * What the launcher does with jobs. The editor of jobs could delete those of others, with their history. Source: Batch
 * documentation, "IAM permissions reference" of jobs.create, jobs.get and jobs.cancel.
 */
const JOB_PERMISSIONS = [
  'batch.jobs.cancel',
  'batch.jobs.create',
  'batch.jobs.get',
  // A job is made from a template by whoever may read that. Source: Batch documentation, "Define job resources using a VM instance template".
  'compute.instanceTemplates.get',
];

/**
 * Trainings on machines of Cloud Batch, which Terraform cannot make jobs of: a template of nodes for each way of buying
 * them, and a workflow that submits each training and sees it through.
 */
export class BatchTraining extends Construct implements TrainingEngine {
  public readonly workload: Workload;
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
    const { target, names, plan } = props;
    this.submission = batchSubmission(names, target);
    const { accountId } = this.submission;
    const account = accountEmail(accountId, target);
    this.workload = new Workload(this, 'Workload', {
      target,
      accountId,
      access: gcpTrainingAccess({ reads: props.reads, kind: 'batch' }),
      // Source: Batch documentation, "Control access for a job using a custom service account".
      grantors: {
        ...props.grantors,
        cluster: (_verb, _name, to) => grantOnProject('roles/batch.agentReporter', target, to),
      },
      description: 'Trainings',
    });
    this.templates = plan.purchases.map((purchase) =>
      nodeTemplate(this, purchase.capacity === 'spot' ? 'Spot' : 'OnDemand', {
        ...props,
        name: physicalName('compute', [names.slug, 'training', purchase.capacity], HASH),
        purchase,
        account,
        after: this.workload.ready,
      }),
    );
    this.machine = {
      target,
      platform: names.slug,
      plan,
      ways: plan.purchases.map(({ capacity }, i) => ({ capacity, template: this.templates[i]?.name ?? '' })),
      account,
      repository: props.repository.uri,
      image: props.image,
      artifactsUri: props.artifactsUri,
      checkpointsUri: props.checkpointsUri,
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
        cluster: (_verb, _name, to) => this.grantJobs(props, accountId, to),
      },
      encryptionKey: props.operationsKey,
      labels: props.labels,
    });
    // A training that is started at once finds its templates.
    const { resource } = this.launcher;
    resource.dependsOn = [
      ...(resource.dependsOn ?? []),
      ...this.templates.map((template) => dependable(template.resource)),
    ];
    this.defaults = { workflow: this.launcher.workflowId, request: requestOf(props) };
    this.failures = { where: logLink(target, 'resource.type="batch.googleapis.com/Job"') };
  }

  /** Jobs have no resource level of their own; a job runs as an account, which the launcher must be let use. */
  private grantJobs({ target, names }: TrainingEngineProps, accountId: string, to: IGrantee): void {
    const roleId = names.of('customRole', 'training-jobs');
    grantPermissions({ roleId, title: `${names.slug} training jobs`, permissions: JOB_PERMISSIONS }, target, to);
    grantActAs(target, accountId, this.workload.serviceAccount, to);
  }
}

/** What an execution takes, complete. */
const requestOf = ({ image, plan }: TrainingEngineProps): TrainingRequest => ({
  image,
  args: [],
  env: {},
  nodes: plan.nodes,
});
