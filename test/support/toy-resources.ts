import type { Resource } from './resource-schemas';

/** A placeholder of Fn::Sub. */
export const of = (name: string) => `$\{${name}}`;
export const sub = (text: string) => ({ 'Fn::Sub': text });
export const resources = (Resources: Readonly<Record<string, Resource>>) => ({ Resources });

export const bucket = (more: Partial<Resource> = {}): Resource => ({ Type: 'AWS::S3::Bucket', ...more });

export const parameter = (Value: unknown, more: Readonly<Record<string, unknown>> = {}): Resource => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value, ...more },
});

export const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });

export const role = (more: Readonly<Record<string, unknown>> = {}): Resource => {
  const trust = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' };
  return { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: policy(trust), ...more } };
};

export const key = (more: Readonly<Record<string, unknown>> = {}): Resource => {
  const owner = { Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } }, Action: 'kms:*', Resource: '*' };
  return { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: policy(owner), ...more } };
};

export const logicalIds = (list: readonly { readonly logicalId: string }[]) => list.map(({ logicalId }) => logicalId);
