import { REFERENCE_FIELD } from '../../../plan/drift/lineage';
import type { RegisterPlan } from '../../../plan/pipeline/pipeline-plan';
import { RUN, snapshotIdParameter } from '../../../plan/pipeline/run-parameters';
import { type DocumentProps, REGISTER_STEP, type Step } from './document-props';
import { inputUri, metricsUri, outputUri } from './places';
import { joined, type Part, parameter } from './references';

/** Start of the name of the field with the snapshot of a dataset, whose name follows. */
export const SNAPSHOT_FIELD = 'mlops-snapshot-';

/** What a serving container takes and gives: whatever it and its callers agree on; these are listed, none is enforced. */
const CONTENT_TYPES = ['application/json', 'text/csv'];

/**
 * Fields of a version that say what it was made of, as the lineage of a version is read again: `mlops-run`, `mlops-reason`,
 * `mlops-trigger`, `mlops-revision`, `mlops-reference` and one `mlops-snapshot-<dataset>` each.
 */
export function lineage({ plan }: DocumentProps, { reference }: RegisterPlan): Readonly<Record<string, Part>> {
  return {
    'mlops-run': parameter(RUN.id),
    'mlops-reason': parameter(RUN.reason),
    'mlops-trigger': parameter(RUN.trigger),
    'mlops-revision': parameter(RUN.revision),
    ...(reference === undefined ? {} : { [REFERENCE_FIELD]: inputUri(plan.steps, reference) }),
    ...Object.fromEntries(
      plan.datasets.map((dataset) => [`${SNAPSHOT_FIELD}${dataset}`, parameter(snapshotIdParameter(dataset))]),
    ),
  };
}

/**
 * Registers the model as a version that waits for approval. Digests of the images are where there is room for them: a
 * property takes 256 characters, and the repository 1,024. Shape: service model of SageMaker, CreateModelPackageInput.
 */
export function registerStep(props: DocumentProps, register: RegisterPlan, after: readonly string[]): Step {
  const { plan, repositoryUri, groupName } = props;
  const { measuredBy } = register;
  return {
    Name: REGISTER_STEP,
    Type: 'RegisterModel',
    Arguments: {
      ModelPackageGroupName: groupName,
      ModelApprovalStatus: 'PendingManualApproval',
      InferenceSpecification: {
        Containers: [
          {
            Image: joined(repositoryUri, ':', register.image),
            ModelDataSource: {
              S3DataSource: {
                S3Uri: outputUri(plan.steps, register.model),
                S3DataType: 'S3Prefix',
                CompressionType: 'None',
              },
            },
          },
        ],
        SupportedContentTypes: CONTENT_TYPES,
        SupportedResponseMIMETypes: CONTENT_TYPES,
      },
      ...(measuredBy === undefined
        ? {}
        : {
            ModelMetrics: {
              ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: metricsUri(measuredBy) } },
            },
          }),
      CustomerMetadataProperties: lineage(props, register),
      MetadataProperties: {
        CommitId: parameter(RUN.revision),
        Repository: parameter(RUN.images),
        GeneratedBy: { Get: 'Execution.PipelineExecutionArn' },
      },
    },
    ...(after.length === 0 ? {} : { DependsOn: after }),
  };
}
