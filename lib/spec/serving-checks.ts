import { eachEntry } from './each-entry';
import type { ModelSpec } from './model';
import { type MonitoringSpec, OFF } from './monitoring';
import type { Path, Report } from './problem';
import type { SpecCheck } from './references';
import { GUARD_SECONDS, LONGEST_ROLLOUT, mostBakes, START_ALLOWANCE } from './rollout-time';
import { hasGpu, type RolloutSpec, type ServingSpec } from './serving';
import { DURATION_UNITS } from './units';

/** A model that may serve. */
export interface ServableModel extends ModelSpec {
  readonly serving?: ServingSpec | undefined;
  readonly monitoring?: MonitoringSpec | undefined;
}

/** What the rules of serving read of a spec. */
interface ServableSpec {
  readonly aws?: unknown;
  readonly gcp?: unknown;
  readonly models: Readonly<Record<string, ServableModel>>;
}

type ServedCheck = (serving: ServingSpec, model: ServableModel, report: Report, spec: ServableSpec) => void;

/** Runs a rule on every model that serves, with paths from the model. */
const eachServed =
  (check: ServedCheck): SpecCheck =>
  (spec: ServableSpec, report) =>
    eachEntry(spec.models, (model, name) => {
      if (model.serving !== undefined)
        check(model.serving, model, (finding) => report({ ...finding, path: ['models', name, ...finding.path] }), spec);
    });

const inWords = (seconds: number): string => DURATION_UNITS.write(seconds);

const replicaRange = eachServed(({ replicas: { min, max } }, _, report) => {
  if (min > max)
    report({
      path: ['serving', 'replicas', 'max'],
      message: `is below the machines that always serve (min: ${min})`,
      received: String(max),
      allowed: `${min} or more`,
      fix: `write max: ${min} or more, or lower min`,
    });
});

const replicasForSteps = eachServed(({ replicas, rollout }, _, report, { aws, gcp }) => {
  const isGoogleOnly = gcp !== undefined && aws === undefined;
  if (rollout.strategy === 'allAtOnce' || replicas.min > 1 || isGoogleOnly) return;
  report({
    path: ['serving', 'replicas', 'min'],
    message: `a ${rollout.strategy} rollout moves whole machines on AWS, and of one machine it cannot move a part`,
    received: String(replicas.min),
    allowed: `2 or more with rollout.strategy ${rollout.strategy}; 1 with rollout.strategy allAtOnce`,
    fix: 'write min: 2, or rollout: { strategy: allAtOnce }',
  });
});

const BAKE: Path = ['serving', 'rollout', 'bake'];

const bakeForGuards = eachServed(({ rollout }, _, report) => {
  if (rollout.guards.length === 0 || rollout.bake.seconds >= GUARD_SECONDS) return;
  const least = inWords(GUARD_SECONDS);
  report({
    path: BAKE,
    message: `is over before its guards have seen a fault, which takes them ${least}`,
    received: rollout.bake.text,
    allowed: rollout.strategy === 'allAtOnce' ? `${least} or more, or no guards` : `${least} or more`,
    fix: rollout.strategy === 'allAtOnce' ? `write bake: ${least}, or guards: []` : `write bake: ${least}`,
  });
});

const waitsInLimits = eachServed(({ rollout }, _, report) => {
  const room = LONGEST_ROLLOUT - START_ALLOWANCE;
  const bakes = mostBakes(rollout);
  if (bakes * rollout.bake.seconds <= room) return;
  const longest = inWords(Math.floor(room / bakes / 60) * 60);
  report({
    path: BAKE,
    message: `${bakes} bakes and the start of the machines take longer than the ${inWords(LONGEST_ROLLOUT)} that a rollout may take`,
    received: rollout.bake.text,
    allowed: `${longest} or less${largerStep(rollout)}`,
    fix: `write bake: ${longest}`,
  });
});

const largerStep = (rollout: RolloutSpec): string =>
  rollout.strategy === 'linear' && rollout.step < 50 ? ', or more with a larger step' : '';

const guardsOnce = eachServed(({ rollout: { guards } }, _, report) => {
  const named = new Set<string>();
  eachEntry(guards, (guard, i) => {
    if (named.has(guard))
      report({
        path: ['serving', 'rollout', 'guards', i],
        message: `${guard} is named twice`,
        received: guard,
        allowed: 'each guard once',
        fix: 'remove this one',
      });
    named.add(guard);
  });
});

const guardsWithThreshold = eachServed(({ rollout }, { monitoring }, report) => {
  const seen = new Set<string>();
  eachEntry(rollout.guards, (guard) => {
    if (seen.has(guard)) return;
    seen.add(guard);
    if (monitoring?.[guard] === OFF)
      report({
        path: ['monitoring', guard],
        message: 'is off, and the rollout is guarded by it',
        received: OFF,
        allowed: 'a threshold, as long as rollout.guards names it',
        fix: `remove ${guard} here, which gives it its usual threshold, or remove it from serving.rollout.guards`,
      });
  });
});

const gpuForThreshold = eachServed((serving, { monitoring }, report) => {
  if (monitoring?.gpu === undefined || monitoring.gpu === OFF || hasGpu(serving)) return;
  const { accelerator } = serving;
  report({
    path: ['monitoring', 'gpu'],
    message: accelerator === undefined ? 'the machines have no GPU' : `no load is measured of ${accelerator.type}`,
    allowed: `nothing, or ${OFF}; a threshold with a GPU in serving.accelerator`,
    fix: accelerator === undefined ? 'remove gpu, or add serving.accelerator' : 'remove gpu',
  });
});

const servingForMonitoring: SpecCheck = ({ models }: ServableSpec, report) =>
  eachEntry(models, ({ serving, monitoring }, name) => {
    if (monitoring !== undefined && serving === undefined)
      report({
        path: ['models', name, 'monitoring'],
        at: 'key',
        message: 'watches a model that does not serve',
        allowed: 'monitoring beside serving',
        fix: 'add serving: {}, or remove monitoring',
      });
  });

/** Every rule of serving and monitoring that holds on any cloud. */
export const SERVING_CHECKS: readonly SpecCheck[] = [
  servingForMonitoring,
  replicaRange,
  replicasForSteps,
  bakeForGuards,
  waitsInLimits,
  guardsOnce,
  guardsWithThreshold,
  gpuForThreshold,
];
