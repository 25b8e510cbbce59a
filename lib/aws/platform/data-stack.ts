import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import type { DataLakeSpec } from '../../spec/data-lake';
import { DataLake } from '../data-lake/data-lake';
import { Foundation } from './foundation';
import { PlatformStack } from './platform-stack';

export interface DataStackProps {
  readonly plan: PlanOn<'aws'>;
  readonly dataLake: DataLakeSpec;
  readonly destroyData: boolean;
}

/** The data lake. */
export class DataStack extends PlatformStack {
  public readonly lake: DataLake;

  constructor(scope: Construct, id: string, { plan, dataLake, destroyData }: DataStackProps) {
    super(scope, id, { plan, part: 'data', description: 'Data lake', terminationProtection: !destroyData });
    const foundation = new Foundation(this, 'Foundation', plan);
    const { keys } = foundation;
    const tables = Object.keys(dataLake.datasets).length > 0;
    this.lake = new DataLake(this, 'Lake', {
      ...dataLake,
      names: plan.names,
      encryptionKey: keys.data,
      accessLogs: foundation.accessLogs,
      destroyData,
      ...(tables && {
        operationsKey: keys.operations,
        queryResults: { store: foundation.artifacts, encryptionKey: keys.artifacts },
        alerts: foundation.alerts,
        locks: foundation.locks,
      }),
    });
  }
}
