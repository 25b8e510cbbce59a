import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EndpointPlan } from '../../plan/endpoint-plan';
import { machineName } from '../../plan/machines/machines';
import { capturePrefix, servingAccess } from '../../plan/serving-access';
import { allow } from '../access/grant-statement';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { grantKey } from '../keys/key-grants';
import { retainedLogGroup } from '../logs/retained-log-group';
import { MACHINES } from '../monitoring/endpoint-metrics';
import type { INetwork } from '../network/network';
import { grantPull } from '../training-cluster/training-cluster-grants';
import { grantPublishMetrics } from '../training-cluster/training-metrics';
import { EndpointGrants } from './endpoint-grants';
import { endpointLogGroup } from './endpoint-names';
import type { HostingSettings } from './machine/endpoint-requests';

/** Namespace that models may publish metrics of their own in. */
export const SERVING_METRICS = 'MLOps/Serving';

export interface HostingProps {
  readonly model: string;
  readonly endpointName: string;
  readonly plan: EndpointPlan;
  readonly network: INetwork;
  readonly repository: ecr.IRepository;
  readonly artifacts: IArtifactStore;
  /** Key of the store, and of the machines' disks. */
  readonly encryptionKey: kms.IKey;
  /** Key of the log. */
  readonly logKey: kms.IKey;
}

/** What an endpoint runs on, as and into: its role, its security group, its log, and the settings of its machines. */
export class Hosting extends Construct {
  public readonly workload: Workload;
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly logGroup: logs.ILogGroup;
  public readonly settings: HostingSettings;

  constructor(scope: Construct, id: string, props: HostingProps) {
    super(scope, id);
    this.logGroup = retainedLogGroup(this, 'Log', {
      logGroupName: endpointLogGroup(props.endpointName),
      encryptionKey: props.logKey,
    });
    this.securityGroup = securityGroup(this, props.network.vpc);
    this.workload = this.runsAs(props);
    // SageMaker lets go of the endpoint's interfaces with this role, and they are in this group: when the stack is deleted,
    // the group cannot go before the endpoint, and the role goes after the group. Source: SageMaker API reference,
    // DeleteEndpoint.
    this.securityGroup.node.addDependency(this.workload);
    this.settings = this.settingsOf(props);
  }

  /**
   * Sources: SageMaker developer guide, "SageMaker roles", CreateModel API: execution role permissions; "Auto-Rollback
   * Configuration and Monitoring": the role sees the alarms that take an update back.
   */
  private runsAs({ model, endpointName, plan, ...props }: HostingProps): Workload {
    const stack = Stack.of(this);
    const workload = new Workload(this, 'Workload', {
      assumedBy: serviceOfThisAccount('sagemaker.amazonaws.com', stack.account),
      access: servingAccess(model, endpointName, plan.serving),
      grantors: {
        ...props.network.grantors,
        ...props.artifacts.grantors,
        alarm: (_verb, name, to) => new EndpointGrants(stack).seeAlarms(name, to),
        repository: (_verb, _name, to) => grantPull(props.repository, to),
        key: (verb, _name, to) => grantKey(props.encryptionKey, verb, to),
        log: (_verb, _name, to) => grantLogs(stack, endpointName, to),
        metric: (_verb, _name, to) => grantPublishMetrics([SERVING_METRICS, MACHINES], to),
      },
      description: `Serves ${model}`,
    });
    return workload;
  }

  private settingsOf({ model, plan, network, artifacts, encryptionKey }: HostingProps): HostingSettings {
    const { serving, machine } = plan;
    const { keyArn } = encryptionKey;
    const { capture } = serving;
    return {
      instanceType: machineName(machine, 'hosting'),
      replicas: serving.replicas,
      executionRoleArn: this.workload.role.roleArn,
      subnetIds: network.subnetIds,
      securityGroupId: this.securityGroup.securityGroupId,
      ...(machine.localStorageGb > 0 ? {} : { volumeKeyArn: keyArn }),
      ...(capture === undefined
        ? {}
        : {
            capture: {
              sampling: capture.sampling,
              uri: artifacts.uri(capturePrefix(model)),
              keyArn,
            },
          }),
    };
  }
}

function grantLogs(stack: Stack, endpointName: string, to: iam.IGrantable): void {
  const group = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: endpointLogGroup(endpointName),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  allow(
    to,
    ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    [group, `${group}:*`],
  );
}

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
