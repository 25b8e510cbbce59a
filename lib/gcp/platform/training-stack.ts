import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import type { TrainingSpec } from '../../spec/training';
import { TrainingCluster } from '../training-cluster/training-cluster';
import { Foundation } from './foundation';
import { lakeByNames } from './lake-by-names';
import { PlatformStack } from './platform-stack';

export interface TrainingStackProps {
  readonly plan: PlanOn<'gcp'>;
  readonly training: TrainingSpec;
}

/** What trainings run on. Everything in it can be replaced at will. */
export class TrainingStack extends PlatformStack {
  public readonly cluster: TrainingCluster;

  constructor(scope: Construct, { plan, training }: TrainingStackProps) {
    super(scope, { plan, part: 'training' });
    const { target, labels } = this;
    const { names } = plan;
    const { artifacts, channel, images, keys, network, records } = new Foundation(this, 'Foundation', plan);
    this.cluster = new TrainingCluster(this, 'Cluster', {
      target,
      names,
      network,
      cluster: training.cluster,
      artifacts,
      records,
      encryptionKey: keys.artifacts,
      operationsKey: keys.operations,
      reads: training.reads,
      grantors: lakeByNames(this, plan).grantors,
      alerts: channel,
      labels,
      repository: images,
    });
  }
}
