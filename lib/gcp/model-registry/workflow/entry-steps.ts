import { numberOf } from '../../target';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';
import { APPROVAL_LABEL } from '../approval-convention';
import type { EventsWorkflowProps } from './events-props';

/**
 * Reads an audit log entry: `{ ignored, id, version, method, said, millis }`. id: last part of the model's resource name;
 * version: its number as the entry has it, '' where it has none, which only registrations may; said: the approval that an
 * update writes, '' where there is none; ignored: why nothing is to be done, '' otherwise. Only what must be right to go on
 * is read of the entry; what the version is, the registry says.
 * Source: Cloud Logging documentation, "Understanding audit logs": a long-running operation has an entry when it begins and
 * one when it ends, `operation.last`.
 */
export function entryRoutine({ target }: Pick<EventsWorkflowProps, 'target'>): Routine {
  const places = `projects/(${target.project}|${numberOf(target)})/locations/${target.region}/models`;
  return {
    params: ['event'],
    steps: [
      {
        take: {
          assign: [
            { none: {} },
            { entry: expr('default(map.get(event, "data"), none)') },
            { payload: expr('default(map.get(entry, "protoPayload"), none)') },
            { operation: expr('default(map.get(entry, "operation"), none)') },
            { request: expr('default(map.get(payload, "request"), none)') },
            { response: expr('default(map.get(payload, "response"), none)') },
            { parts: expr('text.split(default(map.get(payload, "methodName"), ""), ".")') },
            { method: expr('parts[len(parts) - 1]') },
            { failed: expr('default(map.get(payload, ["status", "code"]), 0) != 0') },
            { name: expr('default(map.get(payload, "resourceName"), "")') },
            { said: '' },
          ],
        },
      },
      {
        is_over: {
          switch: [
            { condition: expr('failed'), return: ignored('The call failed.') },
            {
              condition: expr('len(operation) > 0 and not(default(map.get(operation, "last"), false))'),
              return: ignored('Its operation has not ended.'),
            },
            { condition: expr('method == "UploadModel"'), next: 'uploaded' },
          ],
        },
      },
      ...updatedSteps(),
      ...uploadedSteps(),
      {
        is_model: {
          switch: [{ condition: expr(`text.match_regex(name, ${quoted(`^${places}/[^/]+$`)})`), next: 'take_model' }],
        },
      },
      { no_model: { return: ignored('It is about something else.') } },
      {
        take_model: {
          assign: [
            { pieces: expr('text.split(name, "/")') },
            { last: expr('text.split(pieces[len(pieces) - 1], "@")') },
            { id: expr('last[0]') },
            { number: expr('last[len(last) - 1]') },
          ],
        },
      },
      {
        give: {
          return: {
            ignored: '',
            id: expr('id'),
            version: expr('if(text.match_regex(name, "@[0-9]+$"), number, "")'),
            method: expr('method'),
            said: expr('said'),
            millis: expr('int(time.parse(entry.timestamp) * 1000)'),
          },
        },
      },
    ],
  };
}

const NO_NUMBER = 'It names no version by its number, and the label of a model approves none of its versions.';

const ignored = (why: string) => ({ ignored: why });

/**
 * An update that counts names its version by number; those that leave the label alone are none of our business. One that
 * writes all labels without this one takes it away, and says that the version is pending. One of the model changes what is
 * read of all its versions at once, and approves none of them; where an alias points when it is read here nobody has said.
 * Source: Vertex AI API, UpdateModelRequest: without `@`, or with `@-`, it updates the model; labels of both are merged when
 * a model is returned.
 */
const updatedSteps = (): readonly Step[] => [
  {
    updated: {
      assign: [
        { name: expr('default(map.get(request, ["model", "name"]), name)') },
        { labels: expr('map.get(request, ["model", "labels"])') },
        { mask: expr('json.encode_to_string(default(map.get(request, "updateMask"), "labels"))') },
      ],
    },
  },
  {
    is_approval: {
      switch: [
        { condition: expr('not(text.match_regex(mask, "labels"))'), return: ignored('No label was changed.') },
        { condition: expr('labels == null'), next: 'is_numbered' },
        {
          condition: expr(
            `${quoted(APPROVAL_LABEL)} in labels or text.match_regex(mask, ${quoted(`labels([^.]|.*${APPROVAL_LABEL})`)})`,
          ),
          next: 'take_said',
        },
      ],
    },
  },
  { no_approval: { return: ignored('Another label was changed.') } },
  { take_said: { assign: [{ said: expr(`default(map.get(labels, ${quoted(APPROVAL_LABEL)}), "pending")`) }] } },
  {
    is_numbered: {
      switch: [{ condition: expr('text.match_regex(name, "@[0-9]+$")'), next: 'is_model' }],
    },
  },
  { no_number: { return: ignored(NO_NUMBER) } },
];

/** What was uploaded the operation gives when it ends; failing that the entry says which model it was. */
const uploadedSteps = (): readonly Step[] => [
  {
    uploaded: {
      assign: [
        { made: expr('default(map.get(response, "response"), response)') },
        { name: expr('default(map.get(made, "model"), default(map.get(request, "parentModel"), name))') },
        { number: expr('default(map.get(made, "modelVersionId"), "")') },
      ],
    },
  },
  {
    has_number: {
      switch: [
        {
          condition: expr('number != ""'),
          steps: [
            {
              with_number: {
                assign: [{ parts: expr('text.split(name, "@")') }, { name: expr('parts[0] + "@" + number') }],
              },
            },
          ],
        },
      ],
    },
  },
];

/**
 * The version as it is: `args: { id, version }`, version '' for the newest. Gives the Model of the API, null where it is
 * gone.
 */
export function versionRoutine({ target }: EventsWorkflowProps): Routine {
  const { project, region } = target;
  const models = `https://${region}-aiplatform.googleapis.com/v1/projects/${project}/locations/${region}/models/`;
  return {
    params: ['id', 'version'],
    steps: [
      { is_newest: { switch: [{ condition: expr('version == ""'), next: 'list' }] } },
      apiCall('look', {
        method: 'GET',
        url: expr(`${quoted(models)} + id + "@" + version`),
        accept: [404],
        result: 'found',
      }),
      { is_gone: { switch: [{ condition: expr('found.code == 404'), return: null }] } },
      { give: { return: expr('found.body') } },
      apiCall('list', {
        method: 'GET',
        url: expr(`${quoted(models)} + id + ":listVersions"`),
        query: { orderBy: 'create_time desc', pageSize: '1' },
        accept: [404],
        result: 'page',
      }),
      {
        is_empty: {
          switch: [
            {
              condition: expr('page.code == 404 or len(default(map.get(page.body, "models"), "")) == 0'),
              return: null,
            },
          ],
        },
      },
      { give_newest: { return: expr('page.body.models[0]') } },
    ],
  };
}
