import { z } from 'zod';
import { alerts } from './alerts';
import { awsTarget } from './aws-target';
import { dataLake } from './data-lake';
import { gcpTarget } from './gcp-target';
import { governance } from './governance';
import { modelName, platformName } from './identifiers';
import { model } from './model';
import { network } from './network';
import { training } from './training';

/**
 * A platform in one environment. A file adds `environments`, a map from the name of an environment to whatever of this
 * it changes; loading lays one of them over the rest and parses the result with this schema.
 */
export const platformSchema = z.strictObject({
  name: platformName,
  owner: z.email().describe('Address of the team that answers for the platform; becomes a tag.'),
  aws: awsTarget.optional().describe('Where the platform lives on AWS.'),
  gcp: gcpTarget.optional().describe('Where the platform lives on Google Cloud.'),
  network,
  alerts,
  governance,
  dataLake: dataLake.optional(),
  training: training.optional(),
  models: z.record(modelName, model).default({}).describe('Models by name.'),
});

/** What a user writes for one environment laid over the base. */
export type PlatformSpecInput = z.input<typeof platformSchema>;

/** A parsed and completed spec. `environment` names the overlay it came with, if any. */
export interface PlatformSpec extends z.output<typeof platformSchema> {
  readonly environment?: string;
}
