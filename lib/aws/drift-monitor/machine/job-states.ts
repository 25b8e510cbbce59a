import { RUN_FILES } from '../../../plan/drift/drift-access';
import type { DriftConfig, RunConfig } from '../../../plan/drift/drift-config';
import { EXIT_MESSAGE } from '../../jobs/exit-message';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { recorded } from './capture-states';
import { type DriftMachineProps, maxLooks, POLL_SECONDS } from './drift-props';

/** Where a processing job has its files. Source: SageMaker developer guide, "How Amazon SageMaker Processing Builds Your Processing Container". */
const LOCAL = '/opt/ml/processing';
const INPUT = `${LOCAL}/input`;
const OUTPUT = `${LOCAL}/output`;
const [CONFIG_FOLDER = '', CONFIG_FILE = ''] = RUN_FILES.config.split('/');
const [OUTPUT_FOLDER = ''] = RUN_FILES.figures.split('/');

/** SageMaker says so of a name that is taken. Here it means that a call took effect and its answer was lost. */
const STARTED_BEFORE = 'SageMaker.ResourceInUseException';

/** Tells the job what to do, starts it, and waits until it has ended. It is in the network and calls nobody. */
export function jobStates(props: DriftMachineProps): Readonly<Record<string, AslState>> {
  return {
    ...Object.fromEntries(
      props.plan.runs.map(({ kind, config }) => [
        kind === 'drift' ? 'PutDriftConfig' : 'PutQualityConfig',
        putConfig(props, config),
      ]),
    ),
    CreateJob: call('sagemaker:createProcessingJob', request(props), {
      Retry: retry(STARTED_BEFORE),
      Catch: [{ ErrorEquals: [STARTED_BEFORE], Assign: { seen: 0 }, Next: 'Wait' }],
      Assign: { seen: 0 },
      Next: 'Wait',
    }),
    Wait: { Type: 'Wait', Seconds: POLL_SECONDS, Next: 'LookAtJob' },
    LookAtJob: call(
      'sagemaker:describeProcessingJob',
      { ProcessingJobName: expr('$jobName') },
      {
        Retry: retry(),
        Assign: {
          jobStatus: expr('$states.result.ProcessingJobStatus'),
          jobFailure: expr(
            "[$states.result.ExitMessage[$ != ''], $states.result.FailureReason, 'No reason was given.'][0]",
          ),
          seen: expr('$seen + 1'),
        },
        Next: 'JobEnded',
      },
    ),
    JobEnded: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$jobStatus = 'Completed'"), Next: 'FindResult' },
        {
          Condition: expr(`$jobStatus in ['InProgress', 'Stopping'] and $seen < ${maxLooks(props.job)}`),
          Next: 'Wait',
        },
      ],
      Default: 'JobFailed',
    },
    JobFailed: {
      Type: 'Fail',
      Error: 'JobFailed',
      Cause: expr("'The job ' & $jobName & ' is ' & $jobStatus & '. ' & $jobFailure & ' Its log says more.'"),
    },
  };
}

function putConfig({ bucket, plan }: DriftMachineProps, config: DriftConfig): AslState {
  const run: RunConfig = {
    model: { name: plan.model, version: expr('$champion.version') },
    window: { start: expr('$fromMillis($champion.from)'), end: expr('$fromMillis($windowEnd)') },
    format: 'sagemaker-capture',
  };
  return call(
    's3:putObject',
    {
      Bucket: bucket,
      Key: expr(`$runFolder & '/${RUN_FILES.config}'`),
      ContentType: 'application/json',
      Body: { ...config, ...run },
    },
    { Retry: retry(), Next: 'CreateJob' },
  );
}

function request({ bucket, prefixes, plan, job }: DriftMachineProps): Readonly<Record<string, unknown>> {
  const quality = plan.runs.some(({ kind }) => kind === 'quality');
  const whenQuality = (items: string): string => (quality ? `, $run = 'quality' ? ${items} : []` : ', []');
  const input = (name: string, uri: string, path: string): string =>
    oneLine(`{ 'InputName': ${name}, 'S3Input': { 'S3Uri': ${uri}, 'LocalPath': ${path}, 'S3DataType': 'S3Prefix',
      'S3InputMode': 'File', 'S3DataDistributionType': 'FullyReplicated' } }`);
  const named = (name: string, uri: string): string => input(`'${name}'`, uri, `'${INPUT}/${name}'`);
  const inputs = [
    named('code', `'${job.codeUri}'`),
    named('config', `'s3://${bucket}/' & $runFolder & '/${CONFIG_FOLDER}/'`),
    named('reference', '$reference'),
  ].join(', ');
  const captures = `$map($captured, function($part, $i) { ${input(
    "'current-' & $i",
    `'s3://${bucket}/' & ${recorded(prefixes)} & $part`,
    `'${INPUT}/current/' & $i`,
  )} })`;
  const args = [
    ['config', `${INPUT}/config/${CONFIG_FILE}`],
    ['reference', `${INPUT}/reference`],
    ['current', `${INPUT}/current`],
    ['out', OUTPUT],
    ['message', EXIT_MESSAGE],
  ].flatMap(([name, value]) => [`'--${name}'`, `'${value}'`]);
  return {
    ProcessingJobName: expr('$jobName'),
    RoleArn: job.roleArn,
    AppSpecification: {
      ImageUri: job.imageUri,
      ContainerEntrypoint: ['python3', `${INPUT}/code/${job.codeFile}`],
      ContainerArguments: expr(`$append([${args.join(', ')}]${whenQuality(`['--labels', '${INPUT}/labels']`)})`),
    },
    ProcessingInputs: expr(
      `$append($append([${inputs}]${whenQuality(`[${named('labels', '$labels')}]`)}), ${captures})`,
    ),
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: 'found',
          S3Output: {
            S3Uri: expr(`'s3://${bucket}/' & $runFolder & '/${OUTPUT_FOLDER}'`),
            LocalPath: OUTPUT,
            S3UploadMode: 'EndOfJob',
          },
        },
      ],
      KmsKeyId: job.outputKeyArn,
    },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: 1,
        InstanceType: job.instanceType,
        ...job.disk,
      },
    },
    NetworkConfig: {
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: true,
      VpcConfig: { SecurityGroupIds: [job.securityGroupId], Subnets: job.subnetIds },
    },
    StoppingCondition: { MaxRuntimeInSeconds: job.maxRuntimeSeconds },
    Tags: job.tags,
  };
}
