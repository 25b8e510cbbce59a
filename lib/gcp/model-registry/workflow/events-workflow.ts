import { MODEL_EVENT_RECORDS, REGISTRY_RECORDS } from '../../../plan/gcp-access';
import { approvalFailed, modelSignals, type Signal } from '../../../plan/signals';
import { type Announced, announceStep } from '../../alerts/announce';
import { apiCall, HTTP_ROUTINES } from '../../workflow/http-steps';
import { RECORD_ROUTINES, readStep, writeStep } from '../../workflow/record-steps';
import { expr, quoted, type Step, type WorkflowSource } from '../../workflow/syntax';
import { APPROVAL_LABEL, APPROVALS } from '../approval-convention';
import { entryRoutine, versionRoutine } from './entry-steps';
import type { EventsWorkflowProps } from './events-props';

/**
 * The workflow that hears of the registry: audit log entries of all models of a platform. It reads the version as it is, and
 * compares its approval with what it saw last. Something new is told, a version that is approved by itself is approved, and
 * an approved one is rolled out.
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
              { registered: false },
              { execution: expr('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")') },
            ],
          },
        },
        ...seeSteps(),
        ...approveSteps(props),
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

/** Reads the version and what was seen of it before; ends where nothing is new. */
const seeSteps = (): readonly Step[] => [
  {
    see: { call: 'read_version', args: { id: expr('entry.id'), version: expr('entry.version') }, result: 'found' },
  },
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
  readStep('recall', { path: expr('path'), result: 'seen' }),
  {
    take_seen: {
      assign: [
        { record: expr('default(seen.value, none)') },
        { before: expr('default(map.get(record, "approval"), "")') },
        { created: expr('not(seen.found) and entry.method == "UploadModel" and approval == "pending"') },
        { registered: expr('registered or created') },
      ],
    },
  },
  { is_known: { switch: [{ condition: expr('before == approval'), return: 'Nothing is new.' }] } },
];

/**
 * Approves a version that was just registered, where that is so for its model. All its labels are written, so it is done
 * with the etag: what somebody else changed meanwhile is read anew.
 */
const approveSteps = ({ target, platform }: EventsWorkflowProps): readonly Step[] => {
  const { project, region } = target;
  const models = `https://${region}-aiplatform.googleapis.com/v1/projects/${project}/locations/${region}/models/`;
  return [
    {
      is_automatic: {
        switch: [{ condition: expr('created and ours.approval == "automatic"'), next: 'write_label' }],
        next: 'is_to_roll_out',
      },
    },
    {
      write_label: {
        assign: [
          { [`labels["${APPROVAL_LABEL}"]`]: 'approved' },
          { patch: { labels: expr('labels') } },
          { etag: expr('map.get(found, "etag")') },
        ],
      },
    },
    {
      has_etag: {
        switch: [
          { condition: expr('etag != null'), steps: [{ with_etag: { assign: [{ 'patch.etag': expr('etag') }] } }] },
        ],
      },
    },
    {
      approve: {
        try: {
          steps: [
            apiCall('patch_labels', {
              method: 'PATCH',
              url: expr(`${quoted(models)} + entry.id + "@" + version`),
              query: { updateMask: 'labels' },
              body: expr('patch'),
              accept: [409, 412],
              result: 'answer',
            }),
          ],
        },
        except: {
          as: 'e',
          steps: [
            { not_approved_text: { call: 'error_text', args: { e: expr('e') }, result: 'told' } },
            ofModel(
              announceStep('tell_not_approved', platform, approvalFailed(''), { version: 'version', detail: 'told' }),
              'approval-failed',
            ),
            { not_approved: { raise: expr('e') } },
          ],
        },
      },
    },
    { is_changed: { switch: [{ condition: expr('answer.code != 200'), next: 'see' }] } },
    { take_approved: { assign: [{ approval: 'approved' }] } },
  ];
};

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

/** Puts on record what was seen, and tells it unless another execution did. */
const tellSteps = ({ platform }: EventsWorkflowProps): readonly Step[] => {
  const [registered, approved, rejected] = modelSignals('');
  const announced: Announced = { version: 'version' };
  return [
    writeStep('remember', {
      path: expr('path'),
      value: { approval: expr('approval'), millis: expr('entry.millis'), execution: expr('execution') },
      generation: expr('seen.generation'),
      result: 'written',
    }),
    { is_first: { switch: [{ condition: expr('written != null'), next: 'is_registered' }] } },
    // The answer to the write may have been lost: then the record is this execution's.
    readStep('look_who', { path: expr('path'), result: 'now' }),
    { take_who: { assign: [{ record: expr('default(now.value, none)') }] } },
    {
      is_own: {
        switch: [
          {
            condition: expr('default(map.get(record, "execution"), "") != execution'),
            return: 'Another execution told it.',
          },
        ],
      },
    },
    { is_registered: { switch: [{ condition: expr('registered'), next: 'tell_registered' }], next: 'tell' } },
    withText(ofModel(announceStep('tell_registered', platform, registered, announced), 'registered')),
    {
      tell: {
        switch: [
          { condition: expr('approval == "approved"'), next: 'tell_approved' },
          { condition: expr('approval == "rejected"'), next: 'tell_rejected' },
        ],
        next: 'told_all',
      },
    },
    ofModel(announceStep('tell_approved', platform, approved, announced, 'told_all'), 'approved'),
    ofModel(announceStep('tell_rejected', platform, rejected, announced), 'rejected'),
    { told_all: { return: expr('ours.model + " " + version + ": " + approval') } },
  ];
};

interface LogStep {
  readonly call: string;
  readonly args: { readonly severity: string; readonly json: Readonly<Record<string, unknown>> };
}

const withJson = (step: Step, json: Readonly<Record<string, unknown>>): Step =>
  Object.fromEntries(
    Object.entries(step).map(([name, body]) => {
      const { args, ...rest } = body as LogStep;
      return [name, { ...rest, args: { ...args, json: { ...args.json, ...json } } }];
    }),
  );

/** An announcement of whichever model it is: names of signals begin with that of their model. */
const ofModel = (step: Step, kind: string): Step =>
  withJson(step, { signal: expr(`ours.model + ${quoted(`-${kind}`)}`) });

/** What follows registration depends on how the model's versions are approved. */
function withText(step: Step): Step {
  const text = (approval: 'manual' | 'automatic'): string => (modelSignals('', approval)[0] as Signal).text;
  return withJson(step, {
    text: expr(`if(ours.approval == "automatic", ${quoted(text('automatic'))}, ${quoted(text('manual'))})`),
  });
}
