import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { Construct } from 'constructs';
import { after } from '../access/after';
import { grantOnce, type IGrantee, type Ready } from '../access/grantee';
import type { EncryptionKey } from '../keys/encryption-key';
import type { Target } from '../target';

export interface PublishedTopicProps {
  readonly target: Target;
  /** A name of the plan (kind `compute`). */
  readonly name: string;
  /** Who publishes, as IAM writes it, by a name for the grant. */
  readonly publishers: Readonly<Record<string, string>>;
  readonly encryptionKey: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/** An encrypted topic whose messages stay in its region, and who publishes to it. */
export class PublishedTopic extends Construct {
  public readonly resource: PubsubTopic;
  public readonly target: Target;
  public readonly name: string;
  /** `projects/P/topics/T`. */
  public readonly topicId: string;
  /** The topic and the grants: whoever names it is made after them. */
  public readonly ready: Ready;

  constructor(scope: Construct, id: string, props: PublishedTopicProps) {
    super(scope, id);
    const { target, name, encryptionKey } = props;
    this.target = target;
    this.name = name;
    this.topicId = topicId(name, target);
    this.resource = new PubsubTopic(this, 'Topic', {
      project: target.project,
      name,
      kmsKeyName: encryptionKey.id,
      messageStoragePolicy: { allowedPersistenceRegions: [target.region] },
      labels: { ...props.labels },
      dependsOn: [...after(this, encryptionKey.ready)],
    });
    const grants = Object.entries(props.publishers).map(([who, member]) =>
      publisher(this, `Publisher-${who}`, this, member),
    );
    this.ready = [this.resource, ...grants];
  }
}

/** Lets a workload publish to a topic. */
export function grantPublish(topic: PublishedTopic, to: IGrantee): void {
  grantOnce(to, { id: `Publish-${topic.resource.node.path}` }, (scope, id) => publisher(scope, id, topic, to.member));
}

const publisher = (scope: Construct, id: string, topic: PublishedTopic, member: string): PubsubTopicIamMember =>
  new PubsubTopicIamMember(scope, id, {
    project: topic.target.project,
    topic: topic.name,
    role: 'roles/pubsub.publisher',
    member,
    dependsOn: [...after(scope, [topic.resource])],
  });

export const topicId = (name: string, { project }: Pick<Target, 'project'>): string =>
  `projects/${project}/topics/${name}`;
