import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import 'jest-cdk-snapshot';
import { ScoringStack } from './stack';

const stack = () =>
  new ScoringStack(new App(), 'Scoring', {
    vpcId: 'vpc-0a1b2c3d4e5f67890',
    subnetIds: ['subnet-0a1b2c3d4e5f67890', 'subnet-0f9e8d7c6b5a43210'],
  });

it('keeps what holds data as it was reviewed', () => {
  expect(stack()).toMatchCdkSnapshot({
    subsetResourceTypes: [
      'AWS::DynamoDB::Table',
      'AWS::ECR::Repository',
      'AWS::Glue::Database',
      'AWS::S3::Bucket',
      'AWS::SageMaker::ModelPackageGroup',
    ],
  });
});

it('lets the importer write raw files and nothing else of the lake', () => {
  Template.fromStack(stack()).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['s3:PutObject']), Effect: 'Allow' })]),
    },
    Roles: [{ Ref: Match.stringLikeRegexp('^Importer') }],
  });
});

it('tells somebody when the model answers slowly, and leaves which version serves to its machine', () => {
  const template = Template.fromStack(stack());
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ModelLatency',
    ExtendedStatistic: 'p95',
    Threshold: 150_000,
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Alerts') }],
  });
  template.resourceCountIs('AWS::SageMaker::Endpoint', 0);
});

it('lets the website ask the model and nothing else', () => {
  Template.fromStack(stack()).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [Match.objectLike({ Action: Match.arrayWith(['sagemaker:InvokeEndpoint']), Effect: 'Allow' })],
    },
    Roles: [{ Ref: Match.stringLikeRegexp('^Website') }],
  });
});
