import type { ModelSpec } from '../spec/model';
import type { PlatformSpec } from '../spec/platform';
import { alertSlacks, alertWebhooks, ofRoute, receiverName } from './alert-receivers';

/** How bad it is. critical: a person should look now. warning: today. info: for the record. */
export type Severity = 'info' | 'warning' | 'critical';

/** Something measured or announced that the alert channel hears of. */
export interface Signal {
  /** Stable name, unique within a platform: `training-failed`, `spend-80`. */
  readonly name: string;
  readonly measures: 'spend' | 'event' | 'metric';
  /** Share of the budget in percent for spend; a count for a metric. Events have none. */
  readonly threshold?: number;
  readonly severity: Severity;
  /** The model that it is about, where it is about one. */
  readonly model?: string;
  /** What happened and what to do, as the receiver reads it. */
  readonly text: string;
}

/** Signals of trainings. */
export const TRAINING_FAILED: Signal = {
  name: 'training-failed',
  measures: 'event',
  severity: 'warning',
  text: 'A training failed. Read its failure reason and its logs; run it again when the cause is mended.',
};

/** What events of tables are called when they cannot be delivered. */
export const TABLES = 'tables';

/** Signals of the machine that owns the columns of tables. */
export const TABLE_CHANGED: Signal = {
  name: 'table-changed',
  measures: 'event',
  severity: 'info',
  text: 'A table is as the spec says: it was created or changed, or was so already.',
};
export const TABLE_REFUSED: Signal = {
  name: 'table-refused',
  measures: 'event',
  severity: 'critical',
  text: 'A change of a table was refused because it would lose data. Take the change back in the spec, or write the data to a new dataset.',
};
export const TABLE_FAILED: Signal = {
  name: 'table-failed',
  measures: 'event',
  severity: 'critical',
  text: 'A table could not be brought to the columns of the spec. Read the execution; it can be started again at any time.',
};

/** Makes signals of events of one model; names begin with its own. */
export const signalsOf =
  (model: string) =>
  (name: string, severity: Severity, text: string): Signal => ({
    name: `${model}-${name}`,
    measures: 'event',
    severity,
    model,
    text,
  });

/** Said of a version whose approval came with its registration, where people approve. */
export const CLAIMED_APPROVAL = 'It was registered as approved, which only whoever may approve can say.';

/** Signals of one model's versions. */
export function modelSignals(
  model: string,
  approval: ModelSpec['registry']['approval'] = 'manual',
): readonly [registered: Signal, approved: Signal, rejected: Signal] {
  const signal = signalsOf(model);
  return [
    signal(
      'registered',
      'info',
      approval === 'manual'
        ? 'A version was registered. Approve or reject it in the registry.'
        : 'A version was registered. It is approved automatically.',
    ),
    signal('approved', 'info', 'A version was approved.'),
    signal('rejected', 'warning', 'A version was rejected. It will not serve.'),
  ];
}

/** Signal of a failed automatic approval. */
export function approvalFailed(model: string): Signal {
  return {
    name: `${model}-approval-failed`,
    measures: 'event',
    severity: 'critical',
    model,
    text: 'A registered version could not be approved automatically. Approve it by hand in the registry and read the execution.',
  };
}

/**
 * Signal of a webhook that does not take its alerts. Every renderer tries for an hour.
 *
 * @param route - the route that it hears of; the channel of the platform without one
 */
export function webhookFailing(webhook: string, route?: string): Signal {
  return {
    name: `webhook-${receiverName(webhook, route)}-failing`,
    measures: 'metric',
    threshold: 1,
    severity: 'critical',
    text: `An alert for the webhook ${webhook}${ofRoute(route)} could not be delivered within the hour. Check its address and its secret, then see to what it was not told.`,
  };
}

/**
 * Signal of a Slack channel that does not take its alerts. Google Cloud tries for an hour; on AWS the chat service tells
 * nobody of what it could not deliver.
 *
 * @param route - the route that it hears of; the channel of the platform without one
 */
export function slackFailing(slack: string, route?: string): Signal {
  return {
    name: `slack-${receiverName(slack, route)}-failing`,
    measures: 'event',
    severity: 'critical',
    text: `An alert for the Slack channel ${slack}${ofRoute(route)} could not be delivered within the hour. Check that its bot is in the channel and that the token in its secret is the bot's, then see to what it was not told.`,
  };
}

/** Signal of events that could not be handed to what waits for them: the alert channel, a machine. */
export function eventsUndelivered(of: string): Signal {
  return {
    name: `${of}-events-undelivered`,
    measures: 'metric',
    threshold: 1,
    severity: 'critical',
    text: `Events of ${of} could not be delivered and wait in a dead-letter queue. The attributes of a message say why and where it should have gone; act on the event by hand, then delete it. A run of a pipeline whose step is among them waits until it is stopped.`,
  };
}

/** Signals of the budget, one for each share that somebody is told at. */
export function spendSignals(alertAt: readonly number[]): readonly Signal[] {
  return [...alertAt]
    .sort((a, b) => a - b)
    .map((share) => ({
      name: `spend-${share}`,
      measures: 'spend',
      threshold: share,
      severity: share >= 100 ? 'critical' : 'warning',
      text: `${share} % of the monthly budget is spent or forecast to be.`,
    }));
}

/** Every signal of a platform. All go to its alert channel, but those of metrics that name a route. */
export function planSignals(spec: PlatformSpec): readonly Signal[] {
  const tables = Object.keys(spec.dataLake?.datasets ?? {}).length > 0;
  return [
    ...spendSignals(spec.governance.budget?.alertAt ?? []),
    ...alertWebhooks(spec).map(({ name, route }) => webhookFailing(name, route)),
    ...(spec.gcp === undefined ? [] : alertSlacks(spec).map(({ name, route }) => slackFailing(name, route))),
    ...(spec.training === undefined ? [] : [TRAINING_FAILED, eventsUndelivered(TRAINING_FAILED.name)]),
    ...(tables ? [TABLE_CHANGED, TABLE_REFUSED, TABLE_FAILED, eventsUndelivered(TABLES)] : []),
    ...Object.entries(spec.models).flatMap(([name, model]) => [
      ...modelSignals(name, model.registry.approval),
      eventsUndelivered(name),
      ...(model.registry.approval === 'automatic' ? [approvalFailed(name)] : []),
    ]),
  ];
}
