import { loadPlatformSpec } from '../../lib/plan/load';
import { synthGcpPlatform } from '../support/examples-gcp';
import { EVERY_KIND, pipelinePlatform } from '../support/pipeline-spec';
import { describePlatforms } from './terraform/describe-platforms';

const { check: _, ...steps } = EVERY_KIND.steps;
const PIPELINE = {
  ...EVERY_KIND,
  steps: { ...steps, prepare: { ...steps.prepare, after: [] } },
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
