import { z } from 'zod';
import { monitoring } from './monitoring';
import { pipeline } from './pipeline';
import { serving } from './serving';

/** Who approves a registered version unless the spec says otherwise. */
export const DEFAULT_APPROVAL = 'manual';

export const model = z
  .strictObject({
    registry: z
      .strictObject({
        approval: z
          .enum(['manual', 'automatic'])
          .default(DEFAULT_APPROVAL)
          .describe('manual: a person approves each version; automatic: a version is approved when it is registered.'),
      })
      .prefault({})
      .describe('Entry of the model in the registry.'),
    pipeline: pipeline.optional(),
    serving: serving.optional(),
    monitoring: monitoring.optional(),
  })
  .prefault({})
  .describe('One model.');

export type ModelSpec = z.output<typeof model>;
