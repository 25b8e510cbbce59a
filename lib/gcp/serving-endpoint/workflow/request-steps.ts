import { VERSION_NUMBER } from '../../../plan/version-number';
import { isNumber } from '../../workflow/number-types';
import { expr, type Routine } from '../../workflow/syntax';
import type { RolloutWorkflowProps } from './rollout-props';

/** A field as text; what is none, as JSON. */
const textOf = (variable: string, field: string, otherwise: string): readonly Readonly<Record<string, string>>[] => [
  { [variable]: expr(`default(map.get(given, "${field}"), "${otherwise}")`) },
  { [variable]: expr(`if(get_type(${variable}) == "string", ${variable}, json.encode_to_string(${variable}))`) },
];

/**
 * Reads what is asked for: `{ action, version, reason, millis, event, wrong }`. Never fails: what is wrong with it is told like any
 * other outcome. A version is a number, or a resource name that ends in one. A decision was made at `millis`, or when the
 * execution was started.
 */
export function requestRoutine({ modelId }: RolloutWorkflowProps): Routine {
  const id = modelId.replace(/^.*\//, '');
  return {
    params: ['input'],
    steps: [
      { take_input: { assign: [{ given: {} }, { asked: '' }, { version: '' }, { wrong: '' }] } },
      {
        is_map: {
          switch: [
            {
              condition: expr('get_type(input) == "map"'),
              steps: [{ take_given: { assign: [{ given: expr('input') }] } }],
            },
          ],
        },
      },
      {
        take_fields: {
          assign: [
            ...textOf('asked', 'version', ''),
            ...textOf('action', 'action', 'promote'),
            ...textOf('reason', 'reason', 'None was given.'),
            { millis: expr('default(map.get(given, "millis"), int(sys.now() * 1000))') },
            // Who asks by hand asks now; events say when somebody decided.
            { event: expr('map.get(given, "millis") != null') },
          ],
        },
      },
      {
        is_moment: {
          switch: [
            {
              condition: expr(`not(${isNumber('millis')})`),
              steps: [
                {
                  no_moment: {
                    assign: [
                      { wrong: expr('json.encode_to_string(millis) + " is no time in milliseconds since 1970."') },
                      { millis: expr('int(sys.now() * 1000)') },
                    ],
                  },
                },
              ],
            },
          ],
        },
      },
      {
        is_version: {
          switch: [
            {
              condition: expr(
                `text.match_regex(asked, "^(projects/[^/]+/locations/[^/]+/models/${id}@)?${VERSION_NUMBER}$")`,
              ),
              steps: [
                { take_parts: { assign: [{ parts: expr('text.split(asked, "@")') }] } },
                { take_version: { assign: [{ version: expr('parts[len(parts) - 1]') }] } },
              ],
            },
            {
              condition: expr('asked != ""'),
              steps: [
                {
                  no_version: {
                    assign: [
                      { version: expr('asked') },
                      { wrong: expr(`asked + " is no version of ${id}. Versions are numbers: 7, or models/${id}@7."`) },
                    ],
                  },
                },
              ],
            },
            {
              condition: expr('action == "promote"'),
              steps: [{ nothing: { assign: [{ wrong: 'No version is given to promote.' }] } }],
            },
          ],
        },
      },
      {
        is_action: {
          switch: [{ condition: expr('action in ["promote", "rollback"]'), next: 'give' }],
          next: 'no_action',
        },
      },
      { no_action: { assign: [{ wrong: 'The action is neither promote nor rollback.' }] } },
      {
        give: {
          return: {
            action: expr('action'),
            version: expr('version'),
            reason: expr('reason'),
            millis: expr('int(millis)'),
            event: expr('event'),
            wrong: expr('wrong'),
          },
        },
      },
    ],
  };
}
