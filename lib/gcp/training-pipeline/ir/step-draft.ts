import { stepArguments } from '../../../plan/pipeline/step-arguments';
import {
  type ContainerStep,
  isClusterStep,
  isTraining,
  type StepPlan,
  type ValidationStep,
} from '../../../plan/pipeline/step-plan';
import { VALIDATION_FILE } from '../../../plan/validation/validation-job';
import { RECORD_OF_JOB } from '../../../spec/pipeline-steps';
import { clusterTraining } from './cluster-training';
import { customJob, type JobContainer } from './custom-job';
import type { FolderSource, TaskDraft } from './draft';
import type { SchemaTitle } from './pipeline-spec';
import { placeholder } from './placeholder';
import type { RenderProps } from './render-props';
import { folderOf } from './snapshot-draft';
import { taskExecutor } from './task-executor';

/** Folder of metrics.json; `metrics` and `checkpoints` are names that no step uses. */
const METRICS = 'metrics';
/** What a check of data reads and writes. */
const DATA = 'data';
const REPORT = 'report';

/** What a task of a step reads, writes, measures and runs. */
interface Work {
  readonly folders: Readonly<Record<string, FolderSource>>;
  readonly outputs: Readonly<Record<string, SchemaTitle>>;
  readonly metrics: readonly string[];
  readonly checkpoints: boolean;
  /** File that a check of data writes its verdict to. */
  readonly judgement?: string;
  readonly container: JobContainer;
  readonly cached: boolean;
}

/**
 * A step as a task: it runs a custom job, or a training on the batch cluster, and hands on the folders and numbers that this
 * left.
 */
export function stepDraft(props: RenderProps, step: StepPlan): TaskDraft {
  const work = step.kind === 'validation' ? validation(props, step) : container(props, step);
  const written = [...Object.keys(work.outputs), ...(work.metrics.length === 0 ? [] : [METRICS])];
  return {
    name: step.name,
    after: step.after,
    values: {},
    folders: work.folders,
    gives: {
      values: {
        [RECORD_OF_JOB]: 'STRING',
        ...Object.fromEntries(work.metrics.map((metric) => [metric, 'NUMBER_DOUBLE'])),
      },
      folders: { ...work.outputs, ...(work.metrics.length === 0 ? {} : { [METRICS]: 'system.Artifact' }) },
    },
    executor: taskExecutor(props, isClusterStep(step) ? 'training' : 'job', {
      name: step.name,
      kind: step.kind,
      args: [
        ...runs(props, step, work.container),
        ...['--resources', placeholder.outputFile(RECORD_OF_JOB)],
        ...written.flatMap((output) => ['--folder', placeholder.outputFolder(output)]),
        ...(work.checkpoints ? ['--checkpoints'] : []),
        ...(work.judgement === undefined ? [] : ['--judgement', work.judgement]),
        ...(work.metrics.length === 0 ? [] : ['--metrics', placeholder.outputFolder(METRICS)]),
        ...work.metrics.flatMap((metric) => ['--metric', `${metric}=${placeholder.outputFile(metric)}`]),
      ],
    }),
    cached: work.cached,
    retries: step.retries,
  };
}

/** What the task starts. */
function runs(props: RenderProps, step: StepPlan, container: JobContainer): readonly string[] {
  const { cluster, machines } = props;
  if (isClusterStep(step)) {
    if (cluster === undefined) throw new Error(`the step ${step.name} has no cluster`);
    const { topic, requests } = cluster;
    return ['--request', JSON.stringify(clusterTraining(step, container)), '--requests', requests, '--topic', topic];
  }
  const machine = machines[step.name];
  if (machine === undefined) throw new Error(`the step ${step.name} has no machine`);
  return ['--job', JSON.stringify(customJob(props, step, machine, container))];
}

function container({ imageUri }: RenderProps, step: ContainerStep): Work {
  const title: SchemaTitle = isTraining(step) ? 'system.Model' : 'system.Dataset';
  return {
    folders: Object.fromEntries(step.inputs.map(({ argument, from }) => [argument, folderOf(from)])),
    outputs: Object.fromEntries(step.outputs.map((output) => [output, title])),
    metrics: step.metrics,
    checkpoints: step.checkpoints,
    container: {
      imageUri: `${imageUri}:${step.image}`,
      ...(step.command === undefined ? {} : { command: step.command }),
      // The folder of checkpoints outlives an attempt: the task itself says where it is.
      args: stepArguments(
        { ...step, checkpoints: false },
        {
          input: placeholder.folder,
          output: placeholder.outputFolder,
          metrics: placeholder.outputFolder(METRICS),
          checkpoints: '',
        },
      ),
    },
    // Vertex AI has no age at which results are too old to be used again.
    cached: step.cacheSeconds !== undefined,
  };
}

function validation({ validation: job, plan }: RenderProps, { dataset, name }: ValidationStep): Work {
  const rules = job?.rules[dataset];
  if (job === undefined || rules === undefined)
    throw new Error(`${plan.model}: nothing says how ${name} checks ${dataset}`);
  return {
    folders: { [DATA]: folderOf({ dataset }) },
    outputs: { [REPORT]: 'system.Artifact' },
    metrics: [],
    checkpoints: false,
    judgement: `${placeholder.outputFolder(REPORT)}/${VALIDATION_FILE}`,
    container: {
      imageUri: job.image,
      command: ['python3', job.path],
      args: ['--data', placeholder.folder(DATA), '--rules', rules, '--report', placeholder.outputFolder(REPORT)],
    },
    cached: false,
  };
}
