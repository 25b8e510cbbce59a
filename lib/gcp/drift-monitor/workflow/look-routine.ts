import { championPath } from '../../../plan/serving-access';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { readStep } from '../../workflow/record-steps';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';
import type { WatchWorkflowProps } from './watch-props';

/**
 * What requests are compared with: `{ idle, version, reference }`. The version that serves says in its description what it
 * was trained on; `idle` says why nothing can be compared.
 */
export function lookRoutine({ plan, target, modelId, tables }: WatchWorkflowProps): Routine {
  const path = championPath(plan.model).join('/');
  const idle = (why: string) => ({ idle: why, version: '-', reference: '-' });
  return {
    steps: [
      readStep('look', { path, result: 'record' }),
      {
        is_kept: { switch: [{ condition: expr('get_type(record.value) != "map"'), return: idle('Nothing serves.') }] },
      },
      { take_version: { assign: [{ version: expr('map.get(record.value, "version")') }] } },
      { serves: { switch: [{ condition: expr('version == null'), return: idle('Nothing serves yet.') }] } },
      ...(plan.reference === undefined ? trainedOn() : frozen(plan.reference)),
    ],
  };

  function frozen(dataset: string): readonly Step[] {
    const table = tables[dataset];
    if (table === undefined) throw new Error(`The table of the dataset ${dataset} is not given.`);
    return [
      {
        freeze_reference: {
          call: 'freeze',
          args: { dataset, database: table.databaseName, table: table.tableName },
          result: 'snapshot',
        },
      },
      { give_snapshot: { return: { idle: '', version: expr('string(version)'), reference: expr('snapshot.uri') } } },
    ];
  }

  function trainedOn(): readonly Step[] {
    return [
      apiCall('look_version', {
        method: 'GET',
        url: expr(`${quoted(`https://${vertexHost(target)}/v1/${modelId}@`)} + string(version)`),
        accept: [404],
        result: 'answer',
      }),
      {
        take_said: {
          assign: [{ said: expr('default(map.get(answer.body, "versionDescription"), "")') }, { lineage: null }],
        },
      },
      // Whoever registered the version by hand may have written anything.
      {
        read_said: {
          try: { steps: [{ decode: { assign: [{ lineage: expr('json.decode(said)') }] } }] },
          except: { as: 'e', steps: [{ none: { assign: [{ lineage: null }] } }] },
        },
      },
      {
        is_lineage: {
          switch: [
            {
              condition: expr('get_type(lineage) != "map"'),
              return: idle('The version that serves does not say what it was trained on.'),
            },
          ],
        },
      },
      { take_reference: { assign: [{ reference: expr('map.get(lineage, "reference")') }] } },
      {
        is_reference: {
          switch: [
            {
              condition: expr('get_type(reference) != "string"'),
              return: idle('The version that serves does not say what it was trained on.'),
            },
          ],
        },
      },
      { give: { return: { idle: '', version: expr('string(version)'), reference: expr('reference') } } },
    ];
  }
}
