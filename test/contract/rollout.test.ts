import { describe, expect, it } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import { outcomeSignals } from '../../lib/plan/outcome-signals';
import { planRollout, ROLLOUT_OUTCOMES } from '../../lib/plan/rollout';
import type { Guard } from '../../lib/spec/serving';
import { aslFromTemplate, machinesOf } from '../support/asl-from-template';
import { synthPlatform } from '../support/examples';
import { synthGcpPlatform } from '../support/examples-gcp';
import { resourcesOf } from '../support/terraform-stacks';

/** What a cloud does in one step: how much of the traffic has moved by then, and for how long it watches what. */
interface Step {
  /** Percent. */
  readonly share: number;
  readonly waitSeconds: number;
  readonly guards: readonly Guard[];
}

interface RenderedRollout {
  readonly promote: readonly Step[];
  /** The way back by hand. */
  readonly back: readonly Step[];
  /** How a rollout can end there. */
  readonly outcomes: readonly string[];
  /** What the channel is told, by outcome: something that only this signal has. */
  readonly announced: Readonly<Record<string, string>>;
}

/** Everything below a value that has a key. */
function found(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...found(inner, key)]);
}

const only = <T>(values: readonly T[], what: string): T => {
  const [first, ...others] = values;
  if (first === undefined || others.length > 0) throw new Error(`${values.length} of ${what}, not 1`);
  return first;
};

const pascal = (outcome: string): string =>
  outcome.replaceAll(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());

/** Outcomes that a machine ends with: constants, and those that an expression chooses from. */
function outcomesIn(machine: object): readonly string[] {
  const written = [
    ...found(machine, 'outcome'),
    // In an object that JSONata makes.
    ...(JSON.stringify(machine).match(/'outcome': [^,}]*/g) ?? []),
  ].join('\n');
  return Object.keys(ROLLOUT_OUTCOMES).filter((outcome) => new RegExp(`(^|['"])${outcome}($|['"])`, 'm').test(written));
}

interface Deployment {
  readonly BlueGreenUpdatePolicy: {
    readonly TrafficRoutingConfiguration: {
      readonly Type: 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR';
      readonly WaitIntervalInSeconds: number;
      readonly CanarySize?: { readonly Type: string; readonly Value: number };
      readonly LinearStepSize?: { readonly Type: string; readonly Value: number };
    };
    readonly TerminationWaitInSeconds: number;
  };
  readonly AutoRollbackConfiguration?: { readonly Alarms: readonly { readonly AlarmName: string }[] };
}

/**
 * What SageMaker does with a deployment of so many machines. Source: SageMaker developer guide, "Use canary traffic
 * shifting" and "Use linear traffic shifting": whole machines, and the interval between two steps.
 */
function stepsOfSageMaker(deployment: Deployment, fleet: number): readonly Step[] {
  const { TrafficRoutingConfiguration: routing, TerminationWaitInSeconds } = deployment.BlueGreenUpdatePolicy;
  const size = routing.CanarySize ?? routing.LinearStepSize;
  const batch = Math.ceil(((size?.Value ?? 100) * fleet) / 100);
  const count = { ALL_AT_ONCE: 1, CANARY: 2, LINEAR: Math.ceil(fleet / batch) }[routing.Type];
  const guards = (deployment.AutoRollbackConfiguration?.Alarms ?? []).map(
    ({ AlarmName }): Guard => (AlarmName.includes('latency') ? 'latencyP95' : 'errorRate'),
  );
  return Array.from({ length: count }, (_, i) => ({
    share: (100 * Math.min(i === count - 1 ? fleet : (i + 1) * batch, fleet)) / fleet,
    waitSeconds: i === count - 1 ? TerminationWaitInSeconds : routing.WaitIntervalInSeconds,
    guards,
  }));
}

function onAws(written: object, fleet: number): RenderedRollout {
  const spec = loadPlatformSpec({ ...written, aws: { account: '111111111111', region: 'eu-central-1' } });
  const machines = synthPlatform(spec).templates.flatMap(({ template }) =>
    machinesOf(template).map((id) =>
      aslFromTemplate(template, id, { ref: (ref) => ref, attribute: (ref, name) => `${ref}.${name}` }),
    ),
  );
  const machine = only(
    machines.filter((one) => found(one, 'Want').length > 0),
    'the rollout machine',
  );
  const { promote, rollback } = only(found(machine, 'wanted'), 'what is wanted') as Record<
    'promote' | 'rollback',
    Deployment
  >;
  return {
    promote: stepsOfSageMaker(promote, fleet),
    back: stepsOfSageMaker(rollback, fleet),
    outcomes: outcomesIn(machine),
    announced: Object.fromEntries(
      Object.keys(ROLLOUT_OUTCOMES).flatMap((outcome) =>
        found(machine, `Announce${pascal(outcome)}`).map((state) => [outcome, JSON.stringify(state)]),
      ),
    ),
  };
}

