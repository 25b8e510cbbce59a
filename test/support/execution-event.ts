import { machinesOf, resolvedValue, type TemplateWithMachines } from './asl-from-template';
import { type EventPattern, matchesPattern, transformInput } from './event-pattern';

/** How an execution of a machine ended, or that it runs. */
export interface ExecutionEnd {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  readonly output?: string;
}

/** Every end that a machine with a customer's key can have, as far as an event says it, and whether somebody has to be told. */
export const EXECUTION_ENDS: readonly (readonly [why: string, end: ExecutionEnd, told: boolean])[] = [
  ['ran out of time', { status: 'TIMED_OUT' }, true],
  ['was stopped', { status: 'ABORTED' }, true],
  ['could not reach the channel', { status: 'FAILED', error: 'NotAnnounced', cause: 'no' }, true],
  ['failed in a way that no machine can catch', { status: 'FAILED', error: 'States.Runtime' }, true],
  ['did its work, or said that it failed', { status: 'SUCCEEDED', output: '{"outcome":"failed"}' }, false],
  ['runs', { status: 'RUNNING' }, false],
];

const ARN = 'arn:aws:states:eu-central-1:111111111111:stateMachine:';

/**
 * The event of an execution as EventBridge has it. Of a machine with a customer's key it says nothing of what went in and
 * came out, nor why it failed.
 * Source: Step Functions developer guide, "Automating Step Functions event delivery with EventBridge", and "Data at rest
 * encryption in Step Functions" (docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html), FAQs.
 *
 * @param properties - of the machine, as its template has them
 */
export function executionEvent(machine: string, properties: unknown, { status, ...content }: ExecutionEnd) {
  const { EncryptionConfiguration } = properties as { readonly EncryptionConfiguration?: { readonly Type: string } };
  const encrypted = EncryptionConfiguration?.Type === 'CUSTOMER_MANAGED_KMS_KEY';
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    detail: {
      executionArn: `arn:aws:states:eu-central-1:111111111111:execution:${machine}:e`,
      stateMachineArn: `${ARN}${machine}`,
      status,
      ...(encrypted ? {} : { input: '{}', ...content }),
    },
  };
}

interface Rule {
  readonly EventPattern: EventPattern;
  readonly Targets: readonly { readonly InputTransformer: Parameters<typeof transformInput>[0] }[];
}

/** By machine of a template, the signals that its rules tell of an execution which ended so. */
export function toldOfEnd(
  template: TemplateWithMachines,
  end: ExecutionEnd,
): Readonly<Record<string, readonly unknown[]>> {
  const values = { ref: (id: string) => `${ARN}${id}`, attribute: (id: string, name: string) => `${id}.${name}` };
  const rules = Object.values(template.Resources ?? {})
    .filter(({ Type }) => Type === 'AWS::Events::Rule')
    .map(({ Properties }) => resolvedValue(Properties, values) as Rule)
    .filter(({ EventPattern }) => JSON.stringify(EventPattern.source) === '["aws.states"]');
  return Object.fromEntries(
    machinesOf(template).map((machine) => {
      const event = executionEvent(machine, template.Resources?.[machine]?.Properties, end);
      const heard = rules.filter(({ EventPattern }) => matchesPattern(EventPattern, event));
      const messages = heard.flatMap(({ Targets }) =>
        Targets.map(({ InputTransformer }) => transformInput(InputTransformer, event)),
      );
      return [machine, messages.map((message) => (message as Message).metadata.eventType)];
    }),
  );
}

interface Message {
  readonly metadata: { readonly eventType: string };
}
