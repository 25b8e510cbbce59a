import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct, type IConstruct } from 'constructs';
import { machineName } from '../../plan/machines/machines';
import { PlatformNames } from '../../plan/names';
import { VARIANT } from '../../plan/rollout';
import { capturePrefix, championPath, endpointLock, servingAccess, servingPath } from '../../plan/serving-access';
import type { MonitoringSpec } from '../../spec/monitoring';
import type { ServingSpec } from '../../spec/serving';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IAlerts } from '../alerts/alert-channel';
import { DeadLetters } from '../alerts/dead-letters';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { customerKey } from '../keys/customer-key';
import { grantKey } from '../keys/key-grants';
import { type ILocks, Locks } from '../locks/locks';
import { retainedLogGroup } from '../logs/retained-log-group';
import type { IModelRegistry } from '../model-registry/registry-entry';
import { type EndpointMetric, endpointMetric, MACHINES } from '../monitoring/endpoint-metrics';
import type { INetwork } from '../network/network';
import type { DataRemovalProps } from '../removal';
import { grantPull } from '../training-cluster/training-cluster-grants';
import { grantPublishMetrics } from '../training-cluster/training-metrics';
import { EndpointGrants, endpointGrantors, ServingEndpointGrants } from './endpoint-grants';
import { endpointLogGroup } from './endpoint-names';
import { endpointAlarm, type HostingSettings } from './machine/endpoint-requests';
import type { ServingFacts } from './records';
import { Rollout } from './rollout';
import { type EndpointPlan, type MonitoringInput, planEndpoint, type ServingInput } from './serving-spec';

/** Namespace that models may publish metrics of their own in. */
export const SERVING_METRICS = 'MLOps/Serving';

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
  /** Who is told how rollouts end, and of alarms. */
  readonly alerts: IAlerts;
  /** As a spec has it, written or parsed. Default: every default of a spec. */
  readonly serving?: ServingInput | ServingSpec;
  /** Thresholds likewise: guards of rollouts, and the alarm for no traffic. Default: DEFAULT_MONITORING. */
  readonly monitoring?: MonitoringInput | MonitoringSpec;
  /** Names of the plan. Default: names after this construct's place in the app. */
  readonly names?: PlatformNames;
  /** Where a rollout holds the lock of the endpoint. Default: `Locks` of its own. */
  readonly locks?: ILocks;
  /**
   * Key of the machine, logs, and the locks and queue made here; its policy must let in `logs`, `log-delivery` and
   * `events`. Default: a key of its own.
   */
  readonly operationsKey?: kms.IKey;
  /** Takes events that could not start a rollout. Default: a queue of its own with an alarm. */
  readonly deadLetterQueue?: sqs.IQueue;
}

/** An endpoint of another stack, found by the names of its plan. */
export interface ServingEndpointAttributes {
  readonly model: string;
  readonly names: PlatformNames;
}

/** The endpoint of a model, made here or elsewhere. */
export interface IServingEndpoint extends IConstruct {
  readonly model: string;
  readonly endpointName: string;
  readonly endpointArn: string;
  readonly grants: ServingEndpointGrants;
  /** Grants the verbs of `scaling` and `alarm`, and `deploy` and `invoke` of `endpoint`, on this endpoint. */
  readonly grantors: Required<Pick<Grantors, 'endpoint' | 'scaling' | 'alarm'>>;
  /** A metric of the endpoint by its official name, over all its versions. */
  metric(metricName: EndpointMetric, options?: cloudwatch.MetricOptions): cloudwatch.Metric;
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
export class ServingEndpoint extends Construct implements IServingEndpoint {
  /** The endpoint of another stack. */
  public static fromNames(scope: Construct, id: string, attrs: ServingEndpointAttributes): IServingEndpoint {
    return new ImportedEndpoint(scope, id, attrs);
  }

  public readonly model: string;
  public readonly endpointName: string;
  public readonly endpointArn: string;
  public readonly grants: ServingEndpointGrants;
  public readonly grantors: IServingEndpoint['grantors'];
  /** What it runs on and how it rolls out. */
  public readonly plan: EndpointPlan;
  /** What the endpoint runs as. */
  public readonly workload: Workload;
  public readonly role: iam.IRole;
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly logGroup: logs.ILogGroup;
  /** The machine, its trigger and its rule. */
  public readonly rollout: Rollout;
  /** Publishes ServingFacts. */
  public readonly facts: ssm.StringParameter;
  public readonly deadLetterQueue: sqs.IQueue;

