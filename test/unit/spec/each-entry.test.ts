import { describe, expect, test } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { eachEntry } from '../../../lib/spec/each-entry';
import { problemsOf } from '../../support/problems';

const NOBODY = { name: 'fraud', owner: 'a@example.com' };
const pathsOf = (spec: object) => problemsOf(() => loadPlatformSpec(spec)).map(({ path }) => path);
const paths = (overlay: object) => pathsOf({ ...NOBODY, aws: { region: 'eu-central-1' }, ...overlay });

describe('entries', () => {
  test('of maps and lists are judged with their keys', () => {
    const seen: unknown[] = [];
    eachEntry({ a: 1, b: 2 }, (value, name) => seen.push([name, value]));
    eachEntry(['x', 'y'], (value, at) => seen.push([at, value]));
    expect(seen).toEqual([
      ['a', 1],
      ['b', 2],
      [0, 'x'],
      [1, 'y'],
    ]);
  });

  test('that cannot be judged keep no other from it, and are not forgotten', () => {
    const seen: string[] = [];
    const entries = {
      first: 1,
      get broken(): number {
        throw new Error('broken');
      },
      last: 1,
    };
    expect(() => eachEntry(entries, (_, name) => seen.push(name))).toThrow('broken');
    expect(seen).toEqual(['first', 'last']);
  });
});

describe('a broken entry of a spec hides no problem of another', () => {
  test('in models', () => {
    const models = {
      b: { serving: { rollout: { strategy: 'canary', bake: 10 } }, monitoring: { errorRate: 'many' } },
      broken: 5,
      g: { serving: { rollout: { strategy: 'canary', bake: '1 minute' }, replicas: { min: 1 } } },
      h: { monitoring: { latencyP95: { threshold: '1 second', route: 'nowhere' } } },
      i: { serving: { accelerator: { type: 'h200', count: 3 } } },
    };
    expect(paths({ models })).toEqual([
      'models.b.monitoring.errorRate',
      'models.b.serving.rollout.bake',
      'models.broken',
      'models.g.serving.replicas.min',
      'models.g.serving.rollout.bake',
      'models.h.monitoring',
      'models.h.monitoring.latencyP95.route',
      'models.i.serving.accelerator',
    ]);
  });

  test('in datasets, their partitions, and what trainings read', () => {
    const dataLake = {
      zones: { raw: {} },
      datasets: {
        a: { zone: 7, columns: 'none' },
        b: {
          zone: 'rwa',
          columns: { id: 'string', ts: 'date' },
          partitionBy: ['week(ts)', 'hour(ts)', 'day(ts)', 'nobody'],
        },
        c: { zone: 'raw', columns: {} },
      },
    };
    const training = { cluster: { kind: 'managed' }, reads: [7, 'b', 'b', 'nothing'] };
    expect(paths({ dataLake, training })).toEqual([
      'dataLake.datasets.a.columns',
      'dataLake.datasets.a.zone',
      'dataLake.datasets.b.partitionBy[0]',
      'dataLake.datasets.b.partitionBy[1]',
      'dataLake.datasets.b.partitionBy[2]',
      'dataLake.datasets.b.partitionBy[3]',
      'dataLake.datasets.b.zone',
      'dataLake.datasets.c.columns',
      'training.reads[0]',
      'training.reads[2]',
      'training.reads[3]',
    ]);
  });

  test('in what a cloud has no use for, or needs to be told besides', () => {
    const gcp = { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' };
    const slack = { a: 5, b: { workspace: 'T0123ABCD', channel: 'C0123ABCD' } };
    const teams = { a: 5, b: { tenant: 'x' } };
    expect(pathsOf({ ...NOBODY, gcp, alerts: { slack, teams } })).toEqual([
      'alerts.slack.a',
      'alerts.slack.b.gcp',
      'alerts.teams.a',
      'alerts.teams.b',
      'alerts.teams.b.channel',
      'alerts.teams.b.team',
      'alerts.teams.b.tenant',
    ]);
  });
});
