import { resourcesOf, valuesAt } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/** Characters of a query in Cloud Logging's language. Source: Cloud Logging documentation, "Quotas and limits". */
const LOGS = 20_000;
/** Characters of a filter of time series. Source: discovery document of Monitoring, MetricThreshold.filter. */
const SERIES = 2_048;

/** Filters by where they are, below the types of the resources that begin so. */
const FILTERS: readonly (readonly [type: RegExp, path: readonly string[], most: number])[] = [
  [/^google_logging_.*_sink$/, ['filter'], LOGS],
  [/^google_logging_.*_sink$/, ['exclusions', 'filter'], LOGS],
  [/^google_logging_(metric|.*_exclusion|log_view)$/, ['filter'], LOGS],
  [/^google_monitoring_alert_policy$/, ['conditions', 'condition_matched_log', 'filter'], LOGS],
  [/^google_monitoring_alert_policy$/, ['conditions', 'condition_threshold', 'filter'], SERIES],
  [/^google_monitoring_alert_policy$/, ['conditions', 'condition_threshold', 'denominator_filter'], SERIES],
  [/^google_monitoring_alert_policy$/, ['conditions', 'condition_absent', 'filter'], SERIES],
];

/** The provider takes filters of any length, and the service refuses them when they are applied. */
export const shortFilters: Rule = (stack) =>
  resourcesOf(stack).flatMap(({ address, type, body }) =>
    FILTERS.filter(([of]) => of.test(type)).flatMap(([, path, most]) =>
      valuesAt(body, path)
        .filter((filter) => String(filter).length > most)
        .map((filter) => ({
          address,
          message: `${path.join('.')} has ${String(filter).length} characters, and ${most} are allowed`,
        })),
    ),
  );
