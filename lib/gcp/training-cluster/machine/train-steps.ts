import { RUNNING_LOCK } from '../../../plan/gcp-submission-grants';
import { exactly } from '../../workflow/exactly';
import { apiCall } from '../../workflow/http-steps';
import { giveLockBackStep } from '../../workflow/lock-steps';
import { isInteger } from '../../workflow/number-types';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import { refuseUnwanted } from './asked-steps';
import { containerOf, jobOf, TRAINING_VARIABLE } from './batch-job';
import { attemptsOf, type BatchWorkflowProps, jobsUrl, SHORTEST_RUNTIME, TRAINING_NAME } from './batch-props';
import { emptyingRunnables } from './emptied';

/** Just one text, whatever else regular expressions would see in it. */

/** What a training asks for, completed and checked; its attempts, one after the other. Gives `{ outcome, reason, … }`. */
export function train(props: BatchWorkflowProps): Routine {
  const { plan, repository } = props;
  const runtimes = ` from ${SHORTEST_RUNTIME} to ${plan.maxRuntimeSeconds}`;
  const refuse = (condition: string, message: string) => ({
    condition: expr(condition),
    raise: { message, tags: ['RequestRefused'] },
  });
  return {
    params: ['request'],
    steps: [
      {
        take: {
          assign: [
            { nothing: {} },
            { asked: expr('default(request, nothing)') },
            { name: expr('default(map.get(asked, "name"), "t-" + sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID"))') },
            { image: expr(`default(map.get(asked, "image"), ${quoted(props.image)})`) },
            { arguments: expr('default(map.get(asked, "args"), [])') },
            { command: expr('map.get(asked, "command")') },
            { nodes: expr(`default(map.get(asked, "nodes"), ${plan.nodes})`) },
            { runtime: expr(`default(map.get(asked, "maxRuntimeSeconds"), ${plan.maxRuntimeSeconds})`) },
            { variables: expr('default(map.get(asked, "env"), nothing)') },
            { empties: expr('default(map.get(asked, "empties"), "")') },
          ],
        },
      },
      {
        check: {
          switch: [
            refuse(`not(text.match_regex(name, "${TRAINING_NAME}"))`, `name: it must match ${TRAINING_NAME}`),
            refuse(
              `not(text.match_regex(image, "^${exactly(repository)}/"))`,
              `image: it must be one of ${repository}`,
            ),
            refuse(`not(${isInteger('nodes')})`, `nodes: it must be a number from 1 to ${plan.nodes}`),
            refuse(`nodes < 1 or nodes > ${plan.nodes}`, `nodes: it must be from 1 to ${plan.nodes}`),
            refuse(`not(${isInteger('runtime')})`, `maxRuntimeSeconds: it must be a number${runtimes}`),
            refuse(
              `runtime < ${SHORTEST_RUNTIME} or runtime > ${plan.maxRuntimeSeconds}`,
              `maxRuntimeSeconds: it must be${runtimes}`,
            ),
          ],
        },
      },
      {
        complete: {
          assign: [
            { [`variables["${TRAINING_VARIABLE}"]`]: expr('name') },
            ...Object.entries(props.variables).map(([variable, value]) => ({ [`variables["${variable}"]`]: value })),
            { container: containerOf(props) },
            { last: { outcome: 'short', reason: '' } },
            { without: '' },
          ],
        },
      },
      {
        has_command: {
          switch: [
            {
              condition: expr('command != null'),
              steps: [{ take_command: { assign: [{ 'container.entrypoint': expr('command') }] } }],
            },
          ],
        },
      },
      { take_runnables: { assign: [{ runnables: [{ container: expr('container') }] }] } },
      {
        has_folders: {
          switch: [
            {
              condition: expr('empties != ""'),
              steps: [
                {
                  take_emptying: {
                    assign: [{ runnables: [...emptyingRunnables(props), { container: expr('container') }] }],
                  },
                },
              ],
            },
          ],
        },
      },
      {
        attempts: {
          for: {
            value: 'attempt',
            in: attemptsOf(props),
            steps: [
              // Machines that were not there for the attempt before are not asked for again.
              { is_in_vain: { switch: [{ condition: expr('attempt.capacity == without'), next: 'continue' }] } },
              {
                try_it: {
                  call: 'run_job',
                  args: {
                    name: expr('name'),
                    nodes: expr('nodes'),
                    runtime: expr('runtime'),
                    image: expr('image'),
                    runnables: expr('runnables'),
                    variables: expr('variables'),
                    attempt: expr('attempt'),
                    jobs: jobsUrl(props),
                  },
                  result: 'last',
                },
              },
              {
                is_over: {
                  switch: [
                    {
                      condition: expr('not(last.outcome in ["lost", "short"])'),
                      return: {
                        outcome: expr('last.outcome'),
                        reason: expr('last.reason'),
                        training: expr('name'),
                        job: expr('name + attempt.suffix'),
                        capacity: expr('attempt.capacity'),
                      },
                    },
                    {
                      condition: expr('last.outcome == "short"'),
                      steps: [{ note: { assign: [{ without: expr('attempt.capacity') }] } }],
                    },
                  ],
                },
              },
            ],
          },
        },
      },
      {
        give_up: {
          return: { outcome: 'failed', reason: expr('"No attempt is left. " + last.reason'), training: expr('name') },
        },
      },
    ],
  };
}

