import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import type { Construct, IConstruct } from 'constructs';
import { refuseProps } from '../props';
import { AGENTS_TO_MAKE, tableRow } from '../services/service-agents';

/** Something of which a project takes only so much, and Google gives nobody more. */
interface Limit {
  readonly what: string;
  readonly most: number;
  readonly isOne: (child: IConstruct) => boolean;
  /** How many are there before any of a platform's. */
  readonly before: number;
}

export const LIMITS: Readonly<Record<'grants' | 'alertPolicies', Limit>> = {
  /**
   * Agents have their roles from the bootstrap. Source: discovery document of the Resource Manager API, Policy.bindings:
   * each occurrence of a principal counts.
   */
  grants: {
    what: 'grants on the project itself',
    most: 1500,
    isOne: (child) => child instanceof ProjectIamMember,
    before: AGENTS_TO_MAKE.filter((id) => tableRow(id).role !== undefined).length,
  },
  /** Source: Monitoring documentation, "Quotas and limits". */
  alertPolicies: {
    what: 'alert policies',
    most: 2000,
    isOne: (child) => child instanceof MonitoringAlertPolicy,
    before: 0,
  },
};

/**
 * Has the synthesis refuse a platform that no project holds: what it needs is known once all of it is made. It throws a
 * SpecError, which is told as one; what a validation gives back is told as a fault. CDKTF asks the app and the stacks alone.
 */
export function refuseBeyondProject(platform: Construct, models: number): void {
  platform.node.root.node.addValidation({
    validate: () => {
      const made = platform.node.findAll();
      const beyond = Object.values(LIMITS).flatMap(({ what, most, isOne, before }) => {
        const count = before + made.filter(isOne).length;
        return count <= most ? [] : [{ what, most, count }];
      });
      refuseProps(
        platform,
        beyond.map(({ what, most, count }) => ({
          path: ['models'],
          message: `need more ${what} than Google Cloud takes`,
          received: `${count} for ${models} models and all else`,
          allowed: `${most}`,
          fix: 'leave some of the models to a platform in another project',
        })),
      );
      return [];
    },
  });
}
