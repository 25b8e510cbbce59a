import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkNeeds, PRIVATE_SERVICES } from '../../../lib/plan/network-needs';
import { training } from '../../../lib/spec/training';

const spec = (kind: 'managed' | 'batch', reads: readonly string[] = []) => ({
  training: training.parse({ cluster: { kind }, reads }),
});
const services = (given: Parameters<typeof networkNeeds>[0]) => networkNeeds(given).map(({ service }) => service);

describe('what is called from inside the private subnets', () => {
  test('nothing without trainings', () => {
    expect(networkNeeds({})).toEqual([]);
  });

  test('by trainings of the managed service: only what their own program calls', () => {
    expect(services(spec('managed'))).toEqual(['objects', 'metrics']);
  });

  test('by a queue: also what its nodes do for the trainings', () => {
    expect(services(spec('batch'))).toEqual(['objects', 'metrics', 'logs', 'images', 'containers']);
  });

  test('by trainings that read datasets: also the catalog of tables', () => {
    expect(services(spec('managed', ['transactions']))).toEqual(['objects', 'catalog', 'metrics']);
    expect(services(spec('batch', ['transactions']))).toEqual([...PRIVATE_SERVICES]);
  });

  test('each service once, in one order, with its why; more is read, more is needed', () => {
    const kind = fc.constantFrom('managed' as const, 'batch' as const);
    const reads = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 3 });
    fc.assert(
      fc.property(kind, reads, (chosen, names) => {
        const needs = networkNeeds(spec(chosen, names));
        const order = needs.map(({ service }) => PRIVATE_SERVICES.indexOf(service));
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
        for (const { why } of needs) expect(why.split(' ').length).toBeGreaterThan(3);
        expect(services(spec(chosen, names))).toEqual(expect.arrayContaining(services(spec(chosen))));
        expect(services(spec('batch', names))).toEqual(expect.arrayContaining(services(spec(chosen, names))));
      }),
    );
  });
});
