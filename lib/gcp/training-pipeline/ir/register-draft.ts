import type { PipelinePlan, RegisterPlan } from '../../../plan/pipeline/pipeline-plan';
import { RUN, snapshotIdParameter } from '../../../plan/pipeline/run-parameters';
import { APPROVAL_LABEL } from '../../model-registry/approval-convention';
import { RUN_ALIAS_PREFIX, type VersionLineage } from '../lineage';
import { REASON_LABEL, RUN_LABEL } from '../workflow/launch-routine';
import type { TaskDraft, ValueSource } from './draft';
import { placeholder } from './placeholder';
import type { RenderProps } from './render-props';
import { folderOf } from './snapshot-draft';
import { taskExecutor } from './task-executor';
import { REGISTER_TASK } from './task-names';

/** Times that a registration is tried again. */
const RETRIES = 3;
/** What every container that serves answers on, the same on both clouds: SageMaker asks for nothing else. */
const SERVING_PORT = 8080;
const PING = '/ping';
const INVOCATIONS = '/invocations';

const MODEL = 'model';
const REFERENCE = 'reference';

/** Registers the model as a version that waits for approval, with all that it was made of. */
export function registerDraft(props: RenderProps, register: RegisterPlan): TaskDraft {
  const { plan, modelName } = props;
  const metrics = metricsOf(plan, register);
  const { reference } = register;
  return {
    name: REGISTER_TASK,
    after: register.after,
    values: {
      ...Object.fromEntries(runValues(plan).map((name): [string, ValueSource] => [name, { run: name }])),
      ...Object.fromEntries(metrics.map(({ channel, step, metric }) => [channel, { task: step, output: metric }])),
    },
    folders: {
      [MODEL]: { task: register.model.step, output: register.model.output },
      ...(reference === undefined ? {} : { [REFERENCE]: folderOf(reference) }),
    },
    gives: { values: { number: 'STRING' }, folders: {} },
    executor: taskExecutor(props, 'register', {
      name: REGISTER_TASK,
      kind: 'registration',
      args: [
        ...['--model-id', modelName, '--alias', `${RUN_ALIAS_PREFIX}${placeholder.value(RUN.id)}`],
        ...['--version', JSON.stringify(version(props, register))],
        ...['--lineage', JSON.stringify(lineage(plan, register))],
        ...metrics.flatMap(({ channel, metric }) => ['--metric', `${metric}=${placeholder.value(channel)}`]),
        ...['--number', placeholder.outputFile('number')],
      ],
    }),
    cached: false,
    retries: RETRIES,
  };
}

const runValues = ({ datasets }: PipelinePlan): readonly string[] => [
  ...[RUN.id, RUN.reason, RUN.trigger, RUN.revision, RUN.images],
  ...datasets.map(snapshotIdParameter),
];

/** Metrics that the version is registered with, and the input that each comes by. */
function metricsOf({ steps }: PipelinePlan, { measuredBy }: RegisterPlan) {
  const step = steps.find(({ name }) => name === measuredBy);
  if (step === undefined || step.kind === 'validation') return [];
  return step.metrics.map((metric) => ({ channel: `metric-${metric}`, step: step.name, metric }));
}

/** Body of a version. Shape: discovery document of aiplatform.v1, Model. */
const version = ({ plan, imageUri, modelName, encryptionKeyId, labels }: RenderProps, { image }: RegisterPlan) => ({
  displayName: modelName,
  artifactUri: placeholder.folderUri(MODEL),
  containerSpec: {
    imageUri: `${imageUri}:${image}`,
    ports: [{ containerPort: SERVING_PORT }],
    healthRoute: PING,
    predictRoute: INVOCATIONS,
  },
  encryptionSpec: { kmsKeyName: encryptionKeyId },
  labels: {
    ...labels,
    'mlops-model': plan.model,
    [APPROVAL_LABEL]: 'pending',
    [RUN_LABEL]: placeholder.value(RUN.id),
    [REASON_LABEL]: placeholder.value(RUN.reason),
  },
});

/** What the version was made of, images as the run has them; the metrics join it when they are known. */
const lineage = (
  { datasets }: PipelinePlan,
  { reference }: RegisterPlan,
): Omit<VersionLineage, 'images' | 'metrics'> & { readonly images: string } => ({
  run: placeholder.value(RUN.id),
  reason: placeholder.value(RUN.reason),
  trigger: placeholder.value(RUN.trigger),
  revision: placeholder.value(RUN.revision),
  images: placeholder.value(RUN.images),
  snapshots: Object.fromEntries(datasets.map((dataset) => [dataset, placeholder.value(snapshotIdParameter(dataset))])),
  ...(reference === undefined ? {} : { reference: placeholder.folderUri(REFERENCE) }),
});
