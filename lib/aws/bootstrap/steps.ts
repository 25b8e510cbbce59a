import { alertChannels, alertWebhooks, ofRoute, receiverName } from '../../plan/alert-receivers';
import { type BootstrapStep, onceEach } from '../../plan/bootstrap-step';
import type { PlanOn } from '../../plan/platform-plan';
import { PLATFORM_TAG } from '../../plan/tags';
import { quotaSteps } from './quota-steps';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Everything an AWS account needs once for this platform, in the order to do it. */
export function bootstrapSteps(plan: PlanOn<'aws'>): readonly BootstrapStep[] {
  return [
    cdkBootstrap(plan),
    ...serviceLinkedRoles(plan),
    ...quotaSteps(plan),
    ...secrets(plan),
    ...people(plan),
    ...costTag(plan),
  ];
}

function cdkBootstrap({ spec }: PlanOn<'aws'>): BootstrapStep {
  const account = spec.aws.account ?? '$(aws sts get-caller-identity --query Account --output text)';
  return {
    title: 'Bootstrap CDK',
    why: 'Deployments go through the roles and the asset bucket that this creates, once an account and region.',
    commands: [
      `npx cdk bootstrap "aws://${account}/${spec.aws.region}" --bootstrap-customer-key --termination-protection`,
    ],
  };
}

/** Source: AWS Batch user guide, "Using service-linked roles"; EC2 user guide, "Service-linked role for Spot Instances". */
function serviceLinkedRoles({ spec }: PlanOn<'aws'>): readonly BootstrapStep[] {
  const cluster = spec.training?.cluster;
  if (cluster?.kind !== 'batch') return [];
  const services = ['batch', 'ecs', 'autoscaling', ...(cluster.capacity === 'spot' ? ['spot', 'spotfleet'] : [])];
  return [
    {
      title: 'Create the service-linked roles of the batch cluster',
      why: 'AWS Batch, ECS, EC2 Auto Scaling and Spot act through them. A role that exists already is reported and stays.',
      commands: services.map(
        (service) => `aws iam create-service-linked-role --aws-service-name ${service}.amazonaws.com || true`,
      ),
    },
  ];
}

function secrets({ spec }: PlanOn<'aws'>): readonly BootstrapStep[] {
  return onceEach(alertWebhooks(spec), ({ webhook }) => webhook.secret).map(({ name, route, webhook }) => ({
    title: `Store the secret of the webhook ${name}${ofRoute(route)}`,
    why: `Its value is sent in the header ${webhook.header}; the spec and the templates hold only its name. Put the value in a file that you delete afterwards.`,
    commands: [
      `aws secretsmanager create-secret --region ${spec.aws.region} --name ${quote(webhook.secret)} --secret-string file://${receiverName(name, route)}.secret`,
    ],
  }));
}

function people({ spec }: PlanOn<'aws'>): readonly BootstrapStep[] {
  const channels = alertChannels(spec);
  const service = 'in AWS Chatbot (Amazon Q Developer in chat applications)';
  const workspaces = channels.flatMap(({ receivers: { slack, teams } }) => [
    ...Object.values(slack).map(({ workspace }) => `the Slack workspace ${workspace} ${service}`),
    ...Object.values(teams).map(({ tenant }) => `the Microsoft Teams tenant ${tenant} ${service}`),
  ]);
  return [...new Set(workspaces)]
    .map(
      (what): BootstrapStep => ({
        title: `Authorise ${what}`,
        why: 'Only a person can, in the console, once an account; deployment fails before. Invite the app to the channel too.',
        commands: [],
      }),
    )
    .concat(
      channels.flatMap(({ route, receivers }) =>
        receivers.email.map((address) => ({
          title: `Confirm the subscription of ${address}${route === undefined ? '' : ` to the route ${route}`}`,
          why: 'Amazon SNS sends one message after the first deployment. Nobody hears of an alert before it is confirmed.',
          commands: [],
        })),
      ),
    );
}

/** Source: AWS Billing user guide, "Activating user-defined cost allocation tags". */
function costTag({ spec }: PlanOn<'aws'>): readonly BootstrapStep[] {
  if (spec.governance.budget === undefined) return [];
  return [
    {
      title: `Activate the cost-allocation tag ${PLATFORM_TAG}`,
      why: 'The budget counts what carries this tag and reads zero until it is active. Run it with the management account, a day after the first deployment: the tag must have been seen.',
      commands: [
        `aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=${PLATFORM_TAG},Status=Active`,
      ],
    },
  ];
}
