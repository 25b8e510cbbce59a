import { Stack } from 'aws-cdk-lib';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import {
  COLLECTOR,
  COLLECTOR_SIGNALS,
  type CollectionPlan,
  collectorAccess,
  collectorTriggerAccess,
} from '../../plan/pipeline/snapshot-collection';
import { allow } from '../access/grant-statement';
import type { IAlerts } from '../alerts/alert-channel';
import { DeadLetters } from '../alerts/dead-letters';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import type { IKeys } from '../keys/keys';
import type { Machine } from '../machine/machine';
import { ModelRegistryGrants } from '../model-registry/model-registry-grants';
import { Daily } from './daily';
import { collectMachine } from './machine/collect-machine';

export interface SnapshotCollectorProps {
  /** Names of the platform whose versions name snapshots. */
  readonly names: PlatformNames;
  readonly plan: CollectionPlan;
  /** Where the snapshots are. */
  readonly artifacts: IArtifactStore;
  /** Who is told when it fails. */
  readonly alerts: IAlerts;
  readonly keys: IKeys;
}

/** Deletes frozen snapshots once a day that no registered version names, and so the cost of runs that came to nothing. */
export class SnapshotCollector extends Construct {
  public readonly machine: Machine;
  /** What could not be started. */
  public readonly deadLetterQueue: sqs.IQueue;

  constructor(scope: Construct, id: string, props: SnapshotCollectorProps) {
    super(scope, id);
    const { names, plan, artifacts, alerts, keys } = props;
    const { operations: encryptionKey } = keys;
    const bucket = artifacts.bucket.bucketName;
    this.deadLetterQueue = new DeadLetters(this, 'Undelivered', { of: COLLECTOR, alerts, encryptionKey }).queue;
    this.machine = new Daily(this, 'Daily', {
      names,
      alerts,
      encryptionKey,
      deadLetterQueue: this.deadLetterQueue,
      job: {
        name: 'collector',
        definition: (own) => collectMachine({ ...own, bucket, graceSeconds: plan.graceSeconds }),
        access: collectorAccess(),
        triggerAccess: collectorTriggerAccess(),
        failed: COLLECTOR_SIGNALS.failed,
        grantors: {
          ...artifacts.grantors,
          ...keys.grantors,
          model: (_verb, name, to) => {
            allow(to, ['sagemaker:ListModelPackageGroups'], ['*']);
            new ModelRegistryGrants(Stack.of(this), `${names.slug}-${name}`).read(to);
          },
        },
      },
    }).machine;
  }
}
