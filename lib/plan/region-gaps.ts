import type { Finding } from '../spec/problem';
import type { SpecCheck } from '../spec/references';
import { alertChannels } from './alert-receivers';
import { type RegionGap, regionGap } from './region-gap';

/** A webhook is told by a pipe. */
const NO_PIPES = ['ap-east-2', 'ca-west-1', 'mx-central-1', 'us-gov-west-1'] as const;

/**
 * Regions of AWS that lack a service, from the resource schemas by region that cfn-lint 1.58 ships (2026-10-20). A region
 * that AWS adds later is taken to have everything.
 */
export const AWS_REGION_GAPS = {
  chat: {
    has: 'no native chat service (AWS Chatbot)',
    regions: ['cn-north-1', 'us-gov-west-1'],
    fix: 'remove it and use email',
  },
  webhook: {
    has: 'no native webhooks (EventBridge API destinations and pipes)',
    regions: NO_PIPES,
    fix: 'remove it and use email',
  },
  pipe: {
    has: 'no EventBridge pipes, by which a pipeline hands a step over to the batch cluster',
    regions: NO_PIPES,
    fix: 'write kind: training, or keep the model in another region',
  },
  budget: {
    has: 'no AWS Budgets resource',
    regions: ['ap-east-2', 'ca-west-1', 'me-central-1', 'mx-central-1', 'us-gov-west-1'],
    fix: 'remove it, or keep the budget in another region',
  },
  registry: {
    has: 'no model registry (SageMaker model package groups)',
    regions: ['ap-east-2', 'cn-north-1'],
    fix: 'choose another region for the models',
  },
} as const satisfies Record<string, RegionGap>;

type Service = keyof typeof AWS_REGION_GAPS;

/** What tells each kind of receiver; e-mail is told everywhere. */
const TOLD_BY = [
  ['slack', 'chat'],
  ['teams', 'chat'],
  ['webhooks', 'webhook'],
] as const;

/** Reports what a region of AWS does not have. */
export const regionGaps: SpecCheck = (spec, report) => {
  const { aws, governance, models } = spec;
  if (aws === undefined) return;
  const { region } = aws;
  const used: readonly [Service, Finding['path']][] = [
    ...alertChannels(spec).flatMap(({ path, receivers }) =>
      TOLD_BY.flatMap(([kind, service]) =>
        Object.keys(receivers[kind]).map((name): [Service, Finding['path']] => [service, [...path, kind, name]]),
      ),
    ),
    ...(governance.budget === undefined
      ? []
      : [['budget', ['governance', 'budget']] satisfies [Service, Finding['path']]]),
    ...Object.entries(models).flatMap(([model, { pipeline }]) =>
      Object.entries(pipeline?.steps ?? {}).flatMap(([step, { kind }]): [Service, Finding['path']][] =>
        kind === 'cluster-training' ? [['pipe', ['models', model, 'pipeline', 'steps', step]]] : [],
      ),
    ),
    ...Object.keys(models).map((name): [Service, Finding['path']] => ['registry', ['models', name]]),
  ];
  for (const [service, path] of used) {
    const gap = regionGap(region, path, AWS_REGION_GAPS[service]);
    if (gap !== undefined) report(gap);
  }
};
