import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QUALITY_METRICS } from '../../lib/spec/quality';
import { describeJudge } from '../support/describe-judge';
import { DriftJudge, driftConfig } from '../support/drift-judge';

const MIN_ROWS = 20;
const ROWS = Array.from({ length: 2 * MIN_ROWS }, (_, index) => index);
/** Of the first rows a quarter is fraud, and so of all. */
const MIXED = ROWS.map((row) => (row % 4 ? 'ok' : 'fraud'));
const SCORES = ROWS.map((row) => ((row * 7) % 40) / 40);
const all = <T>(value: T) => ROWS.map(() => value);

interface Answered {
  readonly metric?: string;
  /** What labels say of each request, undefined where none has arrived. */
  readonly labels: readonly unknown[];
  readonly answers: readonly unknown[];
  /** Labels of requests that are not in the window. */
  readonly others?: readonly unknown[];
  readonly type?: 'numeric' | 'categorical';
  readonly target?: object;
}

describeJudge('drift', 'whether the metric that is watched can be told', () => {
  let judge: DriftJudge;
  beforeAll(async () => {
    judge = await DriftJudge.start();
  });
  afterAll(() => judge[Symbol.asyncDispose]());

  const measured = async (given: Answered) => {
    const { metric, labels, answers, others = [], type = 'numeric', target = {} } = given;
    const told = [
      ...labels.map((y, row) => ({ request_id: `r${row}`, y })),
      ...others.map((y, at) => ({ request_id: `o${at}`, y })),
    ];
    const { code, stderr, figures, report } = await judge.run({
      'config.json': driftConfig(
        { x: 'numeric' },
        {
          minRows: MIN_ROWS,
          target: { name: 'y', type: 'categorical', positive: 'fraud', ...target },
          prediction: { name: 'p', type },
          ...(metric === undefined ? {} : { metric }),
        },
      ),
      'reference/a.jsonl': { lines: ROWS.map((x, row) => ({ x, p: answers[row] })) },
      'current/a.jsonl': { lines: ROWS.map((x, row) => ({ x, p: answers[row], request_id: `r${x}` })) },
      'labels/a.jsonl': { lines: told.filter(({ y }) => y !== undefined) },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return { report, ...JSON.parse(figures ?? 'null') };
  };
  const unmeasured = async (given: Answered): Promise<string> => {
    const { status, reasons, performance, report } = await measured(given);
    expect({ status, performance, reasons: reasons.length }).toEqual({
      status: 'UNMEASURED',
      performance: undefined,
      reasons: 1,
    });
    expect(report).toContain('Nothing can be told by this data');
    return reasons[0];
  };
  /** The reasons, of which the first says why the metric is not there. */
  const tooLittle = async (given: Answered & { readonly metric: string }): Promise<string> => {
    const { status, reasons, performance } = await measured(given);
    expect(status).toBe('INSUFFICIENT_DATA');
    expect(performance).not.toHaveProperty(given.metric);
    return reasons[0];
  };
  const defined = async (given: Answered & { readonly metric: string }): Promise<number> => {
    const { status, reasons, performance } = await measured(given);
    expect({ status, reasons }).toEqual({ status: 'OK', reasons: [] });
    return performance[given.metric];
  };

  describe('labels of one kind', () => {
    test.each(['auc', 'logLoss', 'accuracy', 'precision', 'f1'])(
      'that are all the positive one tell nothing, and it is said why: %s',
      async (metric) => {
        const reason = await unmeasured({ metric, labels: all('fraud'), answers: SCORES });
        expect(reason).toBe(
          `Every label in y is fraud, by which ${metric} tells nothing: labels of the other kind are missing. Let the dataset of labels of monitoring.quality have them in its column y too, or measure recall.`,
        );
      },
    );

    test('that are all the positive one are what recall is of, and precision of categories is not', async () => {
      expect(await defined({ metric: 'recall', labels: all('fraud'), answers: SCORES })).toBe(0.5);
      const called = SCORES.map((score) => (score < 0.25 ? 'fraud' : 'ok'));
      const given = { labels: all('fraud'), answers: called, type: 'categorical' } as const;
      expect(await defined({ ...given, metric: 'recall' })).toBe(0.25);
      expect(await defined({ ...given, metric: 'accuracy' })).toBe(0.25);
      expect(await unmeasured({ ...given, metric: 'precision' })).toContain('Every label in y is fraud');
    });

    test('are chance where labels of other requests are of the other kind', async () => {
      const given = { labels: all('fraud'), answers: SCORES, others: ['ok'] };
      expect(await tooLittle({ ...given, metric: 'auc' })).toBe('auc is not defined: of 40 labels each is fraud');
      expect(await defined({ ...given, metric: 'accuracy' })).toBe(0.5);
    });

    test.each(['auc', 'recall', 'f1'])('that is not the positive one may be chance: %s', async (metric) => {
      const given = { metric, labels: all('ok'), answers: SCORES };
      const reason = `${metric} is not defined: of 40 labels none is fraud`;
      expect(await tooLittle(given)).toBe(reason);
      expect(await tooLittle({ ...given, others: ['fraud', 'unknown'] })).toBe(reason);
    });

    test('that is not the positive one leave what is defined', async () => {
      const given = { labels: all('ok'), answers: SCORES };
      expect(await defined({ ...given, metric: 'accuracy' })).toBe(0.5);
      expect(await defined({ ...given, metric: 'logLoss' })).toBeGreaterThan(0);
      expect(await defined({ ...given, metric: 'precision' })).toBe(0);
      const none = { labels: all('ok'), answers: all(0.1), metric: 'precision' };
      expect(await tooLittle(none)).toBe('precision is not defined: of 40 labels none is fraud');
      expect(await defined({ ...none, labels: MIXED })).toBe(0);
      const called = { labels: all('ok'), answers: all('ok'), type: 'categorical' } as const;
      expect(await defined({ ...called, metric: 'f1Macro' })).toBe(1);
      expect(await tooLittle({ ...called, metric: 'f1' })).toBe('f1 is not defined: of 40 labels none is fraud');
    });
  });

  describe('a positive label that is spelt otherwise', () => {
    const labels = MIXED.map((label) => (label === 'fraud' ? 'Fraud' : label));

    test.each(['auc', 'logLoss', 'accuracy', 'precision', 'recall', 'f1'])(
      'measures nothing, and it is said why: %s',
      async (metric) => {
        expect(await unmeasured({ metric, labels, answers: SCORES })).toBe(
          `Labels in y are Fraud, ok, and none is fraud, of which ${metric} is. Let labels.positive of monitoring.quality be spelt as the labels are.`,
        );
      },
    );

    test('is told of in a window without one, and with some of many values', async () => {
      const given = { metric: 'auc', labels: all('ok'), answers: SCORES };
      expect(await unmeasured({ ...given, others: ['Fraud'] })).toContain(
        'Labels in y are ok, Fraud, and none is fraud',
      );
      expect(await unmeasured({ ...given, labels: ROWS.map((row) => `${'x'.repeat(50)}${row}`) })).toMatch(
        /^Labels in y are (x{40}, ){4}x{40} and 35 more, and none is fraud/,
      );
    });

    test('is nothing to a metric of all categories', async () => {
      const given = { labels, answers: labels, type: 'categorical' } as const;
      expect(await defined({ ...given, metric: 'accuracy' })).toBe(1);
      expect(await defined({ ...given, metric: 'f1Macro' })).toBe(1);
      expect(await unmeasured({ ...given, metric: 'recall' })).toContain('Labels in y are Fraud, ok');
    });
  });

  describe('answers that are no probabilities', () => {
    const METRICS = ['logLoss', 'accuracy', 'precision', 'recall', 'f1'];
    const labels = MIXED;
    const kept = SCORES.map((score, row) => (row === 1 ? undefined : score));
    const but = (score: number) => SCORES.map((one, row) => (row === 1 ? score : one));

    test.each(METRICS)(
      'are taken for 0 and 1 where single precision rounded, and left out beyond: %s',
      async (metric) => {
        for (const [score, nearest] of [
          [1.0000001192092896, 1],
          [-1e-7, 0],
        ] as const)
          expect(await defined({ metric, labels, answers: but(score) })).toBe(
            await defined({ metric, labels, answers: but(nearest) }),
          );
        const without = await defined({ metric, labels, answers: kept });
        for (const score of [1.01, -1, 100])
          expect(await measured({ metric, labels, answers: but(score) })).toMatchObject({
            status: 'OK',
            reasons: ['1 of 40 answers with a label are not from 0 to 1, and are left out'],
            labelledRows: 40,
            performance: { [metric]: without },
          });
      },
    );

    test.each(METRICS)('measure nothing where most are none, and it is said why: %s', async (metric) => {
      const percent = SCORES.map((score) => 100 * score);
      const reason = await unmeasured({ metric, labels, answers: percent });
      expect(reason).toMatch(/^39 of 40 answers are not from 0 to 1\. Let prediction of monitoring\.drift be a prob/);
      expect(reason).toContain('as labels.positive needs where the prediction is numeric');
      const [more, half] = [21, 20].map((count) => ROWS.map((row) => (row < count ? 7 : 0.5)));
      expect(await unmeasured({ metric, labels, answers: more ?? [] })).toContain('21 of 40 answers');
      expect((await measured({ metric, labels, answers: half ?? [] })).performance).toHaveProperty(metric);
    });

    test.each(METRICS)('do not count among minRows: %s', async (metric) => {
      const early = MIXED.map((label, row) => (row < 30 ? label : undefined));
      const but = (count: number) => SCORES.map((score, row) => (row < count ? 7 : score));
      const given = { metric, labels: early };
      expect(await measured({ ...given, answers: but(11) })).toMatchObject({
        status: 'INSUFFICIENT_DATA',
        reasons: [
          'Of 30 answers with a label 19 are from 0 to 1, of at least 20',
          '11 of 30 answers with a label are not from 0 to 1, and are left out',
        ],
        labelledRows: 30,
        performance: { auc: expect.any(Number) },
      });
      expect(await tooLittle({ ...given, answers: but(11) })).toContain('Of 30 answers');
      expect((await measured({ ...given, answers: but(10) })).performance).toHaveProperty(metric);
      expect(await unmeasured({ ...given, answers: but(16) })).toContain('16 of 30 answers are not from 0 to 1');
      expect(await defined({ ...given, answers: but(11), metric: 'auc' })).toBeGreaterThan(0);
    });

    test('do not count among labels either, of which none is positive where all that are have such an answer', async () => {
      const but = (kind: string) => MIXED.map((label, row) => (label === kind ? 7 : SCORES[row]));
      expect(await tooLittle({ metric: 'recall', labels, answers: but('fraud') })).toBe(
        'recall is not defined: of 30 labels none is fraud',
      );
      const halves = MIXED.map((_, row) => (row < 20 ? 'fraud' : 'ok'));
      const answers = SCORES.map((score, row) => (row < 20 ? 7 : score));
      expect(await tooLittle({ metric: 'f1', labels: halves, answers })).toBe(
        'f1 is not defined: of 20 labels none is fraud',
      );
    });

    test('are ranked as any other, and told of to nobody who did not ask for more', async () => {
      const auc = await defined({ metric: 'auc', labels, answers: SCORES });
      expect(await defined({ metric: 'auc', labels, answers: SCORES.map((score) => 100 * score - 50) })).toBe(auc);
      const { status, performance } = await measured({ labels, answers: SCORES.map((score) => 100 * score) });
      expect({ status, performance }).toEqual({ status: 'OK', performance: { auc } });
    });
  });

  describe('numbers', () => {
    const target = { type: 'numeric', positive: undefined };

    // The mean of as many 0.11 is another number.
    test.each([7, 0.11])('labels that are all %d have no r2, and other metrics have', async (label) => {
      const given = { labels: all(label), answers: SCORES, target };
      expect(await unmeasured({ ...given, metric: 'r2' })).toBe(
        `Every label is ${label}, by which r2 is not defined. Let labels.column of monitoring.quality name a column whose values differ, or measure mae.`,
      );
      expect(await tooLittle({ ...given, metric: 'r2', others: [8] })).toBe(
        'r2 is not defined: 40 labels hardly differ',
      );
      expect(await defined({ ...given, metric: 'mae' })).toBeGreaterThan(0);
      expect(await defined({ ...given, metric: 'r2', labels: SCORES })).toBe(1);
    });

    test('a figure that is no finite number is told of', async () => {
      const labels = ROWS.map((row) => (row % 2 ? '1e-160' : '0'));
      expect(await tooLittle({ metric: 'r2', labels, answers: SCORES, target })).toContain('r2 is not defined');
    });

    const but = (count: number, value: unknown) => SCORES.map((score, row) => (row < count ? value : score));

    test.each(['1e999', '-inf', '1e155'])(
      'that nothing can be measured by are no labels and no answers: %s',
      async (value) => {
        for (const metric of ['mae', 'r2']) {
          const given = { metric, target, labels: SCORES, answers: SCORES };
          expect(await defined({ ...given, labels: but(20, value) })).toBe(metric === 'mae' ? 0 : 1);
          expect(await unmeasured({ ...given, answers: but(21, value) })).toMatch(
            /^Of 40 requests with a readable label 19 have a readable answer, of at least 20 \(21 of p are beyond 1e\+100\)\. Let prediction/,
          );
          expect(await unmeasured({ ...given, labels: but(21, value) })).toBe(
            '21 of 40 labels cannot be read as the numeric target y (21 of y are beyond 1e+100). Let labels.column of monitoring.quality name a column of such values.',
          );
          expect(await unmeasured({ ...given, labels: all(value) })).toContain(
            'None of 40 labels of requests is a number up to 1e+100, as y (target) has to be.',
          );
          const few = but(18, value).map((label, row) => (row < 37 ? label : undefined));
          expect(await tooLittle({ ...given, labels: few })).toBe(
            'Of 19 requests with a readable label 19 have a readable answer, of at least 20',
          );
        }
      },
    );

    test('labels of which most are none measure nothing, as answers do, and it is said why', async () => {
      const labels = but(21, 'unknown');
      expect(await unmeasured({ metric: 'mae', target, labels, answers: SCORES })).toBe(
        '21 of 40 labels cannot be read as the numeric target y. Let labels.column of monitoring.quality name a column of such values.',
      );
      const early = labels.map((label, row) => (row > 20 ? label : undefined));
      expect(await tooLittle({ metric: 'mae', target, labels: early, answers: SCORES })).toContain('Of 19 requests');
      const half = but(20, 'unknown').map((label, row) => (row < 39 ? label : undefined));
      expect(await unmeasured({ metric: 'mae', target, labels: half, answers: SCORES })).toContain('20 of 39 labels');
    });
  });

  test('too few labels are too little data, and it is said how many', async () => {
    const labels = (count: number) => MIXED.map((label, row) => (row < count ? label : undefined));
    const given = { metric: 'auc', answers: SCORES };
    expect(await tooLittle({ ...given, labels: labels(19) })).toBe(
      'Of 19 requests with a readable label 19 have a readable answer, of at least 20',
    );
    expect(await tooLittle({ ...given, labels: labels(19).map((label) => label && 'fraud') })).toContain('19 requests');
    expect(await defined({ ...given, labels: labels(20) })).toBeGreaterThan(0);
  });

  test('labels that come with the requests are judged alike', async () => {
    const told = async (metric: string, type: string, y: unknown) => {
      const { reasons, status } = await judge.result({
        'config.json': driftConfig(
          { x: 'numeric' },
          { metric, target: { name: 'y', type, positive: 'fraud' }, prediction: { name: 'p', type: 'numeric' } },
        ),
        'reference/a.jsonl': { lines: SCORES.map((p) => ({ x: 1, p })) },
        'current/a.jsonl': { lines: SCORES.map((p) => ({ x: 1, p, y })) },
      });
      return `${status}: ${reasons}`;
    };
    expect(await told('auc', 'categorical', 'fraud')).toContain('UNMEASURED: Every label in y is fraud');
    expect(await told('auc', 'categorical', 'ok')).toContain('INSUFFICIENT_DATA: auc is not defined');
    expect(await told('r2', 'numeric', 3)).toContain('UNMEASURED: Every label is 3');
    expect(await told('mae', 'numeric', 'high')).toContain('UNMEASURED: 40 of 40 labels cannot be read');
  });

  describe('labels of enough requests of which too few have an answer', () => {
    const answered = (labels: number, answers: number) => ({
      metric: 'auc',
      labels: MIXED.map((label, row) => (row < labels ? label : undefined)),
      answers: SCORES.map((score, row) => (row < answers ? score : null)),
    });
    const told = (labels: number, answers: number) =>
      `Of ${labels} requests with a readable label ${answers} have a readable answer, of at least 20`;

    test('measure nothing where most have none, and it is said why', async () => {
      const reason = await unmeasured(answered(40, 19));
      expect(reason).toBe(
        `${told(40, 19)}. Let prediction of monitoring.drift say how the model answers: type, name, and index, where a row is answered with several values.`,
      );
      expect(await unmeasured(answered(20, 9))).toContain(told(20, 9));
    });

    test('are too little data where others have one', async () => {
      for (const [labels, answers] of [
        [20, 19],
        [38, 19],
        [20, 10],
        [19, 9],
      ] as const)
        expect(await tooLittle(answered(labels, answers))).toBe(told(labels, answers));
    });
  });

  test.each(Object.entries(QUALITY_METRICS))('the job knows what a spec may watch: %s', async (metric, facts) => {
    for (const type of facts.predictions) {
      const target = { name: 'y', type: facts.labels, ...(facts.labels === 'categorical' ? { positive: 1 } : {}) };
      const { code, stderr } = await judge.run({
        'config.json': driftConfig({ x: 'numeric' }, { metric, target, prediction: { name: 'p', type } }),
        'reference/a.csv': 'x\n1\n',
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  });

  test('a metric is one that there is by the types of target and prediction', async () => {
    const refused = async (more: object) =>
      (
        await judge.run({
          'config.json': driftConfig({ x: 'numeric' }, { metric: 'recall', ...more }),
          'reference/a.csv': 'x\n1\n',
        })
      ).stderr;
    expect(await refused({})).toContain(
      'metric: received "recall"; allowed: a metric beside target and prediction; fix: add both, or remove it',
    );
    const of = (type: string) => ({ target: { name: 'y', type }, prediction: { name: 'p', type } });
    expect(await refused(of('numeric'))).toContain('allowed: mae, rmse, bias, r2; fix:');
    expect(await refused(of('categorical'))).toContain('allowed: accuracy, f1Macro; fix:');
  });
});
