import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { machineName } from '../../plan/machines/machines';
import type { Purchase, TrainingClusterPlan } from '../../plan/training-cluster';
import { nodeImage, nodeTemplate, templateHasGroup } from './batch-nodes';

/**
 * Minutes that trainings may go on for on old nodes when a deployment changes what nodes are, and that the deployment may
 * have to wait for: the longest Batch takes.
 */
const LONGEST_GRACE_MINUTES = 360;

/** Seconds after which a training that no node could ever run is given up, which the alert channel hears of. */
const IMPOSSIBLE_AFTER_SECONDS = 600;

export interface BatchQueueProps {
  readonly plan: TrainingClusterPlan;
  readonly encryptionKey: kms.IKey;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly subnetIds: readonly string[];
  /** Role of the nodes themselves. */
  readonly nodeRole: iam.IRole;
}

/**
 * A queue and the machines it starts, from none to the cluster's ceiling for each way of buying them, in the plan's
 * order. Nothing here has a fixed name. What nodes are changes in place (`ReplaceComputeEnvironment: false`), which needs
 * Batch's own service-linked role and one of its newer allocation strategies.
 * Source: AWS Batch user guide, "Perform infrastructure updates".
 */
export class BatchQueue extends Construct {
  public readonly resource: batch.CfnJobQueue;
  /** In the order in which the queue tries them. */
  public readonly computeEnvironments: readonly batch.CfnComputeEnvironment[];
  public readonly launchTemplate: ec2.LaunchTemplate;
  /** Keeps the nodes of one training close to each other; none where each training has one node. */
  public readonly placementGroup: ec2.CfnPlacementGroup | undefined;

  constructor(scope: Construct, id: string, props: BatchQueueProps) {
    super(scope, id);
    this.launchTemplate = nodeTemplate(this, 'Nodes', props);
    this.placementGroup = props.plan.nodes > 1 ? this.newPlacementGroup() : undefined;
    const profile = new iam.CfnInstanceProfile(this, 'Profile', { roles: [props.nodeRole.roleName] });
    this.computeEnvironments = props.plan.purchases.map((purchase) =>
      this.newComputeEnvironment(purchase, profile.attrArn, props),
    );
    this.resource = new batch.CfnJobQueue(this, 'Queue', {
      priority: 1,
      state: 'ENABLED',
      computeEnvironmentOrder: this.computeEnvironments.map(({ ref }, i) => ({
        order: i + 1,
        computeEnvironment: ref,
      })),
      jobStateTimeLimitActions: ['COMPUTE_ENVIRONMENT_MAX_RESOURCE', 'JOB_RESOURCE_REQUIREMENT'].map((fault) => ({
        action: 'CANCEL',
        state: 'RUNNABLE',
        reason: `MISCONFIGURATION:${fault}`,
        maxTimeSeconds: IMPOSSIBLE_AFTER_SECONDS,
      })),
    });
  }

  private newPlacementGroup(): ec2.CfnPlacementGroup {
    const group = new ec2.CfnPlacementGroup(this, 'PlacementGroup', { strategy: 'cluster' });
    // Its tags can never change: CloudFormation would replace it under running trainings.
    group.addPropertyDeletionOverride('Tags');
    return group;
  }

  private newComputeEnvironment(
    { capacity, machines }: Purchase,
    instanceRole: string,
    { plan, securityGroup, subnetIds }: BatchQueueProps,
  ): batch.CfnComputeEnvironment {
    const spot = capacity === 'spot';
    const environment = new batch.CfnComputeEnvironment(this, spot ? 'Spot' : 'OnDemand', {
      type: 'MANAGED',
      state: 'ENABLED',
      replaceComputeEnvironment: false,
      updatePolicy: {
        terminateJobsOnUpdate: false,
        jobExecutionTimeoutMinutes: Math.min(Math.ceil(plan.maxRuntimeSeconds / 60), LONGEST_GRACE_MINUTES),
      },
      computeResources: {
        type: spot ? 'SPOT' : 'EC2',
        allocationStrategy: spot ? 'SPOT_PRICE_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE',
        minvCpus: 0,
        maxvCpus: plan.ceilingVcpu ?? plan.nodes * machines[0].vcpu,
        instanceTypes: machines.map((machine) => machineName(machine, plan.role)),
        instanceRole,
        launchTemplate: {
          launchTemplateId: this.launchTemplate.launchTemplateId ?? '',
          version: this.launchTemplate.latestVersionNumber,
        },
        ec2Configuration: [nodeImage(this, machines[0])],
        updateToLatestImageVersion: true,
        // A placement group is in one zone.
        subnets: plan.nodes > 1 ? subnetIds.slice(0, 1) : [...subnetIds],
        ...(templateHasGroup(plan) ? {} : { securityGroupIds: [securityGroup.securityGroupId] }),
        ...(this.placementGroup === undefined ? {} : { placementGroup: this.placementGroup.attrGroupName }),
      },
    });
    // Its tags can never change: CloudFormation would replace it under running trainings. Nodes are tagged by their template.
    environment.addPropertyDeletionOverride('Tags');
    return environment;
  }
}
