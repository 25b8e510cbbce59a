import { withoutReference } from '../../../plan/drift/lineage';
import { championPath } from '../../../plan/serving-access';
import { exactly } from '../../workflow/exactly';
import { readStep } from '../../workflow/record-steps';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';
import type { WatchWorkflowProps } from './watch-props';

/**
 * Which version requests are compared for, and with what: `{ idle, version, id, since, reference }`. `id` is what it was
 * deployed as; `since` is when it began to be the one that serves, ISO 8601, null where its record does not say;
 * `reference` is what its description says that it was trained on, `-` where the spec names a dataset to compare with;
 * `idle` says that none serves. Raises where one serves and says nothing of what it was trained on: it would go unwatched.
 */
export function lookRoutine({ plan, artifactsBucket, references }: WatchWorkflowProps): Routine {
  const path = championPath(plan.model).join('/');
  const given = (reference: string) => ({
    idle: '',
    version: expr('string(version)'),
    id: expr('default(map.get(record.value, "id"), "")'),
    since: expr('since'),
    reference,
  });
  const idle = (why: string) => ({ idle: why, version: '-', id: '', since: null, reference: '-' });
  return {
    steps: [
      readStep('look', { path, result: 'record' }),
      {
        is_kept: { switch: [{ condition: expr('get_type(record.value) != "map"'), return: idle('Nothing serves.') }] },
      },
      {
        take_version: {
          assign: [
            { version: expr('map.get(record.value, "version")') },
            { since: expr('map.get(record.value, "at")') },
          ],
        },
      },
      { serves: { switch: [{ condition: expr('version == null'), return: idle('Nothing serves yet.') }] } },
      ...(plan.reference === undefined ? trainedOn() : [{ give: { return: given('-') } }]),
    ],
  };

  function trainedOn(): readonly Step[] {
    const folders = references.map((prefix) => `gs://${artifactsBucket}/${prefix}/`);
    const begin = `^(${exactly(folders.join('|'))})`;
    return [
      { look_version: { call: 'version_lineage', args: { version: expr('version') }, result: 'lineage' } },
      { take_reference: { assign: [{ reference: expr('map.get(lineage, "reference")') }] } },
      { is_text: { switch: [{ condition: expr('get_type(reference) != "string"'), next: 'no_reference' }] } },
      {
        is_reference: { switch: [{ condition: expr(`text.match_regex(reference, ${quoted(begin)})`), next: 'give' }] },
      },
      { no_reference: { raise: expr(`"Version " + string(version) + ${quoted(withoutReference(folders))}`) } },
      { give: { return: given(expr('reference')) } },
    ];
  }
}
