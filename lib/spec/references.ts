import { livesSomewhere } from './clouds';
import { eachEntry } from './each-entry';
import { OFF } from './monitoring';
import { datasetPartitions } from './partition-checks';
import type { PlatformSpec } from './platform';
import { type Path, type Report, show } from './problem';
import { datasetRulesHold } from './rules-checks';
import { unknownName } from './unknown-name';

/** A rule that holds between parts of a spec; it reports every breach and never throws. */
export type SpecCheck = (spec: PlatformSpec, report: Report) => void;

const datasetZones: SpecCheck = ({ dataLake }, report) => {
  const zones = Object.keys(dataLake?.zones ?? {});
  eachEntry(dataLake?.datasets ?? {}, ({ zone }, name) => {
    if (!zones.includes(zone)) unknownName(report, ['dataLake', 'datasets', name, 'zone'], zone, 'zone', zones);
  });
};

const someZone: SpecCheck = ({ dataLake }, report) => {
  if (dataLake !== undefined && Object.keys(dataLake.zones).length === 0)
    report({
      path: ['dataLake', 'zones'],
      message: 'a data lake needs at least one zone',
      allowed: 'one or more zones by name',
      fix: 'write zones: { raw: {} }, or remove dataLake',
    });
};

const someColumn: SpecCheck = ({ dataLake }, report) =>
  eachEntry(dataLake?.datasets ?? {}, ({ columns }, name) => {
    if (Object.keys(columns).length === 0)
      report({
        path: ['dataLake', 'datasets', name, 'columns'],
        message: 'a dataset needs at least one column',
        allowed: 'one or more columns by name, each with its type',
        fix: 'write columns: { id: string }',
      });
  });

const trainingReads: SpecCheck = ({ training, dataLake }, report) => {
  const datasets = Object.keys(dataLake?.datasets ?? {});
  const named = new Set<string>();
  eachEntry(training?.reads ?? [], (name, i) => {
    const path: Path = ['training', 'reads', i];
    if (!datasets.includes(name)) unknownName(report, path, name, 'dataset', datasets);
    else if (named.has(name))
      report({ path, message: `${show(name)} is named twice`, allowed: 'each dataset once', fix: 'remove this one' });
    named.add(name);
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

const alertRoutes: SpecCheck = ({ alerts, models }, report) => {
  const routes = Object.keys(alerts.routes);
  eachEntry(models, ({ monitoring }, model) =>
    eachEntry(monitoring ?? {}, (threshold, watched) => {
      if (threshold === undefined || threshold === OFF) return;
      const { route } = threshold;
      if (route !== undefined && !routes.includes(route))
        unknownName(report, ['models', model, 'monitoring', watched, 'route'], route, 'route', routes, 'alerts.routes');
    }),
  );
};

/** Every rule between parts of a spec that holds on any cloud. */
export const REFERENCE_CHECKS: readonly SpecCheck[] = [
  livesSomewhere,
  someZone,
  someColumn,
  datasetZones,
  datasetPartitions,
  datasetRulesHold,
  trainingReads,
  natGateways,
  alertRoutes,
];
