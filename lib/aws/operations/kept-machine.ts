import { Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AccessEdge } from '../../plan/access';
import type { PlatformNames } from '../../plan/names';
import type { Signal } from '../../plan/signals';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IAlerts } from '../alerts/alert-channel';
import { consoleLink } from '../alerts/console-link';
import { announceSilentEnds } from '../alerts/silent-ends';
import { grantKey } from '../keys/key-grants';
import type { AslMachine } from '../machine/asl';
import { Machine } from '../machine/machine';
import type { OperationsMachineProps } from './machine/machine-props';
import { everyEndpoint } from './operations-grants';

/** What the machines that look after all endpoints share. */
export interface OperationsMachineContext {
  readonly names: PlatformNames;
  /** Who is told. */
  readonly alerts: IAlerts;
  /** Key of the machines, their logs and the queue. */
  readonly encryptionKey: kms.IKey;
  /** Takes what could not be started. */
  readonly deadLetterQueue: sqs.IQueue;
}

export interface KeptMachineProps extends OperationsMachineContext {
  /** Name after the platform's in the name of the log: `sweep`. */
  readonly name: string;
  readonly definition: (props: OperationsMachineProps) => AslMachine;
  /** What the machine may do, and what may start it. */
  readonly access: readonly AccessEdge[];
  readonly triggerAccess: readonly AccessEdge[];
  /** Service that starts it. */
  readonly startedBy: string;
  /** What is told when it fails. */
  readonly failed: Signal;
  /** Grantors beyond those of the platform's endpoints. */
  readonly grantors?: Grantors;
}

/** A machine that outlives the models it looks after, with what starts it and with alerts of ends it cannot announce. */
export class KeptMachine extends Construct {
  public readonly machine: Machine;
  /** What starts the machine. */
  public readonly trigger: Workload;

  constructor(scope: Construct, id: string, props: KeptMachineProps) {
    super(scope, id);
    const { names, alerts, encryptionKey, deadLetterQueue } = props;
    const grantors: Grantors = {
      ...everyEndpoint(this, names),
      ...alerts.grantors,
      key: (verb, _name, to) => grantKey(encryptionKey, verb, to),
      ...props.grantors,
      queue: (_verb, _name, to) => allow(to, ['sqs:SendMessage'], [deadLetterQueue.queueArn]),
    };
    this.machine = new Machine(this, 'Machine', {
      definition: props.definition({
        slug: names.slug,
        modelsPrefix: `${names.parameter('models')}/`,
        topicArn: alerts.topic.topicArn,
        endpointsLink: consoleLink(this, 'sagemaker', '#/endpoints'),
      }),
      access: props.access,
      grantors,
      encryptionKey,
      logName: names.of('machine', props.name),
    });
    this.trigger = new Workload(this, 'Trigger', {
      assumedBy: serviceOfThisAccount(props.startedBy, Stack.of(this).account),
      access: props.triggerAccess,
      grantors: { ...grantors, machine: (_verb, _name, to) => this.machine.grantStart(to) },
    });
    announceSilentEnds(this, 'SilentEnds', alerts, {
      machineArn: this.machine.arn,
      signal: props.failed,
      deadLetterQueue,
    });
  }
}
