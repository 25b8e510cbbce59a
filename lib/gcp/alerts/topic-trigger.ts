import { EventarcTrigger } from '@cdktf/provider-google/lib/eventarc-trigger';
import { Construct } from 'constructs';
import type { AccessEdge } from '../../plan/access';
import type { Ready } from '../access/grantee';
import { Workload } from '../access/workload';
import type { Target } from '../target';
import type { Workflow } from '../workflow/workflow';

/** Shape of what is delivered. */
const PUBLISHED = 'google.cloud.pubsub.topic.v1.messagePublished';

export interface TopicTriggerProps {
  readonly target: Target;
  /** A name of the plan (kind `compute`). */
  readonly name: string;
  /** Id of its service account, a name of the plan (kind `serviceAccount`). */
  readonly accountId: string;
  /** That it starts the workflow, from the access plan. */
  readonly access: readonly AccessEdge[];
  /** `projects/P/topics/T`: the topic itself carries the messages, so they are under its key all the way. */
  readonly topic: string;
  /** The topic, where it is of the same stack. */
  readonly ready: Ready;
  readonly workflow: Workflow;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Starts a workflow with each message of a topic. A message counts as delivered once the execution has started: what fails
 * in it is the workflow's to try again. Source: Eventarc documentation, "Route Pub/Sub events to Workflows".
 */
export class TopicTrigger extends Construct {
  public readonly resource: EventarcTrigger;
  public readonly workload: Workload;

  constructor(scope: Construct, id: string, props: TopicTriggerProps) {
    super(scope, id);
    const { target, workflow } = props;
    this.workload = new Workload(this, 'Workload', {
      target,
      accountId: props.accountId,
      access: props.access,
      grantors: { machine: (_verb, _name, to) => workflow.grantStart(target, to) },
    });
    this.resource = new EventarcTrigger(this, 'Trigger', {
      project: target.project,
      location: target.region,
      name: props.name,
      matchingCriteria: [{ attribute: 'type', value: PUBLISHED }],
      transport: { pubsub: { topic: props.topic } },
      destination: { workflow: workflow.workflowId },
      serviceAccount: this.workload.email,
      labels: { ...props.labels },
      dependsOn: [...props.ready, workflow.resource, ...this.workload.ready],
    });
  }
}
