import { OPERATIONS_SIGNALS } from '../../../plan/outcome-signals';
import { endpointLock } from '../../../plan/serving-access';
import { announceStep } from '../../alerts/announce';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall, HTTP_ROUTINES } from '../../workflow/http-steps';
import { giveLockBackStep, LOCK_ROUTINES, renewLockStep, takeLockStep } from '../../workflow/lock-steps';
import { deleteStep, RECORD_ROUTINES, readStep, writeStep } from '../../workflow/record-steps';
import { expr, quoted, type Step, type WorkflowSource } from '../../workflow/syntax';
import { ruleRoutine } from './address-routine';
import { emptyRoutine } from './empty-routine';
import { ANNOUNCED_ERRORS, type OperationsWorkflowProps } from './operations-props';
import { platformEndpointsRoutine } from './platform-endpoints';
import { restRoutine } from './rest-routine';
import { RETIRE_LOCK_TTL_SECONDS } from './retire-props';
import { toldWhenFailed } from './told';

const CHAMPION = expr('"models/" + model + "/champion"');
const FACTS = expr('"models/" + model + "/serving"');

/**
 * The workflow that retires a model, `{ "model": "fraud-detector" }`: empties its endpoint, deletes the forwarding rule that
 * leads there, takes the aliases of its versions away, and marks its record, so that an approval does not deploy again
 * what a person took away. The endpoint itself is Terraform's, and can be destroyed once it is empty; while it serves, the
 * API refuses that and says so.
 *
 * It decides from what there is, and so can crash anywhere and be started again. The record is `{ retired, retiring, … }`
 * while it works, and `{ retired, shell }` once the channel knows; where the model has no shell any more it goes.
 * shell: generation of the facts of the shell that was there. Under another shell the model is not retired.
 */
export function retireWorkflow(props: OperationsWorkflowProps): WorkflowSource {
  const { platform } = props;
  return {
    main: {
      params: ['input'],
      steps: [
        { begin: { assign: [{ model: '' }, { lock: '' }, { held: '' }, { outcome: 'noop' }, { detail: '' }] } },
        {
          guarded: {
            try: {
              steps: [
                toldWhenFailed([...modelSteps(), ...workSteps(props)], {
                  platform,
                  failed: OPERATIONS_SIGNALS.retireFailed,
                  error: ANNOUNCED_ERRORS.retire,
                  serves: 'model',
                }),
              ],
            },
            except: {
              as: 'failed',
              steps: [...failedUnlockSteps(), { end_failed: { raise: expr('failed') } }],
            },
          },
        },
        ...unlockSteps('unlock'),
        { give: { return: { outcome: expr('outcome'), detail: expr('detail') } } },
      ],
    },
    empty_endpoint: emptyRoutine(props),
    at_rest: restRoutine(props),
    delete_rule: ruleRoutine(props),
    platform_endpoints: platformEndpointsRoutine(props),
    ...HTTP_ROUTINES,
    ...LOCK_ROUTINES,
    ...RECORD_ROUTINES,
  };
}

const modelSteps = (): readonly Step[] => [
  {
    is_map: {
      switch: [
        {
          condition: expr('get_type(input) == "map"'),
          steps: [{ take_model: { assign: [{ model: expr('default(map.get(input, "model"), "")') }] } }],
        },
      ],
    },
  },
  {
    has_model: {
      switch: [
        {
          condition: expr('model == ""'),
          raise: 'The input names no model. It has to be {"model": "name"}.',
        },
      ],
    },
  },
];

