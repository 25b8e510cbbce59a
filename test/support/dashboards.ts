import type { MachineType } from '../../lib/plan/machines/machines';
import type { PlatformSpec } from '../../lib/spec/platform';

/** A line of a chart, as what it measures. */
export interface ReadLine {
  /** What it is called; empty where it is one of many, called by their labels, or the only one. */
  readonly legend: string;
  /** In words that both clouds share: `p95 of the latency of the model in ms`. */
  readonly measures: string;
  /** What it is measured of, by the names that its cloud has for it, sorted: an endpoint, or a model of a platform. */
  readonly of: string;
  /** Seconds that one value stands for. */
  readonly seconds: number;
}

/** A chart, or a number. */
export interface ReadChart {
  readonly title: string;
  readonly lines: readonly ReadLine[];
  /** Values that are drawn, by the name of their signal. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** Charts in their order, by the name of the dashboard. Lists of alerts are none. */
export type ReadDashboards = Readonly<Record<string, readonly ReadChart[]>>;

/** What the charts of a dashboard are read with: the machine that its model serves on; none of a platform's. */
export type MachineOfDashboard = (dashboard: string) => MachineType | undefined;

export type DashboardReader = (spec: PlatformSpec, machineOf: MachineOfDashboard) => ReadDashboards;

/** Something measured in its unit, or, where the numbers are not in it, what they are times that of the cloud. */
export const inUnit = (what: string, unit: string, factor: number, right: number): string =>
  Math.abs(factor / right - 1) < 1e-9 ? `${what} in ${unit}` : `${what} times ${factor}`;
