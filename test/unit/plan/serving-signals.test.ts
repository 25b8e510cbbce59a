import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATIONS_SIGNALS, outcomeSignals } from '../../../lib/plan/outcome-signals';
import { ROLLOUT_OUTCOMES } from '../../../lib/plan/rollout';
import { type MetricSignal, planServingSignals, servingSignals } from '../../../lib/plan/serving-signals';
import type { Signal } from '../../../lib/plan/signals';
import { type Monitored, monitoring } from '../../../lib/spec/monitoring';
import { GUARD_SECONDS } from '../../../lib/spec/rollout-time';
import { GUARDS, serving } from '../../../lib/spec/serving';

const signalsOf = (servingWritten: object = {}, monitoringWritten: object = {}) =>
  servingSignals('fraud-detector', serving.parse(servingWritten), monitoring.parse(monitoringWritten));

function signal(watches: Monitored, servingWritten: object = {}, monitoringWritten: object = {}): MetricSignal {
  const found = signalsOf(servingWritten, monitoringWritten).metrics.find((metric) => metric.watches === watches);
  if (found === undefined) throw new Error(`no ${watches}`);
  return found;
}

const watched = (servingWritten: object = {}, monitoringWritten: object = {}) =>
  signalsOf(servingWritten, monitoringWritten).metrics.map(({ watches }) => watches);

describe('what is watched', () => {
  it('is all that can be, without a word of the spec; GPUs where there are some', () => {
    const usual = ['latencyP95', 'errorRate', 'noTraffic', 'cpu', 'memory', 'disk'];
    expect(watched()).toEqual(usual);
    expect(servingSignals('m', serving.parse({})).metrics.map(({ watches }) => watches)).toEqual(usual);
    expect(watched({ accelerator: { type: 'l4' } })).toContain('gpu');
    expect(watched({ accelerator: { type: 'inferentia2' } })).not.toContain('gpu');
  });

  it('is not what the cloud does not measure', () => {
    const { metrics } = servingSignals('m', serving.parse({}), undefined, { disk: 'no metric' });
    expect(metrics.map(({ watches }) => watches)).toEqual(['latencyP95', 'errorRate', 'noTraffic', 'cpu', 'memory']);
  });

  it('is not what is off', () => {
    expect(watched({}, { noTraffic: 'off', cpu: 'off' })).toEqual(['latencyP95', 'errorRate', 'memory', 'disk']);
    expect(watched({ accelerator: { type: 'l4' } }, { gpu: 'off' })).not.toContain('gpu');
  });
});

describe('thresholds', () => {
  it('are in the unit that goes with them', () => {
    const judged = ({ threshold, facts }: MetricSignal) => [threshold, facts.unit, facts.statistic, facts.bad];
    expect(judged(signal('latencyP95', {}, { latencyP95: '2 seconds' }))).toEqual([
      2000,
      'milliseconds',
      'p95',
      'above',
    ]);
    expect(judged(signal('latencyP95', {}, { latencyP95: '200 ms' }))).toEqual([200, 'milliseconds', 'p95', 'above']);
    expect(judged(signal('errorRate', {}, { errorRate: '0.5%' }))).toEqual([0.5, 'percent', 'average', 'above']);
    expect(judged(signal('cpu', {}, { cpu: '70%' }))).toEqual([70, 'percent', 'average', 'above']);
    expect(judged(signal('memory'))).toEqual([90, 'percent', 'maximum', 'above']);
    expect(judged(signal('disk'))).toEqual([80, 'percent', 'maximum', 'above']);
    expect(judged(signal('gpu', { accelerator: { type: 'l4' } }))).toEqual([90, 'percent', 'average', 'above']);
    expect(judged(signal('noTraffic'))).toEqual([1, 'count', 'sum', 'below']);
  });

  it('have the severity of the spec', () => {
    expect(signal('errorRate').severity).toBe('critical');
    expect(signal('errorRate', {}, { errorRate: { severity: 'warning' } }).severity).toBe('warning');
    expect(signal('cpu', {}, { cpu: { threshold: '50%', severity: 'critical' } })).toMatchObject({
      threshold: 50,
      severity: 'critical',
    });
  });

  it('of traffic cover the time of the spec, within what an alarm may look back over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 86_400 }), (seconds) => {
        const { facts } = signal('noTraffic', {}, { noTraffic: `${seconds} seconds` });
        const covered = facts.periodSeconds * facts.datapoints;
        expect(covered).toBeGreaterThanOrEqual(seconds);
        expect(covered - seconds).toBeLessThan(facts.periodSeconds);
        expect(covered).toBeLessThanOrEqual(86_400);
      }),
    );
  });

  it('take silence for bad only of traffic, and that only once something served', () => {
    for (const { watches, facts } of signalsOf({ accelerator: { type: 'l4' } }).metrics) {
      expect(facts.missing).toBe(watches === 'noTraffic' ? 'bad' : 'good');
      expect(facts.armed).toBe(facts.missing === 'bad' ? 'by the first promotion' : 'always');
      expect(facts.periodSeconds % 60).toBe(0);
    }
  });
});

