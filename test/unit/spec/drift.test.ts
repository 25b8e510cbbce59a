import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DRIFT_METHOD, DRIFT_METHODS } from '../../../lib/spec/drift';
import { QUALITY_METRICS } from '../../../lib/spec/quality';
import { problemsOf } from '../../support/problems';
import { DRIFT, loadedWatched, PREPARED, QUALITY, watchedPlatform } from '../../support/watched-spec';

/** What is said of monitoring, as `path: message`. */
const said = (monitoring: object, more?: object): readonly string[] =>
  problemsOf(() => loadedWatched(monitoring, more)).map(
    ({ path, message }) => `${path.replace('models.detector.monitoring.', '')}: ${message}`,
  );
const drift = (changed: object) => ({ drift: { ...DRIFT, ...changed } });
const quality = (changed: object) => ({ drift: DRIFT, quality: { ...QUALITY, ...changed } });
const labels = (changed: object) => quality({ labels: { ...QUALITY.labels, ...changed } });

/** The lake, of which one dataset has other columns. */
const lakeWith = (dataset: string, columns: object) => {
  const { dataLake } = watchedPlatform() as { dataLake: { datasets: object } };
  const datasets = { ...dataLake.datasets, [dataset]: { zone: 'curated', columns } };
  return { dataLake: { ...dataLake, datasets } };
};

const JOB = (file: string): string => readFileSync(resolve(__dirname, '../../../lib/jobs/drift', file), 'utf8');

