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
import { type Rendering, renderedOnAws, renderedOnGcp, supportShown } from '../support/parity-proof';

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

const RENDERERS: Readonly<Record<Cloud, (written: RawMap) => Rendering>> = {
  aws: (written) => renderedOnAws(synthPlatform(loadPlatformSpec(written))),
  gcp: (written) => renderedOnGcp(synthGcpPlatform(loadPlatformSpec(written)).stacks),
};

const rendered = new Map<string, Rendering>();

/** What a cloud makes of a spec, once for each. */
function render(cloud: Cloud, written: RawMap): Rendering {
  const key = `${cloud} ${JSON.stringify(written)}`;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const made = RENDERERS[cloud](written);
  rendered.set(key, made);
  return made;
}

/** What a cloud makes of both values of an option. */
function both(option: string, cloud: Cloud, clouds: readonly Cloud[]): readonly [Rendering, Rendering] {
  const [one, other] = OPTION_SAMPLES[option]?.values ?? [];
  return [render(cloud, specOf(option, one, clouds)), render(cloud, specOf(option, other, clouds))];
}

const FLOOR =
  'emulated: the machine takes the number to a condition of the pipeline by way of what it works out itself';
const GUARDS = 'emulated: the alarms of the update are in its request by names that the machine makes of the version';

/**
 * Options that are not what they show, and why. Each begins with what it shows: an option that no longer shows that needs
 * other words, or no exception.
 */
const OTHERWISE: Readonly<Record<Cloud, Readonly<Record<string, string>>>> = {
  aws: {
    'dataLake.datasets.*.columns.*':
      'native: the parameter that changes is what a machine reads, and makes statements of the difference',
    'models.*.pipeline.gate.atLeast': FLOOR,
    'models.*.pipeline.gate.atMost': FLOOR,
    'models.*.serving.rollout[allAtOnce].guards': GUARDS,
    'models.*.serving.rollout[canary].guards': GUARDS,
    'models.*.serving.rollout[linear].guards': GUARDS,
  },
  gcp: {
    'dataLake.datasets.*.partitionBy': 'native: BigQuery is told to cluster, which is not what the option says',
    'models.*.pipeline.gate.atLeast': FLOOR,
    'models.*.pipeline.gate.atMost': FLOOR,
    'models.*.registry.approval': 'native: one workflow of all models approves; of a model only its alerts change',
    'models.*.serving.gcp.serviceAccount':
      'emulated: the call that deploys names the account, and asks for that of Vertex AI by naming none',
    'training.cluster[batch].capacity': 'native: a template says spot, but a workflow goes on to the other one',
  },
};

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

describe('exceptions', () => {
  it.each(CLOUDS)('are of options that the table has for %s', (cloud) => {
    const rows = rowsOn(cloud, ({ support, always }) => support !== 'unsupported' && always !== true);
    expect(Object.keys(OTHERWISE[cloud]).filter((option) => !rows.includes(option))).toEqual([]);
  });
});

describe.each(CLOUDS)('the parity table on %s', (cloud) => {
  const clouds = (option: string): readonly Cloud[] => (cloudOfOption(option) === undefined ? [cloud] : CLOUDS);

  it.each(rowsOn(cloud, ({ support, always }) => support !== 'unsupported' && always !== true))(
    'is right that %s makes a difference',
    (option) => {
      const [one, other] = both(option, cloud, clouds(option));
      expect(one.text === other.text).toBe(false);
    },
  );

  it.each(rowsOn(cloud, ({ support, always }) => support !== 'unsupported' && always !== true))(
    'is right in how %s is done',
    (option) => {
      const [one, other] = both(option, cloud, clouds(option));
      // A kind is shown by what is gone where there is another one, anything else by what comes with its second value.
      const shown = option.endsWith(']') ? supportShown(one, other) : supportShown(other, one);
      const support = PARITY[option]?.[cloud].support;
      const otherwise = OTHERWISE[cloud][option];
      if (otherwise === undefined) expect(shown).toBe(support);
      else {
        expect(shown, `${option} shows what it is: it is no exception`).not.toBe(support);
        expect(otherwise.startsWith(`${shown}: `)).toBe(true);
      }
    },
  );

  it.each(rowsOn(cloud, ({ support, always }) => support !== 'unsupported' && always === true))(
    'is right that %s changes nothing, as it says',
    (option) => {
      const [one, other] = both(option, cloud, clouds(option));
      expect(one.text === other.text).toBe(true);
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
      expect(one.text === other.text).toBe(true);
    },
  );
});
