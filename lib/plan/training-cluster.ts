import type { Finding } from '../spec/problem';
import { GIB } from '../spec/quantity';
import type { TrainingClusterSpec } from '../spec/training';
import { AWS_CLUSTER_RULES, type ClusterRule } from './cluster-rules';
import { machineFinding } from './machine-finding';
import { findMachine, type MachineChoice } from './machines/find-machine';
import type { MachineCatalog, MachineRole, MachineType } from './machines/machines';

/** How often its longest run a spot training may take in all, waiting for machines and starting again included. */
export const SPOT_PATIENCE = 2;

/** Seconds that no training may take in all, whatever its patience: 28 days. */
export const LONGEST_TRAINING = 28 * 86_400;

/** Seconds that a spot training may take in all. */
export const spotSeconds = (maxRuntimeSeconds: number): number =>
  Math.min(maxRuntimeSeconds * SPOT_PATIENCE, LONGEST_TRAINING);

/** One way of buying machines for a cluster. */
export interface Purchase {
  readonly capacity: 'on-demand' | 'spot';
  /** In order of preference. All have the same number of CPUs. */
  readonly machines: readonly [MachineType, ...MachineType[]];
}

/** What a training cluster runs on. */
export interface TrainingClusterPlan {
  readonly kind: TrainingClusterSpec['kind'];
  /** Role of its machines, for their names. */
  readonly role: MachineRole;
  /** Ways of buying machines, in the order to try them. */
  readonly purchases: readonly [Purchase, ...Purchase[]];
  /** Machines of one training. */
  readonly nodes: number;
  /** CPUs of all machines that may be bought one way at once. Trainings on a managed service share no machines: none. */
  readonly ceilingVcpu?: number;
  readonly maxRuntimeSeconds: number;
  /** Seconds after which a spot training is given up, from its submission. None on demand. */
  readonly maxWaitSeconds?: number;
  /** GiB of the network disk of one node. */
  readonly diskGib: number;
  /** Attempts of a training whose machine was taken away, where the cluster itself repeats it. */
  readonly attempts?: number;
}

/** A cluster that can be had, or what is wrong with it. Paths begin at the cluster. */
export type TrainingClusterChoice =
  | { readonly ok: true; readonly plan: TrainingClusterPlan }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Decides what a cluster runs on in a region. Without a region, which a library may not know, it is one where the cloud
 * has the machine. The rules are those of the catalog's cloud.
 */
export function planTrainingCluster(
  catalog: MachineCatalog,
  cluster: TrainingClusterSpec,
  region?: string,
  rules: readonly ClusterRule[] = AWS_CLUSTER_RULES,
): TrainingClusterChoice {
  const role = cluster.kind === 'managed' ? 'training' : 'batch';
  const choice = machineFor(catalog, cluster, role, region);
  const { accelerator, machine: size, capacity } = cluster;
  const findings = [
    ...(choice.ok ? [] : [machineFinding([], { accelerator, size, capacity }, choice)]),
    ...rules.flatMap((rule) => rule(cluster, choice.ok ? choice.machine : undefined)),
    ...ceilingFindings(cluster),
  ];
  if (!choice.ok || findings.length > 0) return { ok: false, findings };

  const { machine } = choice;
  const machines: Purchase['machines'] = [machine, ...(cluster.nodes > 1 ? [] : peers(machine, choice.alternatives))];
  const first: Purchase = { capacity, machines };
  const maxRuntimeSeconds = cluster.maxRuntime.seconds;
  return {
    ok: true,
    plan: {
      kind: cluster.kind,
      role,
      // A managed service buys each training one way; only a queue can fall back while trainings wait in it.
      purchases: cluster.kind === 'batch' && capacity === 'spot' ? [first, ...onDemand(machines)] : [first],
      nodes: cluster.nodes,
      maxRuntimeSeconds,
      ...(capacity === 'spot' ? { maxWaitSeconds: spotSeconds(maxRuntimeSeconds) } : {}),
      diskGib: Math.ceil(cluster.disk.bytes / GIB),
      ...(cluster.kind === 'batch' ? { ceilingVcpu: cluster.maxNodes * machine.vcpu, attempts: cluster.attempts } : {}),
    },
  };
}

function machineFor(
  catalog: MachineCatalog,
  { accelerator, machine, capacity }: TrainingClusterSpec,
  role: MachineRole,
  region: string | undefined,
): MachineChoice {
  const find = (where: string) => findMachine(catalog, { accelerator, size: machine, role, region: where, capacity });
  if (region !== undefined) return find(region);
  const choices = [...catalog.roles[role].regions].map(find);
  return choices.find(({ ok }) => ok) ?? choices[0] ?? find('');
}

/**
 * Machines that may stand in for another: a ceiling of CPUs is one of machines only if all have the same number, and a
 * queue that compares prices per CPU would take the largest. A training of several nodes wants them all alike.
 */
const peers = (machine: MachineType, alternatives: readonly MachineType[]): readonly MachineType[] =>
  alternatives.filter(({ vcpu }) => vcpu === machine.vcpu);

/** The same machines on demand, without those that are never sold so. */
function onDemand(machines: Purchase['machines']): readonly Purchase[] {
  const [first, ...rest] = machines.filter(({ buying }) => buying.includes('on-demand'));
  return first === undefined ? [] : [{ capacity: 'on-demand', machines: [first, ...rest] }];
}

function ceilingFindings(cluster: TrainingClusterSpec): readonly Finding[] {
  if (cluster.kind !== 'batch' || cluster.nodes <= cluster.maxNodes) return [];
  const { nodes, maxNodes } = cluster;
  return [
    {
      path: ['nodes'],
      message: `one training may use ${nodes} nodes, but the cluster has at most ${maxNodes}`,
      received: String(nodes),
      allowed: `1 to ${maxNodes} (maxNodes)`,
      fix: `raise maxNodes to ${nodes}, or lower nodes`,
    },
  ];
}