  /** @throws SpecError when serving or monitoring are not what a spec allows, or cannot be had in the region of the stack. */
  constructor(scope: Construct, id: string, props: ServingEndpointProps) {
    super(scope, id);
    const { model } = props.registry;
    const names = props.names ?? namesOf(this);
    this.model = model;
    this.plan = planEndpoint(this, model, { serving: props.serving, monitoring: props.monitoring });
    const { endpointName, endpointArn, grants, grantors } = identity(this, names, model);
    this.endpointName = endpointName;
    this.endpointArn = endpointArn;
    this.grants = grants;
    this.grantors = grantors;

    const operations = props.operationsKey ?? ownKey(this);
    const removal = props.destroyData === undefined ? {} : { destroyData: props.destroyData };
    const locks = props.locks ?? new Locks(this, 'Locks', { ...removal, encryptionKey: operations });
    this.deadLetterQueue =
      props.deadLetterQueue ??
      new DeadLetters(this, 'Undelivered', { of: `${model}-rollout`, alerts: props.alerts, encryptionKey: operations })
        .queue;
    this.logGroup = retainedLogGroup(this, 'Log', {
      logGroupName: endpointLogGroup(endpointName),
      encryptionKey: operations,
    });
    this.securityGroup = securityGroup(this, props.network.vpc);
    this.workload = this.hostingWorkload(props);
    this.role = this.workload.role;

    const settings = this.settings(props);
    const parameters = {
      champion: names.parameter(...championPath(model)),
      facts: names.parameter(...servingPath(model)),
    };
    const { signals, machine, rollout, serving } = this.plan;
    const noTraffic = signals.metrics.find(({ facts }) => facts.armed === 'by the first promotion');
    this.rollout = new Rollout(this, 'Rollout', {
      registry: props.registry,
      alerts: props.alerts,
      machine: {
        endpoint: endpointName,
        championParameter: parameters.champion,
        factsParameter: parameters.facts,
        lockTable: locks.tableName,
        lock: endpointLock(endpointName),
        settings,
        requestsPerReplica: serving.scaling.requestsPerReplica,
        rollout,
        guards: signals.guards.map((signal) => endpointAlarm(signal, machine)),
        ...(noTraffic === undefined ? {} : { noTraffic: endpointAlarm(noTraffic, machine) }),
        outcomes: signals.outcomes,
      },
      grantors: {
        ...props.alerts.grantors,
        ...props.registry.grantors,
        ...locks.grantors,
        ...grantors,
        key: (verb, _name, to) => grantKey(operations, verb, to),
        parameter: (verb, name, to) => this.grantParameter(names, verb, name, to),
      },
      executionRole: this.role,
      ...(settings.volumeKeyArn === undefined ? {} : { volumeKey: props.encryptionKey }),
      taggedLike: this.securityGroup.node.defaultChild ?? this.securityGroup,
      deadLetterQueue: this.deadLetterQueue,
      encryptionKey: operations,
      logName: props.names?.of('machine', model, 'rollout') ?? Names.uniqueResourceName(this, LOG_NAME),
    });
    this.facts = this.publishFacts(parameters, props.registry);
    // A version may be approved as soon as there is a rule; the machine then asks for the facts.
    this.rollout.rule.node.addDependency(this.facts);
  }

  metric(metricName: EndpointMetric, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return endpointMetric(metricName, this.endpointName, options);
  }

  /**
   * Sources: SageMaker developer guide, "SageMaker roles", CreateModel API: execution role permissions; "Auto-Rollback
   * Configuration and Monitoring": the role sees the alarms that take an update back.
   */
  private hostingWorkload({ registry, network, artifacts, repository, encryptionKey }: ServingEndpointProps): Workload {
    const stack = Stack.of(this);
    const workload = new Workload(this, 'Workload', {
      assumedBy: serviceOfThisAccount('sagemaker.amazonaws.com', stack.account),
      access: servingAccess(registry.model, this.plan.serving),
      grantors: {
        ...network.grantors,
        ...artifacts.grantors,
        repository: (_verb, _name, to) => grantPull(repository, to),
        key: (verb, _name, to) => grantKey(encryptionKey, verb, to),
        log: (_verb, _name, to) => this.grantLogs(to),
        metric: (_verb, _name, to) => grantPublishMetrics([SERVING_METRICS, MACHINES], to),
      },
      description: `Serves ${registry.model}`,
    });
    new EndpointGrants(stack).seeAlarms(this.endpointName, workload);
    return workload;
  }

