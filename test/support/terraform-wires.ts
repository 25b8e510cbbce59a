import type { OwnTimes } from './own-time';
import { unescaped } from './terraform-expressions';
import { type ResourceBody, resourcesOf, type TerraformResource, type TerraformStack } from './terraform-stacks';
import type { Json, WorkflowDocument } from './workflows-judge';

/** An execution that something deployed begins. */
export interface Started {
  readonly workflow: string;
  readonly argument: unknown;
}

/** An entry of the log about a table of BigQuery. */
type TableEntry = {
  readonly logName: string;
  readonly protoPayload: {
    readonly serviceName: string;
    readonly methodName: string;
    readonly resourceName: string;
    readonly metadata: Json;
  };
};

/** A notification channel, or whatever else a resource refers to in its own stack. */
const REFERENCE = /^\$\{([a-z_]+\.[\w-]+)\.\w+\}$/;

/** What a deployed platform does by itself: which event starts which workflow, taken from what Terraform would apply. */
export class TerraformWires {
  private readonly resources: readonly (TerraformResource & { readonly stack: TerraformStack })[];

  constructor(stacks: readonly TerraformStack[]) {
    this.resources = stacks.flatMap((stack) => resourcesOf(stack).map((resource) => ({ ...resource, stack })));
  }

  of(type: string): readonly ResourceBody[] {
    return this.resources.filter((resource) => resource.type === type).map(({ body }) => body);
  }

  /** Sources of workflows, by name. */
  get workflows(): Readonly<Record<string, WorkflowDocument>> {
    return Object.fromEntries(
      this.of('google_workflows_workflow').map(({ name, source_contents }) => [
        String(name),
        JSON.parse(unescaped(source_contents)) as WorkflowDocument,
      ]),
    );
  }

  /** Environment of the workflows named. Throws where two of them disagree: the judge has one for all. */
  envOf(names: readonly string[]): Readonly<Record<string, string>> {
    const env: Record<string, string> = {};
    for (const { name, user_env_vars } of this.of('google_workflows_workflow')) {
      if (!names.includes(String(name))) continue;
      for (const [key, value] of Object.entries((user_env_vars ?? {}) as Record<string, string>)) {
        if (env[key] !== undefined && env[key] !== value) throw new Error(`workflows disagree on ${key}`);
        env[key] = value;
      }
    }
    return env;
  }

  /** Objects that are deployed, by bucket and name, as the fake of Cloud Storage holds them; some buckets are empty. */
  get buckets(): Readonly<Record<string, Json>> {
    const buckets: Record<string, Record<string, Json>> = Object.fromEntries(
      this.of('google_storage_bucket').map(({ name }) => [String(name), {}]),
    );
    for (const { bucket, name, content, content_type } of this.of('google_storage_bucket_object')) {
      const held = buckets[String(bucket)];
      if (held === undefined) throw new Error(`nothing makes the bucket ${bucket} of ${name}`);
      held[String(name)] = {
        text: unescaped(content),
        contentType: content_type ?? 'text/plain; charset=utf-8',
        generation: '1',
        created: '2026-01-01T00:00:00Z',
      };
    }
    return buckets;
  }

  /** What a job of Cloud Scheduler starts, and when. */
  scheduled(name: string): Started & OwnTimes {
    const job = one(this.of('google_cloud_scheduler_job'), name, (job) => job.name === name);
    const target = job.http_target as Json;
    const body = JSON.parse(Buffer.from(String(target.body), 'base64').toString()) as { argument: string };
    const [, workflow] = /\/workflows\/([^/]+)\/executions$/.exec(String(target.uri)) ?? [];
    if (workflow === undefined) throw new Error(`${name} starts no workflow, but ${target.uri}`);
    const times = { cron: String(job.schedule), timeZone: String(job.time_zone) };
    return { workflow, argument: JSON.parse(body.argument), ...times };
  }

  /** The alert policy of a signal. */
  policy(signal: string): ResourceBody {
    return one(this.of('google_monitoring_alert_policy'), signal, (policy) => labelsOf(policy).signal === signal);
  }

