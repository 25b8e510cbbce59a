import { OPERATIONS_SIGNALS } from '../../../plan/outcome-signals';
import { announceStep } from '../../alerts/announce';
import { HTTP_ROUTINES } from '../../workflow/http-steps';
import { RECORD_ROUTINES, readStep } from '../../workflow/record-steps';
import { expr, type WorkflowSource } from '../../workflow/syntax';
import { ANNOUNCED_ERRORS, type OperationsWorkflowProps } from './operations-props';
import { platformEndpointsRoutine } from './platform-endpoints';
import { toldWhenFailed } from './told';

/**
 * The workflow that looks for endpoints of the platform that serve and that no model owns, as after a stack that was taken
 * out of Terraform's state. It tells of each and deletes none: what serves may be needed. An endpoint that is empty costs
 * nothing.
 */
export function sweepWorkflow(props: OperationsWorkflowProps): WorkflowSource {
  return {
    main: {
      params: ['input'],
      steps: [
        { begin: { assign: [{ orphans: [] }] } },
        toldWhenFailed(
          [
            { find: { call: 'platform_endpoints', result: 'endpoints' } },
            {
              each: {
                for: {
                  value: 'endpoint',
                  in: expr('endpoints'),
                  steps: [
                    {
                      is_running: {
                        switch: [{ condition: expr('not(endpoint.serves)'), next: 'continue' }],
                      },
                    },
                    { is_known: { switch: [{ condition: expr('endpoint.model == ""'), next: 'orphaned' }] } },
                    readStep('read_facts', {
                      path: expr('"models/" + endpoint.model + "/serving"'),
                      result: 'facts',
                    }),
                    { is_owned: { switch: [{ condition: expr('facts.found'), next: 'continue' }] } },
                    { orphaned: { assign: [{ orphans: expr('list.concat(orphans, endpoint.endpoint)') }] } },
                    announceStep('tell', props.platform, OPERATIONS_SIGNALS.orphaned, {
                      serves: 'endpoint.endpoint',
                      detail:
                        '"The endpoint " + endpoint.name + ", model: " + if(endpoint.model == "", "its labels say none", endpoint.model)',
                    }),
                  ],
                },
              },
            },
          ],
          {
            platform: props.platform,
            failed: OPERATIONS_SIGNALS.sweepFailed,
            error: ANNOUNCED_ERRORS.sweep,
          },
        ),
        { give: { return: { outcome: 'swept', orphans: expr('orphans') } } },
      ],
    },
    platform_endpoints: platformEndpointsRoutine(props),
    ...HTTP_ROUTINES,
    ...RECORD_ROUTINES,
  };
}