/**
 * One attempt: its job, submitted unless it is there already, and what became of it. A lost answer, a crash or a second
 * start with the same name go on with the job that there is.
 */
export const runJob = (props: BatchWorkflowProps): Routine => ({
  params: ['name', 'nodes', 'runtime', 'image', 'runnables', 'variables', 'attempt', 'jobs'],
  steps: [
    { call_it: { assign: [{ id: expr('name + attempt.suffix') }, { url: expr('jobs + "/" + id') }] } },
    apiCall('look', { method: 'GET', url: expr('url'), accept: [404], result: 'found' }),
    { is_new: { switch: [{ condition: expr('found.code == 404'), next: 'find_room' }] } },
    {
      of_other: {
        assign: [
          { group: expr('map.get(found.body, "taskGroups")') },
          { theirs: expr('map.get(group[0], ["taskSpec", "runnables"])') },
        ],
      },
    },
    {
      is_another: {
        switch: [
          {
            condition: expr('map.get(theirs[len(theirs) - 1], ["container", "imageUri"]) != image'),
            raise: {
              message: expr('"name: another training is called " + name + ", with another image"'),
              tags: ['RequestRefused'],
            },
          },
        ],
        next: 'watch',
      },
    },
    {
      find_room: {
        call: 'take_room',
        args: { name: expr('name'), id: expr('id'), nodes: expr('nodes'), jobs: expr('jobs') },
        result: 'generation',
      },
    },
    {
      submit: {
        try: {
          steps: [
            ...refuseUnwanted(props, 0),
            { describe: { assign: [{ job: jobOf(props) }] } },
            apiCall('create', {
              method: 'POST',
              url: expr('jobs'),
              query: { jobId: expr('id') },
              body: expr('job'),
              accept: [409],
              result: 'created',
            }),
          ],
        },
        except: {
          as: 'e',
          steps: [
            giveLockBackStep('let_go', { lock: RUNNING_LOCK, generation: expr('generation') }),
            { refused: { raise: expr('e') } },
          ],
        },
      },
    },
    giveLockBackStep('give_back', { lock: RUNNING_LOCK, generation: expr('generation') }),
    // Whoever submitted it in the meantime may have meant another image.
    { was_there: { switch: [{ condition: expr('created.code == 409'), next: 'look' }] } },
    {
      watch: {
        call: 'watch_job',
        args: { name: expr('name'), url: expr('url'), runtime: expr('runtime'), attempt: expr('attempt') },
        result: 'ended',
      },
    },
    { give: { return: expr('ended') } },
  ],
});
