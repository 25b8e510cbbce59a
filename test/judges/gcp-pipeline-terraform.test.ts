import { loadPlatformSpec } from '../../lib/plan/load';
import { synthGcpPlatform } from '../support/examples-gcp';
import { EVERY_KIND, pipelinePlatform } from '../support/pipeline-spec';
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

describePlatforms('a platform whose model a pipeline makes', () => [
  { name: 'pipeline', stacks: synthGcpPlatform(spec).stacks },
]);