describe('drift and quality of a spec', () => {
  it('are completed with what is usual', () => {
    const { monitoring } = loadedWatched({ drift: { features: { amount: 'numeric' } } }).models.detector ?? {};
    expect(monitoring?.drift).toMatchObject({
      features: { amount: { type: 'numeric' } },
      threshold: 30,
      severity: 'warning',
      window: { seconds: 86_400 },
      schedule: '30 2 * * *',
      minRows: 500,
      segments: [],
      maxCategories: 1000,
      machine: 'medium',
      disk: { bytes: 100 * 1024 ** 3 },
    });
    expect(monitoring?.quality).toBeUndefined();
  });

  it.each(['0 */3 * * *', '30 0,23 * * 1', '0 0 29 2 *'])('take runs that are far enough apart: %s', (schedule) => {
    expect(loadedWatched(drift({ schedule }))).toBeDefined();
  });

  it('take everything that can be said', () => {
    const { monitoring } = loadedWatched().models.detector ?? {};
    expect(monitoring?.drift?.features.country).toEqual({ type: 'categorical', method: 'psi', threshold: 0.25 });
    expect(monitoring?.quality).toMatchObject({ metric: 'auc', atLeast: 0.8, delay: { seconds: 86_400 } });
  });

  it.each<[string, object, string]>([
    ['nothing to compare', drift({ features: {} }), 'drift.features: there is nothing to compare'],
    [
      'a method that does not fit the type',
      drift({ features: { country: { type: 'categorical', method: 'wasserstein' } }, columns: undefined }),
      'drift.features.country.method: compares no categorical column',
    ],
    [
      'a method of the prediction that does not fit',
      drift({ prediction: { type: 'numeric', method: 'chi-square' } }),
      'drift.prediction.method: compares no numeric column',
    ],
    [
      'a threshold that is no probability',
      drift({ features: { age: { type: 'numeric', method: 'kolmogorov-smirnov', threshold: 2 } } }),
      'drift.features.age.threshold: is one by which a column always drifts: kolmogorov-smirnov gives a probability of 1.00',
    ],
    [
      'a probability that nothing is below',
      drift({ features: { age: { type: 'numeric', method: 'kolmogorov-smirnov', threshold: 0 } } }),
      'drift.features.age.threshold: is one by which a column never drifts',
    ],
    [
      'a distance that everything has',
      drift({ features: { age: { type: 'numeric', threshold: 0 } } }),
      'drift.features.age.threshold: is one by which a column always drifts: wasserstein gives a distance',
    ],
    [
      'a distance that nothing has',
      drift({ features: { country: { type: 'categorical', threshold: 0.84 } } }),
      'drift.features.country.threshold: is one by which a column never drifts: jensen-shannon gives a distance of 0.83',
    ],
    [
      'a prediction that always drifts',
      drift({ prediction: { type: 'numeric', threshold: 0 } }),
      'drift.prediction.threshold: is one by which a column always drifts',
    ],
    [
      'a method that there is not',
      drift({ features: { age: { type: 'numeric', method: 'ks' } } }),
      'drift.features.age.method',
    ],
    ['a type that there is not', drift({ features: { age: 'number' } }), 'drift.features.age: '],
    [
      'a feature that no request has',
      drift({ columns: ['country', 'amount', 'device'] }),
      'drift.features.age: there is no column',
    ],
    [
      'a segment that no request has',
      drift({ segments: ['region'] }),
      'drift.segments[0]: there is no column "region"',
    ],
    ['a numeric segment', drift({ segments: ['age'] }), 'drift.segments[0]: is numeric'],
    ['a column twice', drift({ columns: [...DRIFT.columns, 'age'] }), 'drift.columns[4]: "age" is named twice'],
    [
      'a prediction that is a feature',
      drift({ prediction: { name: 'age', type: 'numeric' } }),
      'drift.prediction.name: is a feature',
    ],
    [
      'a schedule that has the next run while an alarm is on',
      drift({ schedule: '0 * * * *' }),
      'drift.schedule: has runs 60 minutes apart',
    ],
    [
      'two runs of a day that are too near to each other',
      drift({ schedule: '30 0,22 * * 1-5' }),
      'drift.schedule: has runs 120 minutes apart',
    ],
    ['a schedule that is none', drift({ schedule: 'daily' }), 'drift.schedule: is not five fields of cron'],
    ['a time zone that is none', drift({ timeZone: 'Mars/Base' }), 'drift.timeZone: is not a time zone'],
    ['a route that is not there', drift({ route: 'nobody' }), 'drift.route: there is no route "nobody"'],
    ['a dataset that is not there', drift({ reference: 'baselin' }), 'drift.reference: there is no dataset "baselin"'],
    [
      'a dataset without the features',
      drift({ reference: 'chargebacks', segments: [], prediction: undefined }),
      'drift.reference: the dataset chargebacks, which requests are compared with, has no columns',
    ],
    [
      'days of two kinds on AWS',
      drift({ schedule: '0 3 1 * 1' }),
      'drift.schedule: names days of the month and days of the week',
    ],
    ['quality without drift', { quality: QUALITY }, 'quality: measures answers, and nothing says how to read them'],
    [
      'quality without a prediction',
      { drift: { ...DRIFT, prediction: undefined }, quality: QUALITY },
      'quality: measures answers, and nothing says how to read them',
    ],
    [
      'labels that are not there',
      labels({ dataset: 'chargeback' }),
      'quality.labels.dataset: there is no dataset "chargeback"',
    ],
    [
      'an id that is not there',
      labels({ requestId: 'id' }),
      'quality.labels.requestId: there is no column of chargebacks "id"',
    ],
    [
      'an id of requests without names that has no place in them',
      labels({ requestField: 'payment' }),
      'quality.labels.requestField: there is no column of requests "payment"',
    ],
    [
      'a label that is not there',
      labels({ column: 'fraud' }),
      'quality.labels.column: there is no column of chargebacks "fraud"',
    ],
    ['a label that is the id', labels({ column: 'transaction_id' }), 'quality.labels.column: is the id of the request'],
    [
      'no value that means yes',
      labels({ positive: undefined }),
      'quality.labels.positive: is missing: auc is about one value',
    ],
    [
      'a label that is another once it is read',
      labels({ positive: 2 ** 53 }),
      'quality.labels.positive: has more digits than a number keeps',
    ],
    [
      'a metric of numbers',
      quality({ metric: 'rmse', atLeast: undefined, atMost: 1 }),
      'quality.labels.positive: means nothing',
    ],
    [
      'a metric of categories',
      quality({ metric: 'f1Macro' }),
      'quality.metric: cannot be measured of a numeric prediction',
    ],
    ['no threshold', quality({ atLeast: undefined }), 'quality: has no threshold'],
    ['two thresholds', quality({ atMost: 1 }), 'quality: has two thresholds'],
    [
      'a label that rows are told apart by',
      { drift: { ...DRIFT, columns: undefined, segments: ['is_fraud'] }, quality: QUALITY },
      'quality.labels.column: is a segment too',
    ],
    [
      'a share in percent',
      quality({ atLeast: 90 }),
      'quality.atLeast: is what a model always breaks: auc is no number above 1',
    ],
    [
      'a share that every model has',
      quality({ atLeast: 0 }),
      'quality.atLeast: is what a model never breaks: auc is no number below 0',
    ],
    [
      'at most of what should be much',
      quality({ atLeast: undefined, atMost: 0.8 }),
      'quality.atMost: is what a good model breaks: more auc is better',
    ],
    [
      'at least of what should be little',
      quality({ metric: 'logLoss', atLeast: 5 }),
      'quality.atLeast: is what a good model breaks: more logLoss is worse',
    ],
    [
      'less than no error',
      quality({ metric: 'logLoss', atLeast: undefined, atMost: -1 }),
      'quality.atMost: is what a model always breaks: logLoss is no number below 0',
    ],
    [
      'more than a perfect fit',
      quality({ metric: 'r2', atLeast: 1.5 }),
      'quality.atLeast: is what a model always breaks: r2 is no number above 1',
    ],
  ])('refuses %s', (_, monitoring, message) => {
    expect(said(monitoring).filter((line) => line.startsWith(message))).toHaveLength(1);
  });

  it.each([
    ['r2', { atLeast: -5 }],
    ['bias', { atLeast: -5 }],
    ['bias', { atMost: 5 }],
    ['mae', { atMost: 0 }],
  ])('take a threshold of %s that some models break', (metric, threshold) => {
    const of = { ...QUALITY.labels, positive: undefined };
    expect(loadedWatched(quality({ metric, atLeast: undefined, ...threshold, labels: of }))).toBeDefined();
  });

  describe('know the type of the label', () => {
    const typed = (type: string, labels: object, more: object = {}): readonly [object, object] => [
      quality({ labels: { ...QUALITY.labels, ...labels }, ...more }),
      lakeWith('chargebacks', { transaction_id: 'string', is_fraud: type }),
    ];

    it.each<[string, readonly (string | number | boolean)[], readonly (string | number | boolean)[]]>([
      ['boolean', [true, 'FALSE'], [1, '1', 'yes']],
      ['int', [1, '-1', '1.0'], [1.5, true, '01', 'yes']],
      ['double', [1, 0.5, 1e-7, '0.5', '2'], ['0.50', false, 'yes']],
      ['decimal(4,2)', [1, '0.5'], ['yes']],
      ['string', ['yes', 1, true], []],
      ['date', ['2026-01-31'], ['31.1.2026', 1, true]],
      ['timestamp', [], ['2026-01-31', 1]],
    ])('which is %s, in positive', (type, taken, refused) => {
      for (const positive of taken) expect(loadedWatched(...typed(type, { positive })), `${positive}`).toBeDefined();
      for (const positive of refused)
        expect(said(...typed(type, { positive })), `${positive}`).toEqual([
          `quality.labels.positive: is no label of is_fraud, which is ${type}`,
        ]);
    });

    it.each(['mae', 'rmse', 'bias', 'r2'])('and measure %s of numbers alone', (metric) => {
      const threshold = metric === 'r2' ? { atLeast: 0.5 } : { atLeast: undefined, atMost: 1 };
      const of = (type: string) => typed(type, { positive: undefined }, { metric, ...threshold });
      for (const type of ['int', 'bigint', 'float', 'double', 'decimal(4,2)'])
        expect(loadedWatched(...of(type)), type).toBeDefined();
      for (const type of ['boolean', 'string', 'date', 'timestamp', 'binary'])
        expect(said(...of(type))).toEqual([`quality.labels.column: is ${type}, and ${metric} is of numbers`]);
    });
  });

  it('refuses a label that the model is asked with', () => {
    const features = { ...DRIFT.features, is_fraud: 'categorical' };
    const monitoring = { drift: { ...DRIFT, features, columns: undefined }, quality: QUALITY };
    expect(said(monitoring)).toEqual(['quality.labels.column: is a feature too, and a model is not asked the label']);
  });

  it('needs an id that callers give, which Vertex AI takes only in the rows of requests', () => {
    const gcp = { gcp: { project: 'fraud-ml', projectNumber: 123456789012, region: 'europe-west4' } };
    const only = { ...gcp, aws: undefined };
    const asked = (changed: object) => {
      const { drift, quality } = labels(changed);
      return { drift: { ...drift, columns: undefined }, quality };
    };
    const missing = ['quality.labels.requestField: is missing: Vertex AI gives requests numbers of its own'];
    for (const clouds of [gcp, only]) {
      expect(said(asked({}), clouds).map((line) => line.split(',')[0])).toEqual(missing);
      expect(loadedWatched(asked({ requestField: 'payment_id' }), clouds)).toBeDefined();
    }
    expect(loadedWatched(asked({}))).toBeDefined();
  });

  it('needs recorded requests', () => {
    const detector = { pipeline: PREPARED, serving: {}, monitoring: { drift: DRIFT } };
    expect(said({ drift: DRIFT }, { models: { detector } })).toEqual([
      'drift: compares requests, and none are recorded',
    ]);
  });

  it('says everything at once', () => {
    expect(
      said({
        drift: { ...DRIFT, segments: ['age'], timeZone: 'Mars/Base' },
        quality: { ...QUALITY, atLeast: undefined, labels: { ...QUALITY.labels, column: 'fraud' } },
      }),
    ).toHaveLength(4);
  });

  it('starts a run of a pipeline', () => {
    const pipeline = {
      image: 'fraud-1',
      steps: { train: { kind: 'training', inputs: { rows: 'baseline' }, outputs: ['model'] } },
      register: { model: 'train.model' },
      triggers: { drifted: { signal: 'drift' }, worse: { signal: 'quality' } },
    };
    const models = (monitoring: object) => ({
      models: { detector: { pipeline, serving: { capture: {} }, monitoring } },
    });
    expect(loadedWatched({}, models({ drift: DRIFT, quality: QUALITY }))).toBeDefined();
    expect(said({}, models({ drift: DRIFT }))).toHaveLength(1);
  });

  describe('needs something to compare with', () => {
    const trained = (inputs: object, register: object = {}, more: object = {}) => ({
      models: {
        detector: {
          pipeline: {
            image: 'fraud-1',
            steps: { train: { kind: 'training', inputs, outputs: ['model'] } },
            register: { model: 'train.model', ...register },
          },
          serving: { capture: {} },
          monitoring: { drift: { ...DRIFT, ...more } },
        },
      },
    });

    it.each([
      ['the first input of the training', trained({ rows: 'baseline' })],
      ['what the registration says', trained({}, { reference: 'baseline' })],
      ['what drift says', trained({}, {}, { reference: 'baseline' })],
    ])('and takes %s', (_, more) => {
      expect(loadedWatched({}, more)).toBeDefined();
    });

    it('and says where there is nothing', () => {
      expect(said({}, trained({}))).toEqual([
        'drift: has nothing to compare requests with: the step that makes train.model reads no data',
      ]);
    });

    it.each([
      ['no pipeline registers', undefined],
      ['the pipeline does not register', { image: 'fraud-1', steps: { look: { kind: 'prediction' } } }],
    ])('and says where %s versions', (who, pipeline) => {
      const of = (more: object = {}) => ({
        models: { detector: { pipeline, serving: { capture: {} }, monitoring: drift(more) } },
      });
      expect(said({}, of())).toEqual([`drift: has nothing to compare requests with: ${who} versions of the model`]);
      expect(loadedWatched({}, of({ reference: 'baseline' }))).toBeDefined();
    });

    it('that has all that is compared, also where the training reads a dataset as it is', () => {
      const lost = (columns: string) => `the dataset chargebacks, which requests are compared with, has no ${columns}`;
      const features = lost('columns "amount", "country" or "age"');
      const [prediction, segment] = [lost('column "prediction"'), lost('column "device"')];
      const of = [`drift.features: ${features}`, `drift.prediction: ${prediction}`, `drift.segments: ${segment}`];
      expect(said({}, trained({ rows: 'chargebacks' }))).toEqual(of);
      expect(said({}, trained({ rows: 'baseline' }, { reference: 'chargebacks' }))).toEqual(of);
      expect(said(drift({ reference: 'chargebacks' }))).toEqual(
        [segment, prediction, features].map((text) => `drift.reference: ${text}`),
      );
    });

    it('that is numeric where the columns are', () => {
      const as = (type: string) =>
        lakeWith('baseline', { country: type, amount: type, age: type, device: type, prediction: type });
      const compared = drift({ reference: 'baseline' });
      const where = 'in the dataset baseline, which requests are compared with,';
      for (const type of ['int', 'decimal(4,2)', 'boolean']) expect(loadedWatched(compared, as(type))).toBeDefined();
      for (const type of ['string', 'timestamp', 'date', 'binary'])
        expect(said(compared, as(type))).toEqual([
          `drift.features.amount: is numeric, and ${where} amount is ${type}`,
          `drift.features.age: is numeric, and ${where} age is ${type}`,
          `drift.prediction.type: is numeric, and ${where} prediction is ${type}`,
        ]);
      expect(loadedWatched(drift({}), as('string'))).toBeDefined();
    });

    it('and asks no column twice that is a feature and a segment', () => {
      const changed = { segments: ['country'], prediction: undefined };
      expect(said(drift({ ...changed, reference: 'chargebacks' }))).toHaveLength(1);
    });
  });
});

