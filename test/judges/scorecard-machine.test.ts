import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCORECARD_NAMESPACE } from '../../lib/aws/monitoring/scorecard-metrics';
import { PlatformNames } from '../../lib/plan/names';
import { AslJudge, type AslRun, callNames } from '../support/asl-judge';
import { lintAsl } from '../support/asl-lint';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import { left, operationsMachine, type Served, start, worldOf } from './operations-world';

const DENIED = { code: 'AccessDeniedException', message: 'not yours' };
const DAY = 86_400;
const DETECTOR: Served = { model: 'detector', shell: true, champion: { at: '2025-12-22T00:00:00.000Z' } };
const RISK: Served = { model: 'risk', shell: true, champion: { at: '2025-12-31T23:00:00Z' } };

const PLATFORM = { Name: 'Platform', Value: 'fraud-prod' };
const models = (count: number) => ({
  MetricName: 'ModelsInProduction',
  Unit: 'Count',
  Dimensions: [PLATFORM],
  Value: count,
});
const age = (model: string, seconds: number) => ({
  MetricName: 'ChampionAge',
  Unit: 'Seconds',
  Dimensions: [PLATFORM, { Name: 'Model', Value: model }],
  Value: seconds,
});

describe('the scorecard', () => {
  test('is a machine that the linter accepts', () => {
    expect(lintAsl(operationsMachine('Scorecard'))).toEqual([]);
  });
});

describeJudge('asl', 'the scorecard, executed', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());
  const run = (served: readonly Served[], rest = {}) =>
    judge.run(start(operationsMachine('Scorecard'), worldOf(served), {}, rest));
  const published = (run: AslRun) => {
    const { metrics } = left(run);
    expect(metrics.map(({ Namespace }) => Namespace)).toEqual(metrics.map(() => SCORECARD_NAMESPACE));
    return metrics.flatMap(({ MetricData }) => MetricData);
  };

  test('says that none serves where none does', async () => {
    const none = await run([]);
    expect(none).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'published', models: 0 } });
    expect(published(none)).toEqual([models(0)]);
    expect(left(none).announced).toEqual([]);
  });

  test('counts one model', async () => {
    expect(published(await run([DETECTOR]))).toEqual([models(1), age('detector', 10 * DAY)]);
  });

  test('counts several models, and the age of the version of each, whole seconds', async () => {
    const late = { ...RISK, champion: { at: '2025-12-31T22:59:59.600Z' } };
    const card = await run([DETECTOR, late, { model: 'idle', only: [], shell: true }]);
    expect(card.output).toMatchObject({ models: 2 });
    const data = published(card);
    expect(data[0]).toEqual(models(2));
    expect(data.slice(1)).toHaveLength(2);
    expect(data).toEqual(expect.arrayContaining([age('detector', 10 * DAY), age('risk', 3600)]));
    expect(new Set(callNames(card))).toEqual(
      new Set(['sagemaker:ListEndpoints', 'sagemaker:ListTags', 'ssm:GetParameter', 'cloudwatch:PutMetricData']),
    );
  });

  test.each<[string, readonly Served[], readonly object[]]>([
    ['an endpoint of another platform', [{ ...DETECTOR, names: new PlatformNames('fraud-prod-eu') }], [models(0)]],
    ['a first version that is being deployed', [{ ...DETECTOR, champion: null, status: 'Creating' }], [models(0)]],
    ['an endpoint that failed', [{ ...DETECTOR, status: 'Failed' }], [models(0)]],
    ['a record without an endpoint', [{ ...DETECTOR, only: [] }], [models(0)]],
    [
      'an endpoint without a record: it serves, and nobody knows since when',
      [{ ...DETECTOR, champion: null }],
      [models(1)],
    ],
    [
      'a record of a model that was retired: it serves again, and since when is to follow',
      [{ ...DETECTOR, champion: '{"retired":"2025-12-31T00:00:00Z","shell":"0a"}' }],
      [models(1)],
    ],
    ['an endpoint without a shell: it serves', [{ ...DETECTOR, shell: false }], [models(1), age('detector', 10 * DAY)]],
  ])('%s', async (_, served, data) => {
    const card = await run(served);
    expect(outcomeOf(card).outcome).toBe('published');
    expect(published(card)).toEqual(data);
    expect(left(card).announced).toEqual([]);
  });

  test.each([
    ['is no JSON', '{"version'],
    ['has no time', '{"version":"5"}'],
    ['has a time that is none', '{"version":"5","at":"yesterday"}'],
    ['has a time of another type', '{"version":"5","at":7}'],
    ['is a text', '"5"'],
  ])('a record that %s leaves out that age, and is told of', async (_, champion) => {
    const card = await run([{ ...DETECTOR, champion }, RISK]);
    expect(card).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
    expect(outcomeOf(card).detail).toContain('cannot be read of: detector.');
    expect(published(card)).toEqual([models(2), age('risk', 3600)]);
    expect(left(card).announced).toEqual(['scorecard-failed']);
    expect(left(card).said.at(-1)).toContain(outcomeOf(card).detail);
  });

  describe('when something goes wrong', () => {
    const whole = () => start(operationsMachine('Scorecard'), worldOf([DETECTOR, RISK]));

    test('a call that fails once is only tried again', async () => {
      for await (const { call, run: shaken } of judge.failEachCall(whole(), DENIED)) {
        expect(outcomeOf(shaken).outcome, call.operation).toBe('published');
        expect(published(shaken)).toHaveLength(3);
      }
    });

    test('a call that is never allowed is told of', async () => {
      const { calls } = await judge.run(whole());
      for (const { service, operation } of calls) {
        const failed = await judge.run({ ...whole(), faults: [{ service, operation, ...DENIED }] });
        expect(failed, operation).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
        expect(outcomeOf(failed).detail).toContain('not yours');
        expect(left(failed).announced).toEqual(['scorecard-failed']);
      }
    });

    test('and a channel that cannot be reached is a failure of its own', async () => {
      const faults = [
        { service: 'cloudwatch', operation: 'PutMetricData', ...DENIED },
        { service: 'sns', operation: 'Publish', ...DENIED },
      ];
      expect(await judge.run({ ...whole(), faults })).toMatchObject({ status: 'FAILED', error: 'NotAnnounced' });
    });
  });
});
