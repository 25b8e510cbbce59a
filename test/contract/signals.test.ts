import { describe, expect, it } from 'vitest';
import { alertTitle } from '../../lib/plan/alert-message';
import type { WatchSignal } from '../../lib/plan/drift/drift-signals';
import { GCP_UNMEASURED } from '../../lib/plan/gcp-unmeasured';
import { awsMachines } from '../../lib/plan/machines/aws-machines';
import { gcpMachines } from '../../lib/plan/machines/gcp-machines';
import type { MachineCatalog, MachineType } from '../../lib/plan/machines/machines';
import { planPlatform } from '../../lib/plan/platform-plan';
import { servingMachine } from '../../lib/plan/serving-feasibility';
import type { MetricSignal } from '../../lib/plan/serving-signals';
import type { Signal } from '../../lib/plan/signals';
import { CLOUDS } from '../../lib/spec/clouds';
import type { PlatformSpec } from '../../lib/spec/platform';
import { alertPolicies, specsOfBoth } from '../support/both-clouds';
import { synthPlatform } from '../support/examples';
import { synthGcpPlatform } from '../support/examples-gcp';
import { AWS_UNITS, awsJudged, GCP_UNITS, gcpJudged } from '../support/judged-signals';

/** Signals of what only AWS has, and why Google Cloud has none of them. */
const OF_AWS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/-events-undelivered$/, 'Eventarc and Scheduler try again by themselves; there is no queue of what they gave up'],
  [/^table-/, 'Terraform itself changes tables, and says to whoever applies it what it refused'],
  [/^[a-z0-9-]+-approval-failed$/, 'the router of registry events approves, and says so as its own failure'],
  [/^webhook-.*-failing$/, 'the relay names receivers of every kind'],
];

/** Signals of what only Google Cloud has, and why AWS has none of them. */
const OF_GCP: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^slack-.*-failing$/, 'the chat service of AWS tells nobody of what it could not deliver'],
  [
    /^model-events-failed$/,
    'rules of each model take the events of the registry, and have a queue of what they gave up',
  ],
];

const matches = (patterns: typeof OF_AWS, { name }: Signal): boolean =>
  patterns.some(([pattern]) => pattern.test(name));
const ofAws = (signal: Signal): boolean => matches(OF_AWS, signal);
const unmeasured = (signal: Signal): boolean =>
  'watches' in signal && GCP_UNMEASURED[signal.watches as keyof typeof GCP_UNMEASURED] !== undefined;

/** What a cloud made of the signals, and what its units are in those of the plan. */
const JUDGES = {
  aws: (spec: PlatformSpec) => ({
    judged: awsJudged(synthPlatform(spec)),
    units: AWS_UNITS,
    machineOf: servedOn(awsMachines, spec, spec.aws?.region),
  }),
  gcp: (spec: PlatformSpec) => ({
    judged: gcpJudged(synthGcpPlatform(spec).stacks),
    units: GCP_UNITS,
    machineOf: servedOn(gcpMachines, spec, spec.gcp?.region),
  }),
};

const servedOn =
  (catalog: MachineCatalog, spec: PlatformSpec, region: string | undefined) =>
  (model: string): MachineType => {
    const serving = spec.models[model]?.serving;
    if (serving === undefined) throw new Error(`${model} does not serve`);
    const choice = servingMachine(catalog, serving, region);
    if (!choice.ok) throw new Error(choice.reason);
    return choice.machine;
  };

/** On which side it is bad, and for how long. What only counts is bad from the first on, however long that is. */
function judgement({ facts, bad, periodSeconds }: Partial<MetricSignal & WatchSignal>): object {
  if (facts !== undefined) return { bad: facts.bad, seconds: facts.periodSeconds * facts.datapoints };
  return periodSeconds === undefined ? { bad: 'from' } : { bad, seconds: periodSeconds };
}

describe.each(specsOfBoth)('signals of $title', ({ spec }) => {
  const planned = planPlatform(spec).signals;
  const policies = alertPolicies(spec);
  const raised = new Map(policies.map((policy) => [policy.signal.name, policy]));

  it('are known to the plan where Google Cloud raises them', () => {
    const names = planned.map(({ name }) => name);
    expect([...raised.keys()].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('are all raised on Google Cloud, but those of what only AWS has', () => {
    const missing = planned.filter((signal) => !ofAws(signal) && !unmeasured(signal) && !raised.has(signal.name));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it.each(CLOUDS)('are judged on %s as the plan says', (cloud) => {
    const { judged, units, machineOf } = JUDGES[cloud](spec);
    const watched = planned.filter(
      (signal) => signal.measures === 'metric' && (cloud === 'aws' || !(ofAws(signal) || unmeasured(signal))),
    );
    expect([...new Set(judged.map(({ name }) => name))].sort()).toEqual(watched.map(({ name }) => name).sort());
    for (const { name, threshold, ...how } of judged) {
      const signal = watched.find((one) => one.name === name) as Partial<MetricSignal & WatchSignal>;
      const unit = signal.facts === undefined ? 1 : units[signal.facts.metric](machineOf(signal.model ?? ''));
      expect(threshold * unit, name).toBeCloseTo(signal.threshold ?? Number.NaN, 9);
      expect(how, name).toMatchObject(judgement(signal));
    }
  });

  it('have the same severity on Google Cloud as in the plan', () => {
    for (const signal of planned) {
      const policy = raised.get(signal.name);
      if (policy === undefined) continue;
      expect(policy.signal.severity, signal.name).toBe(signal.severity);
      expect(JSON.stringify(policy.resource.documentationInput), signal.name).toContain(alertTitle(signal));
    }
  });

  it.each(CLOUDS)('name %s in each command, as the spec may live on another one too', (cloud) => {
    const { templates } = synthPlatform(spec);
    const text = JSON.stringify(cloud === 'aws' ? templates : synthGcpPlatform(spec).stacks);
    const commands = text.match(/mlops \w+ SPEC(?: --cloud \w+)?/g) ?? [];
    expect(commands.length > 0).toBe(planned.some((signal) => signal.text.includes(' SPEC ')));
    expect(commands.filter((command) => !command.endsWith(`--cloud ${cloud}`))).toEqual([]);
  });

  it('have their text on AWS', () => {
    const templates = JSON.stringify(synthPlatform(spec).templates).replaceAll(/\\+"/g, '"');
    const silent = planned.filter(
      (signal) => signal.measures !== 'spend' && !matches(OF_GCP, signal) && !templates.includes(signal.name),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
