import { expect, it } from 'vitest';
import { pipelinePrefix } from '../../../lib/plan/access';
import { exampleSpec } from '../../support/example-files';
import { GCP_EXAMPLES, synthGcpPlatform } from '../../support/examples-gcp';
import { refusedOf } from '../../support/gcp-call-permissions';
import { workloadBindings } from '../../support/gcp-iam';

/** Source: Vertex AI documentation, "Use a custom service account": it reads the artifacts that AIP_STORAGE_URI says. */
it.each(GCP_EXAMPLES)('what serves a model of $title may read what a run of its pipeline left', (example) => {
  const synthesised = synthGcpPlatform(exampleSpec(example));
  const { foundation, models } = synthesised.platform;
  const on = `storage_bucket ${foundation.artifacts.bucketName}`;
  const makes = Object.entries(models).filter(([, { pipeline, serving }]) => pipeline && serving?.workload);
  for (const [model, { serving }] of makes) {
    const path = serving?.workload?.node.path;
    const { bindings } = workloadBindings(synthesised).find((one) => one.path === path) ?? { bindings: [] };
    const folder = `${pipelinePrefix(model)}/run-1/train/model/`;
    const needed = [
      { permission: 'storage.objects.get', on, object: `${folder}model.joblib` },
      { permission: 'storage.objects.list', on, listed: folder },
    ];
    expect(refusedOf(needed, bindings)).toEqual([]);
  }
});
