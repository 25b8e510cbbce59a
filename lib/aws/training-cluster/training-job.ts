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
  | 'containerProperties'
  | 'ecsProperties'
  | 'nodeProperties'
  | 'platformCapabilities'
  | 'propagateTags'
  | 'retryStrategy'
  | 'timeout'
> & { readonly type: 'container' | 'multinode' };

/** How Batch begins the reason of a job whose machine was taken away. Source: AWS Batch user guide, "Automated job retries". */
export const MACHINE_LOST = 'Host EC2';

/** Again after a machine was taken away; whatever else a job ends with, a fault of the training's own, is to end it. */
export const AGAIN_AFTER_LOSS = { action: 'RETRY', onStatusReason: `${MACHINE_LOST}*` } as const;

/** A training that fills its node, or as many nodes as the cluster gives one training. */
export function trainingJob(props: TrainingJobProps): TrainingJob {
  const { plan } = props;
  const common = {
    propagateTags: true,
    timeout: { attemptDurationSeconds: plan.maxRuntimeSeconds },
    retryStrategy: {
      attempts: plan.attempts ?? 1,
      evaluateOnExit: [AGAIN_AFTER_LOSS, { action: 'EXIT', onReason: '*' }],
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
  return {
    image: props.image,
    jobRoleArn: props.jobRoleArn,
    executionRoleArn: props.executionRoleArn,
    privileged: false,
    ...wholeNode(props.plan),
    environment: [
      { name: ARTIFACTS_VARIABLE, value: props.artifactsUri },
      { name: CHECKPOINTS_VARIABLE, value: props.checkpointsUri },
      { name: METRICS_VARIABLE, value: TRAINING_METRICS },
      ...inRegion(props.region),
    ],
    logConfiguration: logged(props, 'training'),
  };
}

/** What a container has to know to call AWS. */
export const inRegion = (region: string): readonly batch.CfnJobDefinition.EnvironmentProperty[] =>
  ['AWS_REGION', 'AWS_DEFAULT_REGION'].map((name) => ({ name, value: region }));

/** Where a container's lines go. */
export const logged = (
  { logGroupName, region }: Pick<TrainingJobProps, 'logGroupName' | 'region'>,
  prefix: string,
): batch.CfnJobDefinition.LogConfigurationProperty => ({
  logDriver: 'awslogs',
  options: { 'awslogs-group': logGroupName, 'awslogs-region': region, 'awslogs-stream-prefix': prefix },
});

/** CPUs and memory of a container. */
export interface Reserved {
  readonly vcpu: number;
  readonly memoryMib: number;
}

export const reserving = ({ vcpu, memoryMib }: Reserved): batch.CfnJobDefinition.ResourceRequirementProperty[] => [
  { type: 'VCPU', value: String(vcpu) },
  { type: 'MEMORY', value: String(memoryMib) },
];

/** All that a node has for a training, but what other containers of its job reserve. */
export function wholeNode(
  plan: TrainingClusterPlan,
  others: Reserved = { vcpu: 0, memoryMib: 0 },
): Pick<batch.CfnJobDefinition.ContainerPropertiesProperty, 'linuxParameters' | 'resourceRequirements' | 'ulimits'> {
  const { machines } = plan.purchases[0];
  const [machine] = machines;
  const { vcpu, accelerator } = machine;
  const memoryMib =
    Math.floor(Math.min(...machines.map(({ memoryGib }) => memoryGib)) * MIB_PER_GIB * TRAINING_MEMORY_SHARE) -
    others.memoryMib;
  const gpus = accelerator !== undefined && !isNeuron(accelerator.type) ? accelerator.count : 0;
  return {
    resourceRequirements: [
      ...reserving({ vcpu: vcpu - others.vcpu, memoryMib }),
      ...(gpus > 0 ? [{ type: 'GPU', value: String(gpus) }] : []),
    ],
    linuxParameters: {
      sharedMemorySize: Math.floor(memoryMib * SHARED_MEMORY_SHARE),
      ...devices(plan, machine),
    },
    // Network adapters that bypass the kernel pin memory.
    ...(efaInterfaces(plan) > 0 ? { ulimits: [{ name: 'memlock', softLimit: -1, hardLimit: -1 }] } : {}),
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