  /** What the incident of a policy starts, by each of its channels that is a topic. */
  incident(policy: ResourceBody, incident: Json): readonly Started[] {
    const channels = (policy.notification_channels as readonly string[]).map((channel) =>
      this.referred(policy, channel),
    );
    return channels
      .filter(({ type }) => type === 'pubsub')
      .flatMap(({ labels }) =>
        this.published(String((labels as Json).topic), {
          version: '1.2',
          incident: {
            ...incident,
            policy_name: policy.display_name,
            policy_user_labels: labelsOf(policy),
            severity: policy.severity ?? 'No severity',
            documentation: policy.documentation,
          },
        }),
      );
  }

  /** E-mail addresses that a policy tells. */
  addresses(policy: ResourceBody): readonly string[] {
    const channels = (policy.notification_channels as readonly string[]).map((one) => this.referred(policy, one));
    return channels.filter(({ type }) => type === 'email').map(({ labels }) => String((labels as Json).email_address));
  }

  /** What a message of a topic starts. Source: Eventarc documentation, "Route Pub/Sub events to Workflows". */
  published(topic: string, message: Json): readonly Started[] {
    const event = {
      id: 'm-1',
      source: `//pubsub.googleapis.com/${topic}`,
      specversion: '1.0',
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
      datacontenttype: 'application/json',
      data: { message: { messageId: '1', data: Buffer.from(JSON.stringify(message)).toString('base64') } },
    };
    return this.triggered({ type: event.type }, event, (trigger) => topicOf(trigger) === topic);
  }

  /** What a log entry about a table starts, by a sink whose filter names that table and what happened to it. */
  logged(entry: TableEntry): readonly Started[] {
    const { resourceName, metadata } = entry.protoPayload;
    const happened = Object.keys(metadata).map((key) => `protoPayload.metadata.${key}:*`);
    const isNamed = (filter: string) =>
      /protoPayload\.resourceName=\((.*?)\)/.exec(filter)?.[1]?.split(' OR ').includes(`"${resourceName}"`) === true;
    return this.of('google_logging_project_sink')
      .map(({ filter, destination }) => ({ filter: unescaped(filter), destination }))
      .filter(({ filter }) => isNamed(filter) && happened.every((part) => filter.includes(part)))
      .flatMap(({ destination }) => this.published(String(destination).replace('pubsub.googleapis.com/', ''), entry));
  }

  /** What an entry of the audit log starts. */
  audited(entry: { readonly protoPayload: Json } & Json): readonly Started[] {
    const { serviceName, methodName } = entry.protoPayload;
    const type = 'google.cloud.audit.log.v1.written';
    return this.triggered({ type, serviceName, methodName }, { type, data: entry }, () => true);
  }

  private triggered(attributes: Json, argument: unknown, also: (trigger: ResourceBody) => boolean): readonly Started[] {
    return this.of('google_eventarc_trigger')
      .filter((trigger) => matches(trigger, attributes) && also(trigger))
      .map((trigger) => {
        const { workflow } = trigger.destination as { workflow: string };
        const found = REFERENCE.test(workflow) ? this.referred(trigger, workflow).name : workflow.replace(/^.*\//, '');
        return { workflow: String(found), argument };
      });
  }

  private referred(from: ResourceBody, text: string): ResourceBody {
    const [, address] = REFERENCE.exec(text) ?? [];
    const stack = this.resources.find(({ body }) => body === from)?.stack;
    const found = this.resources.find((resource) => resource.stack === stack && resource.address === address);
    if (found === undefined) throw new Error(`there is no ${text}`);
    return found.body;
  }
}

const labelsOf = (policy: ResourceBody): Json => (policy.user_labels ?? {}) as Json;

const topicOf = ({ transport }: ResourceBody): unknown =>
  (transport as { readonly pubsub?: { readonly topic?: string } } | undefined)?.pubsub?.topic;

const matches = ({ matching_criteria }: ResourceBody, attributes: Json): boolean =>
  (matching_criteria as readonly { readonly attribute: string; readonly value: string }[]).every(
    ({ attribute, value }) => attributes[attribute] === value,
  );

function one(bodies: readonly ResourceBody[], what: string, is: (body: ResourceBody) => boolean): ResourceBody {
  const [first, ...others] = bodies.filter(is);
  if (first === undefined || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} of ${what}, not 1`);
  return first;
}
