import { eachEntry } from '../../spec/each-entry';
import type { SpecCheck } from '../../spec/references';
import { batchRunTimeFindings, GCP_CLUSTER_RULES } from '../cluster-rules';
import { gcpMachines } from '../machines/gcp-machines';
import { planTrainingCluster } from '../training-cluster';

/** A step on the batch cluster, whose longest run is its own, is a job of Batch. */
export const clusterStepsEnd: SpecCheck = ({ gcp, models, training }, report) => {
  if (gcp === undefined || training?.cluster.kind !== 'batch') return;
  const cluster = planTrainingCluster(gcpMachines, training.cluster, gcp.region, GCP_CLUSTER_RULES);
  const machine = cluster.ok ? cluster.plan.purchases[0].machines[0] : undefined;
  eachEntry(models, ({ pipeline }, model) =>
    eachEntry(pipeline?.steps ?? {}, (step, name) => {
      if (step.kind !== 'cluster-training') return;
      const kinds = { kind: step.kind, instead: 'training' };
      for (const finding of batchRunTimeFindings(step.maxRuntime, machine, kinds))
        report({ ...finding, path: ['models', model, 'pipeline', 'steps', name, ...finding.path] });
    }),
  );
};
