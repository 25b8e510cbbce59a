import { neededActions } from './call-permissions';
import type { Request } from './iam';
import { diskKey, type JobArguments, type JobKind, type Place, requestsOfJob, requestsOfModel } from './job-requests';

/** A definition of SageMaker Pipelines as the template has it, with references of CloudFormation spelled out. */
export interface Definition {
  readonly Steps: readonly DefinedStep[];
}

interface DefinedStep {
  readonly Name: string;
  readonly Type: string;
  readonly Arguments: Readonly<Record<string, unknown>>;
  readonly SqsQueueUrl?: string;
  readonly PropertyFiles?: readonly { readonly OutputName: string; readonly FilePath: string }[];
}

export interface DefinitionRequests {
  /** What SageMaker calls as the role of the pipeline. */
  readonly pipeline: readonly Request[];
  /** What it calls as the roles of jobs: ARN of the role, and the call. */
  readonly jobs: readonly (readonly [role: string, request: Request])[];
  /** What it calls later as the role of whatever serves the registered version. */
  readonly serving: readonly Request[];
}

export interface Known extends Place {
  /** Value of each parameter of a run. */
  readonly parameter: (name: string) => string;
  /** ARN of the queue with this address, spelled as those of permissions are. */
  readonly queueArn: (url: string) => string;
}

const NONE: DefinitionRequests = { pipeline: [], jobs: [], serving: [] };

const JOBS: Readonly<Record<string, JobKind>> = { Processing: 'ProcessingJob', Training: 'TrainingJob' };
const RESOURCES: Readonly<Record<JobKind, string>> = { ProcessingJob: 'processing-job', TrainingJob: 'training-job' };

/** Name that SageMaker gives to the job of a step. Source: SageMaker developer guide, "Define a pipeline". */
const nameOfJob = (step: string): string => `pipelines-0123456789ab-${step}-ABCdef`;

/**
 * What a run of a definition calls, and its stop. Sources: SageMaker developer guide, "Pipelines: IAM access management",
 * "Callback step" and "Amazon SageMaker AI API permissions".
 * @throws Error for types of steps that this does not know.
 */
export function requestsOf({ Steps }: Definition, known: Known): DefinitionRequests {
  const steps = everyStep(Steps);
  const inRun = valuesInRun(steps, known);
  const of = ({ Name, Type, Arguments, SqsQueueUrl, PropertyFiles = [] }: DefinedStep): DefinitionRequests => {
    const kind = JOBS[Type];
    if (kind !== undefined) {
      const args = Arguments as unknown as JobArguments;
      const made = requestsOfJob(kind, args, filesOf(Arguments, inRun), known);
      return {
        ...NONE,
        pipeline: [
          ...runsJob(kind, Name, args, known),
          ...PropertyFiles.map(({ OutputName, FilePath }) => ({
            action: 's3:GetObject',
            resource: `${inRun(outputOf(Arguments, OutputName)).replace('s3://', 'arn:aws:s3:::')}/${FilePath}`,
          })),
          ...(PropertyFiles.length === 0
            ? []
            : [{ action: 'kms:Decrypt', resource: args.ProcessingOutputConfig?.KmsKeyId ?? '' }]),
        ],
        jobs: made.map((request) => [args.RoleArn, request] as const),
      };
    }
    switch (Type) {
      case 'Condition':
      case 'Fail':
        return NONE;
      case 'Callback':
        return { ...NONE, pipeline: [{ action: 'sqs:SendMessage', resource: known.queueArn(SqsQueueUrl ?? '') }] };
      case 'RegisterModel':
        return { ...NONE, pipeline: registers(Arguments, known), serving: serves(Arguments, inRun) };
      default:
        throw new Error(`a step that this test does not understand: ${Type}`);
    }
  };
  const made = steps.map(of);
  return {
    pipeline: made.flatMap(({ pipeline }) => pipeline),
    jobs: made.flatMap(({ jobs }) => jobs),
    serving: made.flatMap(({ serving }) => serving),
  };
}

const everyStep = (steps: readonly DefinedStep[]): readonly DefinedStep[] =>
  steps.flatMap((step) => [
    step,
    ...[step.Arguments.IfSteps, step.Arguments.ElseSteps].flatMap((inner) =>
      everyStep((inner ?? []) as readonly DefinedStep[]),
    ),
  ]);

