import { granteeOf } from '../../../lib/gcp/access/grantee';
import { Alerts } from '../../../lib/gcp/alerts/alerts';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { Budget } from '../../../lib/gcp/budget/budget';
import { Keys } from '../../../lib/gcp/keys/keys';
import { Network } from '../../../lib/gcp/network/network';
import { Records } from '../../../lib/gcp/records/records';
import { ProjectServices } from '../../../lib/gcp/services/project-services';
import { gcpBucketName } from '../../../lib/gcp/storage/bucket-name';
import { PlatformNames } from '../../../lib/plan/names';
import { documentOf, gcpStack, TARGET } from '../../support/gcp-synth';
import type { TerraformJson, TerraformStack } from '../../support/terraform-stacks';

/** What it needs besides: secrets that somebody stores, and who pays. */
export const WHOLE_FOUNDATION_NEEDS = { secrets: ['slack-bot', 'pager-token'], billingAccount: '01AB23-45CD67-89EF01' };

const NAMES = new PlatformNames('fraud', 'prod');
const LABELS = { 'mlops-platform': 'fraud-prod' };

/** Everything that a foundation may have, in one stack. */
export function wholeFoundation(): TerraformStack {
  const stack = gcpStack({ id: 'everything' });
  new ProjectServices(stack, 'Services', { target: TARGET });
  const keys = new Keys(stack, 'Keys', { target: TARGET, keyRingName: 'fraud-prod', labels: LABELS });
  const common = { target: TARGET, names: NAMES, labels: LABELS, encryptionKey: keys.operations };
  const network = new Network(stack, 'Network', {
    target: TARGET,
    name: 'fraud-prod',
    mode: 'nat',
    apiBundle: 'vpc-sc',
    attachment: { roleId: 'fraud_prod_attach' },
    labels: LABELS,
  });
  const alerts = new Alerts(stack, 'Alerts', {
    ...common,
    email: ['ml@example.com'],
    slack: { ops: { channel: 'C0123ABCD', gcp: { secret: 'slack-bot' } } },
    webhooks: { pager: { url: 'https://pager.example.com/a?b=c', secret: 'pager-token' } },
  });
  new Alerts(stack, 'Route', {
    ...common,
    webhooks: { pager: { url: 'https://pager.example.com/c', secret: 'pager-token' } },
    route: { name: 'on-call', of: alerts },
  });
  const records = new Records(stack, 'Records', { ...common, bucketName: gcpBucketName(NAMES, 'records', TARGET) });
  const artifacts = new ArtifactStore(stack, 'Artifacts', {
    ...common,
    bucketName: gcpBucketName(NAMES, 'artifacts', TARGET),
    encryptionKey: keys.artifacts,
  });
  new Budget(stack, 'Budget', {
    ...common,
    billingAccount: WHOLE_FOUNDATION_NEEDS.billingAccount,
    monthly: { amount: 100, currency: 'EUR' },
    channel: alerts.channel,
    records,
  });
  const people = granteeOf(stack, 'group:ml@example.com');
  artifacts.grants.read('training/artifacts', people);
  keys.grants.decrypt('artifacts', people);
  network.grants.attach(people);
  return { name: 'everything', json: documentOf(stack) as TerraformJson };
}
