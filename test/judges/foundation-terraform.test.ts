import { expect, it } from 'vitest';
import { granteeOf } from '../../lib/gcp/access/grantee';
import { Alerts } from '../../lib/gcp/alerts/alerts';
import { ArtifactStore } from '../../lib/gcp/artifact-store/artifact-store';
import { Budget } from '../../lib/gcp/budget/budget';
import { Keys } from '../../lib/gcp/keys/keys';
import { Network } from '../../lib/gcp/network/network';
import { Records } from '../../lib/gcp/records/records';
import { ProjectServices } from '../../lib/gcp/services/project-services';
import { gcpBucketName } from '../../lib/gcp/storage/bucket-name';
import { gcpMachines } from '../../lib/plan/machines/gcp-machines';
import { PlatformNames } from '../../lib/plan/names';
import { documentOf, gcpStack, TARGET } from '../support/gcp-synth';
import { judgeWithTerraform, REAL_PROVIDER, terraformLines, unplanned } from '../support/terraform';
import { describeTerraform } from '../support/terraform-judge';
import type { TerraformJson, TerraformStack } from '../support/terraform-stacks';
import { ruleLines } from './terraform/rules';

/** Where the provider asks whose its token is, for its log; it goes on without an answer. */
const WHO_AM_I = 'openidconnect.googleapis.com';

const NAMES = new PlatformNames('fraud', 'prod');
const LABELS = { 'mlops-platform': 'fraud-prod' };

/** Everything that a foundation may have, in one stack. */
function everything(): TerraformStack {
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
    billingAccount: '01AB23-45CD67-89EF01',
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

/** What stands alone in somebody's own stack, where APIs are on already. */
function alone(): TerraformStack {
  const stack = gcpStack({ id: 'alone' });
  new ArtifactStore(stack, 'Artifacts', { target: TARGET, bucketName: 'alone-artifacts-123456789012' });
  new Records(stack, 'Records', { target: TARGET, bucketName: 'alone-records-123456789012' });
  new Alerts(stack, 'Alerts', { target: TARGET, names: new PlatformNames('alone'), email: ['ml@example.com'] });
  new Network(stack, 'Network', { target: TARGET, name: 'alone' });
  return { name: 'alone', json: documentOf(stack) as TerraformJson };
}

const stacks = [everything(), alone()] as const;

describeTerraform('the foundation on Google Cloud', () => {
  it('is planned without a word, without the network and without credentials', async () => {
    const verdict = await judgeWithTerraform(stacks);
    expect(terraformLines(verdict.findings)).toEqual([]);
    expect(verdict.asked.filter((host) => host !== WHO_AM_I)).toEqual([]);
    if (verdict.judge === REAL_PROVIDER) expect(unplanned(stacks, verdict)).toEqual([]);
  });
});

it('the foundation on Google Cloud keeps every rule; alone all but that of APIs, which are turned on elsewhere', () => {
  const [whole, single] = stacks;
  expect(ruleLines({ name: 'everything', stacks: [whole] }, gcpMachines)).toEqual([]);
  const found = ruleLines({ name: 'alone', stacks: [single] }, gcpMachines);
  expect(found.filter((line) => !line.includes(' after-api '))).toEqual([]);
});
