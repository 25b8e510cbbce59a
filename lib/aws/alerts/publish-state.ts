import { type AlertDetails, type AlertText, alertMessage, alertTitle, fillAlert } from '../../plan/alert-message';
import type { Signal } from '../../plan/signals';
import { type AslState, call, expr } from '../machine/asl';

export interface PublishAlertProps {
  readonly topicArn: string;
  readonly signal: Signal;
  /** Holes are JSONata expressions, such as `{ from: '$states.input.table' }`. */
  readonly details: AlertDetails;
}

/** The state of a machine that tells the alert channel of a signal. `rest` is what else the state has, such as Next. */
export function publishAlert(props: PublishAlertProps, rest: Readonly<Record<string, unknown>>): AslState {
  const { topicArn, signal, details } = props;
  return call(
    'sns:publish',
    { TopicArn: topicArn, Subject: alertTitle(signal), Message: expr(alertExpression(signal, details)) },
    rest,
  );
}

/** JSONata that gives the message as JSON text. */
export function alertExpression(signal: Signal, details: AlertDetails): string {
  return `$string(${literal(fillAlert(alertMessage('aws', signal, details), concatenation))})`;
}

/** Code that must not be quoted again. */
class Code {
  constructor(readonly code: string) {}
}

/** JSONata strings escape as those of JSON do. `&` turns what is missing into nothing. */
const concatenation = (text: AlertText): Code =>
  new Code(
    text
      .map((part) => (typeof part === 'string' ? JSON.stringify(part) : `$string(${part.from})`))
      .concat(text.length === 1 && typeof text[0] !== 'string' ? ['""'] : [])
      .join(' & '),
  );

function literal(value: unknown): string {
  if (value instanceof Code) return value.code;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  const members = Object.entries(value as Record<string, unknown>);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}: ${literal(member)}`).join(', ')}}`;
}
