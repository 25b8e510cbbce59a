import { expect, it } from 'vitest';
import { gcpMachines } from '../../lib/plan/machines/gcp-machines';
import { synthGcpExamples } from '../support/examples-gcp';
import { judgeWithTerraform, REAL_PROVIDER, terraformLines, unplanned } from '../support/terraform';
import { impureStacks } from '../support/terraform-compare';
import { describeTerraform } from '../support/terraform-judge';
import { resourcesOf } from '../support/terraform-stacks';
import { ruleLines } from './terraform/rules';

/** Where the provider asks whose its token is, for its log; it goes on without an answer. */
const WHO_AM_I = 'openidconnect.googleapis.com';

const platforms = synthGcpExamples();
const stacks = platforms.flatMap(({ name, stacks }) =>
  stacks.map((stack) => ({ ...stack, name: `${name}: ${stack.name}` })),
);

describeTerraform('the examples on Google Cloud', () => {
  it('are initialised, validated and planned without an error or a warning', async () => {
    const verdict = await judgeWithTerraform(stacks);
    console.log(
      `terraform judged ${stacks.length} stacks with ${stacks.reduce((n, stack) => n + resourcesOf(stack).length, 0)} resources, provider: ${verdict.judge} (${verdict.why})`,
    );
    expect(terraformLines(verdict.findings)).toEqual([]);
    expect(verdict.asked.filter((host) => host !== WHO_AM_I)).toEqual([]);
    if (verdict.judge === REAL_PROVIDER) expect(unplanned(stacks, verdict)).toEqual([]);
  });

  it('are valid by the schemas alone, which judge where the provider cannot be had', async () => {
    const verdict = await judgeWithTerraform(stacks, { provider: 'schemas' });
    expect(terraformLines(verdict.findings)).toEqual([]);
  });
});

it('the examples on Google Cloud keep every static rule', () => {
  expect(platforms.flatMap((platform) => ruleLines(platform, gcpMachines))).toEqual([]);
});

it('the examples on Google Cloud are the same bytes from the same spec', () => {
  expect(impureStacks(synthGcpExamples)).toEqual([]);
});
