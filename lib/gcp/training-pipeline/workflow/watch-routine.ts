import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import { RUN_ALIAS_PREFIX } from '../lineage';
import type { StartWorkflowProps } from './start-props';

/** Seconds between two looks at a run in its first hour, and after that: an execution has 100,000 steps. */
const POLL_SECONDS = 60;
const LATER_POLL_SECONDS = 600;
const FIRST_HOUR = 3600;

/** States in which a run ends. Source: discovery document of aiplatform.v1, GoogleCloudAiplatformV1PipelineJob.state. */
const ENDED = ['PIPELINE_STATE_SUCCEEDED', 'PIPELINE_STATE_FAILED', 'PIPELINE_STATE_CANCELLED'];

/** What a run that did not pass its gate says. */
const NOT_PASSED = 'The model did not pass the gate.';

/**
 * Waits for the end of a run and says how it ended: `{ outcome, detail, reason, version }`.
 *
 * A run that registered has a version with its alias. One that ended well without did not pass the gate, where there is
 * one. Of a run that failed the first task that did says why.
 */
export function watchRoutine({ plan, target, modelId }: StartWorkflowProps): Routine {
  const host = vertexHost(target);
  const validations = plan.steps.filter(({ kind }) => kind === 'validation').map(({ name }) => name);
  const unregistered = plan.register === undefined ? 'done' : plan.gate === undefined ? 'failed' : 'gate-failed';
  const why = { done: 'It registers no version.', failed: 'It registered no version.', 'gate-failed': NOT_PASSED };
  return {
    params: ['run', 'runId'],
    steps: [
      { begin: { assign: [{ began: expr('sys.now()') }, { step: '' }, { reason: '' }] } },
      apiCall('look', {
        method: 'GET',
        url: expr(`${quoted(`https://${host}/v1/`)} + run`),
        result: 'answer',
      }),
      { take_state: { assign: [{ state: expr('default(map.get(answer.body, "state"), "PIPELINE_STATE_PENDING")') }] } },
      {
        has_ended: { switch: [{ condition: expr(`state in ${JSON.stringify(ENDED)}`), next: 'look_version' }] },
      },
      {
        pause: {
          call: 'sys.sleep',
          args: { seconds: expr(`if(sys.now() - began < ${FIRST_HOUR}, ${POLL_SECONDS}, ${LATER_POLL_SECONDS})`) },
          next: 'look',
        },
      },
      apiCall('look_version', {
        method: 'GET',
        url: expr(`${quoted(`https://${host}/v1/${modelId}@${RUN_ALIAS_PREFIX}`)} + runId`),
        accept: [404],
        result: 'found',
      }),
      {
        is_registered: {
          switch: [
            {
              condition: expr('found.code != 404'),
              return: { outcome: 'registered', detail: '-', reason: '-', version: expr('found.body.versionId') },
            },
            {
              condition: expr('state == "PIPELINE_STATE_SUCCEEDED"'),
              return: { outcome: unregistered, detail: '-', reason: why[unregistered], version: '-' },
            },
          ],
        },
      },
      {
        take_tasks: {
          assign: [
            { tasks: expr('default(map.get(answer.body, ["jobDetail", "taskDetails"]), [])') },
            { invalid: false },
            { reason: expr('default(map.get(answer.body, ["error", "message"]), state)') },
          ],
        },
      },
      {
        each_task: {
          for: {
            value: 'task',
            in: expr('tasks'),
            steps: [
              {
                has_failed: {
                  switch: [
                    {
                      condition: expr(
                        'map.get(task, "state") == "FAILED" and map.get(task, ["error", "message"]) != null',
                      ),
                      steps: [
                        {
                          take_failed: {
                            assign: [
                              { step: expr('step + if(step == "", "", ", ") + task.taskName') },
                              { invalid: expr(`invalid or task.taskName in ${JSON.stringify(validations)}`) },
                              { reason: expr('task.error.message') },
                            ],
                          },
                        },
                      ],
                    },
                  ],
                },
              },
            ],
          },
        },
      },
      {
        give: {
          return: {
            outcome: expr('if(invalid, "data-invalid", "failed")'),
            detail: expr('if(step == "", "-", "step " + step)'),
            reason: expr('reason'),
            version: '-',
          },
        },
      },
    ],
  };
}
