import { snapshotParameter } from '../../../plan/pipeline/run-parameters';
import { METRICS_FILE, stepArguments } from '../../../plan/pipeline/step-arguments';
import type { MachinedStep, ServiceStep, ValidationStep } from '../../../plan/pipeline/step-plan';
import { EXIT_MESSAGE } from '../../jobs/exit-message';
import { METRICS_VARIABLE } from '../../training-cluster/training-job';
import { TRAINING_METRICS } from '../../training-cluster/training-metrics';
import type { DocumentProps, Step, ZipFile } from './document-props';
import { inputUri, METRICS_OUTPUT, PROCESSING_PLACES, processingInput, processingOutput, stepFolder } from './places';
import { joined, type Part, parameter } from './references';
import { common, resources, vpcConfig } from './step-common';

/** Output of a validation that takes its report. */
const REPORT = 'report';
/** Where the rules of a validation are unpacked. */
const RULES = '/opt/ml/processing/rules';
/** Unpacks a zip into a folder, then runs Python with what follows. SageMaker copies files, and unpacks none. */
const UNPACK_AND_RUN = 'python3 -m zipfile -e "$1" "$2" && shift 2 && exec python3 "$@"';

const input = (name: string, uri: Part) => ({
  InputName: name,
  S3Input: {
    S3Uri: uri,
    LocalPath: processingInput(name),
    S3DataType: 'S3Prefix',
    S3InputMode: 'File',
    S3DataDistributionType: 'FullyReplicated',
  },
});

/** The part of the job that every processing step has. Shape: service model of SageMaker, CreateProcessingJobRequest. */
function job(props: DocumentProps, step: MachinedStep, outputs: readonly string[], isolated: boolean) {
  return {
    RoleArn: props.stepRoleArn,
    ProcessingResources: { ClusterConfig: resources(props, step) },
    ...(outputs.length === 0
      ? {}
      : {
          ProcessingOutputConfig: {
            KmsKeyId: props.keyArn,
            Outputs: outputs.map((name) => ({
              OutputName: name,
              S3Output: {
                S3Uri: stepFolder(props, step.name, name),
                LocalPath: processingOutput(name),
                S3UploadMode: 'EndOfJob',
              },
            })),
          },
        }),
    StoppingCondition: { MaxRuntimeInSeconds: step.maxRuntimeSeconds },
    NetworkConfig: {
      EnableNetworkIsolation: isolated,
      EnableInterContainerTrafficEncryption: false,
      VpcConfig: vpcConfig(props),
    },
    Environment: { [METRICS_VARIABLE]: TRAINING_METRICS },
    Tags: props.tags,
  };
}

/** A container of the user's that processes data, or lets a model answer for many rows. */
export function processingStep(props: DocumentProps, step: ServiceStep, after: readonly string[]): Step {
  const { steps } = props.plan;
  const measures = step.metrics.length > 0;
  const outputs = [...step.outputs, ...(measures ? [METRICS_OUTPUT] : [])];
  return {
    ...common(step, after),
    Type: 'Processing',
    Arguments: {
      ...job(props, step, outputs, false),
      AppSpecification: {
        ImageUri: joined(props.repositoryUri, ':', step.image),
        ...(step.command === undefined ? {} : { ContainerEntrypoint: step.command }),
        ...argumentsOf(stepArguments(step, PROCESSING_PLACES)),
      },
      ...(step.inputs.length === 0
        ? {}
        : { ProcessingInputs: step.inputs.map(({ argument, from }) => input(argument, inputUri(steps, from))) }),
    },
    ...(measures
      ? {
          PropertyFiles: [{ PropertyFileName: METRICS_OUTPUT, OutputName: METRICS_OUTPUT, FilePath: METRICS_FILE }],
        }
      : {}),
  };
}

const zipUri = ({ bucketUri, objectKey }: ZipFile): Part => joined(bucketUri, '/', objectKey);

const argumentsOf = (given: readonly string[]) => (given.length === 0 ? {} : { ContainerArguments: given });

/**
 * The platform's own job that checks a snapshot, on an image of AWS and without network.
 * @throws Error where nothing is said of the job, or of the dataset.
 */
export function validationStep(props: DocumentProps, step: ValidationStep, after: readonly string[]): Step {
  const { validation } = props;
  const rules = validation?.rules[step.dataset];
  if (validation === undefined || rules === undefined)
    throw new Error(`The step ${step.name} checks ${step.dataset}, and what that is checked against is not given.`);
  return {
    ...common(step, after),
    Type: 'Processing',
    Arguments: {
      ...job(props, step, [REPORT], true),
      AppSpecification: {
        ImageUri: validation.imageUri,
        ContainerEntrypoint: ['/bin/sh', '-c', UNPACK_AND_RUN, 'validation'],
        ContainerArguments: [
          ...[`${processingInput('rules')}/${rules.file}`, RULES],
          `${processingInput('code')}/${validation.code.file}`,
          ...['--data', processingInput('data')],
          ...['--rules', RULES],
          ...['--report', processingOutput(REPORT)],
          ...['--message', EXIT_MESSAGE],
        ],
      },
      ProcessingInputs: [
        input('code', zipUri(validation.code)),
        input('data', parameter(snapshotParameter(step.dataset))),
        input('rules', zipUri(rules)),
      ],
    },
  };
}
