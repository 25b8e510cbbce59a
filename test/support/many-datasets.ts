import { loadPlatformSpec } from '../../lib/plan/load';
import type { PlatformSpec } from '../../lib/spec/platform';

const COLUMNS = { id: 'string', ts: 'timestamp' } as const;

/** Datasets spread evenly over zones. */
export const datasets = (count: number, zones: readonly string[]) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `transactions_of_source_${i}`,
      { columns: COLUMNS, zone: zones[i % zones.length] ?? '' },
    ]),
  );

/** A platform with a lake and trainings that read some of its datasets. */
export const lakeSpec = (dataLake: object, reads: readonly string[] = []): PlatformSpec =>
  loadPlatformSpec({
    name: 'fraud',
    owner: 'a@example.com',
    aws: { account: '111111111111', region: 'eu-central-1' },
    dataLake,
    training: { cluster: { kind: 'managed' }, reads },
  });

/** A platform whose trainings read every one of so many datasets. */
export function readsAll(count: number, zones: readonly string[]): PlatformSpec {
  const all = datasets(count, zones);
  return lakeSpec({ zones: Object.fromEntries(zones.map((zone) => [zone, {}])), datasets: all }, Object.keys(all));
}
