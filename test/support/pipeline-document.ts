import type { PipelineDocument } from '../../lib/gcp/training-pipeline/ir/pipeline-spec';
import { renderPipeline } from '../../lib/gcp/training-pipeline/ir/render-pipeline';
import type { RenderProps } from '../../lib/gcp/training-pipeline/ir/render-props';
import { gcpMachines } from '../../lib/plan/machines/gcp-machines';
import { requestsPrefix } from '../../lib/plan/pipeline/gcp-pipeline-access';
import type { PipelinePlan } from '../../lib/plan/pipeline/pipeline-plan';
import { stepMachines } from '../../lib/plan/pipeline/step-machine';
import { plannedPipeline } from './pipeline-spec';

export const ARTIFACTS_BUCKET = 'fraud-artifacts-123456789012';
/** Where steps say that they asked for a training. */
export const TRAININGS_TOPIC = 'projects/fraud-ml/topics/fraud-trainings-detector';
export const VERTEX_TARGET = { project: 'fraud-ml', region: 'europe-west4' } as const;
const KEY = 'projects/fraud-ml/locations/europe-west4/keyRings/fraud-keys/cryptoKeys/artifacts';

/** What the document of a plan is rendered from in tests. */
export function renderProps(plan: PipelinePlan, more: Partial<RenderProps> = {}): RenderProps {
  const image = 'europe-docker.pkg.dev/vertex-ai/training/stock:latest';
  return {
    target: VERTEX_TARGET,
    plan,
    imageUri: 'europe-west4-docker.pkg.dev/fraud-ml/fraud-training/training',
    account: 'fraud-step-detector@fraud-ml.iam.gserviceaccount.com',
    encryptionKeyId: KEY,
    attachment: 'projects/fraud-ml/regions/europe-west4/networkAttachments/fraud-net',
    modelName: 'fraud-detector',
    machines: stepMachines(gcpMachines, plan, VERTEX_TARGET.region),
    tasks: { image, path: `/gcs/${ARTIFACTS_BUCKET}/jobs/vertex-task/0123456789abcdef` },
    validation: {
      image,
      path: `/gcs/${ARTIFACTS_BUCKET}/jobs/validation/0123456789abcdef`,
      rules: Object.fromEntries(
        plan.datasets.map((dataset) => [dataset, `/gcs/${ARTIFACTS_BUCKET}/jobs/rules/${dataset}`]),
      ),
    },
    cluster: { topic: TRAININGS_TOPIC, requests: `gs://${ARTIFACTS_BUCKET}/${requestsPrefix(plan.model)}` },
    labels: { platform: 'fraud' },
    ...more,
  };
}

/** The document of a pipeline as a spec has it. */
export const renderedPipeline = (
  pipeline?: unknown,
  more?: Partial<RenderProps>,
  platform?: object,
): PipelineDocument => renderPipeline(renderProps(plannedPipeline(pipeline, platform), more));

/** Bodies of customJobs.create that a document's tasks start, by the name of the step. */
export function customJobs({ deploymentSpec }: PipelineDocument): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(deploymentSpec.executors).flatMap(([name, executor]) => {
      const args = 'container' in executor ? executor.container.args : [];
      const at = args.indexOf('--job');
      return at < 0 ? [] : [[name.replace(/^exec-/, ''), JSON.parse(args[at + 1] ?? '') as object]];
    }),
  );
}
