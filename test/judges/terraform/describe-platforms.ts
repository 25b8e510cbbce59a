import { describe, expect, test } from 'vitest';
import { gcpMachines } from '../../../lib/plan/machines/gcp-machines';
import {
  judgeWithTerraform,
  REAL_PROVIDER,
  type TerraformVerdict,
  terraformLines,
  unplanned,
} from '../../support/terraform';
import { impureStacks } from '../../support/terraform-compare';
import { describeTerraform } from '../../support/terraform-judge';
import { resourcesOf, type TerraformPlatform } from '../../support/terraform-stacks';
import { RULES, ruleLines } from './rules';

/**
 * Everything that judges whole platforms: terraform with the best provider that there is, every static rule, and a
 * second synthesis.
 */
export function describePlatforms(title: string, synth: () => readonly TerraformPlatform[]): void {
  const platforms = synth();

  describeTerraform(`${title}: errors and warnings of terraform`, () => {
    test.each(platforms.map((platform) => [platform.name, platform] as const))(
      '%s: nothing',
      async (name, { stacks }) => {
        const verdict = await judgeWithTerraform(stacks);
        announce(`${title} ${name}`, verdict);
        expect(terraformLines(verdict.findings)).toEqual([]);
        expect(verdict.asked.filter((host) => host !== 'openidconnect.googleapis.com')).toEqual([]);
        if (verdict.judge === REAL_PROVIDER) expect(unplanned(stacks, verdict)).toEqual([]);
      },
    );
  });

  describe(`${title}: findings of the static rules`, () => {
    const cases = platforms.flatMap((platform) =>
      Object.entries(RULES).map(([id, rule]) => [platform.name, id, platform, rule] as const),
    );
    test.each(cases)('%s, %s: nothing', (_name, id, platform, rule) => {
      expect(ruleLines(platform, gcpMachines, { [id]: rule })).toEqual([]);
    });

    test('have resources to look at', () => {
      for (const { name, stacks } of platforms)
        expect(stacks.flatMap(resourcesOf).length, name).toBeGreaterThan(stacks.length);
    });
  });

  test(`${title}: a second synthesis is the same to the byte`, () => {
    expect(impureStacks(synth)).toEqual([]);
  });
}

const said = new Set<string>();

/** Once a reason: who reads that all is well must know who says so. */
function announce(what: string, { judge, why }: TerraformVerdict): void {
  if (said.has(judge + why)) return;
  said.add(judge + why);
  const but = judge === REAL_PROVIDER ? '' : ` — nothing is planned, because the provider cannot be had: ${why}`;
  process.stderr.write(`\nJUDGED by terraform with ${judge.toUpperCase()}${but}\n(${what} and what follows)\n\n`);
}
