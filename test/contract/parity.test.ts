import { describe, expect, it } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { cloudOfOption } from '../../lib/plan/parity/parity';
import { PARITY } from '../../lib/plan/parity/parity-table';
import { CLOUD_NAMES, CLOUDS, type Cloud } from '../../lib/spec/clouds';
import { optionPaths } from '../../lib/spec/options';
import { type RawMap, withValueAt } from '../../lib/spec/plain';
import { type Problem, SpecError } from '../../lib/spec/problem';
import { synthPlatform } from '../support/examples';
import { synthGcpPlatform } from '../support/examples-gcp';
import { ABSENT, OPTION_SAMPLES, overlaid, pathOf } from '../support/option-samples';

const TARGETS = {
  aws: { account: '111111111111', region: 'eu-central-1' },
  gcp: {
    project: 'fraud-ml',
    projectNumber: 123456789012,
    region: 'europe-west4',
    billingAccount: '01AB23-45CD67-89EF01',
  },
};

/** The spec of a sample where the option has one of its values, on some clouds. */
function specOf(option: string, value: unknown, clouds: readonly Cloud[]): RawMap {
  const { around = {} } = OPTION_SAMPLES[option] ?? {};
  const platform = {
    name: 'fraud',
    owner: 'a@example.com',
    ...Object.fromEntries(clouds.map((cloud) => [cloud, TARGETS[cloud]])),
  };
  const spec = overlaid(platform, around);
  return value === ABSENT ? spec : (withValueAt(spec, pathOf(option), value) as RawMap);
}

const RENDERERS: Readonly<Record<Cloud, (written: RawMap) => unknown>> = {
  aws: (written) => {
    const { templates, assembly } = synthPlatform(loadPlatformSpec(written));
    return [templates, assembly.stacks.map(({ environment }) => environment)];
  },
  gcp: (written) => synthGcpPlatform(loadPlatformSpec(written)).stacks,
};

const rendered = new Map<string, string>();

/** What a cloud makes of a spec, once for each. */
function render(cloud: Cloud, written: RawMap): string {
  const key = `${cloud} ${JSON.stringify(written)}`;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const made = JSON.stringify(RENDERERS[cloud](written));
  rendered.set(key, made);
  return made;
}

/** What a cloud makes of both values of an option. */
const both = (option: string, cloud: Cloud, clouds: readonly Cloud[]): readonly string[] =>
  (OPTION_SAMPLES[option]?.values ?? []).map((value) => render(cloud, specOf(option, value, clouds)));

function problemsOf(written: RawMap): readonly Problem[] {
  try {
    loadPlatformSpec(written);
    return [];
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
}

const ROWS = Object.entries(PARITY);
const rowsOn = (cloud: Cloud, holds: (row: (typeof PARITY)[string][Cloud]) => boolean): readonly string[] =>
  ROWS.filter(([option, row]) => (cloudOfOption(option) ?? cloud) === cloud && holds(row[cloud])).map(
    ([option]) => option,
  );

describe('samples', () => {
  it('are of every option that a spec can have, and of no other', () => {
    expect(Object.keys(OPTION_SAMPLES).sort()).toEqual([...optionPaths()].sort());
  });
});

describe.each(CLOUDS)('the parity table on %s', (cloud) => {
  const clouds = (option: string): readonly Cloud[] => (cloudOfOption(option) === undefined ? [cloud] : CLOUDS);

  it.each(rowsOn(cloud, ({ support, always }) => support !== 'unsupported' && always !== true))(
    'is right that %s makes a difference',
    (option) => {
      const [one, other] = both(option, cloud, clouds(option));
      expect(one === other).toBe(false);
    },
  );

  it.each(rowsOn(cloud, ({ support, always }) => support !== 'unsupported' && always === true))(
    'is right that %s changes nothing, as it says',
    (option) => {
      const [one, other] = both(option, cloud, clouds(option));
      expect(one).toBe(other);
    },
  );

  it.each(rowsOn(cloud, ({ support }) => support === 'unsupported'))('is right that %s is refused', (option) => {
    const path = pathOf(option).join('.');
    const other = CLOUDS.filter((one) => one !== cloud);
    for (const value of OPTION_SAMPLES[option]?.values.filter((one) => one !== ABSENT) ?? []) {
      const refusals = problemsOf(specOf(option, value, [cloud])).filter(({ message }) =>
        message.startsWith(`cannot be had on ${CLOUD_NAMES[cloud]}: `),
      );
      expect(refusals.map((problem) => problem.path).filter((at) => `${path}.`.startsWith(`${at}.`))).toHaveLength(1);
      expect(problemsOf(specOf(option, value, other))).toEqual([]);
    }
  });

  it.each(ROWS.map(([option]) => option).filter((option) => (cloudOfOption(option) ?? cloud) !== cloud))(
    'is right that %s means nothing there',
    (option) => {
      const [one, other] = both(option, cloud, CLOUDS);
      expect(one).toBe(other);
    },
  );
});
