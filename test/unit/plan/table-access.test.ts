import { describe, expect, test } from 'vitest';
import { planAccess } from '../../../lib/plan/access';
import { loadPlatformSpec } from '../../../lib/plan/load';

const TABLE = { columns: { id: 'string' } };

/** What may be done to tables of zones, as `workload verb zone`. */
const onZones = (datasets: object) =>
  planAccess(
    loadPlatformSpec({
      name: 'fraud',
      owner: 'a@example.com',
      aws: { region: 'eu-central-1' },
      dataLake: { zones: { raw: {}, refined: {}, curated: {} }, datasets },
    }),
  )
    .filter(({ kind }) => kind === 'zone')
    .map(({ workload, verb, name }) => `${workload} ${verb} ${name}`);

describe('access to the tables of a lake', () => {
  const two = { a: { ...TABLE, zone: 'raw' }, b: { ...TABLE, zone: 'curated' } };

  test('is by zone, once for each that has datasets', () => {
    expect(onZones(two)).toEqual([
      'table-evolution evolve curated',
      'table-evolution evolve raw',
      'table-optimizer optimize curated',
      'table-optimizer optimize raw',
    ]);
    expect(onZones({})).toEqual([]);
  });

  test('does not change when a dataset is added to a zone that has some, wherever it is written', () => {
    const c = { ...TABLE, zone: 'curated' };
    expect(onZones({ c, ...two })).toEqual(onZones(two));
    expect(onZones({ ...two, c })).toEqual(onZones(two));
  });
});