  private grantLogs(to: iam.IGrantable): void {
    const group = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: endpointLogGroup(this.endpointName),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    allow(
      to,
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      [group, `${group}:*`],
    );
  }

  private settings({ network, artifacts, encryptionKey, registry }: ServingEndpointProps): HostingSettings {
    const { serving, machine } = this.plan;
    return {
      instanceType: machineName(machine, 'hosting'),
      replicas: serving.replicas,
      executionRoleArn: this.role.roleArn,
      subnetIds: network.subnetIds,
      securityGroupId: this.securityGroup.securityGroupId,
      ...(machine.localStorageGb > 0 ? {} : { volumeKeyArn: encryptionKey.keyArn }),
      ...(serving.capture === undefined
        ? {}
        : {
            capture: {
              sampling: serving.capture.sampling,
              uri: artifacts.uri(capturePrefix(registry.model)),
              keyArn: encryptionKey.keyArn,
            },
          }),
    };
  }

  private grantParameter(names: PlatformNames, verb: 'read' | 'write', name: string, to: iam.IGrantable): void {
    const parameter = names.parameter(...name.split('/'));
    const arn = Stack.of(this).formatArn({ service: 'ssm', resource: 'parameter', resourceName: parameter.slice(1) });
    allow(to, verb === 'read' ? ['ssm:GetParameter', 'ssm:GetParameters'] : ['ssm:PutParameter'], [arn, `${arn}/*`]);
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

class ImportedEndpoint extends Construct implements IServingEndpoint {
  public readonly model: string;
  public readonly endpointName: string;
  public readonly endpointArn: string;
  public readonly grants: ServingEndpointGrants;
  public readonly grantors: IServingEndpoint['grantors'];

  constructor(scope: Construct, id: string, { names, model }: ServingEndpointAttributes) {
    super(scope, id);
    const { endpointName, endpointArn, grants, grantors } = identity(this, names, model);
    this.model = model;
    this.endpointName = endpointName;
    this.endpointArn = endpointArn;
    this.grants = grants;
    this.grantors = grantors;
  }

  metric(metricName: EndpointMetric, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return endpointMetric(metricName, this.endpointName, options);
  }
}

const LOG_NAME = { maxLength: 63, separator: '-' };

function identity(scope: Construct, names: PlatformNames, model: string) {
  const endpointName = names.of('endpoint', model);
  const stack = Stack.of(scope);
  const all = new EndpointGrants(stack);
  return {
    endpointName,
    endpointArn: stack.formatArn({ service: 'sagemaker', resource: 'endpoint', resourceName: endpointName }),
    grants: new ServingEndpointGrants(all, endpointName),
    grantors: endpointGrantors(all, endpointName),
  };
}

/** Names for an endpoint that has no plan: those of its place in the app, which are its own in an account and region. */
const namesOf = (scope: Construct): PlatformNames =>
  new PlatformNames(Names.uniqueResourceName(scope, { maxLength: 30, separator: '-' }).toLowerCase());

const ownKey = (scope: Construct): kms.IKey =>
  customerKey(scope, 'OperationsKey', {
    description: 'Rollouts of an endpoint: machine, logs and locks',
    services: ['logs', 'log-delivery', 'events'],
  });

/**
 * What the machines of an endpoint may reach: HTTPS. Nobody reaches them here: requests come through the service. The
 * address stays open, because S3 is behind a gateway endpoint whose prefix list has another id in every region; the routes
 * of the subnets decide.
 */
function securityGroup(scope: Construct, vpc: ec2.IVpc): ec2.SecurityGroup {
  // Descriptions can never change: CloudFormation would replace the group under an endpoint that serves.
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    allowAllOutbound: false,
    description: 'Serving',
  });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'Private endpoints and S3');
  return group;
}
