import { MODEL_EVENT_RECORDS, REGISTRY_RECORDS } from '../../../plan/gcp-access';
import { apiCall, HTTP_ROUTINES } from '../../workflow/http-steps';
import { RECORD_ROUTINES, readStep } from '../../workflow/record-steps';
import { expr, quoted, type Step, type WorkflowSource } from '../../workflow/syntax';
import { APPROVAL_LABEL, APPROVALS } from '../approval-convention';
import { entryRoutine, versionRoutine } from './entry-steps';
import type { EventsWorkflowProps } from './events-props';
import { labelSteps } from './label-steps';
import { tellSteps } from './tell-steps';

/**
 * The workflow that hears of the registry: audit log entries of all models of a platform. It reads the version as it is, and
 * compares its approval with what it saw last. Something new is told, a version that is approved by itself is approved, and
 * an approved one is rolled out. Where people approve, a registration never is an approval, whatever labels it came with:
 * who may register may not approve.
 *
 * An entry that comes twice finds nothing new. A rollout is started before the record says so: starting it twice is
 * harmless, as it decides from what is, and never starting it is not. Of two executions that saw the same, one writes the
 * record, and tells.
 */
export function eventsWorkflow(props: EventsWorkflowProps): WorkflowSource {
  return {
    main: {
      params: ['event'],
      steps: [
        { read: { call: 'read_entry', args: { event: expr('event') }, result: 'entry' } },
        { is_news: { switch: [{ condition: expr('entry.ignored != ""'), return: expr('entry.ignored') }] } },
        readStep('look_whose', { path: expr(`${quoted(`${REGISTRY_RECORDS}/`)} + entry.id`), result: 'facts' }),
        { is_ours: { switch: [{ condition: expr('not(facts.found)'), return: OTHERS }] } },
        {
          take_ours: {
            assign: [
              { none: {} },
              { ours: expr('facts.value') },
              { uploaded: expr('entry.method == "UploadModel"') },
              { registered: false },
              { claimed: false },
              { detail: '-' },
              { execution: expr('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")') },
            ],
          },
        },
        ...seeSteps(),
        ...labelSteps(props),
        ...startSteps(),
        ...tellSteps(props),
      ],
    },
    read_entry: entryRoutine(props),
    read_version: versionRoutine(props),
    ...RECORD_ROUTINES,
    ...HTTP_ROUTINES,
  };
}

const OTHERS = "It is another platform's model, or nobody's.";

/**
 * Reads the version and what was seen of it before; ends where nothing is new. Entries come in any order: a registration that
 * is heard of after something else of its version says nothing any more, and that a version is pending which nobody has
 * heard of yet is for its registration to say. What says that a version is pending approves none: the approval that came
 * after it has an entry of its own. An approval that was taken back and given again before either was heard of is news all
 * the same: a rollout that read it in between was withdrawn.
 */
const seeSteps = (): readonly Step[] => [
  { is_numbered: { switch: [{ condition: expr('entry.version != ""'), next: 'recall' }] } },
  readVersion('find_newest'),
  { has_none: { switch: [{ condition: expr('found == null'), return: 'The version is gone.' }] } },
  { number_it: { assign: [{ 'entry.version': expr('found.versionId') }] } },
  // The record first: who writes it after the version was read has seen a newer one.
  readStep('recall', {
    path: expr(`${quoted(`${MODEL_EVENT_RECORDS}/`)} + ours.model + "/" + entry.version`),
    result: 'seen',
  }),
  readVersion('see'),
  { is_gone: { switch: [{ condition: expr('found == null'), return: 'The version is gone.' }] } },
  {
    take_version: {
      assign: [
        { version: expr('found.versionId') },
        { labels: expr('default(map.get(found, "labels"), none)') },
        { approval: expr(`default(map.get(labels, ${quoted(APPROVAL_LABEL)}), "pending")`) },
        { approval: expr(`if(approval in ${JSON.stringify(APPROVALS)}, approval, "pending")`) },
        { path: expr(`${quoted(`${MODEL_EVENT_RECORDS}/`)} + ours.model + "/" + version`) },
      ],
    },
  },
  {
    take_seen: {
      assign: [
        { record: expr('default(seen.value, none)') },
        { before: expr('default(map.get(record, "approval"), if(uploaded, "", "pending"))') },
        { late: expr('uploaded and seen.found and not(claimed and approval == "pending")') },
        { early: expr('approval == "approved" and before != approval and entry.said == "pending"') },
        { created: expr('not(seen.found) and uploaded and approval == "pending"') },
        { registered: expr('registered or created') },
        {
          anew: expr(
            'approval == "approved" and entry.said != "" and entry.said != approval and entry.millis > default(map.get(record, "millis"), 0)',
          ),
        },
      ],
    },
  },
  {
    is_known: {
      switch: [{ condition: expr('late or early or before == approval and not(anew)'), return: 'Nothing is new.' }],
    },
  },
];

const readVersion = (name: string): Step => ({
  [name]: { call: 'read_version', args: { id: expr('entry.id'), version: expr('entry.version') }, result: 'found' },
});

/** Starts the rollout of an approved version, by the time at which it was approved. */
const startSteps = (): readonly Step[] => [
  {
    is_to_roll_out: {
      switch: [{ condition: expr('approval == "approved" and "rollout" in ours'), next: 'write_argument' }],
      next: 'remember',
    },
  },
  {
    write_argument: {
      assign: [
        {
          argument: {
            action: 'promote',
            version: expr('version'),
            reason: 'It was approved.',
            millis: expr('entry.millis'),
          },
        },
      ],
    },
  },
  apiCall('start', {
    method: 'POST',
    url: expr('"https://workflowexecutions.googleapis.com/v1/" + ours.rollout + "/executions"'),
    body: { argument: expr('json.encode_to_string(argument)') },
  }),
];
