import { eachEntry } from './each-entry';
import { eachPipeline, eachStep } from './each-pipeline';
import { PIPELINE_GATE_CHECKS } from './pipeline-gate-checks';
import { PIPELINE_GRAPH_CHECKS } from './pipeline-graph-checks';
import { PIPELINE_REFERENCE_CHECKS } from './pipeline-reference-checks';
import { isContainer } from './pipeline-refs';
import { PIPELINE_TRIGGER_CHECKS } from './pipeline-trigger-checks';
import { PIPELINE_VALUE_CHECKS } from './pipeline-value-checks';
import type { Path } from './problem';
import type { SpecCheck } from './references';

const imagesLive: SpecCheck = ({ models, training }, report) =>
  eachEntry(models, ({ pipeline }, name) => {
    if (pipeline === undefined || training !== undefined) return;
    const kind = Object.values(pipeline.steps).some((step) => step.kind === 'cluster-training') ? 'batch' : 'managed';
    report({
      path: ['models', name, 'pipeline'],
      at: 'key',
      message: 'has no repository for the images of its steps',
      allowed: 'a pipeline beside training',
      fix: `add training: { cluster: { kind: ${kind} } }, or remove pipeline`,
    });
  });

const clusterIsBatch: SpecCheck = ({ models, training }, report) => {
  if (training === undefined || training.cluster.kind === 'batch') return;
  eachStep(models, ({ kind }, path) => {
    if (kind !== 'cluster-training') return;
    report({
      path: [...path, 'kind'],
      message: 'the platform has no batch cluster',
      received: `cluster-training, where training.cluster is of kind ${training.cluster.kind}`,
      allowed: 'cluster-training beside training: { cluster: { kind: batch } }',
      fix: "write kind: training, which runs on the cloud's training service, or make the cluster one of kind batch",
    });
  });
};

const someStep = eachPipeline(({ steps }, report) => {
  if (Object.keys(steps).length === 0)
    report({
      path: ['steps'],
      message: 'a pipeline needs at least one step',
      allowed: 'one or more steps by name',
      fix: 'write steps: { train: { kind: training, outputs: [model] } }',
    });
});

const oneThreshold = eachPipeline(({ steps, gate }, report) => {
  const judge = ({ atLeast, atMost }: { atLeast?: number | undefined; atMost?: number | undefined }, path: Path) => {
    if ((atLeast === undefined) !== (atMost === undefined)) return;
    report({
      path,
      message: atLeast === undefined ? 'has no threshold' : 'has two thresholds',
      allowed: 'atLeast where more is better, or atMost where less is',
      fix: 'write one of atLeast and atMost',
    });
  };
  if (gate !== undefined) judge(gate, ['gate']);
  eachEntry(steps, (step, name) => {
    if (isContainer(step) && step.when !== undefined) judge(step.when, ['steps', name, 'when']);
  });
});

const images = eachPipeline(({ image, steps, register }, report) => {
  if (image !== undefined) return;
  const need = (path: Path) =>
    report({
      path: [...path, 'image'],
      message: 'is missing',
      allowed: "a tag in the platform's image repository, here or as pipeline.image",
      fix: 'write image: <tag>, or one image for the whole pipeline',
    });
  eachEntry(steps, (step, name) => {
    if (isContainer(step) && step.image === undefined) need(['steps', name]);
  });
  if (register !== undefined && register.image === undefined) need(['register']);
});

/** Every rule of training pipelines that holds on any cloud. */
export const PIPELINE_CHECKS: readonly SpecCheck[] = [
  imagesLive,
  clusterIsBatch,
  someStep,
  ...PIPELINE_REFERENCE_CHECKS,
  ...PIPELINE_GRAPH_CHECKS,
  ...PIPELINE_VALUE_CHECKS,
  oneThreshold,
  ...PIPELINE_GATE_CHECKS,
  images,
  ...PIPELINE_TRIGGER_CHECKS,
];
