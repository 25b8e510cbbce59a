import type { ModelSpec } from '../../spec/model';
import { referenceOf, stepRef } from '../../spec/pipeline-refs';
import { type AccessEdge, edges, type Grant, PREFIXES, pipelinePrefix } from '../access';
import { snapshotPrefix } from '../pipeline/pipeline-access';
import { capturePrefix, championPath } from '../serving-access';

/** Where the runs of a model's drift job are, in the artifact store. */
export const driftPrefix = (model: string): string => `${PREFIXES.drift}/${model}`;

/** Files of a run, in its folder `<driftPrefix>/<drift or quality>/<run>/`. */
export const RUN_FILES = {
  config: 'config/config.json',
  /** What a machine adds to the configuration of the plan, where that is a file of its own. */
  run: 'config/run.json',
  figures: 'output/figures.json',
  report: 'output/report.html',
} as const;

/** Name of the repository of images that the cloud provides, and of the namespace of metrics of drift. */
export const PROVIDED_IMAGES = 'provided';
export const DRIFT_METRICS_SCOPE = 'drift';

/** What is known of a model that is watched. */
export type Watched = Pick<ModelSpec, 'monitoring' | 'pipeline'>;

/** Datasets that are frozen for a run: what requests are compared with, and labels. */
export function frozenForDrift({ monitoring }: Pick<ModelSpec, 'monitoring'>): readonly string[] {
  const { drift, quality } = monitoring ?? {};
  const named = [drift?.reference, quality?.labels.dataset].filter((name) => name !== undefined);
  return [...new Set(named)].sort();
}

/** Dataset whose snapshots versions of the model are trained on as they are: the one that serves names its own. */
export function trainedOn({ monitoring, pipeline }: Watched): string | undefined {
  const reference =
    pipeline === undefined || monitoring?.drift?.reference !== undefined ? undefined : referenceOf(pipeline);
  return reference === undefined || stepRef(reference) !== undefined ? undefined : reference;
}

/** Where what versions of a model were trained on can be, in the artifact store: results of runs, or a dataset's snapshots. */
export function referencePrefixes(model: string, spec: Watched): readonly string[] {
  const dataset = trainedOn(spec);
  return [pipelinePrefix(model), ...(dataset === undefined ? [] : [snapshotPrefix(dataset)])];
}

/** What the drift job of a model may do: it reads requests, reference and labels, and calls nothing else. */
export function driftAccess(model: string, spec: Watched): readonly AccessEdge[] {
  return edges(`drift/${model}`, [
    ['repository', 'pull', PROVIDED_IMAGES, 'the image of the cloud that has numpy, scipy and pyarrow'],
    ['prefix', 'read', PREFIXES.jobs, 'the code of the job'],
    ['prefix', 'read', capturePrefix(model), 'what the model was asked and answered'],
    ...referencePrefixes(model, spec).map(
      (prefix): Grant => ['prefix', 'read', prefix, 'what the version that serves was trained on'],
    ),
    ...frozenForDrift(spec).flatMap((dataset): Grant[] =>
      dataset === trainedOn(spec)
        ? []
        : [['prefix', 'read', snapshotPrefix(dataset), 'the frozen snapshot of a dataset']],
    ),
    ['prefix', 'write', driftPrefix(model), 'figures and report'],
    ['key', 'encrypt', 'artifacts', 'requests and figures are encrypted'],
    ['network', 'attach', 'training', 'the job runs in private subnets'],
    ['log', 'write', `drift-${model}`, 'what the job prints'],
  ]);
}

/** What the machine may do that runs the job and publishes what it found. */
export function driftWatchAccess(model: string, spec: Watched): readonly AccessEdge[] {
  const frozen = frozenForDrift(spec);
  const freezes: readonly Grant[] = [
    ...frozen.flatMap((dataset): Grant[] => [
      ['dataset', 'read', dataset, 'freezes labels, or what requests are compared with'],
      ['prefix', 'write', snapshotPrefix(dataset), 'the frozen snapshot'],
    ]),
    ['prefix', 'write', PREFIXES.queries, 'the query engine leaves its results here'],
    ['key', 'decrypt', 'data', 'tables are encrypted'],
  ];
  return edges(`drift-watch/${model}`, [
    ['parameter', 'read', championPath(model).join('/'), 'the version that serves'],
    ['model', 'read', model, 'what that version was trained on'],
    ['prefix', 'list', capturePrefix(model), 'whether anything was recorded'],
    ...referencePrefixes(model, spec).map(
      (prefix): Grant => ['prefix', 'list', prefix, 'whether what it was trained on is there still'],
    ),
    ...(frozen.length === 0 ? [] : freezes),
    ['prefix', 'write', driftPrefix(model), 'tells the job what to do, and reads what it found'],
    ['job', 'run', `drift/${model}`, 'runs the job'],
    ['metric', 'publish', DRIFT_METRICS_SCOPE, 'what the job found'],
    ['key', 'encrypt', 'artifacts', 'requests, snapshots and figures are encrypted'],
    ['channel', 'publish', 'alerts', 'says when it could not be measured'],
    ['key', 'encrypt', 'operations', 'the alert channel is encrypted'],
    ['log', 'write', `drift-watch-${model}`, 'every decision is on record'],
  ]);
}

/** What starts that machine: schedules. */
export function driftTriggerAccess(model: string): readonly AccessEdge[] {
  return edges(`drift-watch-trigger/${model}`, [
    ['machine', 'start', `drift-watch/${model}`, 'by schedule'],
    ['key', 'encrypt', 'operations', 'executions of the machine are encrypted'],
    ['queue', 'send', model, 'what could not be started waits for a person'],
  ]);
}

/** Every permission of drift of a platform. */
export function planDriftAccess(models: Readonly<Record<string, Watched>>): readonly AccessEdge[] {
  return Object.entries(models).flatMap(([model, spec]) =>
    spec.monitoring?.drift === undefined
      ? []
      : [...driftAccess(model, spec), ...driftWatchAccess(model, spec), ...driftTriggerAccess(model)],
  );
}
