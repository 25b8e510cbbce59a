import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { awsMachines } from '../../plan/machines/aws-machines';
import type { MachineType } from '../../plan/machines/machines';
import { planRollout, type RolloutPlan } from '../../plan/rollout';
import { servingMachine } from '../../plan/serving-feasibility';
import { type ServingSignals, servingSignals } from '../../plan/serving-signals';
import { loadSpec } from '../../spec/load';
import { DEFAULT_APPROVAL } from '../../spec/model';
import { DEFAULT_MONITORING, type MonitoringSpec, monitoring } from '../../spec/monitoring';
import { type Finding, SpecError } from '../../spec/problem';
import { type ServingSpec, serving } from '../../spec/serving';
import { SERVING_CHECKS } from '../../spec/serving-checks';
import { problemWithoutPlace } from '../../spec/text';

/** Serving as a spec has it, such as `{ rollout: { strategy: 'linear', bake: '10 minutes' } }`. */
export type ServingInput = z.input<typeof serving>;

/** Thresholds as a spec has them, such as `{ latencyP95: '200 ms', noTraffic: 'off' }`. */
export type MonitoringInput = z.input<typeof monitoring>;

/** How a model serves, completed and decided. */
export interface EndpointPlan {
  readonly serving: ServingSpec;
  readonly monitoring: MonitoringSpec;
  readonly machine: MachineType;
  readonly rollout: RolloutPlan;
  readonly signals: ServingSignals;
}

const schema = z.strictObject({ serving: serving.prefault({}), monitoring: monitoring.optional() });

/**
 * Completes how a model serves the way the whole spec of a platform is: the same defaults, the same rules, the same errors;
 * and decides what it runs on in the region of a stack.
 *
 * @throws SpecError with everything that is wrong, paths starting at `serving` and `monitoring`.
 */
export function planEndpoint(
  scope: Construct,
  model: string,
  written: {
    readonly serving?: ServingInput | ServingSpec | undefined;
    readonly monitoring?: MonitoringInput | MonitoringSpec | undefined;
  },
): EndpointPlan {
  const spec = loadSpec(
    {
      ...(written.serving === undefined ? {} : { serving: asWritten(serving, written.serving) }),
      ...(written.monitoring === undefined ? {} : { monitoring: asWritten(monitoring, written.monitoring) }),
    },
    { schema, checks: SERVING_CHECKS.map(forModelAlone) },
  );
  const thresholds = spec.monitoring ?? DEFAULT_MONITORING;
  return {
    serving: spec.serving,
    monitoring: thresholds,
    machine: machineFor(scope, spec.serving),
    rollout: planRollout(spec.serving),
    signals: servingSignals(model, spec.serving, thresholds),
  };
}

/** What is parsed already goes back to how it was written, so that there is one way in. */
function asWritten(of: z.ZodType, value: unknown): unknown {
  const encoded = z.safeEncode(of, value);
  return encoded.success ? encoded.data : value;
}

type Check = (typeof SERVING_CHECKS)[number];
type ServedSpec = z.output<typeof schema>;

/** A rule of platforms on one with this model only. */
const forModelAlone =
  (check: Check) =>
  (spec: ServedSpec, report: Parameters<Check>[1]): void => {
    const alone = { registry: { approval: DEFAULT_APPROVAL }, ...spec } as const;
    check({ models: { alone } } as unknown as Parameters<Check>[0], (finding) =>
      report({ ...finding, path: finding.path.slice(2) }),
    );
  };

function machineFor(scope: Construct, { accelerator, machine }: ServingSpec): MachineType {
  const { region } = Stack.of(scope);
  const choice = servingMachine(awsMachines, { accelerator, machine }, Token.isUnresolved(region) ? undefined : region);
  if (choice.ok) return choice.machine;
  const [first] = choice.allowed;
  const finding: Finding = {
    path: ['serving', accelerator === undefined ? 'machine' : 'accelerator'],
    message: choice.reason,
    received: accelerator === undefined ? machine : `${accelerator.count} × ${accelerator.type}`,
    allowed: choice.allowed.length === 0 ? 'nothing close to it' : choice.allowed.join('; '),
    fix: first === undefined ? 'choose another accelerator or region' : `for example ${first}`,
  };
  throw new SpecError([{ ...problemWithoutPlace(finding), file: scope.node.path }]);
}
