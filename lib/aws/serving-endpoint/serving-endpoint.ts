import { Names, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { channelFor } from '../../plan/alert-routes';
import type { EndpointPlan, MonitoringInput, ServingInput } from '../../plan/endpoint-plan';
import { PlatformNames } from '../../plan/names';
import { VARIANT } from '../../plan/rollout';
import { championPath, endpointLock, servingPath } from '../../plan/serving-access';
import type { MonitoringSpec } from '../../spec/monitoring';
import type { ServingSpec } from '../../spec/serving';
import { allow } from '../access/grant-statement';
import type { IAlerts } from '../alerts/alert-channel';
import { ALERT_KEY_SERVICES, Alerts } from '../alerts/alerts';
import { DeadLetters } from '../alerts/dead-letters';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { customerKey } from '../keys/customer-key';
import { grantKey } from '../keys/key-grants';
import { type ILocks, Locks } from '../locks/locks';
import type { IModelRegistry } from '../model-registry/registry-entry';
import { modelDashboardName } from '../monitoring/monitoring-names';
import { whereToLook } from '../monitoring/where-to-look';
import type { INetwork } from '../network/network';
import type { DataRemovalProps } from '../removal';
import {
  EndpointEntry,
  ImportedEndpoint,
  type IServingEndpoint,
  type ServingEndpointAttributes,
} from './endpoint-entry';
import { Hosting } from './hosting';
import { endpointAlarm } from './machine/endpoint-requests';
import type { ServingFacts } from './records';
import { Rollout } from './rollout';
import { planEndpoint } from './serving-spec';

export interface ServingEndpointProps extends DataRemovalProps {
  /** The model's entry in the registry: approving a version there rolls it out. */
  readonly registry: IModelRegistry;
  /** Network that the endpoint's machines run in. */
  readonly network: INetwork;
  /** Where the images of containers are. */
  readonly repository: ecr.IRepository;
  /** Where trained models are, and recorded requests go. */
  readonly artifacts: IArtifactStore;
  /** Key of that store, and of the machines' disks. */
  readonly encryptionKey: kms.IKey;
  /** Who is told how rollouts end, and when nobody asks. Default: a channel of its own without receivers. */
  readonly alerts?: IAlerts;
  /** Who is told instead when nobody asks, where the threshold names a route, by its name. Default: it names none. */
  readonly routes?: Readonly<Record<string, IAlerts>>;
  /** As a spec has it, written or parsed. Default: every default of a spec. */
  readonly serving?: ServingInput | ServingSpec;
  /** Thresholds likewise: guards of rollouts, and the alarm for no traffic. Default: DEFAULT_MONITORING. */
  readonly monitoring?: MonitoringInput | MonitoringSpec;
  /** Names of the plan. Default: names after this construct's place in the app. */
  readonly names?: PlatformNames;
  /** Where a rollout holds the lock of the endpoint. Default: `Locks` of its own. */
  readonly locks?: ILocks;
  /**
   * Key of the machine, logs, and the locks, queue and channel made here; its policy must let in `logs`, `log-delivery`
   * and ALERT_KEY_SERVICES. Default: a key of its own.
   */
  readonly operationsKey?: kms.IKey;
  /** Takes events that could not start a rollout. Default: a queue of its own with an alarm. */
  readonly deadLetterQueue?: sqs.IQueue;
}

/**
 * The shell of a model's endpoint: role, security group, log, and the machine that decides which version serves. The
 * endpoint itself is not in the template: the machine makes it when the first version is approved and moves it from version
 * to version, so applying the template never touches what serves. What is set here takes effect with the next rollout;
 * promote the version that serves to have it now.
 *
 * Decisions count in the order in which they are made: a newer approval waits for a rollout that is under way, and whatever
 * was decided before the last decision that was carried out is over.
 *
 * When this stack goes the endpoint stays, and costs money, until it is retired.
 */
export class ServingEndpoint extends EndpointEntry {
  /** The endpoint of another stack. */
  public static fromNames(scope: Construct, id: string, attrs: ServingEndpointAttributes): IServingEndpoint {
    return new ImportedEndpoint(scope, id, attrs);
  }

  /** What it runs on and how it rolls out. */
  public readonly plan: EndpointPlan;
  /** What it runs on, as and into: its role, security group and log. */
  public readonly hosting: Hosting;
  /** Role that it runs as. */
  public readonly role: iam.IRole;
  public readonly securityGroup: ec2.SecurityGroup;
  /** The machine, its trigger and its rule. */
  public readonly rollout: Rollout;
  /** Publishes ServingFacts. */
  public readonly facts: ssm.StringParameter;
  public readonly deadLetterQueue: sqs.IQueue;

  /**
   * @throws SpecError when serving or monitoring are not what a spec allows, or cannot be had in the region of the stack;
   *   Error when the threshold of no traffic names a route that is not here.
   */
  constructor(scope: Construct, id: string, props: ServingEndpointProps) {
    const { model } = props.registry;
    super(scope, id, model, (self) => props.names ?? namesOf(self));
    const names = props.names ?? namesOf(this);
    this.plan = planEndpoint(this, model, { serving: props.serving, monitoring: props.monitoring });

    const operations = props.operationsKey ?? ownKey(this);
    const alerts = props.alerts ?? new Alerts(this, 'Alerts', { platform: names.slug, encryptionKey: operations });
    const removal = props.destroyData === undefined ? {} : { destroyData: props.destroyData };
    const locks = props.locks ?? new Locks(this, 'Locks', { ...removal, encryptionKey: operations });
    this.deadLetterQueue =
      props.deadLetterQueue ??
      new DeadLetters(this, 'Undelivered', { of: `${model}-rollout`, alerts, encryptionKey: operations }).queue;
    this.hosting = new Hosting(this, 'Hosting', {
      model,
      endpointName: this.endpointName,
      plan: this.plan,
      network: props.network,
      repository: props.repository,
      artifacts: props.artifacts,
      encryptionKey: props.encryptionKey,
      logKey: operations,
    });
    const { settings, securityGroup, workload } = this.hosting;
    this.role = workload.role;
    this.securityGroup = securityGroup;

    const parameters = {
      champion: names.parameter(...championPath(model)),
      facts: names.parameter(...servingPath(model)),
    };
    const { signals, machine, rollout, serving } = this.plan;
    const noTraffic = signals.metrics.find(({ facts }) => facts.armed === 'by the first promotion');
    this.rollout = new Rollout(this, 'Rollout', {
      registry: props.registry,
      alerts,
      machine: {
        endpoint: this.endpointName,
        championParameter: parameters.champion,
        factsParameter: parameters.facts,
        lockTable: locks.tableName,
        lock: endpointLock(this.endpointName),
        settings,
        requestsPerReplica: serving.scaling.requestsPerReplica,
        rollout,
        guards: signals.guards.map((signal) => endpointAlarm(signal, machine)),
        ...(noTraffic === undefined
          ? {}
          : {
              noTraffic: endpointAlarm(noTraffic, machine, this.whereToLook(props.names)),
              noTrafficTopicArn: channelFor([noTraffic], alerts, props.routes)(noTraffic).topic.topicArn,
            }),
        outcomes: signals.outcomes,
      },
      grantors: {
        ...alerts.grantors,
        ...props.registry.grantors,
        ...locks.grantors,
        ...this.grantors,
        key: (verb, _name, to) => grantKey(operations, verb, to),
        parameter: (verb, name, to) => this.grantParameter(names, verb, name, to),
      },
      executionRole: this.role,
      ...(settings.volumeKeyArn === undefined ? {} : { volumeKey: props.encryptionKey }),
      taggedLike: securityGroup.node.defaultChild ?? securityGroup,
      deadLetterQueue: this.deadLetterQueue,
      encryptionKey: operations,
      logName: props.names?.of('machine', model, 'rollout') ?? Names.uniqueResourceName(this, LOG_NAME),
    });
    this.facts = this.publishFacts(parameters, props.registry);
    // A version may be approved as soon as there is a rule, and the machine then asks for the facts.
    this.rollout.rule.node.addDependency(this.facts);
  }

  /** As the alarms of `Monitoring` say it, whose dashboard has a name of the plan where there is one. */
  private whereToLook(names: PlatformNames | undefined): string {
    const { model, endpointName } = this;
    const planned = names === undefined ? {} : { names, dashboardName: modelDashboardName(names, model) };
    return whereToLook(this, { model, endpointName, ...planned });
  }

  private grantParameter(names: PlatformNames, verb: 'read' | 'write', name: string, to: iam.IGrantable): void {
    const parameter = names.parameter(...name.split('/'));
    const arn = Stack.of(this).formatArn({ service: 'ssm', resource: 'parameter', resourceName: parameter.slice(1) });
    allow(to, [verb === 'read' ? 'ssm:GetParameters' : 'ssm:PutParameter'], [arn]);
  }

  private publishFacts(
    parameters: { readonly champion: string; readonly facts: string },
    registry: IModelRegistry,
  ): ssm.StringParameter {
    const facts: ServingFacts = {
      model: this.model,
      endpoint: this.endpointName,
      variant: VARIANT,
      groupName: registry.groupName,
      machineArn: this.rollout.machine.arn,
      champion: parameters.champion,
      lock: endpointLock(this.endpointName),
    };
    return new ssm.StringParameter(this, 'Facts', {
      parameterName: parameters.facts,
      description: `The endpoint of ${this.model} and who decides which version it serves`,
      stringValue: Stack.of(this).toJsonString(facts),
    });
  }
}

const LOG_NAME = { maxLength: 63, separator: '-' };

/** Names for an endpoint that has no plan: those of its place in the app, which are its own in an account and region. */
const namesOf = (scope: Construct): PlatformNames =>
  new PlatformNames(Names.uniqueResourceName(scope, { maxLength: 30, separator: '-' }).toLowerCase());

const ownKey = (scope: Construct): kms.IKey =>
  customerKey(scope, 'OperationsKey', {
    description: 'Rollouts of an endpoint: machine, logs, locks and alerts',
    services: ['logs', 'log-delivery', ...ALERT_KEY_SERVICES],
  });
