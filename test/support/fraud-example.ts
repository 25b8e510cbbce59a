import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { EXAMPLE } from './example-python';

/** A part of a spec as YAML gives it. */
// biome-ignore lint/suspicious/noExplicitAny: what a user writes has no type before it is loaded.
type Written = any;

/**
 * The fraud detector of the example and what its pipeline reads, as a user would write a platform of that alone on AWS: to
 * be changed by a test and then loaded.
 */
export function fraudDetector(): Written {
  const { name, owner, aws, dataLake, models } = parse(readFileSync(join(EXAMPLE, 'platform.yaml'), 'utf8'));
  const { transactions, chargebacks } = dataLake.datasets;
  const { pipeline, registry, monitoring } = models['fraud-detector'];
  return {
    name,
    owner,
    aws,
    dataLake: { zones: { curated: {} }, datasets: { transactions, chargebacks } },
    training: { cluster: { kind: 'managed' } },
    models: {
      'fraud-detector': {
        pipeline,
        registry,
        serving: { mode: 'realtime', capture: { sampling: '20%' } },
        monitoring: { drift: monitoring.drift },
      },
    },
  };
}
