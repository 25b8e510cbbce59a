import { Lazy, TagManager } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { machineName } from '../../plan/machines/machines';
import type { TrainingClusterPlan } from '../../plan/training-cluster';
import { jobDisk } from '../jobs/job-disk';
import type { TrainingEngineProps } from './training-engine';
import { METRICS_VARIABLE } from './training-job';
import { TRAINING_METRICS } from './training-metrics';

/**
 * Input of SageMaker's CreateTrainingJob without what each training has of its own. Whoever starts a training adds its
 * name, its tag to the image, and its name to the address of checkpoints, where SageMaker would else find those of other
 * trainings and go on from them. Shape and limits: service model of SageMaker, `CreateTrainingJobRequest`.
 */
export function trainingJobDefaults(props: TrainingEngineProps, roleArn: string): Readonly<Record<string, unknown>> {
  const { plan, encryptionKey } = props;
  const { keyArn } = encryptionKey;
  return {
    AlgorithmSpecification: { TrainingImage: props.repository.repositoryUri, TrainingInputMode: 'File' },
    RoleArn: roleArn,
    VpcConfig: { Subnets: props.subnetIds, SecurityGroupIds: [props.securityGroup.securityGroupId] },
    ResourceConfig: resources(plan, keyArn),
    StoppingCondition: {
      MaxRuntimeInSeconds: plan.maxRuntimeSeconds,
      ...(plan.maxWaitSeconds === undefined ? {} : { MaxWaitTimeInSeconds: plan.maxWaitSeconds }),
    },
    EnableManagedSpotTraining: plan.maxWaitSeconds !== undefined,
    CheckpointConfig: { S3Uri: props.checkpointsUri },
    OutputDataConfig: { S3OutputPath: props.artifactsUri, KmsKeyId: keyArn },
    Environment: { [METRICS_VARIABLE]: TRAINING_METRICS },
    EnableInterContainerTrafficEncryption: plan.nodes > 1,
    // An isolated container has no credentials and no network: it could not read a table. The network itself is private.
    EnableNetworkIsolation: false,
    // The profiler is at its end of support; it runs, and costs, unless it is turned off.
    ProfilerConfig: { DisableProfiler: true },
    Tags: Lazy.any({ produce: () => tagsOf(props.repository.node.defaultChild) }, { omitEmptyArray: true }),
  };
}

function resources(plan: TrainingClusterPlan, keyArn: string): Readonly<Record<string, unknown>> {
  const [machine] = plan.purchases[0].machines;
  return {
    InstanceType: machineName(machine, plan.role),
    InstanceCount: plan.nodes,
    ...jobDisk(machine, plan.diskGib, keyArn),
  };
}

/** Trainings carry the tags of their cluster, so that a budget finds what they cost. */
function tagsOf(construct: IConstruct | undefined): readonly { readonly Key: string; readonly Value: string }[] {
  const tags = construct === undefined ? undefined : TagManager.of(construct)?.tagValues();
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}
