import { z } from 'zod';
import { advise } from './advice';
import { GCP_REGIONS } from './gcp-regions';

/**
 * What names of buckets and topics cannot begin with. Source: Cloud Storage documentation, "About Cloud Storage buckets";
 * discovery document of pubsub.v1, Topic.name.
 */
export const RESERVED_PREFIX = 'goog';

/** What names of buckets cannot contain: google and close misspellings such as g00gle. Source: as above. */
export const LIKE_GOOGLE = /g[o0]{2}gle/;

/** Source: Cloud Storage documentation, "About Cloud Storage buckets", names of 3 to 63 characters. */
export const gcpBucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, { error: 'must be the name of a bucket, without gs://' })
  .regex(new RegExp(`^(?!${RESERVED_PREFIX}|.*${LIKE_GOOGLE.source})`), {
    error: `must be a name that Cloud Storage makes: it does not begin with ${RESERVED_PREFIX}, nor has it google or a close misspelling in it`,
  });

/** Where an environment lives on Google Cloud. */
export const gcpTarget = z.strictObject({
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, { error: 'must be the id of a project, for example fraud-prod' })
    .describe('Project id, not its name.'),
  projectNumber: advise(z.int().min(1), {
    allowed: 'the number of the project, for example 123456789012',
    fix: () => 'write what this prints: gcloud projects describe PROJECT --format="value(projectNumber)"',
  }).describe('Number of the project: service agents are named by it. `gcloud projects describe PROJECT` shows it.'),
  region: z.enum(GCP_REGIONS).describe('Google Cloud region, for example europe-west4.'),
  state: z
    .strictObject({
      bucket: gcpBucket.describe("Bucket for Terraform's state; `mlops bootstrap` says how to make it."),
    })
    .optional()
    .describe("Where Terraform's state is kept; without it in files beside the folder of the templates."),
  billingAccount: z
    .string()
    .regex(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, {
      error: 'must be the id of a billing account, for example 01AB23-45CD67-89EF01',
    })
    .optional()
    .describe(
      'Billing account that pays for the project; a budget is one of its, and in its currency: with governance.budget it has to be billed in US dollars.',
    ),
  roleGeneration: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Raise it to build a platform again later than 7 days after it was destroyed, or to write dataLake, training or a first model again as long after they were removed: Google keeps the names of custom roles for 30 days more. Default: 1.',
    ),
});

export type GcpTarget = z.output<typeof gcpTarget>;
