import { emptyTable, NO_DATA } from '../../../plan/pipeline/no-data';
import { type AslState, expr } from '../../machine/asl';
import { type Freezable, freezeStates } from '../../training-pipeline/machine/freeze-states';
import type { DriftMachineProps } from './drift-props';
import { withoutRows } from './idle-states';

/**
 * Freezes what a run reads of the lake: the dataset that requests are compared with, if the spec names one, and the labels
 * of a run that measures quality. Labels may still be to come; a reference without any data is a failure.
 */
export function frozenStates(props: DriftMachineProps): Readonly<Record<string, AslState>> {
  const { reference, labels } = props.frozen;
  const quality = labels === undefined ? 'PutDriftConfig' : 'IsQuality';
  return {
    ...(reference === undefined
      ? {}
      : {
          Reference: frozen(props, 'Reference', reference, 'reference', quality),
        }),
    ...(labels === undefined
      ? {}
      : {
          IsQuality: {
            Type: 'Choice',
            Choices: [{ Condition: expr("$run = 'quality'"), Next: 'Labels' }],
            Default: 'PutDriftConfig',
          },
          Labels: {
            ...frozen(props, 'Labels', labels, 'labels', 'PutQualityConfig'),
            Catch: [{ ErrorEquals: [NO_DATA], Next: 'PublishNoLabels' }],
          },
          ...withoutRows(props, 'NoLabels', 'no-labels', `'${emptyTable(labels.dataset)}'`),
        }),
  };
}

/** A state that freezes one table and assigns the address of its folder. */
function frozen(
  { bucket, prefixes, frozen: { workgroup } }: DriftMachineProps,
  name: string,
  table: Freezable,
  into: string,
  next: string,
): AslState {
  const snapshots = `${into}Snapshots`;
  return {
    Type: 'Parallel',
    Branches: [
      {
        StartAt: `${name}Freeze`,
        States: {
          ...freezeStates({
            name: `${name}Freeze`,
            items: [table],
            workgroup,
            bucket,
            prefix: prefixes.snapshots,
            into: snapshots,
            next: `${name}Frozen`,
          }),
          [`${name}Frozen`]: { Type: 'Pass', Output: expr(`$${snapshots}[0].folder`), End: true },
        },
      },
    ],
    Assign: { [into]: expr('$states.result[0]') },
    Next: next,
  };
}
