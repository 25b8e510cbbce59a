import { z } from 'zod';
import type { Cloud } from '../spec/clouds';
import { loadSpec } from '../spec/load';
import { DEFAULT_APPROVAL } from '../spec/model';
import { DEFAULT_MONITORING, type MonitoringSpec, monitoring } from '../spec/monitoring';
import { ONCE } from '../spec/once';
import { SpecError } from '../spec/problem';
import { type ServingSpec, serving } from '../spec/serving';
import { SERVING_CHECKS } from '../spec/serving-checks';
import { problemWithoutPlace } from '../spec/text';
import { machineFinding } from './machine-finding';
import type { MachineCatalog, MachineType } from './machines/machines';
import { planRollout, type RolloutPlan } from './rollout';
import { servingMachine } from './serving-feasibility';
import { type ServingSignals, servingSignals, type Unmeasured, unmeasuredFindings } from './serving-signals';

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

/** How a model serves as somebody wrote it, or parsed already. */
export interface WrittenEndpoint {
  readonly serving?: ServingInput | ServingSpec | undefined;
  readonly monitoring?: MonitoringInput | MonitoringSpec | undefined;
}

/** Where it is going to serve. */
export interface EndpointPlace {
  readonly cloud: Cloud;
  readonly catalog: MachineCatalog;
  /** Default: anywhere that the cloud has the machine. */
  readonly region?: string;
  readonly unmeasured?: Unmeasured;
  /** What errors name as the file: the construct. */
  readonly file: string;
}

const schema = z.strictObject({ serving: serving.prefault({}), monitoring: monitoring.optional() });

/**
 * Completes how a model serves the way the whole spec of a platform is: the same defaults, the same rules, the same errors;
 * and decides what it runs on.
 *
 * @throws SpecError with everything that is wrong, paths starting at `serving` and `monitoring`.
 */
export function planEndpoint(model: string, written: WrittenEndpoint, place: EndpointPlace): EndpointPlan {
  const spec = loadSpec(
    {
      ...(written.serving === undefined ? {} : { serving: asWritten(serving, written.serving) }),
      ...(written.monitoring === undefined ? {} : { monitoring: asWritten(monitoring, written.monitoring) }),
    },
    { schema, checks: SERVING_CHECKS.map(forModelAlone(place.cloud)) },
  );
  const thresholds = spec.monitoring ?? DEFAULT_MONITORING;
  const found = unmeasuredFindings(thresholds, place.unmeasured);
  if (found.length > 0)
    throw new SpecError(
      found.map((finding) => ({
        ...problemWithoutPlace({ ...finding, path: ['monitoring', ...finding.path] }),
        file: place.file,
      })),
    );
  return {
    serving: spec.serving,
    monitoring: thresholds,
    machine: machineFor(spec.serving, place),
    rollout: planRollout(spec.serving),
    signals: servingSignals(model, spec.serving, thresholds, place.unmeasured),
  };
}

/** What is parsed already goes back to how it was written, so that there is one way in. */
function asWritten(of: z.ZodType, value: unknown): unknown {
  const encoded = z.safeEncode(of, value, ONCE);
  return encoded.success ? encoded.data : value;
}

type Check = (typeof SERVING_CHECKS)[number];
type ServedSpec = z.output<typeof schema>;

/** A rule of platforms on one with this model only, that lives on this cloud alone. */
const forModelAlone =
  (cloud: Cloud) =>
  (check: Check) =>
  (spec: ServedSpec, report: Parameters<Check>[1]): void => {
    const alone = { registry: { approval: DEFAULT_APPROVAL }, ...spec } as const;
    check({ [cloud]: {}, models: { alone } } as unknown as Parameters<Check>[0], (finding) =>
      report({ ...finding, path: finding.path.slice(2) }),
    );
  };

function machineFor({ accelerator, machine }: ServingSpec, { catalog, region, file }: EndpointPlace): MachineType {
  const choice = servingMachine(catalog, { accelerator, machine }, region);
  if (choice.ok) return choice.machine;
  const finding = machineFinding(['serving'], { accelerator, size: machine }, choice);
  throw new SpecError([{ ...problemWithoutPlace(finding), file }]);
}
