import { collectWorkflow } from '../../lib/gcp/operations/workflow/collect-workflow';
import { frozenSnapshots } from '../support/frozen-snapshots';
import type { Json, WorkflowsRequest, WorkflowsRun } from '../support/workflows-judge';
import { PLATFORM, TARGET } from './gcp-operations-world';

const BUCKET = 'fraud-prod-artifacts-123456789012';
export const DAY = 86_400;
export const GRACE = 30 * DAY;
export const NOW = '2026-06-01T04:17:00.000Z';

export const COLLECT = collectWorkflow({
  target: TARGET,
  platform: PLATFORM,
  artifactsBucket: BUCKET,
  graceSeconds: GRACE,
});

export const later = (seconds: number): string => new Date(Date.parse(NOW) + seconds * 1000).toISOString();
export const file = (days: number): Json => ({
  text: '{}',
  contentType: 'application/json',
  generation: '1',
  created: later(-days * DAY),
});

export const { frozen, withdrawn } = frozenSnapshots(file);

export interface Version {
  readonly model?: string;
  readonly says: unknown;
  /** What else the API shows of it. */
  readonly fields?: Json;
}

/** A version that was made of snapshots. Ids are times in milliseconds since 1970, and those of tests long ago unless said. */
export const names = (snapshots: Readonly<Record<string, string>>, model = 'fraud-prod-detector'): Version => ({
  model,
  says: { run: 'r', metrics: { auc: 0.9 }, snapshots },
});

export function request(
  files: Json,
  versions: readonly Version[] = [],
  now = NOW,
  workflow: object = COLLECT,
): WorkflowsRequest {
  const models: Record<string, { versions: Record<string, Json> }> = {};
  for (const { model = 'fraud-prod-detector', says, fields } of versions) {
    models[model] ??= { versions: {} };
    const of = models[model].versions;
    of[`${Object.keys(of).length + 1}`] = {
      labels: { 'mlops-approval': 'rejected' },
      fields: {
        ...fields,
        ...(says === undefined ? {} : { versionDescription: typeof says === 'string' ? says : JSON.stringify(says) }),
      },
    };
  }
  return {
    workflows: { job: workflow },
    env: {},
    start: [{ workflow: 'job', argument: {} }],
    world: {
      now,
      state: { aiplatform: { models, endpoints: {} }, storage: { buckets: { [BUCKET]: files } } },
    },
    maxSeconds: 300,
  } as WorkflowsRequest;
}

export const left = (run: WorkflowsRun): readonly string[] =>
  Object.keys((run.world.state.storage as { buckets: Record<string, Json> }).buckets[BUCKET] ?? {}).sort();
export const filesLeft = (run: WorkflowsRun): Json =>
  (run.world.state.storage as { buckets: Record<string, Json> }).buckets[BUCKET] ?? {};
export const counts = (withdrawnCount: number, deleted: number) => ({
  status: 'SUCCEEDED',
  result: { outcome: 'collected', withdrawn: withdrawnCount, deleted },
});
