import { loadPlatformSpec } from '../../lib/plan/load';
import { synthGcpPlatform } from '../support/examples-gcp';
import { EVERY_KIND, ON_CLUSTER, pipelinePlatform, WITH_CLUSTER } from '../support/pipeline-spec';
import { describePlatforms } from './terraform/describe-platforms';

const PIPELINE = {
  ...EVERY_KIND,
  triggers: { ...EVERY_KIND.triggers, drifted: { signal: 'drift' } },
};
const spec = loadPlatformSpec(
  pipelinePlatform(PIPELINE, {
    models: {
      detector: {
        pipeline: PIPELINE,
        serving: { capture: {} },
        monitoring: { drift: { features: { amount: 'numeric' } } },
      },
    },
  }),
);

/** On nodes that are taken away, and on several of them. */
const onCluster = (cluster: object) =>
  loadPlatformSpec(
    pipelinePlatform(ON_CLUSTER, { training: { cluster: { ...WITH_CLUSTER.training.cluster, ...cluster } } }),
  );

describePlatforms('a platform whose model a pipeline makes', () => [
  { name: 'pipeline', stacks: synthGcpPlatform(spec).stacks },
  { name: 'on-spot-nodes', stacks: synthGcpPlatform(onCluster({ capacity: 'spot' })).stacks },
  { name: 'on-several-nodes', stacks: synthGcpPlatform(onCluster({ nodes: 2 })).stacks },
]);
