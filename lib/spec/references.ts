import { nearest } from './did-you-mean';
import type { PlatformSpec } from './platform';
import { type Path, type Report, show } from './problem';

/** A rule that holds between parts of a spec; it reports every breach and never throws. */
export type SpecCheck = (spec: PlatformSpec, report: Report) => void;

/** Reports a name that nothing in the spec has. */
function unknownName(report: Report, path: Path, name: string, what: string, known: readonly string[]): void {
  const close = nearest(name, known);
  report({
    path,
    message: `there is no ${what} ${show(name)}`,
    allowed: known.length === 0 ? `none: the spec has no ${what}` : known.join(', '),
    fix: close === undefined ? `name one of these, or add the ${what} to dataLake` : `write ${close}`,
  });
}

const datasetZones: SpecCheck = ({ dataLake }, report) => {
  const zones = Object.keys(dataLake?.zones ?? {});
  for (const [name, dataset] of Object.entries(dataLake?.datasets ?? {}))
    if (!zones.includes(dataset.zone))
      unknownName(report, ['dataLake', 'datasets', name, 'zone'], dataset.zone, 'zone', zones);
};

const TIME_TYPES = new Set(['date', 'timestamp']);

const datasetPartitions: SpecCheck = ({ dataLake }, report) => {
  for (const [name, { columns, partitionBy }] of Object.entries(dataLake?.datasets ?? {}))
    partitionBy.forEach((partition, i) => {
      const path: Path = ['dataLake', 'datasets', name, 'partitionBy', i];
      const type = columns[partition.column];
      if (type === undefined) unknownName(report, path, partition.column, 'column', Object.keys(columns));
      else if (partition.transform === 'hour' && type !== 'timestamp')
        report({
          path,
          message: `hour() needs a timestamp, and ${partition.column} is ${type}`,
          allowed: 'hour() of a timestamp; year(), month() and day() of a date or timestamp',
          fix: TIME_TYPES.has(type) ? `write day(${partition.column})` : 'partition by a column of type timestamp',
        });
      else if (['year', 'month', 'day'].includes(partition.transform) && !TIME_TYPES.has(type))
        report({
          path,
          message: `${partition.transform}() needs a date or timestamp, and ${partition.column} is ${type}`,
          allowed: 'a column of type date or timestamp; bucket(n, column) or the bare column for any other type',
          fix: `write bucket(16, ${partition.column}) or ${partition.column}`,
        });
    });
};

const notEmpty: SpecCheck = ({ dataLake }, report) => {
  if (dataLake !== undefined && Object.keys(dataLake.zones).length === 0)
    report({
      path: ['dataLake', 'zones'],
      message: 'a data lake needs at least one zone',
      allowed: 'one or more zones by name',
      fix: 'write zones: { raw: {} }, or remove dataLake',
    });
  for (const [name, { columns }] of Object.entries(dataLake?.datasets ?? {}))
    if (Object.keys(columns).length === 0)
      report({
        path: ['dataLake', 'datasets', name, 'columns'],
        message: 'a dataset needs at least one column',
        allowed: 'one or more columns by name, each with its type',
        fix: 'write columns: { id: string }',
      });
};

const trainingReads: SpecCheck = ({ training, dataLake }, report) => {
  const datasets = Object.keys(dataLake?.datasets ?? {});
  training?.reads.forEach((name, i) => {
    const path: Path = ['training', 'reads', i];
    if (!datasets.includes(name)) unknownName(report, path, name, 'dataset', datasets);
    else if (training.reads.indexOf(name) < i)
      report({ path, message: `${show(name)} is named twice`, allowed: 'each dataset once', fix: 'remove this one' });
  });
};

const natGateways: SpecCheck = ({ network }, report) => {
  if (network.mode === 'nat' && network.gateways > network.zones)
    report({
      path: ['network', 'gateways'],
      message: `${network.gateways} NAT gateways do not fit into ${network.zones} zones`,
      allowed: `1 to ${network.zones} (zones)`,
      fix: `write gateways: ${network.zones}, or raise zones`,
    });
};

/** Every rule between parts of a spec that holds on any cloud. */
export const REFERENCE_CHECKS: readonly SpecCheck[] = [
  notEmpty,
  datasetZones,
  datasetPartitions,
  trainingReads,
  natGateways,
];
