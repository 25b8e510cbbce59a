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
 * What the description of a version says of how it was made: `call: lineage_of`, `args: { said }` gives its JSON, and `{}` for
 * that of a version which was registered by hand, with anything in it.
 */
export const LINEAGE_OF: Routine = {
  params: ['said'],
  steps: [
    { begin: { assign: [{ lineage: null }] } },
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

/**
 * What a version says of how it was made: `call: version_lineage`, `args: { version }` gives the lineage of its description, and
 * `{}` where it is gone.
 */
export const lineageRoutines = ({ target, modelId }: LineageProps) =>
  ({
    lineage_of: LINEAGE_OF,
    version_lineage: {
      params: ['version'],
      steps: [
        apiCall('look', {
          method: 'GET',
          url: expr(`${quoted(`https://${vertexHost(target)}/v1/${modelId}@`)} + string(version)`),
          accept: [404],
          result: 'answer',
        }),
        {
          read: {
            call: 'lineage_of',
            args: { said: expr('default(map.get(answer.body, "versionDescription"), "")') },
            result: 'lineage',
          },
        },
        { give: { return: expr('lineage') } },
      ],
    },
  }) satisfies Readonly<Record<string, Routine>>;
