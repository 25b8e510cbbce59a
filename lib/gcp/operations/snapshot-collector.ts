import { Construct } from 'constructs';
import { gcpCollectorTriggerAccess } from '../../plan/gcp-access';
import { COLLECTOR_SIGNALS, type CollectionPlan, collectorAccess } from '../../plan/pipeline/snapshot-collection';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { ModelRoles } from '../model-registry/model-roles';
import type { Workflow } from '../workflow/workflow';
import { Daily } from './daily';
import type { OperationsContext } from './kept-workflow';
import { collectWorkflow } from './workflow/collect-workflow';
import { ANNOUNCED_ERRORS } from './workflow/operations-props';

export interface SnapshotCollectorProps extends OperationsContext {
  readonly plan: CollectionPlan;
  /** Where the snapshots are. */
  readonly artifacts: IArtifactStore;
}

/** Deletes frozen snapshots once a day that no registered version names, and so the cost of runs that came to nothing. */
export class SnapshotCollector extends Construct {
  public readonly workflow: Workflow;

  constructor(scope: Construct, id: string, props: SnapshotCollectorProps) {
    super(scope, id);
    refuseForbidden(this);
    const { plan, artifacts, ...context } = props;
    this.workflow = new Daily(this, 'Daily', {
      ...context,
      job: {
        job: 'collector',
        description: 'Collects frozen snapshots that no version names.',
        source: (own) =>
          collectWorkflow({ ...own, artifactsBucket: artifacts.bucketName, graceSeconds: plan.graceSeconds }),
        access: collectorAccess(),
        triggerAccess: gcpCollectorTriggerAccess(),
        failed: COLLECTOR_SIGNALS.failed,
        announcedError: ANNOUNCED_ERRORS.collector,
        grantors: {
          ...artifacts.grantors,
          model: (_verb, _name, to) => ModelRoles.fromNames(context).grant('read-models', to),
        },
      },
    }).workflow;
  }
}
