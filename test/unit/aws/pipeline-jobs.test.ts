import { describe, expect, it } from 'vitest';
import { spotSeconds } from '../../../lib/plan/training-cluster';
import { EVERY_KIND } from '../../support/pipeline-spec';
import { documentOf } from '../../support/sagemaker-document';

const { steps } = EVERY_KIND;
const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-0000-0000-000000000000';
const VPC = { Subnets: ['subnet-0a', 'subnet-0b'], SecurityGroupIds: ['sg-0a'] };
const joined = (...Values: readonly unknown[]) => ({ 'Std:Join': { On: '', Values } });
const ofRun = (base: string, below: string) =>
  joined(`s3://fraud-artifacts/${base}/detector/`, { Get: 'Parameters.run-id' }, below);
const prepared = (output: string) =>
  joined({ Get: `Steps.prepare.ProcessingOutputConfig.Outputs['${output}'].S3Output.S3Uri` }, '/');
const TRAINED = joined(
  { Get: 'Steps.train.OutputDataConfig.S3OutputPath' },
  '/',
  { Get: 'Steps.train.TrainingJobName' },
  '/output/model/',
);
const COMMON = {
  RoleArn: 'arn:aws:iam::111111111111:role/steps',
  Environment: { MLOPS_METRICS: 'MLOps/Training' },
  Tags: [{ Key: 'mlops-model', Value: 'detector' }],
};

/** All that is asked of the service for one step. */
const argumentsOf = (name: string, step: object): unknown =>
  documentOf({ ...EVERY_KIND, steps: { ...steps, [name]: step } }).Steps.find(({ Name }) => Name === name)?.Arguments;

// All of it, as what is left out is no error: the service has a default, and it is not ours.
describe('the job of a step', () => {
  it('is this where it trains', () => {
    const train = { ...steps.train, image: 'fraud-train-2', maxRuntime: '9 hours', command: ['train'], nodes: 2 };
    expect(argumentsOf('train', train)).toEqual({
      ...COMMON,
      AlgorithmSpecification: {
        TrainingImage: '111111111111.dkr.ecr.eu-central-1.amazonaws.com/fraud-training:fraud-train-2',
        TrainingInputMode: 'File',
        ContainerEntrypoint: ['train'],
        ContainerArguments: [
          ...['--train', '/opt/ml/input/data/train', '--model', '/opt/ml/model', '--rounds', '200'],
          ...['--checkpoints', '/opt/ml/checkpoints'],
        ],
      },
      InputDataConfig: [
        {
          ChannelName: 'train',
          DataSource: {
            S3DataSource: {
              S3DataType: 'S3Prefix',
              S3Uri: prepared('train'),
              S3DataDistributionType: 'FullyReplicated',
            },
          },
        },
      ],
      OutputDataConfig: { S3OutputPath: ofRun('pipelines', '/train'), KmsKeyId: KEY, CompressionType: 'NONE' },
      ResourceConfig: { InstanceType: 'ml.g6.xlarge', InstanceCount: 2, VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 9 * 3600, MaxWaitTimeInSeconds: spotSeconds(9 * 3600) },
      EnableManagedSpotTraining: true,
      CheckpointConfig: { S3Uri: ofRun('training/checkpoints', '/train'), LocalPath: '/opt/ml/checkpoints' },
      VpcConfig: VPC,
      EnableInterContainerTrafficEncryption: true,
      EnableNetworkIsolation: false,
      ProfilerConfig: { DisableProfiler: true },
    });
  });

  it('is this where it processes', () => {
    const evaluate = { ...steps.evaluate, image: 'fraud-evaluate-3', maxRuntime: '3 hours', command: ['evaluate'] };
    const input = (name: string, uri: unknown) => ({
      InputName: name,
      S3Input: {
        S3Uri: uri,
        LocalPath: `/opt/ml/processing/input/${name}`,
        S3DataType: 'S3Prefix',
        S3InputMode: 'File',
        S3DataDistributionType: 'FullyReplicated',
      },
    });
    const output = (name: string) => ({
      OutputName: name,
      S3Output: {
        S3Uri: ofRun('pipelines', `/evaluate/${name}`),
        LocalPath: `/opt/ml/processing/output/${name}`,
        S3UploadMode: 'EndOfJob',
      },
    });
    expect(argumentsOf('evaluate', evaluate)).toEqual({
      ...COMMON,
      ProcessingResources: {
        ClusterConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30, VolumeKmsKeyId: KEY },
      },
      AppSpecification: {
        ImageUri: '111111111111.dkr.ecr.eu-central-1.amazonaws.com/fraud-training:fraud-evaluate-3',
        ContainerEntrypoint: ['evaluate'],
        ContainerArguments: [
          ...['--model', '/opt/ml/processing/input/model', '--test', '/opt/ml/processing/input/test'],
          ...['--report', '/opt/ml/processing/output/report', '--metrics', '/opt/ml/processing/output/metrics'],
        ],
      },
      ProcessingInputs: [input('model', TRAINED), input('test', prepared('test'))],
      ProcessingOutputConfig: { KmsKeyId: KEY, Outputs: ['report', 'metrics'].map(output) },
      StoppingCondition: { MaxRuntimeInSeconds: 3 * 3600 },
      NetworkConfig: {
        EnableNetworkIsolation: false,
        EnableInterContainerTrafficEncryption: false,
        VpcConfig: VPC,
      },
    });
  });
});
