import { APPROVAL_LABEL } from '../../model-registry/approval-convention';
import { apiCall } from '../../workflow/http-steps';
import { takeLockStep } from '../../workflow/lock-steps';
import { readStep, writeStep } from '../../workflow/record-steps';
import { expr, type Step } from '../../workflow/syntax';
import { end, lookSteps } from './decision-parts';
import { deployedId, servedName } from './deployment';
import { leftSteps } from './left-steps';
import { planOf } from './move-steps';
import { type RolloutWorkflowProps, vertexHost } from './rollout-props';

/** What was begun and not ended: `{}` where nothing was. */
const UNFINISHED = 'if(default(map.get(trying, "done"), false), none, trying)';

/**
 * Waits for its turn, reads what is, and decides what is to be done. Decisions count in the order in which they were made,
 * whatever the order in which executions get the lock: one that was made before the last that was carried out is over.
 * What an execution began that crashed is gone on with if it is the same version, and taken back if it is another.
 *
 * Ends at `worked`, or goes on to `begin_try` with `version`, `name`, `id`, `saved`, `main`, `plan` and `trying`.
 */
export function decideSteps(props: RolloutWorkflowProps): readonly Step[] {
  return [
    takeLockStep('take_lock', { lock: props.lock, result: 'lock' }),
    readStep('read_facts', { path: props.factsPath, result: 'facts' }),
    readStep('read_record', { path: props.championPath, result: 'champion' }),
    {
      take_record: {
        assign: [
          { record: expr('default(champion.value, none)') },
          { owned: expr('facts.found') },
          { trying: expr('default(map.get(record, "trying"), none)') },
          { decided: expr('default(map.get(record, "decided"), none)') },
        ],
      },
    },
    { is_owned: { switch: [{ condition: expr('owned'), next: 'is_retired' }] } },
    end('not_owned', 'withdrawn', 'The model does not serve any more: its stack is gone or about to go.'),
    ...retiredSteps(),
    ...lookSteps('see'),
    ...followSteps(props),
    ...dueSteps(),
    ...versionSteps(props),
    ...leftSteps(),
    ...beginSteps(props),
  ];
}

/**
 * A model that was retired serves again when a person says so, and not when a version of it was approved: what is retired is
 * about to be destroyed. Under another shell than the one that was there it is not retired.
 */
const retiredSteps = (): readonly Step[] => [
  {
    is_retired: {
      switch: [
        { condition: expr('default(map.get(record, "retired"), "") == ""'), next: 'see' },
        {
          condition: expr('not(request.event) or default(map.get(record, "shell"), "") != facts.generation'),
          next: 'serve_again',
        },
      ],
    },
  },
  end(
    'was_retired',
    'withdrawn',
    expr('"The model was retired at " + record.retired + ". To have it serve again, promote the version by hand."'),
  ),
  {
    serve_again: {
      assign: [
        { 'record.shell': '' },
        { 'record.retiring': false },
        { record: expr('map.delete(record, "retired")') },
        { record: expr('map.delete(record, "retiring")') },
        { record: expr('map.delete(record, "shell")') },
      ],
    },
  },
];

/** Whoever serves now was promoted, be it by a person: the record follows, and the one before is the one to go back to. */
const followSteps = (props: RolloutWorkflowProps): readonly Step[] => [
  {
    is_recorded: {
      switch: [
        {
          condition: expr('who.whole in ["", default(map.get(record, "id"), ""), default(map.get(trying, "id"), "")]'),
          next: 'take_asked',
        },
      ],
    },
  },
  {
    follow: {
      call: 'followed',
      args: { record: expr('record'), version: expr('who.version'), name: expr('who.name'), id: expr('who.whole') },
      result: 'record',
    },
  },
  writeStep('write_followed', { path: props.championPath, value: expr('record') }),
];