/** What it takes to create a job as some role, to look at it and to stop it. */
function runsJob(kind: JobKind, step: string, args: JobArguments, { regionAndAccount }: Place): readonly Request[] {
  const resource = `arn:aws:sagemaker:${regionAndAccount}:${RESOURCES[kind]}/${nameOfJob(step)}`;
  const calls = ['create', 'describe', 'stop'].map((verb) => ({
    name: `sagemaker:${verb}${kind}`,
    args: verb === 'create' ? JSON.stringify(args) : '',
  }));
  return calls.flatMap(neededActions).map((action): Request => {
    switch (action) {
      case 'iam:PassRole':
        return { action, resource: args.RoleArn, context: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } };
      case 'kms:CreateGrant':
        return { action, resource: diskKey(args) ?? '', context: { 'kms:GrantIsForAWSResource': 'true' } };
      default:
        return { action, resource };
    }
  });
}

/** SageMaker tags the version with the run that made it. */
function registers(args: DefinedStep['Arguments'], { regionAndAccount }: Place): readonly Request[] {
  const arn = (path: string): string => `arn:aws:sagemaker:${regionAndAccount}:${path}`;
  const group = String(args.ModelPackageGroupName);
  const context = { 'sagemaker:ModelApprovalStatus': String(args.ModelApprovalStatus) };
  const version = arn(`model-package/${group}/1`);
  return [
    { action: 'sagemaker:CreateModelPackage', resource: arn(`model-package-group/${group}`), context },
    { action: 'sagemaker:CreateModelPackage', resource: version, context },
    { action: 'sagemaker:AddTags', resource: version },
    { action: 'sagemaker:DescribeModelPackage', resource: version },
  ];
}

type InRun = (value: unknown) => string;

/** Whatever stands below a key named so, however deep. */
function below(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === key ? [inner] : below(inner, key)));
}

/** What it takes to serve what a step registers. */
function serves({ InferenceSpecification }: DefinedStep['Arguments'], inRun: InRun): readonly Request[] {
  const [images, uris] = ['Image', 'S3Uri'].map((key) => below(InferenceSpecification, key).map(inRun));
  return (uris ?? []).flatMap((uri, i) => requestsOfModel(images?.[i] ?? '', uri));
}

function filesOf(args: DefinedStep['Arguments'], inRun: InRun) {
  const uris = (...parts: readonly unknown[]) => parts.flatMap((part) => below(part, 'S3Uri')).map(inRun);
  const kept = uris(args.CheckpointConfig);
  return {
    read: [...uris(args.ProcessingInputs, args.InputDataConfig), ...kept],
    written: [
      ...uris(args.ProcessingOutputConfig),
      ...below(args.OutputDataConfig, 'S3OutputPath').map(inRun),
      ...kept,
    ],
  };
}

function outputOf(args: DefinedStep['Arguments'], name: string): unknown {
  const outputs = below(args.ProcessingOutputConfig, 'Outputs').flat() as readonly { readonly OutputName: string }[];
  return below(
    outputs.find(({ OutputName }) => OutputName === name),
    'S3Uri',
  )[0];
}

/** What references of a definition come to in a run. */
function valuesInRun(steps: readonly DefinedStep[], { parameter }: Known): InRun {
  const made = (name: string, path: string): unknown => {
    const args = steps.find(({ Name }) => Name === name)?.Arguments ?? {};
    const [, output] = /^ProcessingOutputConfig\.Outputs\['(.+)'\]/.exec(path) ?? [];
    if (output !== undefined) return outputOf(args, output);
    if (path.startsWith('OutputParameters')) return args.output;
    return path === 'OutputDataConfig.S3OutputPath' ? below(args, 'S3OutputPath')[0] : nameOfJob(name);
  };
  const inRun: InRun = (value) => {
    if (typeof value === 'string') return value;
    const { Get: get, 'Std:Join': join } = value as {
      readonly Get?: string;
      readonly 'Std:Join'?: { readonly On: string; readonly Values: readonly unknown[] };
    };
    if (join !== undefined) return join.Values.map(inRun).join(join.On);
    const [, step, path = '', name = ''] = /^(?:Steps\.([\w-]+)\.(.+)|Parameters\.(.+))$/.exec(get ?? '') ?? [];
    return step === undefined ? parameter(name) : inRun(made(step, path));
  };
  return inRun;
}
