import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import type { TrainingSpec } from '../../spec/training';
import { DataLake } from '../data-lake/data-lake';
import { TrainingCluster } from '../training-cluster/training-cluster';
import { Foundation } from './foundation';
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
    const { names, spec } = plan;
    const { artifacts, channel, images, keys, network, records } = new Foundation(this, 'Foundation', plan);
    const lake = DataLake.fromNames(this, 'Lake', {
      target,
      names,
      zones: Object.keys(spec.dataLake?.zones ?? {}),
      datasets: spec.dataLake?.datasets ?? {},
    });
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
      grantors: lake.grantors,
      alerts: channel,
      labels,
      repository: images,
    });
  }
}
