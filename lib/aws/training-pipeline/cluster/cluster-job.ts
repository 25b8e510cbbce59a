import type * as batch from 'aws-cdk-lib/aws-batch';
import {
  CARRIERS,
  type Carrier,
  CLUSTER_FOLDER,
  CLUSTER_PLACES,
  carriersOf,
} from '../../../plan/pipeline/aws-cluster-carriers';
import { stepArguments } from '../../../plan/pipeline/step-arguments';
import type { ClusterStep } from '../../../plan/pipeline/step-plan';
import type { TrainingClusterPlan } from '../../../plan/training-cluster';
import {
  AGAIN_AFTER_LOSS,
  inRegion,
  logged,
  METRICS_VARIABLE,
  reserving,
  type TrainingJob,
  wholeNode,
} from '../../training-cluster/training-job';
import { TRAINING_METRICS } from '../../training-cluster/training-metrics';

type Dependency = batch.CfnJobDefinition.TaskContainerDependencyProperty;
type Container = batch.CfnJobDefinition.TaskContainerPropertiesProperty;
type Task = batch.CfnJobDefinition.EcsTaskPropertiesProperty &
  batch.CfnJobDefinition.MultiNodeEcsTaskPropertiesProperty;

/** What the containers of a step share on a node. */
const VOLUME = 'files';

/** Environment of the containers that carry files: where their code is. */
const CODE_VARIABLE = 'MLOPS_CODE';

/** The container that trains. */
export const TRAIN = 'train';
/** Megabytes of one that carries: boto3 holds a few parts of a file at once. */
const CARRIER_MIB = 512;
/** Seconds in which checkpoints are carried a last time, once the training was stopped: a spot machine goes after 120. */
const LAST_CARRY_SECONDS = 60;

/** Program for `python3 -c`: runs the code, a zip in S3. The image has nothing of ours, and nothing is installed. */
export const RUN_CODE = [
  'import boto3,os,runpy,sys',
  `bucket,key=os.environ["${CODE_VARIABLE}"][5:].split("/",1)`,
  'code="/tmp/"+os.path.basename(key)',
  'boto3.client("s3").download_file(bucket,key,code)',
  'sys.argv[0]=code',
  'runpy.run_path(code,run_name="__main__")',
].join(';');

export interface ClusterJobProps {
  readonly step: ClusterStep;
  readonly cluster: TrainingClusterPlan;
  /** Image of the step. */
  readonly image: string;
  /** Image with Python and boto3, and the program that carries files: `s3://bucket/hash.zip`. */
  readonly carrier: { readonly imageUri: string; readonly codeUri: string };
  readonly jobRoleArn: string;
  readonly executionRoleArn: string;
  readonly logGroupName: string;
  readonly region: string;
}

/**
 * A step as a job definition. Its files are in S3 and its container knows folders only, so others in the same task carry
 * them: `fetch` before the training begins, `checkpoints` while it runs, `store` once it ended well. ECS starts each when
 * what it depends on is done, and ends the job with `store`; one that cannot start, because the training failed, fails the
 * job. Of several nodes each fetches for itself, and the main one alone stores.
 *
 * Batch has no word for an entry point: `command` is what the image's own is given.
 * Source: service model of AWS Batch, TaskContainerProperties, TaskContainerDependency.
 */
export function clusterJob(props: ClusterJobProps): TrainingJob {
  const { step, cluster } = props;
  const common = {
    propagateTags: true,
    timeout: { attemptDurationSeconds: step.maxRuntimeSeconds },
    retryStrategy: {
      attempts: cluster.attempts ?? 1,
      // Whichever of the two a job of several containers has.
      evaluateOnExit: [AGAIN_AFTER_LOSS, { action: 'EXIT', onReason: '*' }, { action: 'EXIT', onStatusReason: '*' }],
    },
  };
  const main = { taskProperties: [task(props, true)] };
  if (cluster.nodes === 1) return { type: 'container', platformCapabilities: ['EC2'], ...common, ecsProperties: main };
  return {
    type: 'multinode',
    ...common,
    nodeProperties: {
      mainNode: 0,
      numNodes: cluster.nodes,
      nodeRangeProperties: [
        { targetNodes: MAIN_NODE, ecsProperties: main },
        { targetNodes: OTHER_NODES, ecsProperties: { taskProperties: [task(props, false)] } },
      ],
    },
  };
}

