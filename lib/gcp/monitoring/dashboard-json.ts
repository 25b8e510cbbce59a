import { literalJson } from '../escape';

/** Columns of a dashboard. Source: Cloud Monitoring API, Dashboard, MosaicLayout: 1 to 48. */
export const COLUMNS = 48;

/** One line, or one for each combination of labels. */
export interface Line {
  readonly query: string;
  /** Default: the labels of the line. */
  readonly legend?: string;
  readonly plot?: 'LINE' | 'STACKED_AREA';
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Drawn into the chart. */
  readonly thresholds?: readonly { readonly label: string; readonly value: number }[];
}

export type Widget = Readonly<Record<string, unknown>>;

/** A chart of lines over time. */
export const chart = ({ title, unit, lines, thresholds = [] }: Chart): Widget => ({
  title,
  xyChart: {
    dataSets: lines.map(({ query, legend, plot = 'LINE' }) => ({
      plotType: plot,
      targetAxis: 'Y1',
      timeSeriesQuery: { prometheusQuery: query },
      ...(legend === undefined ? {} : { legendTemplate: legend }),
    })),
    ...(thresholds.length === 0
      ? {}
      : { thresholds: thresholds.map((threshold) => ({ ...threshold, targetAxis: 'Y1' })) }),
    yAxis: { label: unit, scale: 'LINEAR' },
  },
});

/** One number, the last there is. */
export const number = (title: string, query: string): Widget => ({
  title,
  scorecard: { timeSeriesQuery: { prometheusQuery: query } },
});

/**
 * Alerts that are open now.
 *
 * @param policies - names of alert policies, which may be tokens; of all of the project without any
 */
export const incidents = (title: string, policies: readonly string[] = []): Widget => ({
  title,
  incidentList: policies.length === 0 ? {} : { policyNames: policies },
});

/** Widgets beside each other, each with the columns that it takes. */
export interface Row {
  readonly height: number;
  readonly widgets: readonly { readonly width: number; readonly widget: Widget }[];
}

/**
 * A dashboard as the API takes it. Places of 0 are left out, as the API leaves them out of what it gives back, and
 * Terraform would see a change for ever.
 * Source: Cloud Monitoring API v1, Dashboard.
 */
export function dashboardJson(displayName: string, rows: readonly Row[]): string {
  let yPos = 0;
  const tiles = rows.flatMap(({ height, widgets }) => {
    let xPos = 0;
    const inRow = widgets.map(({ width, widget }) => {
      const tile = { ...place('xPos', xPos), ...place('yPos', yPos), width, height, widget };
      xPos += width;
      return tile;
    });
    yPos += height;
    return inRow;
  });
  return literalJson({ displayName, mosaicLayout: { columns: COLUMNS, tiles } });
}

const place = (key: 'xPos' | 'yPos', value: number) => (value === 0 ? {} : { [key]: value });
