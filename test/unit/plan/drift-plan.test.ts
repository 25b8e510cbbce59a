import { describe, expect, it } from 'vitest';
import { planDriftAccess } from '../../../lib/plan/drift/drift-access';
import { driftConfig } from '../../../lib/plan/drift/drift-config';
import { planDrift } from '../../../lib/plan/drift/drift-plan';
import { driftSignals } from '../../../lib/plan/drift/drift-signals';
import { planGcpDriftAccess } from '../../../lib/plan/drift/gcp-drift-access';
import { AWS_JOB_IMAGE_REGIONS, awsJobImageAccount, gcpJobImage } from '../../../lib/plan/job-images';
import { PlatformNames } from '../../../lib/plan/names';
import { planPlatform } from '../../../lib/plan/platform-plan';
import { drift as driftSchema } from '../../../lib/spec/drift';
import type { ModelSpec } from '../../../lib/spec/model';
import { DRIFT, loadedWatched, QUALITY } from '../../support/watched-spec';

const NAMES = new PlatformNames('fraud');
const detector = (monitoring?: object, more?: object): ModelSpec => {
  const { detector: model } = loadedWatched(monitoring, more).models;
  if (model === undefined) throw new Error('the model was lost');
  return model;
};

describe('the plan of drift', () => {
  it('writes out what the job is told, so that the job completes nothing', () => {
    expect(driftConfig(driftSchema.parse(DRIFT))).toEqual({
      schemaVersion: 1,
      features: [
        { name: 'amount', type: 'numeric' },
        { name: 'country', type: 'categorical' },
        { name: 'age', type: 'numeric' },
      ],
      columns: ['country', 'amount', 'age', 'device'],
      prediction: { name: 'prediction', type: 'numeric', index: 1 },
      methods: { amount: 'wasserstein', country: 'psi', age: 'kolmogorov-smirnov', prediction: 'wasserstein' },
      thresholds: { share: 0.3, perColumn: { amount: 0.1, country: 0.25, age: 0.05, prediction: 0.1 } },
      minRows: 50,
      segments: ['device'],
      maxCategories: 100,
    });
  });

  it('has a run for quality that looks at older requests', () => {
    const runs = planDrift('detector', detector(), NAMES)?.runs ?? [];
    expect(runs.map(({ kind, windowSeconds, delaySeconds }) => [kind, windowSeconds, delaySeconds])).toEqual([
      ['drift', 86_400, 0],
      ['quality', 172_800, 86_400],
    ]);
    expect(runs[1]?.config).toMatchObject({
      target: { name: 'is_fraud', type: 'categorical', positive: 1 },
      metric: 'auc',
      requestId: 'transaction_id',
      minRows: 40,
    });
    expect(runs.map(({ config }) => config.requestField)).toEqual([undefined, undefined]);
    const labels = { ...QUALITY.labels, requestField: 'device' };
    const ofField = planDrift('detector', detector({ drift: DRIFT, quality: { ...QUALITY, labels } }), NAMES);
    expect(ofField?.runs.map(({ config }) => config.requestField)).toEqual([undefined, 'device']);
    expect(runs[1]?.metrics[0]).toEqual({
      name: 'ModelQuality',
      unit: 'score',
      path: ['performance', 'auc'],
      always: true,
    });
  });

  it('is not there without drift', () => {
    expect(planDrift('detector', detector({}), NAMES)).toBeUndefined();
    expect(planDriftAccess(loadedWatched({}).models)).toEqual([]);
  });

  it('publishes nothing of a prediction that nobody compares', () => {
    const [run] = planDrift('detector', detector({ drift: { features: DRIFT.features } }), NAMES)?.runs ?? [];
    expect(run?.metrics.map(({ name }) => name)).toEqual([
      'DriftShare',
      'DriftedColumns',
      'MissingShare',
      'RowsCurrent',
      'DriftStatus',
    ]);
  });

  it('reads only what the job needs, and writes in its own folder', () => {
    const access = planDriftAccess(loadedWatched().models).filter(({ workload }) => workload === 'drift/detector');
    expect(access.filter(({ kind }) => kind === 'prefix').map(({ verb, name }) => `${verb} ${name}`)).toEqual([
      'read jobs',
      'read serving/captures/detector',
      'read pipelines/detector',
      'read snapshots/chargebacks',
      'write drift/detector',
    ]);
    expect(access.map(({ kind }) => kind)).not.toContain('dataset');
  });

  it('lets the machine see that requests and reference are there, and read neither', () => {
    const access = planDriftAccess(loadedWatched().models).filter(
      ({ workload }) => workload === 'drift-watch/detector',
    );
    expect(access.filter(({ kind }) => kind === 'prefix').map(({ verb, name }) => `${verb} ${name}`)).toEqual([
      'list serving/captures/detector',
      'list pipelines/detector',
      'write snapshots/chargebacks',
      'write queries',
      'write drift/detector',
    ]);
  });

  it.each([
    ['drift', planDriftAccess],
    ['drift of Google Cloud', planGcpDriftAccess],
  ])('reads the snapshots that the model is trained on, and none that is only prepared: %s', (_, planned) => {
    const reads = (inputs: object, drift: object = {}) => {
      const steps = {
        prepare: { kind: 'processing', inputs: { data: 'chargebacks' }, outputs: ['rows'] },
        train: { kind: 'training', inputs, outputs: ['model'], after: ['prepare'] },
      };
      const pipeline = { image: 'fraud-1', steps, register: { model: 'train.model' } };
      const monitoring = { drift: { ...DRIFT, ...drift } };
      const models = { detector: { pipeline, serving: { capture: {} }, monitoring } };
      return planned(loadedWatched({}, { models }).models).flatMap(({ workload, kind, verb, name }) =>
        kind === 'prefix' && name.startsWith('snapshots/') ? [`${workload} ${verb} ${name}`] : [],
      );
    };
    expect(reads({ rows: 'prepare.rows' })).toEqual([]);
    expect(reads({ rows: 'baseline' })).toContain('drift/detector read snapshots/baseline');
    const frozen = reads({ rows: 'baseline' }, { reference: 'baseline' });
    expect(frozen).toEqual(['drift/detector read snapshots/baseline', 'drift-watch/detector write snapshots/baseline']);
  });
});

