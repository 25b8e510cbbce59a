import type { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { DEFAULTS_PATH } from '../../plan/gcp-access';
import type { IGrantee } from '../access/grantee';
import type { IRecords } from '../records/records';
import type { Target } from '../target';
import type { IImageRepository } from './image-repository';
import { grantSubmit, type Submission } from './submission';

export interface TrainingClusterGrantsProps {
  readonly target: Target;
  readonly submission: Submission;
  readonly repository: IImageRepository;
  readonly records: IRecords;
  /** What was made here, which grants come after. */
  readonly made?: { readonly role?: ProjectIamCustomRole; readonly account?: ServiceAccount };
}

/** What others may do with a training cluster. */
export class TrainingClusterGrants {
  constructor(private readonly props: TrainingClusterGrantsProps) {}

  /**
   * Lets someone read the cluster's defaults, start trainings with them and see how they go. This is as wide as the project:
   * whoever starts trainings sees and stops all custom jobs there on a managed cluster, and on a batch cluster starts, sees
   * and stops every workflow there, those of a platform that roll models out, collect snapshots and retire endpoints as
   * well. IAM has no level below the project for either; give the platform a project of its own, and `submit` to those who
   * may do that.
   */
  submit(to: IGrantee): void {
    const { target, submission, records, made = {} } = this.props;
    records.grants.read(DEFAULTS_PATH.join('/'), to);
    grantSubmit(target, submission, made, to);
  }

  /** Lets someone pull images of trainings. */
  pull(to: IGrantee): void {
    this.props.repository.grantors.repository('pull', 'training', to);
  }

  /** Lets someone push images for trainings, such as a build. */
  push(to: IGrantee): void {
    this.props.repository.grantors.repository('push', 'training', to);
  }
}
