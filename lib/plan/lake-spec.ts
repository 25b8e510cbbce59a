import type { z } from 'zod';
import { type DataLakeSpec, type DatasetSpec, dataLake, type ZoneSpec } from '../spec/data-lake';
import { loadSpec } from '../spec/load';
import { ONCE } from '../spec/once';
import { type PlatformSpec, type PlatformSpecInput, platformSchema } from '../spec/platform';
import type { Report } from '../spec/problem';
import { REFERENCE_CHECKS, type SpecCheck } from '../spec/references';
import { partitionText } from './table-columns';

type LakeInput = z.input<typeof dataLake>;

/** A zone as a spec writes it, such as `{ retention: '365 days' }`, or parsed from a spec. */
export type ZoneProps = LakeInput['zones'][string] | ZoneSpec;

/** A dataset as a spec writes it, such as `{ zone: 'curated', columns: { id: 'string' } }`, or parsed from a spec. */
export type DatasetProps = NonNullable<LakeInput['datasets']>[string] | DatasetSpec;

/** Where a lake lives, and the rules of that cloud beside those that hold everywhere. */
export interface LakeCloud {
  readonly target: Pick<PlatformSpecInput, 'aws' | 'gcp'>;
  readonly checks: readonly SpecCheck[];
}

/**
 * Completes a lake the way the whole spec of a platform is: the same defaults, the same rules, the same errors.
 * @throws SpecError with everything that is wrong, paths starting at `zones` and `datasets`.
 */
export function lakeSpec(
  { target, checks }: LakeCloud,
  zones: Readonly<Record<string, ZoneProps>>,
  datasets: Readonly<Record<string, DatasetProps>>,
): DataLakeSpec {
  // A platform with nothing in it, around the lake whose parts are to be checked.
  const around = platformSchema.parse({ name: 'lake', owner: 'owner@example.com', ...target }, ONCE);
  return loadSpec(
    { zones: mapValues(zones, zoneAsWritten), datasets: mapValues(datasets, datasetAsWritten) },
    { schema: dataLake, checks: [...REFERENCE_CHECKS, ...checks].map((check) => forLakeAlone(check, around)) },
  );
}

/** What is parsed already goes back to how it was written, so that there is one way in. */
const zoneAsWritten = (zone: ZoneProps) => ({ ...zone, retention: asWritten(zone.retention) });

const datasetAsWritten = (dataset: DatasetProps) => ({
  ...dataset,
  partitionBy: dataset.partitionBy?.map((partition) =>
    typeof partition === 'string' ? partition : partitionText(partition),
  ),
  snapshots: dataset.snapshots && { ...dataset.snapshots, maxAge: asWritten(dataset.snapshots.maxAge) },
  rules: dataset.rules && rulesAsWritten(dataset.rules),
});

type RulesProps = NonNullable<DatasetProps['rules']>;
type ColumnRulesProps = NonNullable<RulesProps['columns']>[string];

const rulesAsWritten = (rules: RulesProps) => ({
  ...rules,
  columns: mapValues<ColumnRulesProps, unknown>(rules.columns ?? {}, ({ maxNulls, maxAge, ...column }) => ({
    ...column,
    maxNulls: typeof maxNulls === 'number' ? `${maxNulls}%` : maxNulls,
    maxAge: asWritten(maxAge),
  })),
});

const asWritten = (quantity: string | { readonly text: string } | undefined): string | undefined =>
  typeof quantity === 'object' ? quantity.text : quantity;

function forLakeAlone(check: SpecCheck, around: PlatformSpec) {
  return (lake: DataLakeSpec, report: Report): void =>
    check({ ...around, dataLake: lake }, (finding) => report({ ...finding, path: finding.path.slice(1) }));
}

function mapValues<In, Out>(map: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
