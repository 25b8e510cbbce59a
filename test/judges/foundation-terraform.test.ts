import { expect, it } from 'vitest';
import { Alerts } from '../../lib/gcp/alerts/alerts';
import { ArtifactStore } from '../../lib/gcp/artifact-store/artifact-store';
import { JobCode } from '../../lib/gcp/jobs/job-code';
import { Keys } from '../../lib/gcp/keys/keys';
import { ModelRegistry } from '../../lib/gcp/model-registry/model-registry';
import { Network } from '../../lib/gcp/network/network';
import { Records } from '../../lib/gcp/records/records';
import { TrainingCluster } from '../../lib/gcp/training-cluster/training-cluster';
import { gcpMachines } from '../../lib/plan/machines/gcp-machines';
import { PlatformNames } from '../../lib/plan/names';
import { documentOf, gcpStack, TARGET } from '../support/gcp-synth';
import { judgeWithTerraform, REAL_PROVIDER, terraformLines, unplanned } from '../support/terraform';
import { describeTerraform } from '../support/terraform-judge';
import type { TerraformJson, TerraformStack } from '../support/terraform-stacks';
import { ruleLines } from './terraform/rules';
import { wholeFoundation } from './terraform/whole-foundation';

/** Where the provider asks whose its token is, for its log; it goes on without an answer. */
const WHO_AM_I = 'openidconnect.googleapis.com';

/** What stands alone in somebody's own stack, where APIs are on already. */
function alone(): TerraformStack {
  const stack = gcpStack({ id: 'alone' });
  const names = new PlatformNames('alone');
  const artifacts = new ArtifactStore(stack, 'Artifacts', {
    target: TARGET,
    bucketName: 'alone-artifacts-123456789012',
  });
  const records = new Records(stack, 'Records', { target: TARGET, bucketName: 'alone-records-123456789012' });
  const alerts = new Alerts(stack, 'Alerts', { target: TARGET, names, email: ['ml@example.com'] });
  const network = new Network(stack, 'Network', { target: TARGET, name: 'alone' });
  const keys = new Keys(stack, 'Keys', { target: TARGET, keyRingName: 'alone-keys' });
  new TrainingCluster(stack, 'Cluster', {
    target: TARGET,
    names,
    network,
    cluster: { kind: 'batch' },
    artifacts,
    records,
    encryptionKey: keys.artifacts,
    operationsKey: keys.operations,
  });
  new ModelRegistry(stack, 'Registry', { target: TARGET, names, model: 'detector', alerts: alerts.channel, records });
  new JobCode(stack, 'Code', { artifacts, job: 'alone', files: { 'main.py': 'print()' } });
  return { name: 'alone', json: documentOf(stack) as TerraformJson };
}

const stacks = [wholeFoundation(), alone()] as const;

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
