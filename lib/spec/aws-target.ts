import { z } from 'zod';

/** Regions of the three AWS partitions that SageMaker documents, as of 2026-11. Source: the endpoints data of botocore. */
export const AWS_REGIONS = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-west-1',
  'us-west-2',
] as const;

/** Where an environment lives on AWS. */
export const awsTarget = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, { error: "must be the 12 digits of an account, in quotes, for example '111111111111'" })
    .optional()
    .describe('Account id: 12 digits in quotes. Without it the templates deploy to whichever account applies them.'),
  region: z.enum(AWS_REGIONS).describe('AWS region, for example eu-central-1.'),
});

export type AwsTarget = z.output<typeof awsTarget>;
