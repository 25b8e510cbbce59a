import type * as batch from 'aws-cdk-lib/aws-batch';
import type { MachineType } from '../../plan/machines/machines';
import type { TrainingClusterPlan } from '../../plan/training-cluster';
import type { AcceleratorType } from '../../spec/machine-keys';
import { TRAINING_METRICS } from './training-metrics';

/** Tag of the image that the job definition runs until somebody registers a revision with another one. */
export const DEFAULT_IMAGE_TAG = 'initial';
/** Share of a node's memory that a training gets. The kernel and the agent of ECS keep the rest. */
export const TRAINING_MEMORY_SHARE = 0.9;
/** Share of a training's memory that its processes may share, as data loaders do; 64 MiB unless said. */
export const SHARED_MEMORY_SHARE = 0.5;

/** Environment of a training on a batch cluster: `s3://` addresses to leave models and checkpoints below. */
export const ARTIFACTS_VARIABLE = 'MLOPS_ARTIFACTS';
export const CHECKPOINTS_VARIABLE = 'MLOPS_CHECKPOINTS';
/** Environment of every training: namespace of its own metrics. */
export const METRICS_VARIABLE = 'MLOPS_METRICS';

const MIB_PER_GIB = 1024;

export interface TrainingJobProps {
  readonly plan: TrainingClusterPlan;
  readonly image: string;
  readonly jobRoleArn: string;
  readonly executionRoleArn: string;
  readonly logGroupName: string;
  readonly region: string;
  readonly artifactsUri: string;
  readonly checkpointsUri: string;
}

/** A job definition as RegisterJobDefinition takes it, and CloudFormation too. Source: service model of AWS Batch. */
export type TrainingJob = Pick<
  batch.CfnJobDefinitionProps,
  'containerProperties' | 'nodeProperties' | 'platformCapabilities' | 'propagateTags' | 'retryStrategy' | 'timeout'
> & { readonly type: 'container' | 'multinode' };

/** A training that fills its node, or as many nodes as the cluster gives one training. */
export function trainingJob(props: TrainingJobProps): TrainingJob {
  const { plan } = props;
  const common = {
    propagateTags: true,
    timeout: { attemptDurationSeconds: plan.maxRuntimeSeconds },
    retryStrategy: {
      attempts: plan.attempts ?? 1,
      // Again after a machine was taken away, never after a fault of the training's own.
      evaluateOnExit: [
        { action: 'RETRY', onStatusReason: 'Host EC2*' },
        { action: 'EXIT', onReason: '*' },
      ],
    },
  };
  if (plan.nodes === 1)
    return { type: 'container', platformCapabilities: ['EC2'], ...common, containerProperties: container(props) };
  return {
    type: 'multinode',
    ...common,
    nodeProperties: {
      mainNode: 0,
      numNodes: plan.nodes,
      nodeRangeProperties: [{ targetNodes: '0:', container: container(props) }],
    },
  };
}

function container(props: TrainingJobProps): batch.CfnJobDefinition.ContainerPropertiesProperty {
  const { plan } = props;
  const { machines } = plan.purchases[0];
  const [{ vcpu, accelerator }] = machines;
  const memory = Math.floor(
    Math.min(...machines.map(({ memoryGib }) => memoryGib)) * MIB_PER_GIB * TRAINING_MEMORY_SHARE,
  );
  const gpus = accelerator !== undefined && !isNeuron(accelerator.type) ? accelerator.count : 0;
  const [machine] = machines;
  return {
    image: props.image,
    jobRoleArn: props.jobRoleArn,
    executionRoleArn: props.executionRoleArn,
    privileged: false,
    resourceRequirements: [
      { type: 'VCPU', value: String(vcpu) },
      { type: 'MEMORY', value: String(memory) },
      ...(gpus > 0 ? [{ type: 'GPU', value: String(gpus) }] : []),
    ],
    environment: [
      { name: ARTIFACTS_VARIABLE, value: props.artifactsUri },
      { name: CHECKPOINTS_VARIABLE, value: props.checkpointsUri },
      { name: METRICS_VARIABLE, value: TRAINING_METRICS },
      { name: 'AWS_REGION', value: props.region },
      { name: 'AWS_DEFAULT_REGION', value: props.region },
    ],
    linuxParameters: {
      sharedMemorySize: Math.floor(memory * SHARED_MEMORY_SHARE),
      ...devices(plan, machine),
    },
    // Network adapters that bypass the kernel pin memory.
    ...(efaInterfaces(plan) > 0 ? { ulimits: [{ name: 'memlock', softLimit: -1, hardLimit: -1 }] } : {}),
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': props.logGroupName,
        'awslogs-region': props.region,
        'awslogs-stream-prefix': 'training',
      },
    },
  };
}

/** Devices that Batch does not hand to a container by itself: EFA and Neuron. */
function devices(plan: TrainingClusterPlan, machine: MachineType): batch.CfnJobDefinition.LinuxParametersProperty {
  const { accelerator } = machine;
  const neuron = accelerator !== undefined && isNeuron(accelerator.type) ? accelerator.count : 0;
  const paths = [...numbered('/dev/infiniband/uverbs', efaInterfaces(plan)), ...numbered('/dev/neuron', neuron)];
  return paths.length === 0 ? {} : { devices: paths.map((hostPath) => ({ hostPath })) };
}

const numbered = (path: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${path}${i}`);

/** EFA devices that trainings use: none where each has one node only. */
export function efaInterfaces({ nodes, purchases }: TrainingClusterPlan): number {
  return nodes > 1 ? purchases[0].machines[0].efa.interfaces : 0;
}

/** Accelerators of AWS's own, which need another machine image and no GPU. */
export const isNeuron = (type: AcceleratorType): boolean => /^(trainium|inferentia)/.test(type);
