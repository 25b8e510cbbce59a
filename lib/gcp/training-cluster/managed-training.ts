import { Construct } from 'constructs';
import { consoleLink } from '../alerts/console-link';
import { attachmentOf } from '../network/attachment-of';
import { accountEmail } from '../target';
import { customJobDefaults } from './custom-job-defaults';
import { type ManagedSubmission, managedSubmission } from './submission';
import type { TrainingEngine, TrainingEngineProps } from './training-engine';

/**
 * What Vertex AI says of trainings that failed, by an entry of its own in the log of each. Entries do not say whose a
 * training is: one of another platform in the project is told of as well. Source: Vertex AI documentation, "Monitor and
 * debug training using an interactive shell" and "Custom training", logs of resource type ml_job.
 */
const FAILED_TRAININGS = ['resource.type="ml_job"', 'resource.labels.task_name="service"', 'severity>=ERROR'].join(
  ' AND ',
);

/** Vertex AI trainings: who may start them, and what with. Nothing runs while nothing trains. */
export class ManagedTraining extends Construct implements TrainingEngine {
  public readonly submission: ManagedSubmission;
  public readonly defaults: Readonly<Record<string, unknown>>;
  public readonly failures: TrainingEngine['failures'];

  constructor(scope: Construct, id: string, props: TrainingEngineProps) {
    super(scope, id);
    const { target, names } = props;
    this.submission = managedSubmission(names);
    this.defaults = customJobDefaults(props, {
      account: accountEmail(this.submission.accountId, target),
      attachment: attachmentOf(this, props.network, 'managed trainings'),
    });
    this.failures = {
      filter: FAILED_TRAININGS,
      where: consoleLink(target, 'vertex-ai/training/custom-jobs'),
      fields: { Training: 'EXTRACT(resource.labels.job_id)', Reason: 'EXTRACT(jsonPayload.message)' },
    };
  }
}
