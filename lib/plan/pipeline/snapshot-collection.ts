import type { ModelSpec } from '../../spec/model';
import type { PlatformSpec } from '../../spec/platform';
import { type AccessEdge, EVERY, edges, PREFIXES } from '../access';
import { frozenForDrift } from '../drift/drift-access';
import type { ClusterTries } from '../gcp-cluster-patience';
import type { PlatformNames } from '../names';
import { machineGrants, scheduleGrants } from '../serving-access';
import { eventsUndelivered, type Signal } from '../signals';
import { longestRunSeconds } from './longest-run';
import { type PipelinePlan, planPipelines } from './pipeline-plan';

/**
 * Frozen snapshots that no registered version names any more are collected: those of runs that registered nothing, of versions
 * that were deleted, and of looks for drift. A snapshot goes in two steps, each once nothing happened to it for the grace. First
 * its manifest gives way to a mark, so that nobody takes it up any more; who had done so before registers well before the
 * second step, which looks at all versions anew and only then deletes the files. So no lock is needed, and whoever freezes
 * does not have to know of it.
 */

/** What it is called where events of a schedule could not be delivered, and the queue of those. */
export const COLLECTOR = 'snapshots';

/** Name of the file that takes the place of a manifest, beside which nobody takes up the snapshot. */
export const WITHDRAWN = 'withdrawn.json';

/** Seconds of a month, the least that a snapshot stays in each step: somebody may want to look into a failed run. */
const MONTH_SECONDS = 2_592_000;
/** How much longer than it may take a run may be: others start one first, and who follows it may be late. */
const SLOWER = 2;

/**
 * Seconds that nothing may have happened to a snapshot before a step of its collection: longer than any run can take from the
 * freezing of what it reads to the registration of what it made. In whole months, so that few changes of a pipeline change it.
 */
export function snapshotGraceSeconds(
  pipelines: readonly Pick<PipelinePlan, 'steps'>[],
  cluster?: ClusterTries,
): number {
  const runs = pipelines.map(({ steps }) => longestRunSeconds(steps, cluster));
  return MONTH_SECONDS * (1 + Math.floor((SLOWER * Math.max(0, ...runs)) / MONTH_SECONDS));
}

/** Why nothing is collected where the versions leave an execution no room for it. */
export const NO_ROOM_TO_COLLECT =
  'To look up which snapshots the versions name leaves no room in an execution to collect others. Delete versions that nobody needs.';

/**
 * Part of the circle that the place moves on by each day at which the collection begins: no other comes by all places so evenly,
 * however many there are.
 */
export const GOLDEN_SECTION = 0.618_033_988_75;

/** How snapshots of a platform are collected. */
export interface CollectionPlan {
  /** Seconds as of `snapshotGraceSeconds`. */
  readonly graceSeconds: number;
}

/** Whether anything is ever frozen, and so collected. */
export const isCollected = (models: Readonly<Record<string, ModelSpec>>, names: PlatformNames): boolean =>
  Object.values(planPipelines(models, names)).some(({ datasets }) => datasets.length > 0) ||
  Object.values(models).some((model) => frozenForDrift(model).length > 0);

/** Plans the collection; undefined where nothing is ever frozen. */
export function planCollection(
  { models, training }: Pick<PlatformSpec, 'models' | 'training'>,
  names: PlatformNames,
): CollectionPlan | undefined {
  if (!isCollected(models, names)) return undefined;
  const cluster = training?.cluster;
  return {
    graceSeconds: snapshotGraceSeconds(
      Object.values(planPipelines(models, names)),
      cluster?.kind === 'batch' ? cluster : undefined,
    ),
  };
}

/** What the machine may do that collects snapshots. */
export function collectorAccess(): readonly AccessEdge[] {
  return edges('collector', [
    ['model', 'read', EVERY, 'the snapshots that versions name'],
    ['prefix', 'write', PREFIXES.snapshots, 'deletes those that none names'],
    ['key', 'encrypt', 'artifacts', 'a mark is encrypted as the snapshots are'],
    ...machineGrants('collector'),
  ]);
}

/** What starts it every day on AWS. */
export function collectorTriggerAccess(): readonly AccessEdge[] {
  return edges('collector-trigger', scheduleGrants('collector', COLLECTOR));
}

/** What the alert channel hears of it. */
export const COLLECTOR_SIGNALS = {
  failed: {
    name: 'snapshot-collection-failed',
    measures: 'event',
    severity: 'warning',
    text: 'Frozen snapshots that no version names any more could not be deleted; those that one names are all there. Read the execution, mend the cause and start it again.',
  },
  undelivered: eventsUndelivered(COLLECTOR),
} as const satisfies Readonly<Record<string, Signal>>;

/** Every permission of the collection on AWS. */
export const planCollectorAccess = (
  models: Readonly<Record<string, ModelSpec>>,
  names: PlatformNames,
): readonly AccessEdge[] => (isCollected(models, names) ? [...collectorAccess(), ...collectorTriggerAccess()] : []);

/** Every signal of it. */
export const planCollectorSignals = (
  models: Readonly<Record<string, ModelSpec>>,
  names: PlatformNames,
): readonly Signal[] => (isCollected(models, names) ? Object.values(COLLECTOR_SIGNALS) : []);
