import { jobMachine } from '../jobs/job-machine';
import { DEFAULT_IMAGE_TAG } from './image-repository';
import { ARTIFACTS_VARIABLE, CHECKPOINTS_VARIABLE } from './machine/batch-job';
import type { TrainingEngineProps } from './training-engine';

/** What whoever starts a training writes its own tag in place of; a tag or a digest of the user's stays. */
const DEFAULT_TAG = new RegExp(`:${DEFAULT_IMAGE_TAG}$`);

/**
 * Body of Vertex AI's customJobs.create without what each training has of its own. Whoever starts a training gives it a
 * name, its tag to the image, and its name to the address of its output. Shape: discovery document of aiplatform.v1,
 * CustomJob. How long a training waits for spot machines cannot be said there: `maxWaitDuration` is one of FLEX_START.
 */
export function customJobDefaults(
  props: TrainingEngineProps,
  { account, attachment }: { readonly account: string; readonly attachment: string },
): Readonly<Record<string, unknown>> {
  const { plan, labels, encryptionKey } = props;
  const [{ capacity, machines }] = plan.purchases;
  const [machine] = machines;
  const pool = (replicaCount: number) => ({
    ...jobMachine(machine, plan.role, plan.diskGib),
    replicaCount,
    containerSpec: {
      imageUri: props.image.replace(DEFAULT_TAG, ''),
      env: [
        { name: ARTIFACTS_VARIABLE, value: props.artifactsUri },
        { name: CHECKPOINTS_VARIABLE, value: props.checkpointsUri },
      ],
    },
  });
  return {
    displayName: 'training',
    labels: { ...labels },
    encryptionSpec: { kmsKeyName: encryptionKey.id },
    jobSpec: {
      // The first pool has one machine, which leads the others.
      workerPoolSpecs: plan.nodes === 1 ? [pool(1)] : [pool(1), pool(plan.nodes - 1)],
      scheduling: {
        strategy: capacity === 'spot' ? 'SPOT' : 'STANDARD',
        timeout: `${plan.maxRuntimeSeconds}s`,
        // Nodes that are left wait for one that comes anew: all begin again, from their checkpoint.
        restartJobOnWorkerRestart: plan.nodes > 1,
      },
      serviceAccount: account,
      baseOutputDirectory: { outputUriPrefix: props.artifactsUri },
      pscInterfaceConfig: { networkAttachment: attachment },
    },
  };
}
