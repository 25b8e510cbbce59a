import { stepArguments } from '../../../plan/pipeline/step-arguments';
import type { ServiceStep } from '../../../plan/pipeline/step-plan';
import { spotSeconds } from '../../../plan/training-cluster';
import { METRICS_VARIABLE } from '../../training-cluster/training-job';
import { TRAINING_METRICS } from '../../training-cluster/training-metrics';
import type { DocumentProps, Step } from './document-props';
import { checkpointsUri, inputUri, stepFolder, TRAINING_PLACES } from './places';
import { joined } from './references';
import { common, resources, vpcConfig } from './step-common';

/**
 * A container of the user's that makes a model. What it leaves in its one output is a folder, not an archive, so that it is
 * the same for whoever reads it on any cloud. Shape: service model of SageMaker, CreateTrainingJobRequest.
 */
export function trainingStep(props: DocumentProps, step: ServiceStep, after: readonly string[]): Step {
  const { steps } = props.plan;
  const { nodes, capacity } = step.machines;
  const spot = capacity === 'spot';
  const given = stepArguments(step, TRAINING_PLACES);
  return {
    ...common(step, after),
    Type: 'Training',
    Arguments: {
      RoleArn: props.stepRoleArn,
      AlgorithmSpecification: {
        TrainingImage: joined(props.repositoryUri, ':', step.image),
        TrainingInputMode: 'File',
        ...(step.command === undefined ? {} : { ContainerEntrypoint: step.command }),
        ...(given.length === 0 ? {} : { ContainerArguments: given }),
      },
      ...(step.inputs.length === 0
        ? {}
        : {
            InputDataConfig: step.inputs.map(({ argument, from }) => ({
              ChannelName: argument,
              DataSource: {
                S3DataSource: {
                  S3DataType: 'S3Prefix',
                  S3Uri: inputUri(steps, from),
                  S3DataDistributionType: 'FullyReplicated',
                },
              },
            })),
          }),
      OutputDataConfig: {
        S3OutputPath: stepFolder(props, step.name),
        KmsKeyId: props.keyArn,
        CompressionType: 'NONE',
      },
      ResourceConfig: resources(props, step),
      StoppingCondition: {
        MaxRuntimeInSeconds: step.maxRuntimeSeconds,
        ...(spot ? { MaxWaitTimeInSeconds: spotSeconds(step.maxRuntimeSeconds) } : {}),
      },
      EnableManagedSpotTraining: spot,
      ...(step.checkpoints
        ? {
            CheckpointConfig: {
              S3Uri: checkpointsUri(props, step.name),
              LocalPath: TRAINING_PLACES.checkpoints,
            },
          }
        : {}),
      VpcConfig: vpcConfig(props),
      EnableInterContainerTrafficEncryption: nodes > 1,
      EnableNetworkIsolation: false,
      Environment: { [METRICS_VARIABLE]: TRAINING_METRICS },
      // The profiler is at its end of support; it runs, and costs, unless it is turned off.
      ProfilerConfig: { DisableProfiler: true },
      Tags: props.tags,
    },
  };
}