describe('guards', () => {
  it('are those of the rollout, judged as always, within the shortest bake', () => {
    fc.assert(
      fc.property(fc.subarray([...GUARDS]), (guards) => {
        const signals = signalsOf({ rollout: { strategy: 'allAtOnce', guards } });
        expect(new Set(signals.guards.map(({ watches }) => watches))).toEqual(new Set(guards));
        for (const guard of signals.guards) {
          expect(signals.metrics).toContain(guard);
          expect(guard.facts.periodSeconds * guard.facts.datapoints).toBeLessThan(GUARD_SECONDS);
          expect(guard.facts).toMatchObject({ bad: 'above', missing: 'good' });
        }
      }),
    );
  });
});

const OF_PLATFORM: readonly Signal[] = Object.values(OPERATIONS_SIGNALS);
const OF_MODEL: readonly Signal[] = [
  ...signalsOf({ accelerator: { type: 'l4' } }).metrics,
  ...Object.values(outcomeSignals('fraud-detector')),
];

describe('outcomes', () => {
  it('are all told but the one that changes nothing', () => {
    const told = Object.keys(signalsOf().outcomes);
    expect(new Set([...told, 'noop'])).toEqual(new Set(Object.keys(ROLLOUT_OUTCOMES)));
    expect(told).not.toContain('noop');
  });

  it('are as loud as they are bad', () => {
    const severities = Object.entries(signalsOf().outcomes).map(([outcome, { severity }]) => [outcome, severity]);
    expect(Object.fromEntries(severities)).toEqual({
      promoted: 'info',
      'rolled-back': 'warning',
      'failed-first': 'critical',
      'rollback-failed': 'critical',
      failed: 'critical',
      unfinished: 'critical',
      withdrawn: 'info',
      superseded: 'info',
    });
  });

  it('name the step by hand where the way back failed', () => {
    const { text } = outcomeSignals('fraud-detector')['rollback-failed'];
    expect(text).toContain('By hand:');
    expect(text).toContain('mlops promote SPEC --model fraud-detector --version V');
  });
});

describe('texts', () => {
  it.each(OF_MODEL.concat(OF_PLATFORM))('$name says what to do', ({ text, severity, name }) => {
    if (severity !== 'info') expect(text).toMatch(/\b(Read|Raise|Check|Run|run|Take|Find|Delete|Approve|act) /);
    // A text goes into the description of an alarm and into templates of events, which take neither of these.
    expect(text).toMatch(/^[ -;=?-~]{40,500}$/);
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
    expect(name).toMatch(/^[a-z0-9-]{1,63}$/);
  });

  it('have the threshold and the time in them', () => {
    expect(signal('latencyP95', {}, { latencyP95: '200 ms' }).text).toContain('longer than 200 ms for 3 minutes');
    expect(signal('errorRate', {}, { errorRate: '2%' }).text).toContain('more than 2 % of the requests for 3 minutes');
    expect(signal('disk').text).toContain('More than 80 %');
    expect(signal('cpu').text).toContain('for 15 minutes');
    expect(signal('noTraffic', {}, { noTraffic: '2 hours' }).text).toContain('no request for 2 hours');
  });
});

describe('planServingSignals', () => {
  const SERVING = serving.parse({});

  it('is empty where nothing serves', () => {
    expect(planServingSignals({ a: {}, b: { monitoring: monitoring.parse({}) } })).toEqual([]);
  });

  it('has every signal of every model once, and those of the platform once', () => {
    const signals = planServingSignals({ a: { serving: SERVING }, b: { serving: SERVING }, c: {} });
    const names = signals.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('a-'))).toHaveLength(14);
    expect(names.filter((name) => name.startsWith('b-'))).toHaveLength(14);
    expect(names.filter((name) => name.startsWith('c-'))).toEqual([]);
    expect(names.slice(28)).toEqual(OF_PLATFORM.map(({ name }) => name));
    for (const { name, model } of signals.slice(0, 28)) expect(name.startsWith(`${model}-`)).toBe(true);
  });
});
