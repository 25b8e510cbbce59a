import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';
import { DataLake, type IDataLake } from '../data-lake/data-lake';

/** The platform's lake as another stack sees it: everything in it has a name of the plan. */
export function lakeByNames(scope: Construct, { spec, names }: PlanOn<'aws'>): IDataLake {
  return DataLake.fromNames(scope, 'Lake', {
    names,
    zones: Object.keys(spec.dataLake?.zones ?? {}),
    datasets: spec.dataLake?.datasets ?? {},
  });
}
