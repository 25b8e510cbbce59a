import { describe, expect, it } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';

const load = (models: object) => () =>
  loadPlatformSpec({
    name: 'shop',
    owner: 'a@example.com',
    aws: { region: 'eu-central-1' },
    dataLake: {
      zones: { curated: {} },
      datasets: { trained: { zone: 'curated', columns: { amount: 'double', prediction: 'double' } } },
    },
    training: { cluster: { kind: 'managed' } },
    models,
  });
const trained = { pipeline: { image: 'v1', steps: { publish: { kind: 'prediction' } } } };
const drift = {
  features: { amount: 'numeric' },
  prediction: { type: 'numeric' },
  threshold: '40%',
  reference: 'trained',
};
const watched = { serving: { capture: {} }, monitoring: { drift } };

describe('models whose signals would be called the same', () => {
  it('are refused, whichever comes first', () => {
    const said = /fraud-run-registered, which is one of the model fraud(-run)? already/;
    expect(load({ fraud: trained, 'fraud-run': {} })).toThrow(said);
    expect(load({ 'fraud-run': {}, fraud: trained })).toThrow(said);
    expect(load({ risk: watched, 'risk-prediction': watched })).toThrow(/risk-prediction-drift, which is one of/);
  });

  it.each(['snapshots', 'operations'])('are refused where a machine of the platform is told by them: %s', (model) => {
    const said = new RegExp(`${model}-events-undelivered, which is one of the platform itself already`);
    expect(load({ [model]: { ...trained, ...watched } })).toThrow(said);
  });

  it('are not those of a model that is called as signals of the platform begin', () => {
    expect(load({ endpoint: watched, 'model-events': trained })).not.toThrow();
  });

  it('are not those that only begin alike', () => {
    expect(load({ fraud: {}, 'fraud-run': {} })).not.toThrow();
    expect(load({ fraud: trained, 'fraud-jogging': trained, 'on-fraud': watched })).not.toThrow();
  });
});