const workSteps = (props: OperationsWorkflowProps): readonly Step[] => [
  { find: { call: 'platform_endpoints', result: 'endpoints' } },
  { no_endpoint: { assign: [{ name: '' }, { serves: false }, { rule: '' }] } },
  {
    choose: {
      for: {
        value: 'one',
        in: expr('endpoints'),
        steps: [
          { is_it: { switch: [{ condition: expr('one.model != model'), next: 'continue' }] } },
          {
            take_it: {
              assign: [
                { name: expr('one.name') },
                { rule: expr('one.rule') },
                { lock: expr(`${quoted(endpointLock(''))} + one.endpoint`) },
              ],
            },
          },
        ],
      },
    },
  },
  // Without an endpoint there is nothing that a rollout could change meanwhile.
  { is_there: { switch: [{ condition: expr('name == ""'), next: 'read_facts' }] } },
  takeLockStep('take_lock', { lock: expr('lock'), ttlSeconds: RETIRE_LOCK_TTL_SECONDS, result: 'held' }),
  // As it is now: whoever had the lock before may have changed it.
  apiCall('look', {
    method: 'GET',
    url: expr(`"https://${vertexHost(props.target)}/v1/" + name`),
    accept: [404],
    result: 'seen',
  }),
  {
    see: {
      assign: [{ serves: expr('seen.code != 404 and len(default(map.get(seen.body, "deployedModels"), [])) > 0') }],
    },
  },
  readStep('read_facts', { path: FACTS, result: 'facts' }),
  readStep('read_record', { path: CHAMPION, result: 'champion' }),
  {
    take_record: {
      assign: [
        { none: {} },
        { record: expr('if(get_type(champion.value) == "map", champion.value, none)') },
        { since: expr('default(map.get(record, "retired"), time.format(sys.now()))') },
        { ours: expr('default(map.get(record, "shell"), "") == facts.generation') },
        { told: expr('ours and map.get(record, "retired") != null and map.get(record, "retiring") == null') },
        { known: expr('name != "" or facts.found or champion.found') },
        { removed: 0 },
        { had_rule: false },
      ],
    },
  },
  // What waits for its turn sees from now on that the model is retired.
  { is_marked: { switch: [{ condition: expr('(told and not(serves)) or not(known)'), next: 'has_endpoint' }] } },
  {
    mark: {
      assign: [
        { 'record.retired': expr('since') },
        { 'record.retiring': true },
        { 'record.shell': expr('facts.generation') },
      ],
    },
  },
  writeStep('write_mark', { path: CHAMPION, value: expr('record') }),
  { has_endpoint: { switch: [{ condition: expr('name == ""'), next: 'is_nothing' }] } },
  {
    empty: {
      call: 'empty_endpoint',
      args: { name: expr('name'), lock: expr('lock'), generation: expr('held') },
      result: 'emptied',
    },
  },
  { take_emptied: { assign: [{ held: expr('emptied.lock') }, { removed: expr('emptied.removed') }] } },
  { has_rule: { switch: [{ condition: expr('rule == ""'), next: 'is_nothing' }] } },
  {
    delete_address: {
      call: 'delete_rule',
      args: { rule: expr('rule') },
      result: 'had_rule',
    },
  },
  {
    is_nothing: {
      switch: [
        { condition: expr('told and not(serves) and not(had_rule)'), next: 'nothing' },
        { condition: expr('not(known)'), next: 'never' },
      ],
    },
  },
  {
    say: {
      assign: [
        { outcome: 'retired' },
        {
          detail: expr(
            '"Of " + model + ", " + string(removed) + " deployed versions were taken away" + if(had_rule, ", and the way to its endpoint", "") + "."',
          ),
        },
      ],
    },
  },
  announceStep('tell', props.platform, OPERATIONS_SIGNALS.retired, { serves: 'model', detail: 'detail' }),
  { has_shell: { switch: [{ condition: expr('not(facts.found)'), next: 'forget' }] } },
  {
    compact: {
      assign: [{ record: {} }, { 'record.retired': expr('since') }, { 'record.shell': expr('facts.generation') }],
    },
  },
  writeStep('write_record', { path: CHAMPION, value: expr('record'), next: 'done' }),
  { nothing: { assign: [{ detail: 'It was retired before, and there was nothing left to do.' }], next: 'done' } },
  { never: { assign: [{ detail: 'Nothing of it is there.' }], next: 'done' } },
  deleteStep('forget', { path: CHAMPION }),
  { done: { assign: [{ done: true }] } },
];

const unlockSteps = (name: string): readonly Step[] => [
  {
    [`${name}_held`]: {
      switch: [
        {
          condition: expr('held != ""'),
          steps: [giveLockBackStep(name, { lock: expr('lock'), generation: expr('held') })],
        },
      ],
    },
  },
];

/** What failed may have renewed the lock, so its generation is looked at again. Nothing that fails here hides what did. */
const failedUnlockSteps = (): readonly Step[] => [
  {
    give_up: {
      try: {
        steps: [
          { had_lock: { switch: [{ condition: expr('held == ""'), next: 'gave_up' }] } },
          renewLockStep('see_lock', {
            lock: expr('lock'),
            generation: expr('held'),
            ttlSeconds: RETIRE_LOCK_TTL_SECONDS,
            result: 'held',
          }),
          giveLockBackStep('failed_unlock', { lock: expr('lock'), generation: expr('held') }),
          { gave_up: { assign: [{ held: '' }] } },
        ],
      },
      except: { as: 'e', steps: [{ lost: { assign: [{ held: '' }] } }] },
    },
  },
];
