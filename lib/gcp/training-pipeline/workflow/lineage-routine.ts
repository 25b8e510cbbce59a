import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import type { Target } from '../../target';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';

export interface LineageProps {
  readonly target: Pick<Target, 'region'>;
  /** Resource name of the model, whose versions are `…@<number>`. */
  readonly modelId: string;
}

/**
 * What a version says of how it was made: `call: version_lineage`, `args: { version }` gives the JSON of its description, and
 * `{}` where it is gone or was registered by hand, with anything in its description.
 */
export function lineageRoutine({ target, modelId }: LineageProps): Routine {
  return {
    params: ['version'],
    steps: [
      apiCall('look', {
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
      {
        read_said: {
          try: { steps: [{ decode: { assign: [{ lineage: expr('json.decode(said)') }] } }] },
          except: { as: 'e', steps: [{ none: { assign: [{ lineage: null }] } }] },
        },
      },
      { is_lineage: { switch: [{ condition: expr('get_type(lineage) == "map"'), return: expr('lineage') }] } },
      { is_none: { return: {} } },
    ],
  };
}
