import { Aws, Stack } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct, type IDependable } from 'constructs';
import {
  type KeyName,
  PREFIXES,
  tableEvolutionAccess,
  tableOptimizerAccess,
  tableTriggerAccess,
  tableZones,
} from '../../plan/access';
import type { PlatformNames } from '../../plan/names';
import { TABLE_FAILED, TABLES } from '../../plan/signals';
import { desiredTable } from '../../plan/table-columns';
import type { DatasetSpec } from '../../spec/data-lake';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IAlerts } from '../alerts/alert-channel';
import { DeadLetters } from '../alerts/dead-letters';
import { announceSilentEnds } from '../alerts/silent-ends';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { grantKey } from '../keys/key-grants';
import type { ILocks } from '../locks/locks';
import { Machine } from '../machine/machine';
import { DesiredParameter } from './desired-parameter';
import type { IDataset } from './lake-parts';
import { tableMachine } from './machine/table-machine';

export interface EvolvingDataset {
  readonly spec: DatasetSpec;
  readonly dataset: IDataset;
  /** What must be there before the table can be made: its database. */
  readonly after: IDependable;
}

export interface TableEvolutionProps {
  readonly names: PlatformNames;
  readonly datasets: Readonly<Record<string, EvolvingDataset>>;
  readonly grantors: Required<Pick<Grantors, 'zone'>>;
  readonly workgroup: string;
  readonly keys: Readonly<Record<KeyName, kms.IKey>>;
  /** Where Athena leaves its results; its key is `keys.artifacts`. */
  readonly queryResults: IArtifactStore;
  readonly alerts: IAlerts;
  readonly locks: ILocks;
}

/**
 * What brings the tables of a lake to their desired columns. CloudFormation would forget a table's metadata when its
 * columns change, so it owns only a parameter with the desired columns; each change of one is an event that starts the
 * machine, which owns the table. Removing a dataset removes its parameter; its table and data stay.
 *
 * Parameter Store emits events on a best-effort basis: start the machine by hand with `{ "dataset": "transactions" }`
 * where one was lost, or again after a failure. Locations registered with Lake Formation take no DDL from Athena.
 */
export class TableEvolution extends Construct {
  public readonly machine: Machine;
  public readonly optimizer: Workload;
  public readonly workgroup: athena.CfnWorkGroup;

  constructor(scope: Construct, id: string, props: TableEvolutionProps) {
    super(scope, id);
    const zones = tableZones(Object.values(props.datasets).map(({ spec }) => spec));
    const { platform } = props.alerts;
    const grantors: Grantors = {
      ...props.grantors,
      ...props.queryResults.grantors,
      ...props.locks.grantors,
      ...props.alerts.grantors,
      key: (verb, name, to) => grantKey(props.keys[name as KeyName], verb, to),
      parameter: (_verb, name, to) =>
        allow(to, ['ssm:GetParameter'], [this.parameterArn(`${props.names.parameter(name)}/*`)]),
      log: (_verb, _name, to) => this.grantOptimizerLogs(to),
      machine: (_verb, _name, to) => this.machine.grantStart(to),
    };
    const parameterPrefix = `${props.names.parameter('datasets')}/`;

    this.workgroup = this.makeWorkgroup(props);
    this.optimizer = new Workload(this, 'Optimizer', {
      assumedBy: new iam.ServicePrincipal('glue.amazonaws.com'),
      access: tableOptimizerAccess(zones),
      grantors,
      description: 'Compacts tables and expires their snapshots',
    });
    this.machine = new Machine(this, 'Machine', {
      definition: tableMachine({
        ...(platform === undefined ? {} : { platform }),
        parameterPrefix,
        lockTable: props.locks.tableName,
        workgroup: this.workgroup.name,
        optimizerRoleArn: this.optimizer.role.roleArn,
        catalogId: Stack.of(this).account,
        topicArn: props.alerts.topic.topicArn,
      }),
      access: tableEvolutionAccess(zones),
      grantors,
      encryptionKey: props.keys.operations,
      logName: props.names.of('machine', 'table-evolution'),
    });
    this.machine.workload.addStatement(
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.optimizer.role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } },
      }),
    );

    const undelivered = new DeadLetters(this, 'Undelivered', { of: TABLES, alerts: props.alerts });
    const trigger = new Workload(this, 'Trigger', {
      assumedBy: serviceOfThisAccount('events.amazonaws.com', Stack.of(this).account),
      access: tableTriggerAccess(),
      grantors,
      description: 'Starts the machine when desired columns change',
    });
    const rule = this.startOnChange(parameterPrefix, trigger, undelivered);
    announceSilentEnds(this, 'SilentEnds', props.alerts, {
      machineArn: this.machine.arn,
      signal: TABLE_FAILED,
      deadLetterQueue: undelivered.queue,
    });

    for (const [name, { spec, dataset, after }] of Object.entries(props.datasets)) {
      const parameter = new DesiredParameter(this, `Desired-${name}`, {
        parameterName: `${parameterPrefix}${name}`,
        table: desiredTable(name, spec, { database: dataset.zone.databaseName, location: dataset.location }),
        ...(spec.description === undefined ? {} : { description: spec.description }),
      });
      // The first write must find everything that it sets in motion.
      parameter.node.addDependency(rule, trigger, this.machine, this.optimizer, this.workgroup, after);
    }
  }

  /** Its settings hold whatever a query asks for: results under one prefix, encrypted with the customer's key. */
  private makeWorkgroup(props: TableEvolutionProps): athena.CfnWorkGroup {
    return new athena.CfnWorkGroup(this, 'Workgroup', {
      name: props.workgroup,
      description: 'Statements that create tables of the lake and change their columns',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        resultConfiguration: {
          outputLocation: props.queryResults.uri(PREFIXES.queries),
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: props.keys.artifacts.keyArn },
          expectedBucketOwner: Stack.of(this).account,
        },
      },
    });
  }

  /** Source: Systems Manager user guide, "Amazon EventBridge event examples for Systems Manager". */
  private startOnChange(parameterPrefix: string, trigger: Workload, undelivered: DeadLetters): events.Rule {
    const rule = new events.Rule(this, 'DesiredChanged', {
      description: 'The desired columns of a table changed.',
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['Parameter Store Change'],
        detail: { name: [{ prefix: parameterPrefix }], operation: ['Create', 'Update'] },
      },
    });
    rule.addTarget({
      bind: () => ({
        arn: this.machine.arn,
        role: trigger.role,
        deadLetterConfig: { arn: undelivered.queue.queueArn },
      }),
    });
    return rule;
  }

  /** Source: AWS Glue developer guide, "Table optimization prerequisites": log groups that all optimizers share. */
  private grantOptimizerLogs(to: iam.IGrantable): void {
    const { account, region } = Stack.of(this);
    const group = (kind: string) =>
      `arn:${Aws.PARTITION}:logs:${region}:${account}:log-group:/aws-glue/iceberg-${kind}/logs:*`;
    allow(
      to,
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      [group('compaction'), group('retention'), group('orphan-file-deletion')],
    );
  }

  private parameterArn(name: string): string {
    const { account, region } = Stack.of(this);
    return `arn:${Aws.PARTITION}:ssm:${region}:${account}:parameter${name}`;
  }
}
