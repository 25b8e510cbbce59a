import { pipelinePrefix } from '../../../plan/access';
import { RUN_OUTCOMES, type RunOutcome } from '../../../plan/pipeline/pipeline-signals';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { readObjectStep } from '../../workflow/object-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import { RUN_ALIAS_PREFIX } from '../lineage';
import { ENDED_STATES } from './run-states';
import type { StartWorkflowProps } from './start-props';

/** Seconds between two looks at a run in its first hour, and after that: an execution has 100,000 steps. */
const POLL_SECONDS = 60;
const LATER_POLL_SECONDS = 600;
const FIRST_HOUR = 3600;

/** How a run ended that registered a version and did not end well: an expression. */
const FAILED_LATE = quoted('registered-and-failed' satisfies RunOutcome);

/** What a run that did not pass its gate says. */
const NOT_PASSED = 'The model did not pass the gate.';

/**
 * What is read of a run: not its document, which may be larger than what a workflow can hold beside it. Source: discovery
 * document of aiplatform.v1, the parameter `fields` of every method.
 */
const SEEN = 'state,error,jobDetail(taskDetails(taskName,state,error))';

/** How a run can have ended that did not register and end well, as it says itself. */
const TOLD = RUN_OUTCOMES.filter((outcome) => outcome !== 'registered' && outcome !== 'start-failed');

/**
 * Waits for the end of a run and says how it ended: `{ outcome, detail, reason, version }`.
 *
 * A run that registered has a version with its alias, however it ended. Why it did not end well, or registered nothing, the
 * run itself says in `outcome.json` of its folder. Where it could not, one that ended well did not pass the gate, where there
 * is one, and of a run that failed the last task that did says why; whether data broke a rule nobody can say then. So it is
 * where the run knows of no step that failed: a task whose own machine went leaves no word.
 */
export function watchRoutine({ plan, target, modelId, artifactsBucket }: StartWorkflowProps): Routine {
  const host = vertexHost(target);
  const unregistered = plan.register === undefined ? 'done' : plan.gate === undefined ? 'failed' : 'gate-failed';
  const why = { done: 'It registers no version.', failed: 'It registered no version.', 'gate-failed': NOT_PASSED };
  return {
    params: ['run', 'runId'],
    steps: [
      { begin: { assign: [{ began: expr('sys.now()') }, { step: '' }, { reason: '' }, { version: '-' }] } },
      apiCall('look', {
        method: 'GET',
        url: expr(`${quoted(`https://${host}/v1/`)} + run`),
        query: { fields: SEEN },
        result: 'answer',
      }),
      { take_state: { assign: [{ state: expr('default(map.get(answer.body, "state"), "PIPELINE_STATE_PENDING")') }] } },
      {
        has_ended: { switch: [{ condition: expr(`state in ${JSON.stringify(ENDED_STATES)}`), next: 'look_version' }] },
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
      { is_found: { switch: [{ condition: expr('found.code == 404'), next: 'look_outcome' }] } },
      { take_version: { assign: [{ version: expr('found.body.versionId') }] } },
      {
        is_registered: {
          switch: [
            {
              condition: expr('state == "PIPELINE_STATE_SUCCEEDED"'),
              return: { outcome: 'registered', detail: '-', reason: '-', version: expr('version') },
            },
          ],
        },
      },
      readObjectStep('look_outcome', {
        bucket: artifactsBucket,
        object: expr(`${quoted(`${pipelinePrefix(plan.model)}/`)} + runId + "/outcome.json"`),
        query: { alt: 'media' },
        result: 'answered',
      }),
      { take_outcome: { assign: [{ told: expr('if(answered.code == 404, null, answered.body)') }] } },
      // A task writes it through the mounted bucket, which need not say that it is JSON.
      {
        is_text: {
          switch: [
            {
              condition: expr('get_type(told) in ["string", "bytes"]'),
              steps: [{ decode: { assign: [{ told: expr('json.decode(told)') }] } }],
            },
          ],
        },
      },
      { is_outcome: { switch: [{ condition: expr('get_type(told) != "map"'), next: 'is_well' }] } },
      {
        is_told: {
          switch: [
            {
              condition: expr(
                `default(map.get(told, "outcome"), "") in ${JSON.stringify(TOLD)} and (state == "PIPELINE_STATE_SUCCEEDED" or default(map.get(told, "detail"), "-") != "-")`,
              ),
              return: {
                outcome: expr(`if(version == "-", told.outcome, ${FAILED_LATE})`),
                detail: expr('default(map.get(told, "detail"), "-")'),
                reason: expr('default(map.get(told, "reason"), state)'),
                version: expr('version'),
              },
            },
          ],
        },
      },
      {
        is_well: {
          switch: [
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
            outcome: expr(`if(version == "-", "failed", ${FAILED_LATE})`),
            detail: expr('if(step == "", "-", "step " + step)'),
            reason: expr('reason'),
            version: expr('version'),
          },
        },
      },
    ],
  };
}
