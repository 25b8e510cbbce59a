import { retrainingSignalName } from '../../../plan/drift/drift-signals';
import { REASONS } from '../../../plan/pipeline/pipeline-plan';
import { NOTE, PERSON } from '../../../plan/pipeline/run-parameters';
import { labelText } from '../../labels';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { StartWorkflowProps } from './start-props';

/** Label of an alert policy that says which signal it is of. */
const SIGNAL_LABEL = 'signal';

/**
 * Reads why the execution was started: `{ reason, trigger, note, wrong, ignored }`. `ignored` says why an event starts nothing,
 * as all events of a table or a policy come here; `wrong` why nobody can start a run like that.
 *
 * A message of the topic is an entry of BigQuery's audit log, about a table that changed (`tableDataChange`), or one of
 * Monitoring, about an incident that opens or closes. Sources: BigQuery documentation, "Audit logs",
 * BigQueryAuditMetadata; Cloud Monitoring documentation, "Create and manage notification channels", Pub/Sub, schema 1.2.
 */
export function requestRoutine({ plan, tables, target }: StartWorkflowProps): Routine {
  const triggersByTable = Object.fromEntries(
    plan.triggers.flatMap((trigger) => {
      const table = trigger.kind === 'new-data' ? tables[trigger.dataset] : undefined;
      if (table === undefined) return [];
      return [[`projects/${target.project}/datasets/${table.databaseName}/tables/${table.tableName}`, trigger.name]];
    }),
  );
  const triggersBySignal = Object.fromEntries(
    plan.triggers.flatMap((trigger) =>
      trigger.kind === 'signal' ? [[labelText(retrainingSignalName(plan.model, trigger.signal)), trigger.name]] : [],
    ),
  );
  return {
    params: ['input'],
    steps: [
      { is_map: { switch: [{ condition: expr('get_type(input) != "map"'), next: 'by_person' }] } },
      { take_message: { assign: [{ message: expr('map.get(input, ["data", "message", "data"])') }] } },
      { is_message: { switch: [{ condition: expr('message == null'), next: 'take_fields' }] } },
      { decode: { assign: [{ told: expr('json.decode(base64.decode(message))') }] } },
      { take_entry: { assign: [{ entry: expr('map.get(told, "protoPayload")') }] } },
      { is_entry: { switch: [{ condition: expr('entry == null'), next: 'take_incident' }] } },
      {
        take_table: {
          assign: [
            { byTable: triggersByTable },
            { trigger: expr('map.get(byTable, default(map.get(entry, "resourceName"), ""))') },
          ],
        },
      },
      {
        is_change: {
          switch: [
            {
              condition: expr('map.get(entry, ["metadata", "tableDataChange"]) == null'),
              return: { ignored: 'The table was not changed.' },
            },
            { condition: expr('trigger == null'), return: { ignored: 'It is a table that no trigger names.' } },
          ],
        },
      },
      { new_data: { return: asked({ reason: 'new-data', trigger: expr('trigger') }) } },
      {
        take_incident: {
          assign: [
            { bySignal: triggersBySignal },
            { opened: expr('map.get(told, ["incident", "state"]) == "open"') },
            { signal: expr(`default(map.get(told, ["incident", "policy_user_labels", "${SIGNAL_LABEL}"]), "")`) },
            { trigger: expr('map.get(bySignal, signal)') },
          ],
        },
      },
      {
        is_signal: {
          switch: [
            { condition: expr('not(opened)'), return: { ignored: 'The incident is over.' } },
            { condition: expr('trigger == null'), return: { ignored: 'It is a signal that no trigger names.' } },
          ],
        },
      },
      { by_signal: { return: asked({ reason: 'signal', trigger: expr('trigger') }) } },
      {
        take_fields: {
          assign: [
            { reason: expr('default(map.get(input, "reason"), "manual")') },
            { trigger: expr(`default(map.get(input, "trigger"), ${quoted(PERSON)})`) },
            { note: expr('default(map.get(input, "note"), "")') },
            { wrong: '' },
          ],
        },
      },
      { is_reason: { switch: [{ condition: expr(`reason in ${JSON.stringify(REASONS)}`), next: 'is_text' }] } },
      {
        no_reason: {
          assign: [
            {
              wrong: expr(`${quoted(`The reason is one of ${REASONS.join(', ')}, not `)} + ${written('reason')} + "."`),
            },
          ],
        },
      },
      { is_text: { switch: [{ condition: expr('get_type(trigger) != "string"'), next: 'no_name' }] } },
      // Both become labels of the run.
      {
        is_name: {
          switch: [{ condition: expr('text.match_regex(trigger, "^[a-z][a-z0-9-]{0,61}$")'), next: 'is_note' }],
        },
      },
      {
        no_name: {
          assign: [
            { trigger: expr(written('trigger')) },
            { wrong: expr('"The trigger is a name of lower-case letters, digits and hyphens, not " + trigger + "."') },
          ],
        },
      },
      { is_note: { switch: [{ condition: expr('get_type(note) == "string"'), next: 'clean_note' }], next: 'no_note' } },
      { clean_note: { assign: [{ note: expr('text.replace_all_regex(note, "\\\\s+", " ")') }] } },
      { trim_note: { assign: [{ note: expr('text.replace_all_regex(note, "^ | $", "")') }] } },
      { has_note: { switch: [{ condition: expr('note == ""'), next: 'no_note' }] } },
      {
        cut_note: {
          assign: [{ note: expr(`text.substring(note, 0, math.min(len(note), ${NOTE.longest}))`) }],
          next: 'give',
        },
      },
      { no_note: { assign: [{ note: NOTE.none }] } },
      {
        give: {
          return: asked({
            reason: expr('reason'),
            trigger: expr('trigger'),
            note: expr('note'),
            wrong: expr('wrong'),
          }),
        },
      },
      { by_person: { return: asked({ reason: 'manual', trigger: PERSON }) } },
    ],
  };
}

/** What is asked for, as the routine gives it. */
const asked = (request: {
  readonly reason: string;
  readonly trigger: string;
  readonly note?: string;
  readonly wrong?: string;
}) => ({
  note: NOTE.none,
  wrong: '',
  ...request,
  ignored: '',
});

/** A value that may be anything, as text of which an alert shows the beginning. */
const written = (value: string): string =>
  `text.substring(json.encode_to_string(${value}), 0, math.min(len(json.encode_to_string(${value})), 100))`;