/** Which version is meant, and whether its turn is still to come. */
const dueSteps = (): readonly Step[] => [
  {
    take_asked: {
      assign: [
        { same: expr('default(map.get(trying, "millis"), -1) == request.millis') },
        { left: expr(UNFINISHED) },
        { why: expr('default(map.get(left, "why"), "")') },
        { goes_back: expr('request.action == "rollback" and request.version == ""') },
        { calls_off: expr('goes_back and len(left) > 0 and default(map.get(left, "millis"), 0) < request.millis') },
        { previous: expr('default(map.get(record, "previous"), none)') },
        { before: expr('default(map.get(previous, "version"), "")') },
        { meant: expr('if(same or calls_off, default(map.get(trying, "version"), ""), before)') },
        { version: expr('if(request.version == "", meant, request.version)') },
        { last: expr('default(map.get(decided, "version"), "0")') },
        { when: expr('default(map.get(decided, "millis"), -1)') },
        { again: expr('when == request.millis') },
      ],
    },
  },
  {
    is_due: {
      switch: [
        { condition: expr('again and request.version in ["", last]'), next: 'done_before' },
        { condition: expr('when > request.millis'), next: 'superseded' },
        // Of two that were made in one moment the higher version is the later.
        { condition: expr('again and int("0" + last) > int("0" + version)'), next: 'superseded' },
        {
          condition: expr(
            'goes_back and default(map.get(decided, "outcome"), "") == "rolled-back" and default(map.get(decided, "ended"), 0) > request.millis',
          ),
          next: 'fulfilled',
        },
        // Whoever asks to go back while a version has a part of the traffic means that one.
        { condition: expr('calls_off'), next: 'clear' },
        {
          condition: expr('version == ""'),
          raise: 'There is no version to go back to: none served before the one that serves. Say which.',
        },
      ],
      next: 'read_version',
    },
  },
  end('done_before', 'noop', expr('"This decision was carried out before. It ended so: " + decided.outcome + "."')),
  end(
    'superseded',
    'superseded',
    expr('"A later decision, for version " + last + ", was carried out before its turn came."'),
  ),
  end('fulfilled', 'noop', expr('"Version " + last + ", which was being rolled out, has been taken back meanwhile."')),
];

const versionSteps = (props: RolloutWorkflowProps): readonly Step[] => [
  apiCall('read_version', {
    method: 'GET',
    url: expr(`"https://${vertexHost(props.target)}/v1/${props.modelId}@" + version`),
    result: 'found',
  }),
  {
    take_version: {
      assign: [
        { labels: expr('default(map.get(found.body, "labels"), none)') },
        { approval: expr(`default(map.get(labels, "${APPROVAL_LABEL}"), "pending")`) },
        { name: expr(servedName(props.endpoint, props.settings)) },
        { ours: expr('default(map.get(left, "name"), "") == name') },
        { proved: expr('who.whole != "" and who.whole != default(map.get(left, "id"), "")') },
      ],
    },
  },
  { serves: { switch: [{ condition: expr('proved and who.name == name'), next: 'serves_it' }], next: 'is_left' } },
  {
    serves_it: {
      assign: [
        { outcome: expr('if(same, "promoted", "noop")') },
        { detail: 'All traffic goes to this version.' },
        { over: true },
      ],
      next: 'worked',
    },
  },
];

/** Puts on record what is going to be tried, before anything is touched. */
const beginSteps = (props: RolloutWorkflowProps): readonly Step[] => [
  {
    begin_try: {
      switch: [
        {
          condition: expr('len(left) == 0'),
          steps: [
            {
              fresh: {
                assign: [
                  { trying: { step: -1, since: 0 } },
                  { 'trying.id': expr(deployedId(props.settings)) },
                  { 'trying.saved': expr('seen.split') },
                  { 'trying.main': expr('who.most') },
                ],
              },
            },
          ],
        },
      ],
    },
  },
  {
    mark: {
      assign: [
        { 'trying.millis': expr('request.millis') },
        { 'trying.version': expr('version') },
        { 'trying.name': expr('name') },
        { id: expr('trying.id') },
        { saved: expr('trying.saved') },
        { main: expr('trying.main') },
        { 'record.trying': expr('trying') },
        { promote: planOf(props.rollout.steps) },
        // On the way back every minute counts.
        { back: planOf(props.rollout.steps.slice(-1)) },
        { plan: expr('if(request.action == "rollback", back, promote)') },
      ],
    },
  },
  writeStep('write_mark', { path: props.championPath, value: expr('record') }),
  { is_touching: { assign: [{ touched: true }, { over: true }] } },
];
