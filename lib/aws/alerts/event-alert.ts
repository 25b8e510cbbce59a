import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { type AlertText, alertMessage, fillAlert } from '../../plan/alert-message';
import { textOn } from '../../plan/signal-text';
import type { AnnounceProps, IAlerts } from './alert-channel';
import { DeadLetters } from './dead-letters';

/** A rule that tells the alert channel of each event that matches, in the words of a signal. */
export class EventAlert extends Construct {
  public readonly rule: events.Rule;

  constructor(scope: Construct, id: string, channel: IAlerts, props: AnnounceProps) {
    super(scope, id);
    const { signal, eventPattern, details } = props;
    const { platform } = channel;
    const message = alertMessage('aws', signal, platform === undefined ? details : { ...details, platform });
    const input = events.RuleTargetInput.fromObject(fillAlert(message, template));
    const deadLetters =
      props.deadLetterQueue ?? new DeadLetters(this, 'Undelivered', { of: signal.name, alerts: channel }).queue;
    this.rule = new events.Rule(this, 'Rule', { description: textOn('aws', signal), eventPattern });
    this.rule.addTarget({
      bind: () => ({ arn: channel.topic.topicArn, input, deadLetterConfig: { arn: deadLetters.queueArn } }),
    });
  }
}

/**
 * Text of an input template. EventBridge puts values into a longer text as they are, so only values that need no
 * escaping may stand there; one that stands alone becomes a JSON value. It has no way to write `<` or `>`.
 * Source: EventBridge user guide, "Amazon EventBridge input transformation".
 * @throws Error for text that would break the template.
 */
function template(text: AlertText): string {
  return text
    .map((part) => {
      if (typeof part !== 'string') {
        if (part.freeText === true && text.length > 1)
          throw new Error(`${part.from} is free text, so it has to be a field of its own`);
        return events.EventField.fromPath(part.from);
      }
      if (/[<>]/.test(part)) throw new Error(`${JSON.stringify(part)} has < or >, which an input template cannot hold`);
      return part;
    })
    .join('');
}