const MAIN_NODE = '0:0';
const OTHER_NODES = '1:';

/** A value of SubmitJob that gives each carrier of a job some environment. */
export function withEnvironment(
  nodes: number,
  environment: (carrier: Carrier) => readonly object[],
): Readonly<Record<string, unknown>> {
  const override = (names: readonly Carrier[]) => ({
    EcsPropertiesOverride: {
      TaskProperties: [{ Containers: names.map((Name) => ({ Name, Environment: environment(Name) })) }],
    },
  });
  if (nodes === 1) return override(CARRIERS);
  return {
    NodeOverrides: {
      NodePropertyOverrides: [
        { TargetNodes: MAIN_NODE, ...override(CARRIERS) },
        { TargetNodes: OTHER_NODES, ...override(carriersOf(false)) },
      ],
    },
  };
}

function task(props: ClusterJobProps, main: boolean): Task {
  const after = (containerName: string, condition: 'START' | 'SUCCESS'): Dependency => ({ containerName, condition });
  const carriers = carriersOf(main);
  const depends: Readonly<Record<Carrier, readonly Dependency[]>> = {
    fetch: [],
    checkpoints: [after('fetch', 'SUCCESS')],
    store: [after(TRAIN, 'SUCCESS')],
  };
  return {
    taskRoleArn: props.jobRoleArn,
    executionRoleArn: props.executionRoleArn,
    volumes: [{ name: VOLUME, host: {} }],
    containers: [
      ...carriers.map((name) => carrier(props, name, depends[name])),
      {
        ...training(props),
        // What others wait for to end may not be essential: source as above, TaskContainerDependency.
        essential: !main,
        // The last carry of checkpoints comes after the training was stopped: ECS stops first what depends on others.
        dependsOn: [after('fetch', 'SUCCESS'), after('checkpoints', 'START')],
      },
    ],
  };
}

function training({ step, cluster, image, region, ...props }: ClusterJobProps): Container {
  return {
    name: TRAIN,
    image,
    command: [...(step.command ?? []), ...stepArguments(step, CLUSTER_PLACES)],
    ...wholeNode(cluster, { vcpu: CARRIERS.length, memoryMib: CARRIERS.length * CARRIER_MIB }),
    environment: [{ name: METRICS_VARIABLE, value: TRAINING_METRICS }, ...inRegion(region)],
    mountPoints: [{ sourceVolume: VOLUME, containerPath: CLUSTER_FOLDER, readOnly: false }],
    logConfiguration: logged({ ...props, region }, step.name),
    privileged: false,
  };
}

function carrier(
  { carrier: { imageUri, codeUri }, ...props }: ClusterJobProps,
  name: Carrier,
  dependsOn: readonly Dependency[],
): Container {
  return {
    name,
    image: imageUri,
    command: ['python3', '-c', RUN_CODE, name, '--folder', CLUSTER_FOLDER],
    essential: name === 'store',
    ...(dependsOn.length === 0 ? {} : { dependsOn: [...dependsOn] }),
    ...(name === 'checkpoints' ? { stopTimeout: LAST_CARRY_SECONDS } : {}),
    resourceRequirements: reserving({ vcpu: 1, memoryMib: CARRIER_MIB }),
    environment: [{ name: CODE_VARIABLE, value: codeUri }, ...inRegion(props.region)],
    mountPoints: [{ sourceVolume: VOLUME, containerPath: CLUSTER_FOLDER, readOnly: false }],
    logConfiguration: logged(props, props.step.name),
    privileged: false,
  };
}
