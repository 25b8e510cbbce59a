import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import type { TrainingSpec } from '../../spec/training';
import { TrainingCluster } from '../training-cluster/training-cluster';
import { Foundation } from './foundation';
import { lakeByNames } from './lake-by-names';
import { PlatformStack } from './platform-stack';
import { publish } from './published';
import { TRAINING_QUEUE, trainingLogGroup } from './step-cluster';

export interface TrainingStackProps {
  readonly plan: PlanOn<'aws'>;
  readonly training: TrainingSpec;
}

/** What trainings run on. */
export class TrainingStack extends PlatformStack {
  public readonly cluster: TrainingCluster;

  constructor(scope: Construct, id: string, { plan, training }: TrainingStackProps) {
    super(scope, id, { plan, part: 'training', description: 'Training cluster' });
    const { names } = plan;
    const foundation = new Foundation(this, 'Foundation', plan);
    const { keys } = foundation;
    this.cluster = new TrainingCluster(this, 'Cluster', {
      network: foundation.network,
      cluster: training.cluster,
      artifacts: foundation.artifacts,
      encryptionKey: keys.artifacts,
      logKey: keys.operations,
      alerts: foundation.alerts,
      reads: training.reads,
      grantors: { ...keys.grantors, ...(training.reads.length === 0 ? {} : lakeByNames(this, plan).grantors) },
      repositoryName: names.of('repository', 'training'),
      defaultsName: names.parameter('training', 'defaults'),
      logGroupName: trainingLogGroup(names),
    });
    const { submission } = this.cluster;
    if (submission.kind === 'batch')
      publish(this, 'Published-queue', names.parameter(...TRAINING_QUEUE), submission.queueArn);
  }
}
