import { z } from 'zod';
import { accelerator } from './accelerator';
import { type AcceleratorType, MACHINE_SIZES } from './machine-keys';
import { duration, percent } from './quantity';
import { DEFAULT_MACHINE } from './training';

/** Machines that always serve: two, so that the loss of one is survived and a rollout can move a part. */
export const DEFAULT_MIN_REPLICAS = 2;
/** Machines that serve at most. */
export const DEFAULT_MAX_REPLICAS = 4;
/** Machines that one endpoint may have at most. */
export const MAX_REPLICAS = 100;
/** Requests a minute that one machine takes before another is added. */
export const DEFAULT_REQUESTS_PER_REPLICA = 600;
/** How a new version takes over. */
export const DEFAULT_STRATEGY = 'canary';
/** Part of the traffic that a canary gets. */
export const DEFAULT_CANARY_SIZE = '10%';
/** Part of the traffic that moves with each step. */
export const DEFAULT_LINEAR_STEP = '20%';
/** How long each step is watched before the next. */
export const DEFAULT_BAKE = '10 minutes';
/** Part of the requests that are recorded. */
export const DEFAULT_SAMPLING = '10%';

/** How an endpoint of Google Cloud can be reached. */
export const ENDPOINT_ACCESS = ['private', 'public'] as const;
export const DEFAULT_ENDPOINT_ACCESS = 'private';

/** What containers run as on Google Cloud: an account of the model's own, or one that Vertex AI keeps. */
export const SERVICE_ACCOUNTS = ['own', 'vertex-ai'] as const;
export const DEFAULT_SERVICE_ACCOUNT = 'own';

/** Signals that can take a rollout back. */
export const GUARDS = ['errorRate', 'latencyP95'] as const;
export type Guard = (typeof GUARDS)[number];

/** Services move machines and sample requests in whole percent. */
function wholePercent(limits: { min: number; max: number }) {
  const allowed = `a percentage from ${limits.min}% to ${limits.max}% without decimals`;
  return percent(limits).superRefine((value, context) => {
    if (Number.isInteger(value)) return;
    const params = { allowed, fix: `write ${Math.ceil(value)}%` };
    context.addIssue({ code: 'custom', message: 'is not in whole percent', params });
  });
}

const guards = z.array(z.enum(GUARDS)).max(GUARDS.length);

/** Source of the longest bake: SageMaker's service model, WaitIntervalInSeconds and TerminationWaitInSeconds. */
const bake = duration({ max: '1 hour' }).prefault(DEFAULT_BAKE);

const inSteps = {
  bake: bake.describe('How long each step is watched, the last one too, before the old machines go.'),
  guards: guards
    .min(1)
    .default([...GUARDS])
    .describe('Signals that take the rollout back, with the thresholds of monitoring.'),
};

const allAtOnce = z.strictObject({
  strategy: z.literal('allAtOnce').describe('All traffic moves at once; the old machines stand by while it bakes.'),
  bake: bake.describe('How long the old machines stand by.'),
  guards: guards.default([...GUARDS]).describe('Signals that take the rollout back; [] for none.'),
});

const canary = z.strictObject({
  strategy: z.literal('canary').describe('A small part of the traffic moves first, then the rest.'),
  // Source of the limit: SageMaker's service model, CanarySize.
  size: wholePercent({ min: 1, max: 50 })
    .prefault(DEFAULT_CANARY_SIZE)
    .describe('Part that moves first. On AWS whole machines move: 10% of 2 machines is one of them.'),
  ...inSteps,
});

const linear = z.strictObject({
  strategy: z.literal('linear').describe('The traffic moves in equal steps.'),
  // Source of the limits: SageMaker's service model, LinearStepSize.
  step: wholePercent({ min: 10, max: 50 })
    .prefault(DEFAULT_LINEAR_STEP)
    .describe('Part that moves with each step. On AWS whole machines move: two machines take two steps.'),
  ...inSteps,
});

const replicas = z
  .strictObject({
    min: z
      .int()
      .min(1)
      .max(MAX_REPLICAS)
      .default(DEFAULT_MIN_REPLICAS)
      .describe('Machines that always serve. A canary or linear rollout needs 2 on AWS.'),
    max: z.int().min(1).max(MAX_REPLICAS).default(DEFAULT_MAX_REPLICAS).describe('Machines that serve at most.'),
  })
  .prefault({})
  .describe('Machines that serve. While a rollout runs there are twice as many.');

export const serving = z
  .strictObject({
    mode: z
      .literal('realtime')
      .default('realtime')
      .describe('realtime: machines that always run answer each request at once.'),
    accelerator: accelerator('machine'),
    machine: z.enum(MACHINE_SIZES).default(DEFAULT_MACHINE).describe('Size of a machine that has no accelerator.'),
    replicas,
    scaling: z
      .strictObject({
        requestsPerReplica: z
          .int()
          .min(1)
          .max(1_000_000)
          .default(DEFAULT_REQUESTS_PER_REPLICA)
          .describe('Requests a minute that one machine takes; with more, machines are added up to replicas.max.'),
      })
      .prefault({})
      .describe('When machines are added and removed.'),
    rollout: z
      .discriminatedUnion('strategy', [allAtOnce, canary, linear])
      .prefault({ strategy: DEFAULT_STRATEGY })
      .describe('How a new version takes over, and what takes it back.'),
    capture: z
      .strictObject({
        sampling: wholePercent({ min: 1, max: 100 })
          .prefault(DEFAULT_SAMPLING)
          .describe('Part of the requests that are recorded.'),
      })
      .optional()
      .describe('Records requests and answers in the artifact store; without it none are.'),
    gcp: z
      .strictObject({
        access: z
          .enum(ENDPOINT_ACCESS)
          .default(DEFAULT_ENDPOINT_ACCESS)
          .describe(
            'private: reached from the network alone, by Private Service Connect. public: a domain name of its own on the internet; callers still need permission.',
          ),
        serviceAccount: z
          .enum(SERVICE_ACCOUNTS)
          .default(DEFAULT_SERVICE_ACCOUNT)
          .describe(
            "own: containers run as a service account of the model's own. vertex-ai: as one that Vertex AI keeps; they read the artifacts at AIP_STORAGE_URI, print to the log, and may do nothing else.",
          ),
      })
      .optional()
      .describe('How an endpoint is reached on Google Cloud, private unless said, and what its containers run as.'),
  })
  .describe('Serving: the machines that answer requests, and how a new version takes over.');

export type ServingSpec = z.output<typeof serving>;
export type RolloutSpec = ServingSpec['rollout'];

/** Whether containers run as an account of the model's own on Google Cloud. */
export const hasOwnAccount = ({ gcp }: Pick<ServingSpec, 'gcp'>): boolean =>
  (gcp?.serviceAccount ?? DEFAULT_SERVICE_ACCOUNT) === 'own';

/** Accelerators whose load is not measured as that of a GPU. Source: SageMaker's endpoint metrics, GPUUtilization. */
const WITHOUT_GPU: ReadonlySet<AcceleratorType> = new Set(['trainium1', 'trainium2', 'inferentia2']);

/** Whether the machines that serve have GPUs to watch. */
export const hasGpu = ({ accelerator }: Pick<ServingSpec, 'accelerator'>): boolean =>
  accelerator !== undefined && !WITHOUT_GPU.has(accelerator.type);
