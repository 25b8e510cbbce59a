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
  readonly topic: sns.ITopic;
  /** Starts the names of the configurations, which are unique in an account over all regions. Default: generated. */
  readonly namePrefix?: string;
  readonly slack?: Readonly<Record<string, SlackChannel>>;
  readonly teams?: Readonly<Record<string, TeamsChannel>>;
}

/**
 * Chat channels that read a topic through AWS Chatbot (Amazon Q Developer in chat applications). They read only: their
 * role may do nothing, and the guardrail denies whatever somebody would give it later.
 *
 * A configuration is made for one channel for good: AWS takes a channel once an account, so a renamed entry must not
 * make a second configuration. Names and logical ids therefore come from the channel, not from the entry.
 */
export class Chat extends Construct {
  /** Role that AWS Chatbot takes on; it has no permission. */
  public readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: ChatProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('chatbot.amazonaws.com') });
    const common = {
      iamRoleArn: this.role.roleArn,
      snsTopicArns: [props.topic.topicArn],
      guardrailPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll').managedPolicyArn],
    };
    const prefix = props.namePrefix ?? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    const taken = new Map<string, string>();
    const identity = (entry: string, ...ids: readonly string[]): string => {
      const name = Token.isUnresolved(ids.join()) ? entry : shortHash(JSON.stringify(ids));
      const other = taken.get(name);
      if (other !== undefined)
        throw new Error(`${this.node.path}: ${other} and ${entry} are the same channel; take one of them away`);
      taken.set(name, entry);
      return name;
    };
    for (const [entry, { workspace, channel }] of Object.entries(props.slack ?? {})) {
      const name = identity(entry, workspace, channel);
      new chatbot.CfnSlackChannelConfiguration(this, `Slack-${name}`, {
        ...common,
        configurationName: `${prefix}-slack-${name}`,
        slackWorkspaceId: workspace,
        slackChannelId: channel,
      });
    }
    for (const [entry, { tenant, team, channel }] of Object.entries(props.teams ?? {})) {
      const name = identity(entry, tenant, team, channel);
      new chatbot.CfnMicrosoftTeamsChannelConfiguration(this, `Teams-${name}`, {
        ...common,
        configurationName: `${prefix}-teams-${name}`,
        teamsTenantId: tenant,
        teamId: team,
        teamsChannelId: channel,
      });
    }
  }
}
