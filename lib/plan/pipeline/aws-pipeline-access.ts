import type { ModelSpec } from '../../spec/model';
import { type AccessEdge, edges, PREFIXES } from '../access';
import { PROVIDED_IMAGES } from '../drift/drift-access';
import type { PlatformNames } from '../names';
import {
  clusterHandOver,
  clusterStepAccess,
  clusterStepLauncherAccess,
  clusterStepTriggerAccess,
} from './aws-cluster-access';
import { awsStartTriggerAccess, pipelineAccess, pipelineStepAccess, startAccess } from './pipeline-access';
import { type PipelinePlan, planPipelines } from './pipeline-plan';
import { usesCluster } from './step-plan';

/** Where trainings of a model's pipeline leave what they go on from, in the artifact store: it expires there. */
export const checkpointPrefix = (model: string): string => `${PREFIXES.checkpoints}/${model}`;

/** What a pipeline and its steps may do on AWS, where the image of the platform's own jobs is in a registry of AWS. */
export function awsPipelineAccess(plan: PipelinePlan): {
  readonly pipeline: readonly AccessEdge[];
  readonly steps: readonly AccessEdge[];
} {
  const validates = plan.steps.some(({ kind }) => kind === 'validation');
  const resumes = plan.steps.some((step) => step.kind !== 'validation' && step.checkpoints);
  const onCluster = usesCluster(plan);
  return {
    pipeline: [
      ...pipelineAccess(plan),
      ...(onCluster ? edges(`pipeline/${plan.model}`, clusterHandOver(plan.model)) : []),
    ],
    steps: [
      ...pipelineStepAccess(plan),
      ...(validates
        ? edges(`pipeline-step/${plan.model}`, [
            ['repository', 'pull', PROVIDED_IMAGES, 'the image of the cloud that the validation runs on'],
          ])
        : []),
      ...(resumes
        ? edges(`pipeline-step/${plan.model}`, [
            [
              'prefix',
              'write',
              checkpointPrefix(plan.model),
              'what a training whose machine was taken away goes on from',
            ],
          ])
        : []),
      ...(onCluster && !validates
        ? edges(`pipeline-step/${plan.model}`, [
            ['prefix', 'read', PREFIXES.jobs, 'the code that carries files to the cluster and back'],
          ])
        : []),
    ],
  };
}

/** Every permission of the pipelines of a platform on AWS. */
export const planPipelineAccess = (
  models: Readonly<Record<string, ModelSpec>>,
  names: PlatformNames,
): readonly AccessEdge[] =>
  Object.values(planPipelines(models, names)).flatMap((plan) => {
    const { pipeline, steps } = awsPipelineAccess(plan);
    return [
      ...pipeline,
      ...steps,
      ...(usesCluster(plan)
        ? [...clusterStepAccess(plan), ...clusterStepTriggerAccess(plan), ...clusterStepLauncherAccess(plan)]
        : []),
      ...startAccess(plan),
      ...awsStartTriggerAccess(plan),
    ];
  });
