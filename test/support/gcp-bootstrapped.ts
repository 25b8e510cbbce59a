import { bootstrapSteps } from '../../lib/gcp/bootstrap/steps';
import { planPlatform } from '../../lib/plan/platform-plan';
import { specOn } from '../../lib/spec/clouds';
import type { PlatformSpec } from '../../lib/spec/platform';
import type { GoogleProject } from './google-apis';

/**
 * The project of a platform after its owner ran what `mlops bootstrap` prints: agents, their roles, secrets. Without the
 * APIs that it turns on, which Terraform turns on as well: so it shows whether each is on before it is used.
 */
export function bootstrappedProject(spec: PlatformSpec): GoogleProject {
  const plan = planPlatform(specOn('gcp', spec));
  const { project, projectNumber, billingAccount } = plan.spec.gcp;
  const commands = bootstrapSteps(plan).flatMap((step) => step.commands);
  const found = (pattern: RegExp) => commands.flatMap((command) => [...command.matchAll(pattern)]);
  return {
    id: project,
    number: String(projectNumber),
    agents: [
      ...found(/^gcloud beta services identity create --service=(\w+)\.googleapis\.com/g).map(([, api = '']) => api),
      ...found(/^gcloud (storage) service-agent/g).map(([, api = '']) => api),
      ...found(/^bq show --encryption_service_account/g).map(() => 'bigquery'),
    ],
    grants: found(/^gcloud projects add-iam-policy-binding \S+ --member=(\S+) --role=(\S+)/g).map(
      ([, member = '', role = '']) => [member, role] as const,
    ),
    secrets: found(/gcloud secrets create (\S+)/g).map(([, secret = '']) => secret),
    ...(billingAccount === undefined ? {} : { billingAccount }),
  };
}
