import { afterAll, beforeAll, expect, test } from 'vitest';
import { scorecardWorkflow } from '../../lib/gcp/operations/workflow/scorecard-workflow';
import { describeJudge } from '../support/describe-judge';
import { callNames, WorkflowsJudge, type WorkflowsRun } from '../support/workflows-judge';
import {
  announced,
  CHAMPION,
  deployed,
  ENDPOINT,
  endpoint,
  PLATFORM,
  request,
  SERVING,
  TARGET,
  type Written,
} from './gcp-operations-world';

const SCORECARD = scorecardWorkflow({ target: TARGET, platform: PLATFORM });
const SERVES = { deployedModels: [deployed('1', '5')], trafficSplit: { 1: 100 } };
const TWO_DAYS_AGO = '2026-05-30T04:17:00Z';

interface Series {
  readonly metric: { readonly type: string; readonly labels: object };
  readonly resource: object;
  readonly points: readonly {
    readonly interval: { readonly endTime: string };
    readonly value: { readonly doubleValue: number };
  }[];
}

/** What was published: metric without its prefix, labels and value. */
const published = (run: WorkflowsRun) =>
  ((run.world.state.monitoring as { written: Series[] }).written ?? []).map(({ metric, points }) => [
    metric.type.replace('custom.googleapis.com/mlops/models/', ''),
    metric.labels,
    Math.round(points[0]?.value.doubleValue ?? Number.NaN),
  ]);

describeJudge('workflows', 'the scorecard on Google Cloud', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const score = (world: Written) => request(SCORECARD, {}, world);

  test('publishes how many models serve and how old the version of each is', async () => {
    const run = await judge.run(
      score({
        endpoints: {
          [ENDPOINT]: SERVING,
          2000000001: endpoint('fresh', SERVES),
          2000000002: endpoint('empty'),
          2000000003: endpoint('', SERVES),
          2000000004: endpoint('theirs', SERVES, 'other'),
        },
        objects: { [CHAMPION]: { version: '6', at: TWO_DAYS_AGO } },
      }),
    );
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'published', models: 2 } });
    expect(published(run)).toEqual([
      ['ModelsInProduction', { platform: PLATFORM }, 2],
      ['ChampionAge', { platform: PLATFORM, model: 'detector' }, 2 * 86_400],
    ]);
    const [first] = (run.world.state.monitoring as { written: Series[] }).written;
    expect(first?.resource).toEqual({ type: 'global', labels: { project_id: TARGET.project } });
    expect(announced(run)).toEqual([]);
  });

  test('knows no age of a first version that is still being tried', async () => {
    const run = await judge.run(
      score({ endpoints: { [ENDPOINT]: SERVING }, objects: { [CHAMPION]: { trying: { version: '6' } } } }),
    );
    expect(run.executions[0]?.status).toBe('SUCCEEDED');
    expect(published(run)).toEqual([['ModelsInProduction', { platform: PLATFORM }, 1]]);
  });

  test('publishes 0 where nothing serves', async () => {
    expect(published(await judge.run(score({})))).toEqual([['ModelsInProduction', { platform: PLATFORM }, 0]]);
  });

  test.each<[string, unknown]>([
    ['has no time', { version: '6' }],
    ['has a time that is none', { version: '6', at: 'yesterday' }],
    ['is no JSON', 'hello'],
  ])('tells of a record that %s, once all the others are published', async (_, record) => {
    const run = await judge.run(
      score({
        endpoints: { [ENDPOINT]: SERVING, 2000000001: endpoint('fresh', SERVES) },
        objects: { [CHAMPION]: record, 'models/fresh/champion': { version: '5', at: TWO_DAYS_AGO } },
      }),
    );
    expect(published(run)).toEqual([
      ['ModelsInProduction', { platform: PLATFORM }, 2],
      ['ChampionAge', { platform: PLATFORM, model: 'fresh' }, 2 * 86_400],
    ]);
    expect(run.executions[0]).toMatchObject({ status: 'FAILED', error: { tags: ['ScorecardFailed'] } });
    expect(announced(run)).toEqual(['scorecard-failed']);
    expect(run.log[0]?.json).toMatchObject({ detail: expect.stringContaining('["detector"]') });
  });

  test('writes no more series at once than the API takes', async () => {
    const models = Array.from({ length: 230 }, (_, index) => `m${index}`);
    const run = await judge.run(
      score({
        endpoints: Object.fromEntries(
          models.map((model, index) => [String(3000000000 + index), endpoint(model, SERVES)]),
        ),
        objects: Object.fromEntries(
          models.map((model) => [`models/${model}/champion`, { version: '5', at: TWO_DAYS_AGO }]),
        ),
      }),
    );
    const sizes = run.calls
      .filter(({ method }) => method === 'monitoring.projects.timeSeries.create')
      .map(({ body }) => (body as { timeSeries: unknown[] }).timeSeries.length);
    expect(sizes).toEqual([200, 31]);
    expect(published(run)).toHaveLength(231);
  });

  test('says when it could not be published', async () => {
    const asked = score({
      endpoints: { [ENDPOINT]: SERVING },
      objects: { [CHAMPION]: { version: '6', at: TWO_DAYS_AGO } },
    });
    for await (const { call, run } of judge.failEachCall(asked, { code: 401 })) {
      expect(run.executions[0], call.method).toMatchObject({ status: 'FAILED', error: { tags: ['ScorecardFailed'] } });
      expect(announced(run), call.method).toEqual(['scorecard-failed']);
    }
    for await (const { call, run } of judge.failEachCall(asked, { code: 503 })) {
      expect(run.executions[0]?.status, call.method).toBe('SUCCEEDED');
      expect(published(run), call.method).toHaveLength(2);
    }
  });

  test('changes nothing else', async () => {
    const run = await judge.run(score({ endpoints: { [ENDPOINT]: SERVING } }));
    expect(new Set(callNames(run).filter((name) => !/\.(get|list)$/.test(name)))).toEqual(
      new Set(['monitoring.projects.timeSeries.create']),
    );
  });
});
