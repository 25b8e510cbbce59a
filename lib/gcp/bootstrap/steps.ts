import { alertChannels, ofRoute } from '../../plan/alert-receivers';
import { type BootstrapStep, onceEach } from '../../plan/bootstrap-step';
import { relayedSecrets } from '../../plan/gcp-access';
import type { PlanOn } from '../../plan/platform-plan';
import { BOOTSTRAP_APIS } from '../services/apis';
import { AGENTS_TO_MAKE, tableRow } from '../services/service-agents';
import { agentSteps } from './agent-steps';
import { apisOfCommands } from './command-apis';
import { deployerSteps } from './deployer-steps';
import { networkSteps, perimeterStep, sharedNetworkSteps } from './network-steps';
import { quotaSteps } from './quota-steps';

/**
 * Everything a project needs once for this platform, in the order to do it. Each command may be run again. APIs come first:
 * a command whose API is off asks whether to turn it on, and nobody sees that of one whose output is thrown away.
 */
export function bootstrapSteps(plan: PlanOn<'gcp'>): readonly BootstrapStep[] {
  const steps = [
    ...deployerSteps(plan),
    ...stateBucket(plan),
    ...agentSteps(plan),
    ...networkSteps(plan),
    ...perimeterStep(plan),
    ...quotaSteps(plan),
    ...secrets(plan),
    ...slackBots(plan),
    ...billing(plan),
    ...sharedNetworkSteps(plan),
  ];
  return [apis(plan, steps), ...steps];
}

/** Source: Terraform documentation, backend gcs: it strongly recommends versions. */
function stateBucket({ spec: { gcp } }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  if (gcp.state === undefined) return [];
  const bucket = `gs://${gcp.state.bucket}`;
  return [
    {
      title: `Make the bucket of Terraform's state, ${bucket}`,
      why: 'Terraform keeps there what it made, and cannot make the place itself. Versions bring back a state that was lost.',
      commands: [
        `gcloud storage buckets describe ${bucket} --quiet >/dev/null 2>&1 || gcloud storage buckets create ${bucket} --project=${gcp.project} --location=${gcp.region} --uniform-bucket-level-access --public-access-prevention`,
        `gcloud storage buckets update ${bucket} --versioning --uniform-bucket-level-access --public-access-prevention`,
      ],
    },
  ];
}

function apis({ spec: { gcp } }: PlanOn<'gcp'>, steps: readonly BootstrapStep[]): BootstrapStep {
  const first = new Set([
    ...BOOTSTRAP_APIS,
    ...AGENTS_TO_MAKE.map((id) => tableRow(id).api),
    ...apisOfCommands(steps.flatMap(({ commands }) => commands)),
  ]);
  return {
    title: 'Turn on the APIs that come before the first deployment',
    why: 'Terraform turns on the others itself, and needs these to do so and to grant keys to the agents; the commands below call them too. A destroy leaves them on.',
    commands: [`gcloud services enable --project=${gcp.project} ${[...first].sort().join(' ')}`],
  };
}

function secrets({ spec }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  const { project, region } = spec.gcp;
  const all = alertChannels(spec).flatMap(({ route, receivers }) =>
    Object.entries(relayedSecrets(receivers)).map(([receiver, secret]) => ({ route, receiver, secret })),
  );
  return onceEach(all, ({ secret }) => secret).map(({ route, receiver, secret }) => ({
    title: `Store the secret of ${receiver}${ofRoute(route)} as ${secret}`,
    why: 'The spec, the templates and the state hold only its name; the relay of alerts reads its newest version each time. Put the value in a file that you delete afterwards: without it a version that is there stays.',
    commands: [
      `gcloud secrets describe ${secret} --project=${project} --quiet >/dev/null 2>&1 || gcloud secrets create ${secret} --project=${project} --replication-policy=user-managed --locations=${region}`,
      `gcloud secrets versions describe latest --secret=${secret} --project=${project} --quiet >/dev/null 2>&1 && test ! -f ${secret}.secret || gcloud secrets versions add ${secret} --project=${project} --data-file=${secret}.secret`,
    ],
  }));
}

/** Source: Slack API, chat.postMessage: scope chat:write; a bot must be in the channel. */
function slackBots({ spec }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  const all = alertChannels(spec).flatMap(({ receivers }) => Object.values(receivers.slack));
  const steps = all.map(({ workspace, channel, gcp }) => ({
    title: `Let a bot write to the Slack channel ${channel} of ${workspace}`,
    why: `Make an app in the workspace with the bot scope chat:write, install it, invite it to the channel, and store its token (xoxb-…) as the secret ${gcp?.secret ?? 'that gcp.secret names'}.`,
    commands: [],
  }));
  return onceEach(steps, ({ title, why }) => `${title} ${why}`);
}

/** Source: Cloud Billing documentation, "Create, edit, or delete budgets", permissions; Budget API, prerequisites. */
function billing({ spec: { gcp, governance } }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  if (governance.budget === undefined || gcp.billingAccount === undefined) return [];
  const { currency } = governance.budget.monthly;
  return [
    {
      title: `Let whoever deploys keep budgets of the billing account ${gcp.billingAccount}`,
      why: `MEMBER is who runs Terraform. The account must be billed in ${currency}: Google refuses a budget in another currency. The Budget API wants to know whose quota a person uses.`,
      commands: [
        `gcloud billing accounts describe ${gcp.billingAccount}`,
        `# gcloud billing accounts add-iam-policy-binding ${gcp.billingAccount} --member=MEMBER --role=roles/billing.costsManager`,
        `# gcloud auth application-default set-quota-project ${gcp.project}`,
      ],
    },
  ];
}
