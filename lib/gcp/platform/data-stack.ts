import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import type { DataLakeSpec } from '../../spec/data-lake';
import { AuditLogs } from '../data-lake/audit-logs';
import { DataLake } from '../data-lake/data-lake';
import { Foundation } from './foundation';
import { PlatformStack } from './platform-stack';

export interface DataStackProps {
  readonly plan: PlanOn<'gcp'>;
  readonly dataLake: DataLakeSpec;
  readonly destroyData: boolean;
}

/** The data lake, and who touches what is in it. */
export class DataStack extends PlatformStack {
  public readonly lake: DataLake;
  public readonly auditLogs: AuditLogs;

  constructor(scope: Construct, { plan, dataLake, destroyData }: DataStackProps) {
    super(scope, { plan, part: 'data' });
    const { keys } = new Foundation(this, 'Foundation', plan);
    this.auditLogs = new AuditLogs(this, 'AuditLogs', { target: this.target });
    this.lake = new DataLake(this, 'Lake', {
      ...dataLake,
      target: this.target,
      names: plan.names,
      encryptionKey: keys.data,
      labels: this.labels,
      destroyData,
    });
  }
}
