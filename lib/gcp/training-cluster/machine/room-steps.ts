import { patienceForRoom } from '../../../plan/gcp-cluster-patience';
import { RUNNING_LOCK, RUNNING_PATH } from '../../../plan/gcp-submission-grants';
import { apiCall } from '../../workflow/http-steps';
import { giveLockBackStep, takeLockStep } from '../../workflow/lock-steps';
import { readStep, writeStep } from '../../workflow/record-steps';
import { expr, type Routine } from '../../workflow/syntax';
import { refuseUnwanted } from './asked-steps';
import { type BatchWorkflowProps, mostMachines } from './batch-props';

const ENDED = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/**
 * Batch has queues without a ceiling. What runs is a record, machines by job, that one training at a time reads and
 * writes under a lock until its job is submitted: a job that is recorded and not there is one of a crashed execution. Jobs
 * that have ended leave the record when somebody needs their room.
 * In a workflow: `call: take_room`, `args: { name, id, nodes, jobs }`; gives the generation of the lock, which is held still.
 */
const takeRoom = (props: BatchWorkflowProps): Routine => {
  const most = mostMachines(props.plan);
  const { pause, looks } = patienceForRoom(most);
  return {
    params: ['name', 'id', 'nodes', 'jobs'],
    steps: [
      { begin: { assign: [{ looked: 0 }] } },
      takeLockStep('take_lock_of_room', { lock: RUNNING_LOCK, result: 'generation' }),
      readStep('read_running', { path: RUNNING_PATH.join('/'), result: 'record' }),
      { take_running: { assign: [{ running: {} }, { used: 0 }] } },
      {
        has_record: {
          switch: [
            {
              condition: expr('get_type(record.value) == "map"'),
              steps: [{ take_record: { assign: [{ running: expr('record.value') }] } }],
            },
          ],
        },
      },
      {
        add_up: {
          for: {
            value: 'known',
            in: expr('keys(running)'),
            steps: [{ add: { assign: [{ used: expr('used + running[known]') }] } }],
          },
        },
      },
      {
        has_room: {
          switch: [{ condition: expr(`used + nodes <= ${most} or id in keys(running)`), next: 'keep' }],
        },
      },
      { drop_ended: { call: 'still_running', args: { running: expr('running'), jobs: expr('jobs') }, result: 'left' } },
      { see: { assign: [{ running: expr('left.running') }, { used: expr('left.used') }] } },
      { has_room_now: { switch: [{ condition: expr(`used + nodes <= ${most}`), next: 'keep' }] } },
      giveLockBackStep('leave', { lock: RUNNING_LOCK, generation: expr('generation') }),
      {
        is_patient: {
          switch: [
            {
              condition: expr(`looked >= ${looks}`),
              raise: {
                message: expr(
                  `"There was no room among the ${most} machines of the cluster for " + string(nodes) + " more."`,
                ),
                tags: ['NoRoom'],
              },
            },
          ],
        },
      },
      { count: { assign: [{ looked: expr('looked + 1') }] } },
      ...refuseUnwanted(props, pause),
      { pause: { call: 'sys.sleep', args: { seconds: pause }, next: 'take_lock_of_room' } },
      { keep: { assign: [{ 'running[id]': expr('nodes') }] } },
      writeStep('write_running', {
        path: RUNNING_PATH.join('/'),
        value: expr('running'),
        generation: expr('record.generation'),
        result: 'written',
      }),
      // Somebody who took the lock over, when Google did not answer for long, or this execution itself: it is read anew.
      { is_written: { switch: [{ condition: expr('written == null'), next: 'read_running' }] } },
      { give: { return: expr('generation') } },
    ],
  };
};

/** Those of the record that have not ended, and their machines. */
const stillRunning: Routine = {
  params: ['running', 'jobs'],
  steps: [
    { begin: { assign: [{ left: {} }, { used: 0 }] } },
    {
      each: {
        for: {
          value: 'known',
          in: expr('keys(running)'),
          steps: [
            apiCall('look', { method: 'GET', url: expr('jobs + "/" + known'), accept: [404], result: 'answer' }),
            {
              is_gone: {
                switch: [
                  { condition: expr('answer.code == 404'), next: 'continue' },
                  {
                    condition: expr(
                      `default(map.get(answer.body, ["status", "state"]), "") in ${JSON.stringify(ENDED)}`,
                    ),
                    next: 'continue',
                  },
                ],
              },
            },
            { stays: { assign: [{ 'left[known]': expr('running[known]') }, { used: expr('used + running[known]') }] } },
          ],
        },
      },
    },
    { give: { return: { running: expr('left'), used: expr('used') } } },
  ],
};

export const roomRoutines = (props: BatchWorkflowProps): Readonly<Record<'take_room' | 'still_running', Routine>> => ({
  take_room: takeRoom(props),
  still_running: stillRunning,
});
