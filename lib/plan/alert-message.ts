import type { Cloud } from '../spec/clouds';
import { textOn } from './signal-text';
import type { Severity, Signal } from './signals';

/**
 * A value that is known only when something happens. `from` says where the renderer finds it: a path into an event, an
 * expression of a machine. Free text is what people or programs wrote, such as a failure reason; anything else is a name,
 * a number or a status that needs no escaping anywhere.
 */
export interface Hole {
  readonly from: string;
  readonly freeText?: boolean;
}

/** Text with holes: its parts one after the other. */
export type AlertText = readonly (string | Hole)[];

export interface AlertDetails {
  /** What alerts come from, as its readers call it: `fraud-prod`. */
  readonly platform?: string;
  /** Where to look: an address, or words that lead there. */
  readonly where: string | AlertText;
  /** What else to know, by label. */
  readonly fields?: Readonly<Record<string, string | Hole>>;
}

/**
 * One format for every receiver. It is the schema of custom notifications, the only text of one's own that AWS Chatbot
 * shows in Slack and Teams; e-mails show it as it is, so what matters comes first; webhooks get it as JSON.
 * Source: Amazon Q Developer in chat applications administrator guide, "Custom notifications": version, source and
 * content.description are required.
 */
export interface AlertMessage<Text> {
  readonly content: {
    readonly title: Text;
    readonly description: Text;
    readonly nextSteps: readonly Text[];
    readonly keywords: readonly Text[];
  };
  readonly metadata: {
    /** Name of the signal. */
    readonly eventType: Text;
    readonly additionalContext: Readonly<Record<string, Text>>;
  };
  readonly version: Text;
  readonly source: Text;
}

const WORD: Readonly<Record<Severity, string>> = { info: 'Info', warning: 'Warning', critical: 'Critical' };

/** One line about a signal, below 100 characters of ASCII: `Critical: fraud-detector-approval-failed`. */
export function alertTitle(signal: Signal): string {
  return `${WORD[signal.severity]}: ${signal.name}`;
}

/** What receivers are told of a signal on a cloud. The result has holes still; `fillAlert` closes them. */
export function alertMessage(cloud: Cloud, signal: Signal, details: AlertDetails): AlertMessage<AlertText> {
  const { platform, where, fields = {} } = details;
  const title = alertTitle(signal);
  const about = {
    severity: signal.severity,
    ...(signal.model === undefined ? {} : { model: signal.model }),
    ...(platform === undefined ? {} : { platform }),
  };
  return {
    content: {
      title: [platform === undefined ? title : `${title} (${platform})`],
      description: [textOn(cloud, signal)],
      nextSteps: [
        ['Where to look: ', ...(typeof where === 'string' ? [where] : where)],
        ...Object.entries(fields).flatMap(([label, value]) => line(label, value)),
      ],
      keywords: Object.values(about).map((word) => [word]),
    },
    metadata: {
      eventType: [signal.name],
      additionalContext: Object.fromEntries(Object.entries(about).map(([key, word]) => [key, [word]])),
    },
    version: ['1.0'],
    source: ['custom'],
  };
}

/** Free text stands alone: it may hold anything, and some renderers cannot escape a value inside a longer text. */
function line(label: string, value: string | Hole): readonly AlertText[] {
  if (typeof value !== 'string' && value.freeText === true) return [[`${label}:`], [value]];
  return [[`${label}: `, value]];
}

/** The message with each text written by a renderer, in the same order. */
export function fillAlert<Text>(
  message: AlertMessage<AlertText>,
  write: (text: AlertText) => Text,
): AlertMessage<Text> {
  const { content, metadata } = message;
  return {
    content: {
      title: write(content.title),
      description: write(content.description),
      nextSteps: content.nextSteps.map(write),
      keywords: content.keywords.map(write),
    },
    metadata: {
      eventType: write(metadata.eventType),
      additionalContext: Object.fromEntries(
        Object.entries(metadata.additionalContext).map(([key, text]) => [key, write(text)]),
      ),
    },
    version: write(message.version),
    source: write(message.source),
  };
}
