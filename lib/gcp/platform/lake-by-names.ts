import type { PlanOn } from '../../plan/platform-plan';
import { DataLake, type IDataLake } from '../data-lake/data-lake';
import type { PlatformStack } from './platform-stack';

/** The platform's lake as another stack sees it: everything in it has a name of the plan. */
export function lakeByNames(stack: PlatformStack, { spec, names }: PlanOn<'gcp'>): IDataLake {
  return DataLake.fromNames(stack, 'Lake', {
    target: stack.target,
    names,
    zones: Object.keys(spec.dataLake?.zones ?? {}),
    datasets: spec.dataLake?.datasets ?? {},
  });
}
