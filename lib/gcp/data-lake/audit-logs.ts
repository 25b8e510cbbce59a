import { ProjectIamAuditConfig } from '@cdktf/provider-google/lib/project-iam-audit-config';
import { Construct } from 'constructs';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { Target } from '../target';

/** Services whose reads and writes of data are on record with a lake. BigQuery's always are, and cannot be switched off. */
export const AUDITED_SERVICES: readonly string[] = ['storage.googleapis.com', 'bigquery.googleapis.com'];

/** Kinds of data access. Source: Cloud Logging documentation, "Enable Data Access audit logs". */
export const AUDITED_ACCESS = ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'] as const;

export interface AuditLogsProps {
  readonly target: Target;
  /** By the address of their API. Default: AUDITED_SERVICES. */
  readonly services?: readonly string[];
}

/**
 * Who read and wrote which data is on record. This is a setting of a project and a service, and the last to write it wins:
 * there may be one owner of each, so a lake does not bring its own. Logging costs by volume.
 */
export class AuditLogs extends Construct {
  public readonly configs: readonly ProjectIamAuditConfig[];

  constructor(scope: Construct, id: string, { target, services = AUDITED_SERVICES }: AuditLogsProps) {
    super(scope, id);
    refuseForbidden(this);
    this.configs = services.map(
      (service) =>
        new ProjectIamAuditConfig(this, service, {
          project: target.project,
          service,
          auditLogConfig: AUDITED_ACCESS.map((logType) => ({ logType })),
        }),
    );
  }
}
