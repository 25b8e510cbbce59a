import { z } from 'zod';
import { ACCELERATOR_TYPES } from './machine-keys';

/** What each machine of something has, which for a cluster is a node. */
export const accelerator = (each: 'machine' | 'node') =>
  z
    .strictObject({
      type: z.enum(ACCELERATOR_TYPES).describe('Accelerator model.'),
      count: z.int().min(1).max(16).default(1).describe(`Accelerators a ${each}.`),
    })
    .optional()
    .describe(`Accelerator of each ${each}; without it the ${each} has none.`);
