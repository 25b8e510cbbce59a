import type { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import type { Target } from '../target';
import { jobRole } from './job-grants';
import { submitRole } from './submission';

/**
 * Custom roles of clusters of every kind, whatever the kind is today: Google keeps the id of a role that was deleted, and
 * takes the role back for 7 days only, so a cluster could not change its kind and back.
 * Source: IAM documentation, "Create and manage custom roles", deleting a custom role.
 */
export class TrainingRoles extends Construct {
  /** Of who starts trainings on a managed cluster. */
  public readonly submit: ProjectIamCustomRole;
  /** Of what launches trainings on a batch cluster. */
  public readonly jobs: ProjectIamCustomRole;

  constructor(scope: Construct, id: string, { names, target }: { names: PlatformNames; target: Target }) {
    super(scope, id);
    this.submit = submitRole(this, 'Submit', names, target);
    this.jobs = jobRole(this, 'Jobs', names, target);
  }
}
