import { ArtifactStore } from '../../lib/gcp/artifact-store/artifact-store';
import { keyFromId } from '../../lib/gcp/keys/encryption-key';
import { ModelRegistry } from '../../lib/gcp/model-registry/model-registry';
import { ModelRoles } from '../../lib/gcp/model-registry/model-roles';
import { Network } from '../../lib/gcp/network/network';
import { ImageRepository } from '../../lib/gcp/training-cluster/image-repository';
import { TrainingPipeline, type TrainingPipelineProps } from '../../lib/gcp/training-pipeline/training-pipeline';
import { PlatformNames } from '../../lib/plan/names';
import type { PipelinePlan } from '../../lib/plan/pipeline/pipeline-plan';
import { gcpStack, TARGET } from './gcp-synth';
import { plannedPipeline, UNCHECKED } from './pipeline-spec';

const names = new PlatformNames('fraud', 'prod');
export const KEY = 'projects/fraud-prod/locations/europe-west4/keyRings/k/cryptoKeys/k';

/** A training pipeline in a stack of its own, beside what is named of others. */
export function pipelined(
  plan: PipelinePlan = plannedPipeline(UNCHECKED),
  checks: TrainingPipelineProps['checks'] = {},
  more: Partial<TrainingPipelineProps> = {},
) {
  const stack = gcpStack();
  const roles = ModelRoles.fromNames({ target: TARGET, names });
  const made = new TrainingPipeline(stack, 'Pipeline', {
    target: TARGET,
    names,
    plan,
    artifacts: ArtifactStore.fromName('artifacts'),
    repository: ImageRepository.fromNames({ target: TARGET, names }),
    registry: ModelRegistry.fromNames(stack, 'Registry', { target: TARGET, model: 'detector', names }),
    network: Network.fromNames({ ...TARGET, networkName: 'net', subnetworkName: 'net', attachmentName: 'net' }),
    roles,
    encryptionKey: keyFromId(KEY),
    checks,
    labels: { platform: 'fraud-prod' },
    ...more,
  });
  return { stack, made };
}
