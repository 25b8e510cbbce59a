import { Names, Token } from 'aws-cdk-lib';
import * as chatbot from 'aws-cdk-lib/aws-chatbot';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { shortHash } from '../../plan/names';

/** A Slack channel. Its workspace must be authorised once in the account, by a person in the console of AWS Chatbot. */
export interface SlackChannel {
  /** Workspace id: `T0123ABCD`. */
  readonly workspace: string;
  /** Channel id: `C0123ABCD`. AWS Chatbot takes a channel once an account. */
  readonly channel: string;
}

/** A Microsoft Teams channel. Its team must be authorised once in the account, by a person in the console of AWS Chatbot. */
export interface TeamsChannel {
  /** Microsoft Entra tenant id. */
  readonly tenant: string;
  /** Id of the team. */
  readonly team: string;
  /** Channel id as in the channel's link: `19%3Aabc%40thread.tacv2`. */
  readonly channel: string;
}

export interface ChatProps {
  /** Starts the names of the configurations, which are unique in an account over all regions. Default: generated. */
  readonly namePrefix?: string;
}

export interface ChatChannels {
  readonly slack?: Readonly<Record<string, SlackChannel>>;
  readonly teams?: Readonly<Record<string, TeamsChannel>>;
}

/** A configuration of a chat channel, and who it reads for: its entry, by the topic. */
interface Configured {
  readonly configuration: chatbot.CfnSlackChannelConfiguration | chatbot.CfnMicrosoftTeamsChannelConfiguration;
  readonly readers: Map<sns.ITopic, string>;
}

/**
 * Chat channels that read topics through AWS Chatbot (Amazon Q Developer in chat applications). They read only: their
 * role may do nothing, and the guardrail denies whatever somebody would give it later.
 *
 * A configuration is made for one channel for good: AWS takes a channel once an account, so a renamed entry must not
 * make a second configuration, nor one that reads another topic as well. Names and logical ids therefore come from the
 * channel, not from the entry.
 */
export class Chat extends Construct {
  /** Role that AWS Chatbot takes on; it has no permission. */
  public readonly role: iam.IRole;
  private readonly prefix: string;
  private readonly configured = new Map<string, Configured>();

  constructor(scope: Construct, id: string, props: ChatProps = {}) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('chatbot.amazonaws.com') });
    this.prefix = props.namePrefix ?? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
  }

  /**
   * Makes channels read a topic.
   * @throws Error for the same channel twice.
   */
  public read(topic: sns.ITopic, { slack = {}, teams = {} }: ChatChannels): void {
    for (const [entry, { workspace, channel }] of Object.entries(slack)) {
      const name = identity(entry, workspace, channel);
      this.configure(`Slack-${name}`, entry, topic, (id) => {
        return new chatbot.CfnSlackChannelConfiguration(this, id, {
          ...this.common(),
          configurationName: `${this.prefix}-slack-${name}`,
          slackWorkspaceId: workspace,
          slackChannelId: channel,
        });
      });
    }
    for (const [entry, { tenant, team, channel }] of Object.entries(teams)) {
      const name = identity(entry, tenant, team, channel);
      this.configure(`Teams-${name}`, entry, topic, (id) => {
        return new chatbot.CfnMicrosoftTeamsChannelConfiguration(this, id, {
          ...this.common(),
          configurationName: `${this.prefix}-teams-${name}`,
          teamsTenantId: tenant,
          teamId: team,
          teamsChannelId: channel,
        });
      });
    }
  }

  private configure(
    id: string,
    entry: string,
    topic: sns.ITopic,
    make: (id: string) => Configured['configuration'],
  ): void {
    const known = this.configured.get(id) ?? { configuration: make(id), readers: new Map<sns.ITopic, string>() };
    const { configuration, readers } = known;
    const other = readers.get(topic);
    if (other !== undefined)
      throw new Error(`${this.node.path}: ${other} and ${entry} are the same channel; take one of them away`);
    readers.set(topic, entry);
    configuration.snsTopicArns = [...readers.keys()].map(({ topicArn }) => topicArn);
    this.configured.set(id, known);
  }

  private common() {
    return {
      iamRoleArn: this.role.roleArn,
      guardrailPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll').managedPolicyArn],
    };
  }
}

/** What a channel is called for good. */
const identity = (entry: string, ...ids: readonly string[]): string =>
  Token.isUnresolved(ids.join()) ? entry : shortHash(JSON.stringify(ids));
