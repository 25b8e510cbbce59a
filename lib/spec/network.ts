import { z } from 'zod';
import { uniqueItems } from './unique';

/** Address range of a network that the platform creates itself. */
export const DEFAULT_CIDR = '10.42.0.0/16';
/** Availability zones that the platform spreads over. */
export const DEFAULT_ZONES = 2;
/** NAT gateways of `mode: nat`. One is enough for outgoing traffic; one a zone survives the loss of a zone. */
export const DEFAULT_NAT_GATEWAYS = 1;
/** Days that records of accepted and refused connections are kept. */
export const DEFAULT_FLOW_LOG_DAYS = 365;

const cidr = z
  .string()
  .regex(/^(10|172\.(1[6-9]|2\d|3[01])|192\.168)(\.\d{1,3}){1,3}\/(1[6-9]|2[0-2])$/, {
    error: 'must be a private IPv4 range between /16 and /22, for example 10.42.0.0/16',
  })
  .refine(
    (text) =>
      text.split('/')[0]?.split('.').length === 4 &&
      text
        .split('/')[0]
        ?.split('.')
        .every((n) => Number(n) < 256),
    {
      error: 'must be four numbers below 256 and a prefix length, for example 10.42.0.0/16',
    },
  )
  .default(DEFAULT_CIDR)
  .describe('Private IPv4 range of the network, /16 to /22. Fixed once it exists.');

const zones = z.int().min(2).max(3).default(DEFAULT_ZONES).describe('Availability zones to spread over.');

const isolated = z.strictObject({
  mode: z
    .literal('isolated')
    .describe(
      'Private subnets with no route to the internet; cloud services by private endpoints. A job on Vertex AI has a way around it unless a VPC Service Controls perimeter is around the project.',
    ),
  cidr,
  zones,
});

const nat = z.strictObject({
  mode: z
    .literal('nat')
    .describe(
      'Private subnets that reach the internet through NAT gateways. A job on Vertex AI goes by gateways of Google unless a VPC Service Controls perimeter is around the project.',
    ),
  cidr,
  zones,
  gateways: z.int().min(1).max(3).default(DEFAULT_NAT_GATEWAYS).describe('NAT gateways; at most one a zone.'),
});

const existing = z.strictObject({
  mode: z.literal('existing').describe('A network that somebody else runs, with the routes or endpoints it needs.'),
  aws: z
    .strictObject({
      vpc: z
        .string()
        .regex(/^vpc-[0-9a-f]{8,17}$/, { error: 'must be a VPC id, for example vpc-0a1b2c3d4e5f67890' })
        .describe('VPC id.'),
      subnets: uniqueItems(
        z
          .array(
            z
              .string()
              .regex(/^subnet-[0-9a-f]{8,17}$/, { error: 'must be a subnet id, for example subnet-0a1b2c3d4e5f67890' }),
          )
          .min(2)
          .max(6),
        'subnet',
      ).describe('Ids of private subnets in at least two availability zones.'),
    })
    .optional()
    .describe('Where the network is on AWS.'),
  gcp: z
    .strictObject({
      network: z
        .string()
        .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: 'must be the name of a VPC network' })
        .describe('Name of the VPC network.'),
      subnetwork: z
        .string()
        .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: 'must be the name of a subnetwork' })
        .describe("Name of a subnetwork in the platform's region, with private Google access."),
      attachment: z
        .string()
        .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: 'must be the name of a network attachment' })
        .optional()
        .describe(
          'Name of a network attachment to the subnetwork; managed trainings, steps of pipelines and drift jobs are in the network through it.',
        ),
      hostProject: z
        .string()
        .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, { error: 'must be the id of a project' })
        .optional()
        .describe('Project that owns the network, when it is shared. Default: the project of the platform.'),
    })
    .optional()
    .describe('Where the network is on Google Cloud.'),
});

export const network = z
  .discriminatedUnion('mode', [isolated, nat, existing])
  .default({ mode: 'isolated', cidr: DEFAULT_CIDR, zones: DEFAULT_ZONES })
  .describe('Network that training and serving run in.');

export type NetworkSpec = z.output<typeof network>;
