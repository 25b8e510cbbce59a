import { describe, expect, it } from 'vitest';
import { alertTitle } from '../../lib/plan/alert-message';
import { GCP_UNMEASURED } from '../../lib/plan/gcp-unmeasured';
import { planPlatform } from '../../lib/plan/platform-plan';
import type { Signal } from '../../lib/plan/signals';
import { alertPolicies, specsOfBoth } from '../support/both-clouds';
import { synthPlatform } from '../support/examples';

/** Signals of what only AWS has, and why Google Cloud has none of them. */
const OF_AWS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/-events-undelivered$/, 'Eventarc and Scheduler try again by themselves; there is no queue of what they gave up'],
  [/^table-/, 'Terraform itself changes tables, and says to whoever applies it what it refused'],
  [/^[a-z0-9-]+-approval-failed$/, 'the router of registry events approves, and says so as its own failure'],
  [/^webhook-.*-failing$/, 'the relay names receivers of every kind'],
];

const ofAws = ({ name }: Signal): boolean => OF_AWS.some(([pattern]) => pattern.test(name));
const unmeasured = (signal: Signal): boolean =>
  'watches' in signal && GCP_UNMEASURED[signal.watches as keyof typeof GCP_UNMEASURED] !== undefined;

describe.each(specsOfBoth)('signals of $title', ({ spec }) => {
  const planned = planPlatform(spec).signals;
  const policies = alertPolicies(spec);
  const raised = new Map(policies.map((policy) => [policy.signal.name, policy]));

  it('are all raised on Google Cloud, but those of what only AWS has', () => {
    const missing = planned.filter((signal) => !ofAws(signal) && !unmeasured(signal) && !raised.has(signal.name));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('have the same threshold and severity on Google Cloud as in the plan', () => {
    for (const signal of planned) {
      const policy = raised.get(signal.name);
      if (policy === undefined) continue;
      expect(policy.signal.threshold, signal.name).toBe(signal.threshold);
      expect(policy.signal.severity, signal.name).toBe(signal.severity);
      expect(JSON.stringify(policy.resource.documentationInput), signal.name).toContain(alertTitle(signal));
    }
  });

  it('have their text on AWS', () => {
    const templates = JSON.stringify(synthPlatform(spec).templates).replaceAll(/\\+"/g, '"');
    const silent = planned.filter(({ name, measures }) => measures !== 'spend' && !templates.includes(name));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
