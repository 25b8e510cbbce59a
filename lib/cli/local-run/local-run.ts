import { rmSync } from 'node:fs';
import { gateFloor, holds } from '../../plan/pipeline/gate';
import type { InputSource, MetricRef } from '../../plan/pipeline/graph';
import type { PipelinePlan, Reason } from '../../plan/pipeline/pipeline-plan';
import type { StepPlan } from '../../plan/pipeline/step-plan';
import type { DatasetSpec } from '../../spec/data-lake';
import { CommandFailed } from '../command-failed';
import { checkData, freeze, type LocalSnapshot } from './freeze';
import { type Lineage, localChampion, register } from './local-registry';
import type { LocalStore } from './local-store';
import type { Metrics } from './metrics';
import { noCommand, runContainer } from './run-container';
import type { ProcessPlace } from './run-process';
import { brokenOff, type Ended, type Found, type LocalReport, noteEnded, noteUnended, told } from './run-report';
import { runValidation } from './run-validation';
import { StepFailed } from './step-failed';

export interface LocalRunProps {
  readonly plan: PipelinePlan;
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
  /** Folder with one of Parquet files for each dataset. */
  readonly data: string;
  readonly store: LocalStore;
  readonly place: ProcessPlace;
  readonly reason: Reason;
  /** Name of the trigger. */
  readonly trigger: string;
  readonly tell: Teller;
}

/** Hears how a run goes on. */
export interface Teller {
  readonly begun: (run: string) => void;
  readonly frozen: (snapshot: LocalSnapshot) => void;
  readonly began: (step: StepPlan) => void;
  readonly printed: (step: StepPlan, line: string) => void;
  readonly done: (step: StepPlan, metrics: Metrics) => void;
  readonly skipped: (step: StepPlan, why: string) => void;
}

/**
 * Runs a pipeline on this machine, step by step in the order of its plan, as a platform would: datasets are frozen, every
 * step gets the arguments of the contract, conditions and the gate decide, and what passes is registered, before steps that
 * the registration does not wait for. Retries and caches are the cloud's: here each step runs once. Whatever ends it once it
 * has begun, its folder has a report of that.
 *
 * @throws CommandFailed if it cannot begin; nothing is written then
 */
export async function runLocally(props: LocalRunProps): Promise<LocalReport> {
  const { plan, data } = props;
  const without = plan.steps.flatMap((step) => (step.kind === 'validation' || step.command ? [] : [step.name]));
  if (without.length > 0) throw new CommandFailed(noCommand(without));
  checkData(plan.datasets, data);
  const begun = begin(props);
  return noteEnded(foundOf(begun), await goOn(props, begun));
}

/** A run while it goes on. */
interface Begun {
  readonly run: string;
  readonly folder: string;
  readonly snapshots: Record<string, string>;
  /** Folder of each dataset's snapshot. */
  readonly folders: Map<string, string>;
  readonly metrics: Record<string, Metrics>;
  readonly skipped: string[];
}

const foundOf = ({ folders: _, ...found }: Begun): Found => found;

