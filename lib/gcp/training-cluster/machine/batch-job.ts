import { MOUNT } from '../../jobs/job-code';
import { expr, type Value } from '../../workflow/syntax';
import { type BatchWorkflowProps, MACHINE_LOST_CODES } from './batch-props';
import { NODE_MOUNT } from './emptied';

/** Share of a machine's memory that a training gets. The kernel and the agent of Batch keep the rest. */
export const TRAINING_MEMORY_SHARE = 0.9;

/** Environment of a training: its name, and `gs://` addresses to leave models and checkpoints below. */
export const TRAINING_VARIABLE = 'MLOPS_TRAINING';
export const ARTIFACTS_VARIABLE = 'MLOPS_ARTIFACTS';
export const CHECKPOINTS_VARIABLE = 'MLOPS_CHECKPOINTS';

/** Labels of a job: the training that it is of. */
export const TRAINING_LABEL = 'training';

const MIB_PER_GIB = 1024;

/**
 * What a container sees of its machine. Sources: Batch documentation, "Create and run a job that uses GPUs", containers;
 * "Use MPI for tightly coupled tasks", the hosts file and the keys of the nodes.
 */
const GPU_VOLUMES = ['/var/lib/nvidia/lib64:/usr/local/nvidia/lib64', '/var/lib/nvidia/bin:/usr/local/nvidia/bin'];
const NODE_VOLUMES = ['/etc/cloudbatch-taskgroup-hosts:/etc/cloudbatch-taskgroup-hosts:ro', '/root/.ssh:/root/.ssh:ro'];

/**
 * Where a node mounts a bucket: on Container-Optimized OS nothing can be mounted elsewhere. Source: Batch documentation,
 * "Create and run a job that uses storage volumes", Cloud Storage buckets.
 */
const onNode = (bucket: string): string => `${NODE_MOUNT}/${bucket}`;

/**
 * A bucket as Vertex AI mounts it: objects that nobody made folders for are in folders, and any user of an image reads and
 * writes. Source: Cloud Storage FUSE documentation, command line; discovery document of batch.v1, Volume.
 */
const MOUNT_OPTIONS = ['--implicit-dirs', '-o allow_other', '--file-mode=777', '--dir-mode=777'];

/** The container of a training, all but what it asks for itself. */
export function containerOf({
  plan,
  buckets = [],
}: Pick<BatchWorkflowProps, 'plan' | 'buckets'>): Readonly<Record<string, Value>> {
  const gpu = plan.purchases[0].machines[0].accelerator !== undefined;
  const several = plan.nodes > 1;
  const volumes = [
    ...(gpu ? GPU_VOLUMES : []),
    ...(several ? NODE_VOLUMES : []),
    ...buckets.map((bucket) => `${onNode(bucket)}:${MOUNT}/${bucket}:rw`),
  ];
  const options = [...(gpu ? ['--privileged'] : []), ...(several ? ['--network=host'] : []), '--ipc=host'];
  return {
    imageUri: expr('image'),
    commands: expr('arguments'),
    options: options.join(' '),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

/**
 * A job of Batch, with expressions for what a training and an attempt have of their own: `runnables`, `variables`,
 * `nodes`, `runtime`, `name`, `attempt`. Shape: discovery document of batch.v1, Job. Nodes stand close together where their series can:
 * Batch places them by a compact placement policy (Batch documentation, "Reduce latency by using compact placement policies").
 */
export function jobOf(props: BatchWorkflowProps): Readonly<Record<string, Value>> {
  const { plan, target, account, buckets = [] } = props;
  const [{ vcpu, memoryGib, accelerator }] = plan.purchases[0].machines;
  const several = plan.nodes > 1;
  const near = several && plan.purchases.every(({ machines: [machine] }) => machine.compact);
  const labels = { ...props.labels, [TRAINING_LABEL]: expr('name') };
  return {
    labels,
    logsPolicy: { destination: 'CLOUD_LOGGING' },
    taskGroups: [
      {
        taskCount: expr('nodes'),
        parallelism: expr('nodes'),
        taskCountPerNode: 1,
        ...(several ? { requireHostsFile: true, permissiveSsh: true } : {}),
        taskSpec: {
          runnables: expr('runnables'),
          environment: { variables: expr('variables') },
          computeResource: {
            cpuMilli: vcpu * 1000,
            memoryMib: Math.floor(memoryGib * MIB_PER_GIB * TRAINING_MEMORY_SHARE),
          },
          ...(buckets.length === 0
            ? {}
            : {
                volumes: buckets.map((bucket) => ({
                  gcs: { remotePath: bucket },
                  mountPath: onNode(bucket),
                  mountOptions: MOUNT_OPTIONS,
                })),
              }),
          maxRunDuration: expr('string(runtime) + "s"'),
          maxRetryCount: expr('attempt.retries'),
          // Again after a machine was lost, never after a fault of the training's own.
          lifecyclePolicies: [{ action: 'RETRY_TASK', actionCondition: { exitCodes: [...MACHINE_LOST_CODES] } }],
        },
      },
    ],
    allocationPolicy: {
      instances: [
        {
          instanceTemplate: expr('attempt.template'),
          blockProjectSshKeys: true,
          ...(accelerator === undefined ? {} : { installGpuDrivers: true }),
        },
      ],
      location: { allowedLocations: [`regions/${target.region}`] },
      serviceAccount: { email: account },
      ...(near ? { placement: { collocation: 'COLLOCATED' } } : {}),
      labels,
    },
  };
}
