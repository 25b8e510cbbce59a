import { eachEntry } from '../../spec/each-entry';
import type { SpecCheck } from '../../spec/references';
import { clusterHasCarrier, clusterHoldsSteps } from './aws-cluster-checks';
import { clusterTakesSteps } from './aws-cluster-size';
import { definitionFits } from './aws-document-size';
import { oneKindOfDays } from './aws-schedule';
import { stepsFit } from './aws-step-checks';
import { eachPlan } from './each-plan';

/** Characters of the value of a parameter of a run. Source: SageMaker's service model, PipelineParameter.Value. */
const LONGEST_VALUE = 1024;
/** Characters of `=sha256:<64 digits>,` after each tag. */
const DIGEST = 73;
/** The same, for people. */
export const IMAGES_LIMIT = `${LONGEST_VALUE} characters for tags and digests of a pipeline's images`;

const schedules: SpecCheck = ({ aws, models }, report) => {
  if (aws === undefined) return;
  eachEntry(models, ({ pipeline }, model) =>
    eachEntry(pipeline?.triggers ?? {}, ({ schedule }, name) => {
      const path = ['models', model, 'pipeline', 'triggers', name, 'schedule'];
      oneKindOfDays(report, path, schedule, 'write two triggers, one for each');
    }),
  );
};

/** The digests of all images are one parameter of a run. */
const images: SpecCheck = (spec, report) => {
  if (spec.aws === undefined) return;
  eachPlan(spec, ({ images }, path) => {
    const size = images.reduce((sum, tag) => sum + tag.length + DIGEST, -1);
    if (size <= LONGEST_VALUE) return;
    report({
      path,
      at: 'key',
      message: `name ${images.length} images, whose digests a run of SageMaker cannot hold`,
      received: `${size} characters of tags and digests`,
      allowed: `${LONGEST_VALUE} characters: ten images with short tags`,
      fix: 'let steps share images, or shorten the tags',
    });
  });
};

/** Rules of pipelines that come from what AWS takes. */
export const AWS_PIPELINE_CHECKS: readonly SpecCheck[] = [
  schedules,
  images,
  stepsFit,
  definitionFits,
  clusterHasCarrier,
  clusterHoldsSteps,
  clusterTakesSteps,
];
