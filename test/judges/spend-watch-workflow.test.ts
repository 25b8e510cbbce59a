import { afterAll, beforeAll, expect, test } from 'vitest';
import { spendSource } from '../../lib/gcp/budget/spend-source';
import { recordsEnv } from '../../lib/gcp/workflow/record-steps';
import { describeJudge } from '../support/describe-judge';
import { resume, WorkflowsJudge, type WorkflowsRequest, type WorkflowsRun } from '../support/workflows-judge';

const reported = (more: object) => ({
  data: {
    message: {
      data: Buffer.from(
        JSON.stringify({
          budgetDisplayName: 'fraud-prod-monthly',
          costAmount: 4120.55,
          costIntervalStart: '2026-01-01T08:00:00Z',
          budgetAmount: 5000,
          budgetAmountType: 'SPECIFIED_AMOUNT',
          currencyCode: 'EUR',
          ...more,
        }),
      ).toString('base64'),
      attributes: { billingAccountId: '01AB23-45CD67-89EF01', budgetId: 'b', schemaVersion: '1.0' },
    },
  },
});

describeJudge('workflows', 'the watch over the spend', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const request = (more: object, left?: WorkflowsRun): WorkflowsRequest => {
    const fresh: WorkflowsRequest = {
      workflows: { watch: spendSource('fraud-prod', [50, 80, 99.5]) },
      env: recordsEnv('records'),
      start: [{ workflow: 'watch', argument: reported(more) }],
      world: { state: { storage: { buckets: { records: {} } } } },
    };
    return left === undefined ? fresh : resume(fresh, left);
  };
  const announced = ({ log }: WorkflowsRun) =>
    log.map(({ json }) => {
      const { signal, reason } = json as { signal: string; reason: string };
      return `${signal} ${reason}`;
    });

  test('says nothing while no share is reached', async () => {
    const run = await judge.run(request({}));
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { told: [] } });
    expect(run.calls).toEqual([]);
    expect(run.log).toEqual([]);
  });

  test('tells of each share that is spent or forecast to be, those below the highest one too', async () => {
    const run = await judge.run(request({ alertThresholdExceeded: 0.8, forecastThresholdExceeded: 0.995 }));
    expect(announced(run)).toEqual([
      'spend-50 spent',
      'spend-80 spent',
      'spend-50 forecast',
      'spend-80 forecast',
      'spend-99.5 forecast',
    ]);
    expect(run.log[0]).toMatchObject({
      severity: 'WARNING',
      json: { platform: 'fraud-prod', detail: '4120 EUR this month' },
    });
  });

  test('tells of a share once a month, however often Google reports it', async () => {
    const first = await judge.run(request({ alertThresholdExceeded: 0.5 }));
    expect(announced(first)).toEqual(['spend-50 spent']);
    const again = await judge.run(request({ alertThresholdExceeded: 0.5 }, first));
    expect(announced(again)).toEqual([]);
    const more = await judge.run(request({ alertThresholdExceeded: 0.8 }, again));
    expect(announced(more)).toEqual(['spend-80 spent']);
    const february = { alertThresholdExceeded: 0.5, costIntervalStart: '2026-02-01T08:00:00Z' };
    expect(announced(await judge.run(request(february, more)))).toEqual(['spend-50 spent']);
  });

  test('loses no share where a run is cut: it is told of again or was told of', async () => {
    const whole = request({ alertThresholdExceeded: 0.8 });
    for await (const { cut } of judge.cutAfterEachCall(whole)) {
      const next = await judge.run(resume(whole, cut));
      const told = new Set([...announced(cut), ...announced(next)]);
      expect([...told].sort()).toEqual(['spend-50 spent', 'spend-80 spent']);
      expect(announced(await judge.run(resume(whole, next)))).toEqual([]);
    }
  });

  test('goes on where a call fails once', async () => {
    for await (const { run } of judge.failEachCall(request({ alertThresholdExceeded: 0.8 }), { code: 503 }))
      expect(announced(run)).toEqual(['spend-50 spent', 'spend-80 spent']);
  });
});