describe('methods and metrics of a spec', () => {
  it('are those of the job, with its types and thresholds', () => {
    const methods = [
      ...JOB('methods.py').matchAll(/Method\("([a-z-]+)", "[^"]+", (\(.*?\)|BOTH), ([\d.]+), (True|False)\)/g),
    ].map(([, name, types, threshold, isTest]) => [
      name,
      {
        types:
          types === 'BOTH'
            ? ['numeric', 'categorical']
            : [...(types ?? '').matchAll(/"(\w+)"/g)].map(([, type]) => type),
        kind: isTest === 'True' ? 'test' : 'distance',
        threshold: Number(threshold),
      },
    ]);
    expect(Object.fromEntries(methods)).toEqual(DRIFT_METHODS);
    expect(JOB('methods.py')).toContain(
      `DEFAULT_METHOD = {"numeric": "${DEFAULT_DRIFT_METHOD.numeric}", "categorical": "${DEFAULT_DRIFT_METHOD.categorical}"}`,
    );
  });

  it('are those that the job measures', () => {
    const measured = [...JOB('performance.py').matchAll(/(?:"|found\[")(\w+)"(?:\]| ?:)/g)].map(([, name]) => name);
    expect(Object.keys(QUALITY_METRICS).filter((name) => !measured.includes(name))).toEqual([]);
  });
});