describe('signals of drift', () => {
  const pipeline = (triggers: object) => ({
    models: {
      detector: {
        pipeline: {
          image: 'fraud-1',
          steps: { train: { kind: 'training', inputs: { rows: 'baseline' }, outputs: ['model'] } },
          register: { model: 'train.model' },
          triggers,
        },
        serving: { capture: {} },
        monitoring: { drift: DRIFT, quality: QUALITY },
      },
    },
  });
  const texts = (model: ModelSpec) =>
    Object.fromEntries(driftSignals('detector', model)?.metrics.map(({ name, text }) => [name, text]) ?? []);

  it('are told with their thresholds, and known to the platform', () => {
    const spec = loadedWatched();
    expect(driftSignals('detector', detector())?.metrics).toMatchObject([
      {
        name: 'detector-drift',
        metric: 'DriftShare',
        threshold: 0.3,
        bad: 'from',
        severity: 'critical',
        route: 'pager',
      },
      { name: 'detector-prediction-drift', metric: 'PredictionDrifted', threshold: 1, bad: 'from' },
      { name: 'detector-quality', metric: 'ModelQuality', threshold: 0.8, bad: 'below', severity: 'warning' },
    ]);
    expect(planPlatform(spec).signals.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['detector-drift', 'detector-quality', 'detector-drift-failed']),
    );
  });

  it('say what happens next: a trigger, a command, or a hand', () => {
    expect(texts(detector({}, pipeline({ drifted: { signal: 'drift' } })))['detector-drift']).toContain(
      'the trigger drifted starts the training pipeline, unless a run is under way or began within the last 6 hours',
    );
    expect(texts(detector({}, pipeline({})))['detector-quality']).toContain('Run mlops train SPEC --model detector.');
    const byHand = { drift: { ...DRIFT, reference: 'baseline' } };
    const models = { detector: { serving: { capture: {} }, monitoring: byHand } };
    expect(texts(detector({}, { models }))['detector-drift']).toContain(
      'train a version on newer data and register it',
    );
  });

  it('fit into an alarm of AWS, with where to look', () => {
    for (const text of Object.values(texts(detector({}, pipeline({ drifted: { signal: 'drift' } })))))
      expect(text.length).toBeLessThan(700);
  });
});

describe('images of our jobs', () => {
  it('are in an account of AWS in each region that has them', () => {
    expect(awsJobImageAccount('eu-central-1')).toBe('492215442770');
    expect(awsJobImageAccount('toString')).toBeUndefined();
    expect(AWS_JOB_IMAGE_REGIONS).toHaveLength(33);
  });

  it.each([
    ['europe-west4', 'europe'],
    ['us-central1', 'us'],
    ['southamerica-east1', 'us'],
    ['asia-northeast1', 'asia'],
    ['australia-southeast1', 'asia'],
    ['me-west1', 'europe'],
  ])('of Google Cloud for %s are in %s', (region, near) => {
    expect(gcpJobImage(region)).toBe(`${near}-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-6:latest`);
  });
});
