import { describe, expect, it } from 'vitest';
import { cloudOfOption, SUPPORTS } from '../../../lib/plan/parity/parity';
import { PARITY } from '../../../lib/plan/parity/parity-table';
import { CLOUDS } from '../../../lib/spec/clouds';
import { optionPaths } from '../../../lib/spec/options';

describe('the parity table', () => {
  it('has a row for every option that a spec can have, and for no other', () => {
    expect(Object.keys(PARITY).sort()).toEqual([...optionPaths()].sort());
  });

  it('gives the reason for whatever is not native', () => {
    const silent = Object.entries(PARITY).flatMap(([option, row]) =>
      CLOUDS.filter((cloud) => row[cloud].support !== 'native' && (row[cloud].reason ?? '') === '').map(
        (cloud) => `${option} on ${cloud}`,
      ),
    );
    expect(silent).toEqual([]);
  });

  it.each([
    ['dataLake.datasets.*.columns.*', 'gcp', /\b29 digits before the point and 9 after/],
    ['dataLake.datasets.*.partitionBy', 'gcp', /\b4 columns/],
    ['dataLake.datasets.*.snapshots.maxAge', 'gcp', /\b2 to 7 days/],
    ['training.cluster[batch].maxRuntime', 'gcp', /\b14 days, 7 on A3/],
    ['models.*.pipeline.steps.*[cluster-training].maxRuntime', 'gcp', /\b6 days/],
    ['models.*.pipeline.steps.*[training].maxRuntime', 'gcp', /\b6 days/],
    ['training.cluster[batch].capacity', 'aws', /one node/],
    ['governance.budget.monthly', 'gcp', /US dollars/],
  ] as const)('says what %s is refused beyond on %s', (option, cloud, limits) => {
    expect(PARITY[option]?.[cloud].limits).toMatch(limits);
  });

  it.each(['network[isolated]', 'network[nat]'])('says of %s what a job on Vertex AI gets around', (option) => {
    expect(PARITY[option]?.gcp.reason).toContain('unless a VPC Service Controls perimeter is around the project');
  });

  it('says of a batch cluster what else whoever starts trainings may start', () => {
    expect(PARITY['training.cluster[batch]']?.gcp.reason).toMatch(/may start every workflow of the project/);
  });

  it('uses three words', () => {
    for (const row of Object.values(PARITY)) for (const cloud of CLOUDS) expect(SUPPORTS).toContain(row[cloud].support);
  });

  it('says of options in the block of one cloud that they mean nothing on the other', () => {
    for (const [option, row] of Object.entries(PARITY)) {
      const own = cloudOfOption(option);
      if (own === undefined) continue;
      for (const cloud of CLOUDS) expect(row[cloud].support === 'unsupported', option).toBe(cloud !== own);
    }
  });
});