interface Planned {
  readonly share: number;
  readonly wait: number;
}

/** Guards by the routine that judges each. */
const ROUTINES: Readonly<Record<string, Guard>> = { judge_share: 'errorRate', judge_latency: 'latencyP95' };

function onGoogle(written: object): RenderedRollout {
  const spec = loadPlatformSpec({
    ...written,
    gcp: { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' },
  });
  const workflows = synthGcpPlatform(spec).stacks.flatMap((stack) =>
    resourcesOf(stack)
      .filter(({ type }) => type === 'google_workflows_workflow')
      .map(({ body }) => JSON.parse(String(body.source_contents).replaceAll('$${', () => '${'))),
  );
  const workflow = only(
    workflows.filter((one) => found(one, 'begin_move').length > 0),
    'the rollout workflow',
  );
  const [guarding = {}] = found(workflow, 'judge_guards');
  const guards = found(guarding, 'call').flatMap((call) => ROUTINES[String(call)] ?? []);
  const stepsOf = (name: string): readonly Step[] =>
    (only(found(workflow, name).filter(Array.isArray), name) as readonly Planned[]).map(({ share, wait }) => ({
      share,
      waitSeconds: wait,
      guards: [...new Set(guards)],
    }));
  return {
    promote: stepsOf('promote'),
    back: stepsOf('back'),
    outcomes: outcomesIn(workflow),
    announced: Object.fromEntries(
      Object.keys(ROLLOUT_OUTCOMES).flatMap((outcome) =>
        found(workflow, `announce_${outcome.replaceAll('-', '_')}`).map((step) => [outcome, JSON.stringify(step)]),
      ),
    ),
  };
}

const CASES: Readonly<Record<string, object>> = {
  'nothing but defaults': {},
  'a canary of a tenth of twenty machines': {
    replicas: { min: 20, max: 40 },
    rollout: { strategy: 'canary', size: '10%', bake: '30 minutes' },
  },
  'a canary of two machines': { rollout: { strategy: 'canary', size: '5%', bake: '10 minutes' } },
  'quarters of four machines': {
    replicas: { min: 4, max: 8 },
    rollout: { strategy: 'linear', step: '25%', bake: '15 minutes', guards: ['errorRate'] },
  },
  'steps that do not divide the machines': {
    replicas: { min: 10, max: 10 },
    rollout: { strategy: 'linear', step: '30%', bake: '20 minutes', guards: ['latencyP95'] },
  },
  'a linear rollout of few machines': { rollout: { strategy: 'linear', step: '10%' } },
  'all at once, unguarded': {
    replicas: { min: 1, max: 2 },
    rollout: { strategy: 'allAtOnce', bake: '7 minutes', guards: [] },
  },
};

/** Steps of a plan as a fleet takes them that moves whole machines: equal batches, at least as large as the first share. */
function inWholeMachines(steps: readonly Step[], fleet: number): readonly Step[] {
  const batch = Math.ceil(((steps[0]?.share ?? 100) * fleet) / 100);
  const count = Math.min(steps.length, Math.ceil(fleet / batch));
  return steps
    .slice(-count)
    .map((step, i) => ({ ...step, share: i === count - 1 ? 100 : (100 * (i + 1) * batch) / fleet }));
}

describe.each(Object.entries(CASES))('a rollout with %s', (_title, serving) => {
  const written = { name: 'fraud', owner: 'a@example.com', models: { ranker: { serving } } };
  const { models } = loadPlatformSpec({ ...written, aws: { region: 'eu-central-1' } });
  const planned = models.ranker?.serving;
  if (planned === undefined) throw new Error('the model was lost');
  const fleet = planned.replicas.min;
  const { steps } = planRollout(planned);
  const rendered = {
    AWS: { steps: inWholeMachines(steps, fleet), ...onAws(written, fleet) },
    'Google Cloud': { steps, ...onGoogle(written) },
  };

  describe.each(Object.entries(rendered))('on %s', (_cloud, { steps, promote, back, outcomes, announced }) => {
    it('takes the steps of the plan', () => {
      expect(promote.map(sorted)).toEqual(steps.map(sorted));
    });

    it('goes back at once, watched in the same way', () => {
      expect(back.map(sorted)).toEqual(steps.slice(-1).map(sorted));
    });

    it('ends in the ways of the plan', () => {
      expect([...outcomes].sort()).toEqual(Object.keys(ROLLOUT_OUTCOMES).sort());
    });

    it('announces each of them, but that nothing had to be done', () => {
      const signals = outcomeSignals('ranker');
      expect(Object.keys(announced).sort()).toEqual(Object.keys(signals).sort());
      for (const [outcome, signal] of Object.entries(signals)) expect(announced[outcome]).toContain(signal.name);
    });
  });
});

const sorted = (step: Step): Step => ({ ...step, guards: [...step.guards].sort() });