/** Takes the name of a run, with a report from its first moment on. */
function begin({ plan: { model }, store }: LocalRunProps): Begun {
  const run = store.beginRun(model);
  const folder = store.run(model, run);
  const begun: Begun = { run, folder, snapshots: {}, folders: new Map(), metrics: {}, skipped: [] };
  try {
    noteUnended(foundOf(begun));
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  return begun;
}

async function goOn(props: LocalRunProps, begun: Begun): Promise<Ended> {
  const { plan, data, store, tell } = props;
  let decided: Ended | undefined;
  try {
    tell.begun(begun.run);
    for (const snapshot of freeze(plan.datasets, data, store, begun.run)) {
      begun.snapshots[snapshot.dataset] = snapshot.id;
      begun.folders.set(snapshot.dataset, snapshot.folder);
      tell.frozen(snapshot);
    }
    const before = beforeRegistration(plan);
    await runSteps(props, begun, ({ name }) => before.has(name));
    decided = decide(props, begun);
    noteUnended(foundOf(begun), decided);
    await runSteps(props, begun, ({ name }) => !before.has(name));
    return decided;
  } catch (error) {
    return brokenOff(error, decided);
  }
}

/** Names of the steps that are done before a model is registered: as on a cloud, the others hold no registration up. */
function beforeRegistration({ steps, register: registers }: PipelinePlan): ReadonlySet<string> {
  if (registers === undefined) return new Set(steps.map(({ name }) => name));
  const found = new Set(registers.after);
  for (const { name, after } of steps.toReversed()) if (found.has(name)) for (const other of after) found.add(other);
  return found;
}

/**
 * Runs steps one after the other.
 *
 * @throws StepFailed for the first that does not end well, whatever it is that stops it
 */
async function runSteps(props: LocalRunProps, begun: Begun, those: (step: StepPlan) => boolean): Promise<void> {
  const { plan, tell } = props;
  const { metrics, skipped } = begun;
  for (const step of plan.steps.filter(those)) {
    const why = reasonToSkip(step, begun);
    if (why !== undefined) {
      skipped.push(step.name);
      tell.skipped(step, why);
      continue;
    }
    tell.began(step);
    try {
      metrics[step.name] = await runStep(props, begun, step);
    } catch (error) {
      throw error instanceof StepFailed ? error : new StepFailed(`Step ${step.name} failed: ${told(error)}`);
    }
    tell.done(step, metrics[step.name] ?? {});
  }
}

/** Registers the model, if there is one to register and it passes the gate. */
function decide(props: LocalRunProps, begun: Begun): Ended {
  const { plan, store, reason, trigger } = props;
  const { run, snapshots, metrics } = begun;
  const { gate, register: registers } = plan;
  if (registers === undefined) return { outcome: 'done', detail: 'The pipeline registers no model.' };
  let passed = 'There is no gate.';
  if (gate !== undefined) {
    const champion = localChampion(store, plan.model);
    const floor = { must: gate.must, value: gateFloor(gate, champion?.metrics[gate.of.metric]) };
    const measured = measuredOf(begun, gate.of);
    const compared =
      champion === undefined || floor.value === gate.value
        ? ''
        : ` (what version ${champion.version} had on its own test data, and what a new one is to be better by)`;
    passed = `${nameOf(gate.of)} is ${rounded(measured)}, and has to be ${WORDS[gate.must]} ${rounded(floor.value)}${compared}.`;
    if (!holds(floor, measured)) return { outcome: 'gate-failed', detail: passed };
  }
  const lineage: Lineage = {
    run,
    reason,
    trigger,
    revision: plan.revision,
    images: {},
    snapshots,
    metrics: (registers.measuredBy === undefined ? undefined : metrics[registers.measuredBy]) ?? {},
    ...(registers.reference === undefined ? {} : { reference: folderOf(props, begun, registers.reference) }),
  };
  const files = store.output(plan.model, run, registers.model.step, registers.model.output);
  const registered = register(store, plan.model, files, registers.image, lineage);
  return { outcome: 'registered', detail: passed, version: registered.version, registered: registered.folder };
}

/** Where something is that a step reads. */
const folderOf = ({ plan, store }: LocalRunProps, { run, folders }: Begun, from: InputSource): string =>
  'dataset' in from ? (folders.get(from.dataset) ?? '') : store.output(plan.model, run, from.step, from.output);

async function runStep(props: LocalRunProps, begun: Begun, step: StepPlan): Promise<Metrics> {
  const { plan, datasets, store, place, tell } = props;
  const one = {
    folder: store.step(plan.model, begun.run, step.name),
    source: (from: InputSource) => folderOf(props, begun, from),
    place,
    onLine: (line: string) => tell.printed(step, line),
  };
  if (step.kind !== 'validation') return runContainer(step, one);
  const dataset = datasets[step.dataset];
  if (dataset === undefined) throw new StepFailed(`The spec has no dataset ${step.dataset}.`);
  await runValidation(step, dataset, one);
  return {};
}

/** Why a step does not run; undefined if it does. What hangs on a condition comes after the step that has it. */
function reasonToSkip(step: StepPlan, begun: Begun): string | undefined {
  const { conditionOf } = step;
  if (conditionOf === undefined) return undefined;
  if (conditionOf !== step.name) return begun.skipped.includes(conditionOf) ? `${conditionOf} was skipped` : undefined;
  if (step.kind === 'validation' || step.when === undefined) return undefined;
  const measured = measuredOf(begun, step.when.of);
  if (holds(step.when, measured)) return undefined;
  return `${nameOf(step.when.of)} is ${rounded(measured)}, and has to be ${WORDS[step.when.must]} ${step.when.value}`;
}

function measuredOf({ metrics }: Begun, { step, metric }: MetricRef): number {
  const measured = metrics[step]?.[metric];
  if (measured === undefined) throw new Error(`${step}.${metric} was not measured`);
  return measured;
}

const WORDS = { atLeast: 'at least', atMost: 'at most' } as const;
const nameOf = ({ step, metric }: MetricRef): string => `${step}.${metric}`;
/** Six digits are enough for people. */
export const rounded = (value: number): string => String(Number(value.toPrecision(6)));
